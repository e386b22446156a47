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
use http_base::routes;
use http_base::{Rate, Routes};
use input::Input;
use kernel::{CreatorId, Error, Kind, Result, WorkspaceId};

use crate::Outreach;

/// Every route of outreach but those of real telephone calls.
pub fn router(outreach: Outreach) -> Routes {
    Routes::new()
        .add(routes!(log::list, log::create))
        .add(routes!(log::get, log::update))
        .add(routes!(log::of_campaign))
        .add(routes!(log::of_creator))
        .add(routes!(log::history))
        .add(routes!(mails::send))
        .add(routes!(mails::send_draft))
        .add(routes!(templates::list, templates::create))
        .add(routes!(templates::preview))
        .add(routes!(templates::get, templates::update, templates::delete))
        .add(routes!(sequences::list, sequences::create))
        .add(routes!(sequences::get, sequences::delete))
        .add(routes!(sequences::begin, sequences::runs))
        .add(routes!(sequences::stop))
        .add(routes!(suppressions::list, suppressions::add))
        .add(routes!(suppressions::remove))
        .add(routes!(suppressions::page, suppressions::unsubscribe))
        .add(routes!(inbound::receive).rate(Rate::Webhook).bytes(inbound::MOST_BYTES))
        .add(routes!(calls::schedule))
        .add(routes!(calls::complete).file())
        .add(routes!(calls::calendar))
        .add(routes!(recording::download))
        .add(routes!(recording::upload).file())
        .add(routes!(transcript::read, transcript::write))
        .add(routes!(follow_ups::list))
        .add(routes!(follow_ups::done))
        .add(routes!(outcome::decide))
        .add(routes!(outcome::contract_draft))
        .add(routes!(outcome::offer))
        .add(routes!(dashboard::dashboard))
        .add(routes!(dashboard::pipeline))
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
