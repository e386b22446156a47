//! The inbox through its routes, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod attachments;
mod crash;
mod live;
mod many;
mod messages;
mod notifications;
mod preferences;
mod rights;
mod talks;
mod world;
