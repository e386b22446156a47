//! Who wants to be told of what.

use db::Json;
use kernel::{AccountId, Id, Result, Timestamp, WorkspaceId};
use ports::seal::{Keys, Place};

use super::secret::Sealed;

/// How many subscriptions a hub has at most.
pub const MOST: u64 = 50;
/// Stands for every event that the hub may see.
pub const ALL_EVENTS: &str = "*";

#[doc(hidden)]
#[derive(Debug)]
pub enum SubscriptionMarker {}
/// A subscription.
pub type SubscriptionId = Id<SubscriptionMarker>;

/// Is it told of anything?
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "WebhookStatus")]
pub enum Status {
    /// It is.
    Enabled,
    /// Not now: its owner wants it so. What happens meanwhile is not kept for it.
    Paused,
    /// Not any more: it failed for too long, or said that it is gone. `enable` has it told again.
    Disabled,
}

/// A subscription, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(
    table = "webhook_subscriptions",
    key(id),
    fixed(workspace_id, account_id, failing_since, failed_at, delivered_at, created_at)
)]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// Whose.
    pub workspace_id: WorkspaceId,
    /// Who made it.
    pub account_id: AccountId,
    /// Where to.
    pub url: String,
    /// What it is for, in its owner's words.
    pub description: Option<String>,
    /// Which events.
    pub events: Json<Vec<String>>,
    /// Are ids enough?
    pub thin: bool,
    /// Is it told of anything?
    pub status: Status,
    /// Why it is not.
    pub reason: Option<String>,
    /// What it is signed with.
    pub secrets: Json<Sealed>,
    /// Since when nothing but failures came of it.
    pub failing_since: Option<Timestamp>,
    /// When an attempt failed last.
    pub failed_at: Option<Timestamp>,
    /// When something arrived last.
    pub delivered_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

impl Subscription {
    /// Does it want this event?
    pub fn wants(&self, event: &str) -> bool {
        self.events.0.iter().any(|wanted| wanted == event || wanted == ALL_EVENTS)
    }

    /// The secrets that sign at this moment, the current one first.
    pub fn secrets(&self, keys: &Keys, now: Timestamp) -> Result<Vec<String>> {
        let row = row(self.id);
        self.secrets.0.at(now).into_iter().map(|sealed| keys.open(place(&row), sealed)).collect()
    }

    /// Signs with this one from now on, and for a day with the one before as well.
    pub fn rotate(&mut self, keys: &Keys, secret: &str, now: Timestamp) -> Result<()> {
        let sealed = seal(keys, self.id, secret)?;
        self.secrets.0.rotate(sealed, now);
        Ok(())
    }

    /// Seals again what an old key sealed, so that the old key may be removed from the settings. Tells whether anything changed.
    pub fn renew(&mut self, keys: &Keys, now: Timestamp) -> Result<bool> {
        let row = row(self.id);
        self.secrets.0.renew(now, |sealed| {
            let is_old = !keys.is_current(sealed);
            is_old.then(|| keys.seal(place(&row), &keys.open(place(&row), sealed)?)).transpose()
        })
    }
}

/// Seals the secret of a subscription.
pub(crate) fn seal(keys: &Keys, id: SubscriptionId, secret: &str) -> Result<String> {
    keys.seal(place(&row(id)), secret)
}

fn row(id: SubscriptionId) -> String {
    format!("webhooks/{id}")
}

fn place(row: &str) -> Place<'_> {
    Place { row, field: "secret" }
}
