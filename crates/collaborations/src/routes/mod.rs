//! The routes of collaborations.

mod collaborations;
mod disputes;
mod files;
mod karma;
mod ratings;
mod shapes;
mod submissions;

use http_base::{Rate, Routes, routes};

use crate::Collaborations;

/// Every route of this crate.
pub fn router(of: Collaborations) -> Routes {
    Routes::new()
        .with(routes!(collaborations::list))
        .with(routes!(collaborations::get))
        .with(routes!(collaborations::schedule))
        .with(routes!(collaborations::accept))
        .with(routes!(collaborations::decline))
        .with(routes!(collaborations::calendar))
        .with(routes!(collaborations::cancel))
        .with(routes!(disputes::open))
        .with(routes!(disputes::state))
        .with(routes!(disputes::list))
        .with(routes!(disputes::decide))
        .with(routes!(ratings::rate))
        .with(routes!(ratings::reply))
        .with(routes!(ratings::report))
        .with(routes!(ratings::profile))
        .with(routes!(submissions::create))
        .with(routes!(submissions::get))
        .with(routes!(submissions::analyse).rate(Rate::Ai))
        .with(routes!(submissions::approve))
        .with(routes!(submissions::reject))
        .with(routes!(files::upload).file())
        .with(routes!(files::download))
        .with(routes!(karma::rules))
        .with(routes!(karma::own))
        .with_state(of)
}
