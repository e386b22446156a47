//! An audience in and out as a table.

mod export;
mod import;
mod rows;
mod write;

pub(crate) use export::{batch, head};
pub(crate) use import::{JOB, Payload, keep, run, sweep};
