//! The routes of outreach.

mod calls;
mod dashboard;
mod follow_ups;
mod inbound;
mod log;
mod mails;
mod outcome;
mod recording;
mod sequences;
mod suppressions;
mod templates;
mod transcript;

use http_base::Caller;
use input::Input;
use kernel::{CreatorId, Error, Kind, Result, WorkspaceId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Outreach;

/// Every route of outreach but those of real telephone calls.
pub fn router(outreach: Outreach) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(log::list, log::create))
        .routes(routes!(log::get, log::update))
        .routes(routes!(log::of_campaign))
        .routes(routes!(log::of_creator))
        .routes(routes!(log::history))
        .routes(routes!(mails::send))
        .routes(routes!(mails::send_draft))
        .routes(routes!(templates::list, templates::create))
        .routes(routes!(templates::preview))
        .routes(routes!(templates::get, templates::update, templates::delete))
        .routes(routes!(sequences::list, sequences::create))
        .routes(routes!(sequences::get, sequences::delete))
        .routes(routes!(sequences::begin, sequences::runs))
        .routes(routes!(sequences::stop))
        .routes(routes!(suppressions::list, suppressions::add))
        .routes(routes!(suppressions::remove))
        .routes(routes!(suppressions::page, suppressions::unsubscribe))
        .routes(routes!(inbound::receive))
        .routes(routes!(calls::schedule))
        .routes(routes!(calls::complete))
        .routes(routes!(calls::calendar))
        .routes(routes!(recording::download, recording::upload))
        .routes(routes!(transcript::read, transcript::write))
        .routes(routes!(follow_ups::list))
        .routes(routes!(follow_ups::done))
        .routes(routes!(outcome::decide))
        .routes(routes!(outcome::contract_draft))
        .routes(routes!(outcome::offer))
        .routes(routes!(dashboard::dashboard))
        .routes(routes!(dashboard::pipeline))
        .with_state(outreach)
}

/// The workspace whose things a caller lists and makes.
fn workspace(caller: &Caller) -> Result<WorkspaceId> {
    let none = || Error::new(Kind::Forbidden, "Outreach belongs to businesses; this account is not one");
    caller.workspace().ok_or_else(none)
}

/// The campaign and the creator that a body names.
#[derive(Input)]
struct Pair {
    /// The campaign: its id or code.
    #[input(text(100), example = "CAMP-001")]
    campaign_id: String,
    /// The creator.
    #[input(id, alias = "influencer_id")]
    creator_id: CreatorId,
}
