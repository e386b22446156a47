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
        .add(routes!(voice::health))
        .add(routes!(voice::outbound))
        .add(routes!(voice::status))
        .add(routes!(voice::sessions))
        .add(routes!(voice::end_session))
        .add(routes!(voice::recording))
        .add(routes!(hooks::voice).rate(Rate::Webhook).bytes(hooks::MOST_BYTES))
        .add(routes!(hooks::gather).rate(Rate::Webhook).bytes(hooks::MOST_BYTES))
        .add(routes!(hooks::partial).rate(Rate::Webhook).bytes(hooks::MOST_BYTES))
        .add(routes!(hooks::status).rate(Rate::Webhook).bytes(hooks::MOST_BYTES))
        .add(routes!(hooks::recording).rate(Rate::Webhook).bytes(hooks::MOST_BYTES))
        .add(routes!(agent::initiate))
        .add(routes!(agent::analysis))
        .add(routes!(agent::sync))
        .add(routes!(agent::webhook).rate(Rate::Webhook).bytes(agent::MOST_BYTES))
        .add(routes!(consents::list, consents::add))
        .add(routes!(consents::revoke))
        .add(routes!(do_not_call::list, do_not_call::add))
        .add(routes!(do_not_call::remove))
        .with_state(calls)
}
