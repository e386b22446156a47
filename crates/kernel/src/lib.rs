//! The words every other crate speaks: ids, time, money, counts, callers and errors.
//!
//! No HTTP, no storage, no input or output. What is here changes rarely, because every crate is rebuilt when it does.

// So that what `derive(Words)` writes also holds in here.
extern crate self as kernel;

pub mod caller;
pub mod clock;
pub mod count;
pub mod currency;
mod day;
pub mod error;
pub mod id;
pub mod money;
pub mod numeral;
pub mod platform;
pub mod time;
pub mod variables;
pub mod words;

pub use caller::{Account, Caller, Proof, Scope, UserType, WorkspaceRole};
pub use clock::Clock;
pub use currency::Currency;
pub use day::Day;
pub use derive::Words;
pub use error::{Error, Fault, Kind, Result};
pub use id::{
    AccountId, ApiKeyId, ApplicationId, CampaignId, CollaborationId, ContractId, CreatorId, DeliveryId, Id, JobId,
    MailId, MatchId, OfferId, OutreachId, PaymentId, SessionId, SubmissionId, WorkspaceId,
};
pub use money::{Amount, Money};
pub use platform::Platform;
pub use time::Timestamp;
pub use variables::Variables;
pub use words::Words;
