//! What happened, as types, and who follows it.
//!
//! - A slice says in its `events.rs` what happens in it, with [`macro@event`], and lists it in `EVENTS`; a handler tells it
//!   in its transaction with [`TxExt::event`]: it happened if, and only if, the transaction is committed.
//! - [`Kind`] is an event as the lists know it: its name, what it means, the schema of its payload. Ids go into payloads; names, addresses
//!   and numbers of people do not.
//! - The log and its order are in `db` (`db::Position`).
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

/// Makes an event of a struct: `#[event("contract.signed", subject = contract_id)]`.
///
/// `subject` names the field with the id of what it happens to; beside it stands `workspace_id`, a `WorkspaceId` or an `Option` of one. What
/// several events tell alike is a struct with a `subject` and no name; an event then wraps it (`struct ContractSigned(pub
/// ContractFacts);`) or has it in a flattened field (`of = contract`). The comment says what happened. The struct can be cloned, compared,
/// shown, written and read as JSON, and has a schema; so the slice needs `serde` and `utoipa`.
pub use derive::event;
pub use event::{Event, Facts, TxExt, read};
pub use kind::Kind;

#[doc(hidden)]
pub use kernel::WorkspaceId;
#[doc(hidden)]
pub use uuid::Uuid;
