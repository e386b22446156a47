//! Who fits, in which order, for which reasons: the ranked and explained side of the directory.
//!
//! A wish (a campaign, or a request that describes one) becomes a [`mind::score::Brief`]; the catalogue says who passes the
//! hard gates; [`rank`] orders them by the match score, exactly, though it compares vectors only where they can matter. What a
//! list, a profile, an analysis and a search show of one creator is the same score of the same vector.

mod afar;
mod currency;
mod explain;
mod insights;
mod migrations;
mod prepare;
pub mod rank;
mod routes;
mod search;
mod state;
mod store;

#[cfg(test)]
mod tests;

pub use currency::ExchangeRates;
pub use migrations::MIGRATIONS;
pub use prepare::Prepared;
pub use routes::router;
pub use state::Matching;

/// All of it, for the server.
pub fn slice(matching: Matching) -> http_base::Slice {
    http_base::Slice::new("matching", router(matching))
}
