//! Durable jobs: enqueued in the transaction that wants them, run at least once, retried with back-off, given up in the open.
//!
//! - [`enqueue`] writes a job inside a [`db::Tx`]: it exists if, and only if, the transaction is committed.
//! - A [`Registry`] says what runs for each kind, and which kinds run by the clock. A handler may run twice and must not matter.
//! - [`Workers`] run them; [`run_until_idle`] does so in a test, without a thread and with a mock clock.
//! - A [`Service`] has its own tables, and starts and stops with the workers.
//! - What has failed for good stays, is [counted](counts) and can be [replayed](replay).

mod claim;
mod job;
mod registry;
mod schedule;
mod workers;

pub use job::{Counts, JobRow, MIGRATIONS, NewJob, counts, enqueue, find, purge, replay};
pub use registry::{Context, Failure, Outcome, Payload, Registry, Service};
pub use workers::{Workers, run_until_idle};
