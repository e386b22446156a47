//! Proactive rules through their routes, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answers;
mod figures;
mod laws;
mod million;
mod rules;
mod silence;
mod triggers;
mod world;
