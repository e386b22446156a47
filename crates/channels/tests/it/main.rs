//! Channels through their routes, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod channels;
mod chat;
mod console;
mod faulty;
mod late;
mod load;
mod mobile;
mod outage;
mod outgoing;
mod people;
mod talking;
mod widget;
mod world;
