//! What is kept about people: how each slice tells it to them, and takes it away.
//!
//! Every slice that keeps something about people has [`Section`]s, by which it is told to them, and [`Eraser`]s, by which it is
//! taken away; whoever makes exports and erases accounts is given those of all slices and knows none of the slices.

mod secrets;
mod table;

use std::sync::Arc;

use async_trait::async_trait;
use db::{Sql, Tx};
use kernel::{AccountId, CreatorId, Result, Scope, Timestamp, UserType, WorkspaceId};
use serde_json::Value;

pub use secrets::without_secrets;
pub use table::{As, Table};

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
    /// The workspaces that it owns, alone or with others.
    pub owned: Vec<WorkspaceId>,
    /// The entries of the directory that it has claimed, be they gone since or not.
    pub claimed: Vec<CreatorId>,
    /// The addresses of those entries, as addresses are compared.
    pub addresses: Vec<String>,
}

impl Holder {
    /// An account of which nothing else is known.
    pub fn of(account: AccountId, user_type: UserType) -> Self {
        let (owned, claimed, addresses) = (Vec::new(), Vec::new(), Vec::new());
        Self { account, user_type, workspace: None, email_key: None, owned, claimed, addresses }
    }

    /// A statement about this person: `{account}` and `{address}` stand for the account's id and address, and `{owned}`,
    /// `{claimed}` and `{addresses}` for the lists of those, after `IN`.
    pub fn sql(&self, text: &str) -> Sql {
        let mut sql = Sql::default();
        let mut left = text;
        while let Some((before, rest)) = left.split_once('{') {
            let (name, after) = rest.split_once('}').unwrap_or((rest, ""));
            sql.push(before);
            match name {
                "account" => sql.bind(self.account),
                "address" => sql.bind(&self.email_key),
                "owned" => sql.bind_list(&self.owned),
                "claimed" => sql.bind_list(&self.claimed),
                "addresses" => sql.bind_list(&self.addresses),
                other => sql.push(&format!("{{{other}}}")),
            };
            left = after;
        }
        sql.push(left);
        sql
    }
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

/// Sections and erasers, of one slice or of several.
#[derive(Clone, Default)]
pub struct Data {
    /// What is told, in this order.
    pub sections: Vec<Arc<dyn Section>>,
    /// What is taken away, in this order.
    pub erasers: Vec<Arc<dyn Eraser>>,
}

impl Data {
    /// Sections, and nothing that is taken away.
    pub fn told<S: Section + 'static>(sections: impl IntoIterator<Item = S>) -> Self {
        let sections = sections.into_iter().map(|section| Arc::new(section) as Arc<dyn Section>);
        Self { sections: sections.collect(), erasers: Vec::new() }
    }

    /// And this is taken away.
    #[must_use]
    pub fn erased_by(mut self, eraser: impl Eraser + 'static) -> Self {
        self.erasers.push(Arc::new(eraser));
        self
    }

    /// And all of this.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.sections.extend_from_slice(&other.sections);
        self.erasers.extend_from_slice(&other.erasers);
        self
    }
}
