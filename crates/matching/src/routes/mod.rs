//! The routes that rank and explain.

mod analysis;
mod list;
mod profile;
mod saved;
mod search;
mod shapes;
mod similar;
mod similarity;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Matching;

/// Every route of the ranked side of the directory.
pub fn router(matching: Matching) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(search::search))
        .routes(routes!(profile::profile))
        .routes(routes!(similar::similar))
        .routes(routes!(analysis::analyse))
        .routes(routes!(similarity::simple))
        .routes(routes!(similarity::detailed))
        .routes(routes!(similarity::of_campaign))
        .routes(routes!(similarity::matches_of_campaign))
        .routes(routes!(saved::save))
        .routes(routes!(saved::list))
        .with_state(matching)
}
