//! What is done to collaborations, by routes and by jobs alike: each inside a transaction that has locked the collaboration.

mod cancel;
mod contract;
mod dispute;
mod earn;
mod open;
mod rate;
mod review;
mod schedule;
mod submit;
mod wake;

pub(crate) use cancel::cancel;
pub(crate) use contract::{is_signed_by_both, overdue, paid, signed};
pub(crate) use dispute::{decide, dispute, state};
pub(crate) use earn::{earn, settle_tier};
pub use open::open;
pub(crate) use rate::{complete, rate};
pub(crate) use review::{analyse, approve, escalate, keep_analysis, reject};
pub(crate) use schedule::{accept, decline, schedule};
pub(crate) use submit::submit;
pub(crate) use wake::wake;

use db::Tx;
use kernel::{AccountId, Caller, Clock, CollaborationId, Error, Kind, Result, Scope, SubmissionId, Timestamp};
use serde_json::Value;

use crate::model::{By, Collaboration, Side, Submission};
use crate::{Collaborations, store};

/// Something that is being done: by whom, when, and what they may see.
pub(crate) struct Act<'a> {
    pub(crate) of: &'a Collaborations,
    pub(crate) scope: Scope,
    pub(crate) by: By,
    pub(crate) account: Option<AccountId>,
    pub(crate) now: Timestamp,
}

impl<'a> Act<'a> {
    /// By whoever asks.
    pub(crate) fn new(of: &'a Collaborations, caller: &Caller) -> Self {
        let scope = caller.scope();
        let by = if scope.sees_everything() {
            By::Admin
        } else if scope.person().is_some() {
            By::Creator
        } else {
            By::Business
        };
        let account = caller.account().map(|account| account.id);
        Self { of, scope, by, account, now: of.app().clock().now() }
    }

    /// By the server itself.
    pub(crate) fn system(of: &'a Collaborations) -> Self {
        Self { of, scope: Scope::system(), by: By::System, account: None, now: of.app().clock().now() }
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.of.app().clock()
    }

    /// Who did it, for the timeline.
    fn who(&self) -> (By, Option<AccountId>) {
        (self.by, self.account)
    }

    /// The side that does it; an administrator has none.
    pub(crate) fn side(&self, of: &Collaboration) -> Result<Side> {
        of.side_of(self.scope).ok_or_else(|| {
            Error::new(
                Kind::Forbidden,
                "Only the two sides of a collaboration do that; an administrator decides disputes",
            )
        })
    }

    /// Refuses everyone but the business of this collaboration, or an administrator in its place.
    pub(crate) fn must_be_business(&self) -> Result<()> {
        match self.by {
            By::Creator => Err(Error::new(Kind::Forbidden, "Only the business of this collaboration does that")),
            By::Business | By::Admin | By::System => Ok(()),
        }
    }

    /// The collaboration, for changing it.
    pub(crate) async fn lock(&self, tx: &mut Tx, id: CollaborationId) -> Result<Collaboration> {
        store::lock(self.scope, tx, id).await?.ok_or_else(|| Error::not_found("Collaboration"))
    }

    /// A submission and its collaboration, for changing them.
    pub(crate) async fn lock_submission(&self, tx: &mut Tx, id: SubmissionId) -> Result<(Collaboration, Submission)> {
        let gone = || Error::not_found("Submission");
        let found = store::submission(self.scope, tx, id).await?.ok_or_else(gone)?;
        let of = self.lock(tx, found.collaboration_id).await?;
        // Whoever held the lock before may have decided it.
        let found = store::submission(self.scope, tx, id).await?.ok_or_else(gone)?;
        Ok((of, found))
    }

    /// Adds to the timeline.
    pub(crate) async fn record(&self, tx: &mut Tx, of: &Collaboration, kind: &str, detail: Value) -> Result<()> {
        store::record(tx, of, kind, self.who(), detail, self.now).await
    }

    /// Writes the collaboration that this transaction has locked.
    pub(crate) async fn save(&self, tx: &mut Tx, of: &mut Collaboration) -> Result<()> {
        of.updated_at = self.now;
        store::save(self.scope, tx, of).await
    }
}
