//! The routes of outreach.

mod calls;
mod dashboard;
mod follow_ups;
mod inbound;
mod log;
mod mails;
mod outcome;
mod recording;
mod selection;
mod sequences;
mod suppressions;
mod templates;
mod transcript;
mod unmatched;

use http_base::Caller;
use http_base::routes;
use http_base::{Rate, Routes};
use input::Input;
use kernel::{CreatorId, Error, Kind, Result, WorkspaceId};

use crate::Outreach;

/// Every route of outreach but those of real telephone calls.
pub fn router(outreach: Outreach) -> Routes {
    Routes::new()
        .with(routes!(selection::select))
        .with(routes!(log::list, log::create))
        .with(routes!(log::get, log::update))
        .with(routes!(log::of_campaign))
        .with(routes!(log::of_creator))
        .with(routes!(log::history))
        .with(routes!(mails::send))
        .with(routes!(mails::send_draft))
        .with(routes!(templates::list, templates::create))
        .with(routes!(templates::preview))
        .with(routes!(templates::get, templates::update, templates::delete))
        .with(routes!(sequences::list, sequences::create))
        .with(routes!(sequences::get, sequences::delete))
        .with(routes!(sequences::begin, sequences::runs))
        .with(routes!(sequences::stop))
        .with(routes!(suppressions::list, suppressions::add))
        .with(routes!(suppressions::remove))
        .with(routes!(suppressions::page, suppressions::unsubscribe))
        .with(routes!(inbound::receive).rate(Rate::Webhook).bytes(inbound::MOST_BYTES))
        .with(routes!(unmatched::list))
        .with(routes!(unmatched::delete))
        .with(routes!(unmatched::assign))
        .with(routes!(calls::schedule))
        .with(routes!(calls::reschedule))
        .with(routes!(calls::complete).file())
        .with(routes!(calls::calendar))
        .with(routes!(recording::download, recording::delete))
        .with(routes!(recording::upload).file())
        .with(routes!(transcript::read, transcript::write))
        .with(routes!(follow_ups::list))
        .with(routes!(follow_ups::done))
        .with(routes!(outcome::decide))
        .with(routes!(outcome::contract_draft))
        .with(routes!(outcome::offer))
        .with(routes!(dashboard::dashboard))
        .with(routes!(dashboard::pipeline))
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
