//! The routes of calls.

mod agent;
mod consents;
mod do_not_call;
mod hooks;
mod voice;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Calls;

/// Every route of this crate.
pub fn router(calls: Calls) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(voice::health))
        .routes(routes!(voice::outbound))
        .routes(routes!(voice::status))
        .routes(routes!(voice::sessions))
        .routes(routes!(voice::end_session))
        .routes(routes!(voice::recording))
        .routes(routes!(hooks::voice))
        .routes(routes!(hooks::gather))
        .routes(routes!(hooks::partial))
        .routes(routes!(hooks::status))
        .routes(routes!(hooks::recording))
        .routes(routes!(agent::initiate))
        .routes(routes!(agent::analysis))
        .routes(routes!(agent::sync))
        .routes(routes!(agent::webhook))
        .routes(routes!(consents::list, consents::add))
        .routes(routes!(consents::revoke))
        .routes(routes!(do_not_call::list, do_not_call::add))
        .routes(routes!(do_not_call::remove))
        .with_state(calls)
}
