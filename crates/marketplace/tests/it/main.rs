//! The marketplace through its routes, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod applications;
mod data_rights;
mod invitations;
mod many;
mod offers;
mod recommendations;
mod world;
