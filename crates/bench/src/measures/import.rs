//! The crowd, taken in from a CSV by the command line.

use std::path::Path;

use crate::Result;
use crate::child::{command, watch};
use crate::data::Data;
use crate::table::{Promise, Table};

/// Imports the crowd; where a kept folder has it, nothing is done.
pub(crate) fn import(server: &Path, data: &Data, table: &mut Table) -> Result<()> {
    let done = data.folder.join("imported");
    if done.exists() {
        return Ok(());
    }
    let file = data.write_csv()?;
    let mut import = command(server, &data.folder, &[]);
    import.args(["import", "creators"]).arg(&file);
    let (took, peak) = watch(import, &data.folder.join("import.log"))?;
    let seconds = took.as_secs_f64();
    let also = format!(
        "{:.0} rows/s; CSV {:.0} MB, database {:.0} MB",
        data.rows as f64 / seconds,
        megabytes(&file)?,
        megabytes(&data.database())?
    );
    let time = table.by_rows(Promise::Most(30.0), Promise::Nothing);
    table.line("import with embeddings: time", seconds, "s", time, &also);
    let memory = table.by_rows(Promise::Nothing, Promise::Most(2048.0));
    table.line("import with embeddings: most memory", peak, "MB", memory, "");
    std::fs::remove_file(file)?;
    std::fs::write(done, "")?;
    Ok(())
}

fn megabytes(path: &Path) -> Result<f64> {
    Ok(std::fs::metadata(path)?.len() as f64 / 1e6)
}
