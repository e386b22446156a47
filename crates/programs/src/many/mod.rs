//! Many members are enrolled together, by a filter: looked at before, then by a job that goes through the audience piece by piece. Many runs are moved into
//! a new version, or end with their program, in the same way.
//!
//! A piece and the place that it came to are one transaction, so that a job which was broken off goes on behind it, and nobody is enrolled twice.
//! Who takes part, has taken part, wants no messages or cannot be reached is left out, and counted by that.

mod filter;
mod job;
mod judge;
mod routes;
mod rows;
pub(crate) mod runs;
mod settings;
mod store;

pub(crate) use filter::AudienceFilter;
pub(crate) use job::register;
pub(crate) use judge::{Judge, Left};
pub(crate) use routes::{ProgramBatch, router};
pub(crate) use rows::{BatchKind, Counts, LeftOut};
pub use settings::Settings;
