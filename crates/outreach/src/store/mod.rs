//! All of the log's SQL.

mod calls;
pub mod dashboard;
mod entries;
pub mod follow_ups;
pub mod sequences;
pub mod suppressions;
pub mod tallies;
pub mod templates;
pub mod touches;
pub mod unmatched;
pub mod uploads;

pub use calls::{CallEvent, record_call};
pub use entries::{
    Wanted, by_call_sid, by_conversation, by_id, find, for_call, for_mail, insert, insert_all, list, meeting, save,
    sides, take,
};
