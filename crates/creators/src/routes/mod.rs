//! The routes that change the directory, and those that take it in and out as a table.
//!
//! Reading it, with or without a campaign to match, is `matching`'s.

mod corrections;
mod embeddings;
mod entries;
mod tables;

use http_base::routes;
use http_base::{Rate, Routes};

use crate::Directory;

/// Every route of the directory that changes it.
pub fn router(directory: Directory) -> Routes {
    Routes::new()
        .with(routes!(entries::create))
        .with(routes!(entries::update, entries::delete))
        .with(routes!(corrections::propose, corrections::list))
        .with(routes!(corrections::decide))
        .with(routes!(tables::import_creators).file())
        .with(routes!(tables::export_creators).rate(Rate::Export))
        .with(routes!(embeddings::generate).rate(Rate::Ai))
        .with(routes!(embeddings::embed_one).rate(Rate::Ai))
        .with(routes!(embeddings::embed_batch).rate(Rate::Ai))
        .with_state(directory)
}
