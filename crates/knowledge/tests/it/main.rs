//! Knowledge through its routes, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod asking;
mod bases;
mod corrections;
mod disagreeing;
mod documents;
mod large;
mod members;
mod processing;
mod rights;
mod worded;
mod world;
