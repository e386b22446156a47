//! The routes that rank and explain.

mod analysis;
mod list;
mod profile;
mod saved;
mod search;
mod shapes;
mod similar;
mod similarity;

use http_base::routes;
use http_base::{Rate, Routes};

use crate::Matching;

/// Every route of the ranked side of the directory.
pub fn router(matching: Matching) -> Routes {
    Routes::new()
        .with(routes!(list::list))
        .with(routes!(search::search).rate(Rate::Ai))
        .with(routes!(profile::profile))
        .with(routes!(similar::similar).rate(Rate::Ai))
        .with(routes!(analysis::analyse).rate(Rate::Ai))
        .with(routes!(similarity::simple).rate(Rate::Ai))
        .with(routes!(similarity::detailed).rate(Rate::Ai))
        .with(routes!(similarity::of_campaign).rate(Rate::Ai))
        .with(routes!(similarity::matches_of_campaign).rate(Rate::Ai))
        .with(routes!(saved::save).rate(Rate::Ai))
        .with(routes!(saved::list).rate(Rate::Ai))
        .with_state(matching)
}
