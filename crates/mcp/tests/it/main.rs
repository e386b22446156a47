//! The door for assistants, in front of campaigns, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod acts;
mod door;
mod results;
mod world;
