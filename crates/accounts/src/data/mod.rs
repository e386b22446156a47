//! Taking one's data out, and being erased.
//!
//! Every slice that keeps something about people registers a [`Section`], by which it is told to them, and an [`Eraser`], by which it
//! is taken away: accounts knows none of them. What the law makes a business keep (contracts, payments) stands by its ids; what says
//! who the person was is gone.
//!
//! An export is JSON Lines, `{"section": …, "record": …}` one by one and a last line that counts them: it is written and read
//! without ever being held whole, and one that was cut off is seen to be. It is kept in the database, so that any process serves it.

mod elsewhere;
mod erase;
mod export;
mod routes;
mod sections;
mod store;
mod table;

use std::sync::Arc;

use async_trait::async_trait;
use db::Tx;
use kernel::{AccountId, Result, Scope, Timestamp, UserType, WorkspaceId};
use parking_lot::RwLock;
use serde_json::Value;

pub(crate) use export::register;
pub(crate) use routes::router;
pub use table::{As, Key, Table};

/// How many records a [`Section`] answers at most; fewer are its last.
pub const PAGE: u32 = 200;

/// Whose data it is.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The account.
    pub account: AccountId,
    /// Its kind.
    pub user_type: UserType,
    /// The workspace that it works in.
    pub workspace: Option<WorkspaceId>,
    /// Its address, as addresses are compared; it may have none.
    pub email_key: Option<String>,
}

/// What a slice keeps about a person, as it is told to them.
#[async_trait]
pub trait Section: Send + Sync {
    /// Its name in the export: `sessions`, `messages`.
    fn name(&self) -> &'static str;
    /// The records from this place on, always in the same order: [`PAGE`] of them, or fewer at the end. Never a hash or a secret.
    async fn fetch(&self, scope: Scope, tx: &mut Tx, of: &Holder, from: u64) -> Result<Vec<Value>>;
}

/// What a slice takes away of a person.
#[async_trait]
pub trait Eraser: Send + Sync {
    /// Takes away what identifies them, in the transaction of the erasure; rows that others need stay, by their ids.
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, now: Timestamp) -> Result<()>;
}

/// The sections and erasers of all slices.
#[derive(Default)]
pub struct Data {
    sections: RwLock<Vec<Arc<dyn Section>>>,
    erasers: RwLock<Vec<Arc<dyn Eraser>>>,
}

impl Data {
    /// With what accounts keeps itself.
    pub(crate) fn new() -> Self {
        let own = sections::OWN.iter().map(|table| Arc::new(*table) as Arc<dyn Section>);
        Self { sections: RwLock::new(own.collect()), erasers: RwLock::default() }
    }

    /// Has a section told in every export from now on.
    pub fn tell(&self, section: Arc<dyn Section>) {
        self.sections.write().push(section);
    }

    /// Has an eraser run in every erasure from now on.
    pub fn erase_by(&self, eraser: Arc<dyn Eraser>) {
        self.erasers.write().push(eraser);
    }

    fn sections(&self) -> Vec<Arc<dyn Section>> {
        self.sections.read().clone()
    }

    fn erasers(&self) -> Vec<Arc<dyn Eraser>> {
        self.erasers.read().clone()
    }
}
