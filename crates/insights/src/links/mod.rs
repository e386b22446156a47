//! Tracked links: short addresses that lead on, and count who comes by.

mod agents;
mod model;
mod reports;
mod routes;
mod store;
mod visit;

pub use model::{Link, LinkId};
pub(crate) use routes::router;
pub(crate) use store::{by_codes, forget};
