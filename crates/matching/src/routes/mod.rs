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
        .add(routes!(list::list))
        .add(routes!(search::search).rate(Rate::Ai))
        .add(routes!(profile::profile))
        .add(routes!(similar::similar).rate(Rate::Ai))
        .add(routes!(analysis::analyse).rate(Rate::Ai))
        .add(routes!(similarity::simple).rate(Rate::Ai))
        .add(routes!(similarity::detailed).rate(Rate::Ai))
        .add(routes!(similarity::of_campaign).rate(Rate::Ai))
        .add(routes!(similarity::matches_of_campaign).rate(Rate::Ai))
        .add(routes!(saved::save).rate(Rate::Ai))
        .add(routes!(saved::list).rate(Rate::Ai))
        .with_state(matching)
}
