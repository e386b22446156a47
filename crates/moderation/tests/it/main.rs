//! Reports and decisions through their routes, and what a suspension does to log-ins, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod reports;
mod world;
