//! The routes of calls.

mod agent;
mod consents;
mod do_not_call;
mod hooks;
mod voice;

use http_base::routes;
use http_base::{Rate, Routes};

use crate::Calls;

/// Every route of this crate.
pub fn router(calls: Calls) -> Routes {
    Routes::new()
        .with(routes!(voice::health))
        .with(routes!(voice::outbound))
        .with(routes!(voice::status))
        .with(routes!(voice::sessions))
        .with(routes!(voice::end_session))
        .with(routes!(voice::recording))
        .with(routes!(hooks::voice).rate(Rate::Webhook).bytes(hooks::MOST_BYTES))
        .with(routes!(hooks::gather).rate(Rate::Webhook).bytes(hooks::MOST_BYTES))
        .with(routes!(hooks::partial).rate(Rate::Webhook).bytes(hooks::MOST_BYTES))
        .with(routes!(hooks::status).rate(Rate::Webhook).bytes(hooks::MOST_BYTES))
        .with(routes!(hooks::recording).rate(Rate::Webhook).bytes(hooks::MOST_BYTES))
        .with(routes!(agent::initiate))
        .with(routes!(agent::analysis))
        .with(routes!(agent::sync))
        .with(routes!(agent::webhook).rate(Rate::Webhook).bytes(agent::MOST_BYTES))
        .with(routes!(consents::list, consents::add))
        .with(routes!(consents::revoke))
        .with(routes!(do_not_call::list, do_not_call::add))
        .with(routes!(do_not_call::remove))
        .with_state(calls)
}
