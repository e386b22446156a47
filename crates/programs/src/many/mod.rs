//! Many members are enrolled together, by a filter: looked at before, then by a job that goes through the audience piece by piece.
//!
//! A piece and the place that it came to are one transaction, so that a job which was broken off goes on behind it, and nobody is enrolled twice.
//! Who takes part, has taken part, wants no messages or cannot be reached is left out, and counted by that.

mod filter;
mod job;
mod judge;
mod routes;
mod rows;
mod settings;
mod store;

pub(crate) use filter::AudienceFilter;
pub(crate) use job::register;
pub(crate) use judge::{Judge, Left};
pub(crate) use routes::router;
pub(crate) use rows::{Counts, LeftOut};
pub use settings::Settings;
