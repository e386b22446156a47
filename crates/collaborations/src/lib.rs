//! Collaborations: work that a business and a creator have agreed on, from the accepted application to both ratings.
//!
//! - A collaboration belongs to the workspace of its business and to the account of its creator, and nobody else learns of it. What the
//!   offer said is frozen in it.
//! - It goes from accepted by scheduled and submitted to approved and completed, or is cancelled; a dispute is decided by an administrator.
//!   See [`model::Status`]. Whoever moves it has locked its row, so that of two who come at once the second sees what the first one did.
//! - Every state has a deadline, and what follows when it passes is published in `docs/marketplace.md`.
//! - Karma is a ledger of its own; [`model::Standing`] is its sum, moved in the transaction of every entry.

mod check;
pub mod data;
pub mod events;
mod jobs;
mod migrations;
pub mod model;
mod ops;
mod routes;
mod settings;
mod standings;
mod state;
pub mod store;

pub use check::{ByBrief, Checker};
pub use jobs::jobs;
pub use migrations::MIGRATIONS;
pub use model::{Agreement, Brief, ContractWish, OfferFacts, Standing, TIERS, Tier, tier_of};
pub use ops::open;
pub use routes::router;
pub use settings::Settings;
pub use standings::Standings;
pub use state::Collaborations;
pub use store::{Counts, counts_by_offer, standing};

/// All of it, for the server.
pub fn slice(of: &Collaborations) -> http_base::Slice {
    http_base::Slice::new("collaborations", router(of.clone()))
        .jobs(jobs(of))
        .subscribers(jobs::subscribers(of))
        .data(data::kept())
}
