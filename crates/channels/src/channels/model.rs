//! What a channel is, and how it stands.

use kernel::{Id, Timestamp, WorkspaceId};

use super::configuration::Configuration;
use crate::members::Medium;

#[doc(hidden)]
#[derive(Debug)]
pub enum ChannelMarker {}
/// A channel: one address of a workspace at a provider, or its chat on a website.
pub type ChannelId = Id<ChannelMarker>;

/// How a channel stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "ChannelStatus")]
pub enum Status {
    /// Something is missing, or its provider has not been asked yet.
    PendingVerification,
    /// It is in use.
    Active,
    /// Its owner has switched it off.
    Inactive,
    /// Its provider refuses it.
    Error,
}

impl Status {
    /// Is it in use? What comes in before the check was made is answered; what is to go out while its provider refuses it waits.
    pub const fn is_on(self) -> bool {
        !matches!(self, Self::Inactive)
    }
}

/// A channel, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "channels", key(id), fixed(workspace_id, kind, created_at), compare(revision))]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// Of what type.
    pub kind: Medium,
    /// What its owner calls it.
    pub name: String,
    /// How it stands.
    pub status: Status,
    /// Why, in the provider's words.
    pub reason: Option<String>,
    /// What is set.
    pub configuration: db::Json<Configuration>,
    /// Its secrets, sealed, by their names.
    pub secrets: db::Json<super::secrets::Sealed>,
    /// Counted up by every change.
    pub revision: i64,
    /// How many members have come over it.
    pub user_count: u64,
    /// When its provider last said that it works.
    pub verified_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

impl Channel {
    /// Does it take and send messages?
    pub fn is_on(&self) -> bool {
        self.deleted_at.is_none() && self.status.is_on()
    }

    /// What is set.
    pub fn set(&self) -> &Configuration {
        &self.configuration.0
    }

    /// What members call the people who answer here.
    pub fn person_name(&self) -> &str {
        let set = self.set();
        set.person_name.as_deref().or(set.widget_title.as_deref()).unwrap_or(&self.name)
    }

    /// Where its provider tells us what comes in; nothing where there is no provider.
    pub fn webhook_url(&self, base: &str) -> Option<String> {
        match self.kind {
            Medium::Whatsapp | Medium::Telegram => Some(format!("{base}/webhooks/{}/{}", self.kind, self.id)),
            Medium::Web | Medium::Mobile => None,
        }
    }
}
