//! What is measured, one file for each measure.

mod channels;
mod cpu;
mod import;
mod inbox;
mod index;
mod offers;
mod programs;
mod requests;
mod search;
mod start;
mod webhooks;
mod writes;

use std::path::Path;

pub(crate) use channels::channels;
pub(crate) use cpu::cpu;
pub(crate) use import::import;
pub(crate) use inbox::inbox;
pub(crate) use index::index;
pub(crate) use offers::offers;
pub(crate) use programs::programs;
pub(crate) use requests::requests;
pub(crate) use search::search;
pub(crate) use start::start;
pub(crate) use webhooks::webhooks;
pub(crate) use writes::writes;

use crate::Result;
use crate::table::{Promise, Table};

/// Filters keep so many in a hundred.
const KEPT: [usize; 3] = [100, 10, 1];

/// The binary.
pub(crate) fn size(server: &Path, table: &mut Table) -> Result<()> {
    let megabytes = std::fs::metadata(server)?.len() as f64 / 1e6;
    table.line("binary", megabytes, "MB", Promise::Most(70.0), "");
    Ok(())
}
