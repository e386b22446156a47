//! The routes that change the directory, and those that take it in and out as a table.
//!
//! Reading it, with or without a campaign to match, is `matching`'s.

mod embeddings;
mod entries;
mod tables;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Directory;

/// Every route of the directory that changes it.
pub fn router(directory: Directory) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(entries::create))
        .routes(routes!(entries::update, entries::delete))
        .routes(routes!(tables::import_creators))
        .routes(routes!(tables::export_creators))
        .routes(routes!(embeddings::generate))
        .routes(routes!(embeddings::embed_one))
        .routes(routes!(embeddings::embed_batch))
        .with_state(directory)
}
