//! Webhooks through their routes, on both engines, with receivers on this machine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod failures;
mod members;
mod pace;
mod receiver;
mod subscriptions;
mod told;
mod world;
