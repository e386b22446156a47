//! Calls through their routes, against providers that run as servers on this machine, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod agent;
mod bench;
mod gate;
mod model;
mod recordings;
mod rights;
mod stand_in;
mod telephony;
mod voice;
mod world;
