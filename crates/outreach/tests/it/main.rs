//! Outreach through its routes, its jobs and the post office, on both engines, by a clock that stands still.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod calls;
mod dashboard;
mod inbound;
mod log;
mod mails;
mod pages;
mod reading;
mod rights;
mod uploads;
mod world;
