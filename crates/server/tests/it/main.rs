//! The server through its routes, as its clients see it: one story each, run on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answers;
mod any_body;
mod authorisation;
mod bad_input;
mod caches;
mod callers;
mod campaigns;
mod coach;
mod command_line;
mod creators;
mod deliveries;
mod document;
mod documented;
mod events;
mod faults;
mod identity;
mod imports;
mod inbox;
mod journey;
mod knowledge;
mod large_files;
mod linear;
mod lists;
mod many;
mod openapi;
mod program;
mod reading;
mod round_trip;
mod search;
mod similarity;
mod six_steps;
mod uploads;
mod whose;
mod world;
