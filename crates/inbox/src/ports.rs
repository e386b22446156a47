//! What the inbox has to know of others, as traits that the server's wiring fills.

use async_trait::async_trait;
use db::{EventRow, Tx};
use kernel::{Account, AccountId, Proof, Result, Timestamp, UserType, WorkspaceId};
use uuid::Uuid;

/// Someone with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their account.
    pub id: AccountId,
    /// Its name.
    pub username: String,
    /// Its kind.
    pub user_type: UserType,
    /// Two letters, ISO 3166.
    pub country: Option<String>,
    /// Where mail reaches them; only an address that was verified.
    pub email: Option<String>,
    /// From 0.
    pub tier_level: u64,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// What two people have to do with each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tie {
    /// Nothing.
    None,
    /// One applied to the other, or was invited.
    Talking,
    /// They have agreed: a collaboration, or a contract.
    Agreed,
}

/// Who people are, and what they do together.
#[async_trait]
pub trait People: Send + Sync + 'static {
    /// Those of these accounts that are there, in any order.
    async fn people(&self, tx: &mut Tx, ids: &[AccountId]) -> Result<Vec<Person>>;
    /// What these two have to do with each other.
    async fn tie(&self, tx: &mut Tx, one: AccountId, other: AccountId) -> Result<Tie>;
    /// The collaboration of these two that a message belongs to: the one that was named, if it is theirs, or the one that is under way.
    async fn collaboration(
        &self,
        tx: &mut Tx,
        one: AccountId,
        other: AccountId,
        named: Option<Uuid>,
    ) -> Result<Option<Uuid>>;
}

/// How a mail is written to a person.
#[async_trait]
pub trait Letters: Send + Sync + 'static {
    /// Queues a mail in this transaction.
    async fn letter(&self, tx: &mut Tx, to: &Person, subject: &str, text: &str) -> Result<()>;
}

/// Who is still let in.
#[async_trait]
pub trait Doors: Send + Sync + 'static {
    /// A number that has moved whenever a log-in may have ended, or an account become another.
    async fn version(&self) -> Result<i64>;
    /// The accounts of these log-ins and keys as they stand now, in the same order; nothing for one that is let in no more.
    async fn accounts(&self, proofs: &[Proof]) -> Result<Vec<Option<Account>>>;
}

/// A member of an audience who is typing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Typing {
    /// The hub of the audience.
    pub hub: WorkspaceId,
    /// The conversation.
    pub conversation: Uuid,
}

/// The conversations with audiences (document E), as live streams show them.
#[async_trait]
pub trait Talks: Send + Sync + 'static {
    /// The kinds of events that are about conversations.
    fn kinds(&self) -> &'static [&'static str];
    /// Returns the data that a stream shows for each event, in the same order; nothing if the conversation was deleted. The number of SQL statements
    /// does not depend on the number of events.
    async fn told(&self, tx: &mut Tx, events: &[EventRow]) -> Result<Vec<Option<serde_json::Value>>>;
    /// Returns the members of all hubs who are typing now, at most `most`.
    async fn typing(&self, tx: &mut Tx, now: Timestamp, most: u32) -> Result<Vec<Typing>>;
}

/// The person of this id among these.
pub(crate) fn find(people: &[Person], id: AccountId) -> Option<&Person> {
    people.iter().find(|person| person.id == id)
}
