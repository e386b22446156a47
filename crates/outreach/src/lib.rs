//! The outreach log: one entry for each approach of a creator for a campaign, with A's fields and B's together, and the history of
//! everything that went out and came in.
//!
//! - An entry belongs to the workspace of its campaign, and is opened in the transaction that selects the creator.
//! - Whoever changes an entry [takes](store::take) it first: from there to the commit nobody else does. [`store::save`] writes it, and
//!   the tallies that dashboards read.
//! - A mail is a touch, a row of the post office and a job in one transaction; its fate, its answer and its bounce find the touch
//!   again. Nobody on a workspace's suppression list is written to, not even by what was queued before.
//! - A sequence moves one step at a time by jobs, and ends with an answer, a bounce, an outcome or an unsubscription.
//! - What a conversation taught is offered, never taken over by itself.

mod calendar;
pub mod data;
pub mod events;
mod inbound;
mod jobs_of_outreach;
mod learning;
mod letter;
mod letters;
mod migrations;
mod model;
mod negotiation;
mod routes;
mod sending;
mod settings;
mod state;
pub mod store;
mod sweeping;
mod token;

pub use jobs_of_outreach::jobs;
pub use learning::{Learned, read as read_conversation};
pub use letters::{Letters, NewLetter};
pub use migrations::MIGRATIONS;
pub use model::{
    CallStatus, Channel, EmailStatus, Entry, MessageType, NewEntry, OutreachBody, Stage, Status, Suggestion,
    SuggestionStatus,
};
pub use routes::router;
pub use sending::Unsubscribed;
pub use settings::Settings;
pub use state::Outreach;

/// The log names creators: whoever reaches out to one works with their entry.
pub const REFERENCES: creators::References =
    creators::References("SELECT DISTINCT creator_id, workspace_id FROM outreach_logs WHERE TRUE");

/// All of it, for the server.
pub fn slice(outreach: &Outreach) -> http_base::Slice {
    http_base::Slice::new("outreach", router(outreach.clone())).jobs(jobs(outreach)).data(data::kept())
}
