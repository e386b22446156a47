//! From nothing to the first answer.

use std::path::Path;

use crate::Result;
use crate::child::Running;
use crate::data::Data;
use crate::load::median;
use crate::table::{Promise, Table};

const TIMES: usize = 3;

/// Starts the server in earnest, some times.
pub(crate) fn start(server: &Path, data: &Data, table: &mut Table) -> Result<()> {
    let (mut times, mut peak) = (Vec::new(), 0.0_f64);
    for _ in 0..TIMES {
        let running = Running::serve(server, &data.folder, &[])?;
        times.push(running.started_in.as_secs_f64());
        peak = peak.max(running.peak_megabytes());
        running.stop()?;
    }
    let also = format!("of {TIMES}: {}", times.iter().map(|time| format!("{time:.2}")).collect::<Vec<_>>().join(", "));
    let time = table.by_rows(Promise::Most(2.0), Promise::Nothing);
    table.line("start, until /health answers", median(&mut times), "s", time, &also);
    let memory = table.by_rows(Promise::Nothing, Promise::Most(2048.0));
    table.line("start: most memory", peak, "MB", memory, "");
    Ok(())
}
