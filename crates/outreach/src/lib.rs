//! The outreach log: one entry for each approach of a creator for a campaign, with A's fields and B's together.
//!
//! An entry belongs to the workspace of its campaign, and is opened in the transaction that selects the creator.

mod migrations;
mod model;
mod routes;
pub mod store;

#[cfg(test)]
mod tests;

pub use migrations::MIGRATIONS;
pub use model::{Entry, NewEntry, OutreachBody};
pub use routes::router;
