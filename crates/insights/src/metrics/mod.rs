//! Post metrics: what posts gained, by creator, post and day.

mod import;
mod model;
mod routes;
mod store;

pub use model::Metric;
pub(crate) use routes::router;
