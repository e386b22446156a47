//! What moderation needs of whoever keeps the things that are reported.

use async_trait::async_trait;
use db::Tx;
use kernel::{Account, AccountId, Result, Timestamp};
use uuid::Uuid;

use crate::model::Subject;

/// A thing that somebody may see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Who made it, and is told of what becomes of it.
    pub owner: AccountId,
}

/// A kind of things that can be reported. Each slice fills it for its own.
#[async_trait]
pub trait Moderated: Send + Sync {
    /// Which kind.
    fn subject(&self) -> Subject;
    /// The thing, if it is there and this account may see it.
    async fn seen(&self, tx: &mut Tx, by: &Account, id: Uuid) -> Result<Option<Seen>>;
    /// Hides what its owner made from everybody but them and administrators; false if it is not there, or hidden already. The owner is the
    /// one that [`seen`](Self::seen) told: of a collaboration, which of its two ratings is meant.
    async fn hide(&self, tx: &mut Tx, id: Uuid, owner: AccountId, now: Timestamp) -> Result<bool>;
    /// Shows it again; false if it is not there, or not hidden.
    async fn restore(&self, tx: &mut Tx, id: Uuid, owner: AccountId, now: Timestamp) -> Result<bool>;
}
