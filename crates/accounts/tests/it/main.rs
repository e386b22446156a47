//! The core of accounts through its routes: one story each, on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod garbage;
mod guesses;
mod log_in;
mod mails;
mod pages;
mod sign_up;
mod strangers;
mod tenancy;
mod tokens;
mod upkeep;
mod vouched;
mod world;
