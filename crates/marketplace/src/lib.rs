//! The marketplace: offers of businesses, and applications of creators to them.
//!
//! - An offer belongs to the workspace of its business. A draft is seen by them alone; a published one by everybody, or, if it is not
//!   public, by those who were invited.
//! - What an offer asks for is kept in versions: an application counts for the version that the creator applied to, and so does what is
//!   agreed. For whoever was accepted budget and deadlines never get worse.
//! - A creator applies to an offer once. Whoever decides has locked the offer and then the application, so that of two who take the last
//!   place the second is told.
//! - What a list shows of offers is found in memory ([`catalogue`]) and read from the database.
//! - What an accepted application leads to is not ours: [`collaborations`].

pub mod catalogue;
mod data;
pub mod events;
mod jobs_of_marketplace;
mod migrations;
pub mod model;
mod ops;
mod routes;
mod settings;
mod state;
pub mod store;

pub use jobs_of_marketplace::{jobs, subscribers};
pub use migrations::MIGRATIONS;
pub use routes::router;
pub use settings::Settings;
pub use state::Marketplace;

/// The topic of the version of all offers.
pub const TOPIC: &str = "offers";

/// Invitations name creators: whoever invites one works with their entry.
pub const REFERENCES: creators::References = creators::References(
    "SELECT DISTINCT creator_id, workspace_id FROM (SELECT influencer_id AS creator_id, workspace_id FROM offer_invitations) AS invited WHERE TRUE",
);

/// All of it, for the server.
pub fn slice(market: &Marketplace) -> http_base::Slice {
    http_base::Slice::new("marketplace", router(market.clone()))
        .jobs(jobs(market))
        .subscribers(subscribers())
        .data(data::kept())
}
