//! The words every other crate speaks: ids, time, money, counts, callers and errors.
//!
//! No HTTP, no storage, no input or output. What is here changes rarely, because every crate is rebuilt when it does.

pub mod caller;
pub mod clock;
pub mod count;
pub mod error;
pub mod id;
pub mod money;
pub mod platform;
pub mod time;

pub use caller::{Account, Caller, Scope, UserType};
pub use clock::Clock;
pub use error::{Error, Fault, Kind, Result};
pub use id::{AccountId, CampaignId, CreatorId, Id, JobId, MatchId, OutreachId, WorkspaceId};
pub use money::Money;
pub use platform::Platform;
pub use time::Timestamp;
