//! What happened, as types, and who follows it.
//!
//! - A slice says in its `events.rs` what happens in it, with [`macro@event`], and lists it in `EVENTS`; a handler tells it
//!   in its transaction with [`TxExt::event`]: it happened if, and only if, the transaction is committed.
//! - [`Kind`] is an event as the lists know it: its name, what it means, the schema of its payload. Ids go into payloads; names, addresses
//!   and numbers of people do not.
//! - The log and its order are in `db` (`db::Position`).
//! - [`Within`] are subscribers within the transaction; [`Subscribers`] follow the log afterwards, brought to them by a [`Runner`]: at least once, in the
//!   order of each subject, by any number of processes. What one cannot handle is tried again and [set aside](set_aside) in the end.
//! - [`forget`] deletes what is old and was read by all; [`gauges`] tell who is behind.
//!
//! ```
//! use kernel::{CreatorId, WorkspaceId};
//!
//! /// Somebody asked a creator for a quote.
//! #[events::event("quote.asked", subject = creator_id)]
//! pub struct QuoteAsked {
//!     /// Who asked.
//!     pub workspace_id: WorkspaceId,
//!     /// Whom they asked.
//!     pub creator_id: CreatorId,
//! }
//!
//! const EVENTS: &[events::Kind] = &[events::Kind::of::<QuoteAsked>()];
//! assert_eq!(EVENTS[0].about, "Somebody asked a creator for a quote.");
//! ```

mod event;
mod kind;
mod runner;
mod store;
mod subscription;
mod upkeep;

/// Makes an event of a struct: `#[event("contract.signed", subject = contract_id)]`.
///
/// `subject` names the field with the id of what it happens to; beside it stands `workspace_id`, a `WorkspaceId` or an `Option` of one. What
/// several events tell alike is a struct with a `subject` and no name; an event then wraps it (`struct ContractSigned(pub
/// ContractFacts);`) or has it in a flattened field (`of = contract`). The comment says what happened. The struct can be cloned, compared,
/// shown, written and read as JSON, and has a schema; so the slice needs `serde` and `utoipa`.
pub use derive::event;
pub use event::{Event, Facts, TxExt, read};
pub use kind::Kind;
pub use runner::{Runner, run_until_idle};
pub use store::{MIGRATIONS, Retry, retry, set_aside};
pub use subscription::{Handler, Subscribers, Subscription, Within};
pub use upkeep::{forget, gauges};

#[doc(hidden)]
pub use kernel::WorkspaceId;
#[doc(hidden)]
pub use uuid::Uuid;
