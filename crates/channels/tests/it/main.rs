//! Channels through their routes, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod channels;
mod load;
mod outgoing;
mod people;
mod talking;
mod widget;
mod world;
