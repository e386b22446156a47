//! The layers around every handler, through a router of a few routes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod limits;
mod webhook;
