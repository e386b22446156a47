//! Contracts: terms, signatures, their document, their deliverables.
//!
//! - A contract belongs to the workspace of its campaign. Creators see, once it was sent, those of the entries that they claimed, and sign
//!   them; they never change one.
//! - It goes from draft by sent to signed and completed, or ends as cancelled or expired; see [`model::Status`]. Whoever moves it has
//!   locked its row, so that of two who come at once the second sees what the first one did.
//! - Sending freezes its text ([`model::Document`]): these bytes are stored, and every signature names their SHA-256. A signed text never
//!   changes; an amendment is another text, which counts once both sides have signed it.
//! - Whatever is done stands in a trail of its own, each entry with the hash of the one before; [`ops::verify`] tells whether it holds.
//! - The last signature makes the payments of the schedule, the last one under an amendment plans anew what is not paid yet. A payment becomes
//!   due with the deliverables that its line of the schedule names or that name its milestone; one that waits for delivery and has none of its own, with the
//!   last of all.

mod actor;
pub mod data;
pub mod events;
mod for_payments;
mod jobs;
mod migrations;
pub mod model;
pub mod ops;
pub mod pdf;
mod routes;
mod settings;
mod state;
pub mod store;

pub use actor::{Actor, Who};
pub use for_payments::Contracts;
pub use jobs::jobs;
pub use migrations::MIGRATIONS;
pub use routes::router;
pub use settings::Settings;
pub use state::Deals;

/// Contracts name creators: whoever has one with a creator works with their entry.
pub const REFERENCES: creators::References =
    creators::References("SELECT DISTINCT creator_id, workspace_id FROM contracts WHERE TRUE");

/// All of it, for the server.
pub fn slice(deals: &Deals) -> http_base::Slice {
    http_base::Slice::new("deals", router(deals.clone())).jobs(jobs(deals)).data(data::kept())
}
