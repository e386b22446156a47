//! Programs through their routes, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod begins;
mod crash;
mod large;
mod many;
mod merging;
mod model;
mod outside;
mod routes;
mod simulate;
mod splits;
mod talk;
mod versions;
mod walk;
mod world;
