//! The audience through its routes and its functions, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accounts;
mod belongings;
mod entries;
mod lists;
mod many;
mod reach;
mod sums;
mod tables;
mod together;
mod world;
