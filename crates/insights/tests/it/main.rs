//! Figures through their routes, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod always;
mod analytics;
mod links;
mod metrics;
mod orders;
mod reports;
mod rights;
mod tables;
mod world;
