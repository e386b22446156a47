//! Campaigns: what a brand wants to be told of, to whom, for how much; and which creators it selected.
//!
//! A campaign belongs to a workspace, and nobody else learns that it exists. It is named by its id or by its code
//! (`CAMP-001`). Who is selected is remembered here, once; selecting is a use case of outreach, which opens an entry of its log with it.

mod migrations;
pub mod model;
mod routes;
pub mod store;

pub use migrations::MIGRATIONS;
pub use model::{Campaign, Exclusions, Status};
pub use routes::{CampaignsState, router};

/// The topic of the campaigns' version.
pub const TOPIC: &str = "campaigns";

/// All of it, for the server.
pub fn slice(app: &http_base::App) -> http_base::Slice {
    http_base::Slice::new("campaigns", router(CampaignsState::new(app.clone())))
}

use db::Tx;
use kernel::{Error, Result, Scope};

/// The campaign of this id or code. What is not there and what is not the caller's is the same.
pub async fn find(scope: Scope, tx: &mut Tx, name: &str) -> Result<Campaign> {
    let found = match model::Name::parse(name) {
        Some(name) => store::by_name(scope, tx, &name).await?,
        None => None,
    };
    found.ok_or_else(|| Error::not_found("Campaign"))
}
