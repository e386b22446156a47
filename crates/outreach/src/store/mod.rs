//! All of the log's SQL.

mod calls;
mod campaigns;
pub mod dashboard;
mod entries;
pub mod follow_ups;
pub mod sequences;
pub mod suppressions;
pub mod tallies;
pub mod templates;
pub mod touches;
pub mod uploads;

pub use calls::{CallEvent, record_call};
pub(crate) use campaigns::code as campaign_code;
pub use campaigns::{CampaignRef, campaign};
pub use entries::{
    Wanted, by_call_sid, by_conversation, by_id, find, for_call, for_mail, insert, insert_all, list, save, sides, take,
};
