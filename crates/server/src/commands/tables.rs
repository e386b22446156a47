//! `import`, `export` and `embed`.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use creators::{Dialect, Fate, Format, Said, Viewer, embed_stale, export_batch, export_head};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kernel::numeral::Mark;
use kernel::{CreatorId, Error, Kind, Result, Scope};

use crate::build::Server;

/// Some rows were taken in, others refused.
const PARTLY: u8 = 3;

fn file_fault(path: &Path, what: &str, error: &std::io::Error) -> Error {
    Error::new(Kind::Unavailable, format!("{} cannot be {what}: {error}", path.display()))
}

/// A bar on a terminal, nothing elsewhere.
fn bar(length: u64, template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

/// Takes creators in.
pub(super) async fn import(
    server: &Server,
    path: &Path,
    format: Option<Format>,
    decimal: Option<Mark>,
) -> Result<ExitCode> {
    let from_input = path == Path::new("-");
    let (source, length): (Box<dyn BufRead + Send>, u64) = if from_input {
        (Box::new(BufReader::with_capacity(1 << 16, std::io::stdin())), 0)
    } else {
        let file = File::open(path).map_err(|error| file_fault(path, "read", &error))?;
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        (Box::new(BufReader::with_capacity(1 << 16, file)), length)
    };
    let format = format.or_else(|| path.to_str().and_then(Format::of_name));
    let bar = bar(length, "{bar:30} {percent}% {bytes}/{total_bytes} {elapsed} left {eta} {msg}");
    let said = Said { format, decimal };
    let report = creators::import(&server.directory, Scope::system(), None, source, said, |bytes, report| {
        bar.set_position(bytes);
        bar.set_message(format!("{} rows, {} refused", report.processed, report.failed));
    })
    .await?;
    bar.finish_and_clear();
    for fault in &report.errors {
        eprintln!("line {}: {}", fault.line, fault.message);
    }
    let untold = report.failed - report.errors.len() as u64;
    if untold > 0 {
        eprintln!("and {untold} more rows were refused");
    }
    for row in report.rows.iter().filter(|row| row.fate == Fate::Duplicate) {
        let first = row.duplicate_of.unwrap_or_default();
        let changed = if row.changed.is_empty() { "says the same".to_owned() } else { row.changed.join(", ") };
        eprintln!("line {}: about the same creator as line {first}: {changed}", row.line);
    }
    let twice =
        if report.duplicates > 0 { format!(", {} repeated an earlier row", report.duplicates) } else { String::new() };
    println!(
        "{} rows read: {} added, {} updated, {} unchanged, {} refused{twice}",
        report.processed, report.added, report.updated, report.unchanged, report.failed
    );
    if report.awaiting_embedding > 0 {
        eprintln!(
            "{} creators have no vector yet; a running server makes them, or `influencerflow embed` does",
            report.awaiting_embedding
        );
    }
    server.directory.learn_norms().await?;
    server.app.db().analyze().await?;
    server.app.db().close().await;
    Ok(if report.failed > 0 { ExitCode::from(PARTLY) } else { ExitCode::SUCCESS })
}

/// Writes the directory out.
pub(super) async fn export(server: &Server, path: Option<&Path>, format: Option<Format>) -> Result<()> {
    let named = path.and_then(Path::to_str).and_then(Format::of_name);
    let format = format.or(named).unwrap_or(Format::Csv);
    let out: Box<dyn Write + Send> = match path {
        None => Box::new(std::io::stdout()),
        Some(path) => {
            let file = OpenOptions::new().write(true).create_new(true).open(path);
            Box::new(file.map_err(|error| file_fault(path, "written", &error))?)
        }
    };
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let broken =
        |error: std::io::Error| Error::new(Kind::Unavailable, format!("the export could not be written: {error}"));
    let dialect = Dialect::default();
    out.write_all(&export_head(format, dialect)).map_err(broken)?;
    let (mut after, mut written) = (CreatorId::from_uuid(uuid::Uuid::nil()), 0);
    while let Some((bytes, last, count)) =
        export_batch(&server.directory, Viewer::system(), (format, dialect), after).await?
    {
        out.write_all(&bytes).map_err(broken)?;
        after = last;
        written += count;
    }
    out.flush().map_err(broken)?;
    eprintln!("{written} creators written");
    server.app.db().close().await;
    Ok(())
}

/// Makes the vectors that are missing or another model's.
pub(super) async fn embed(server: &Server) -> Result<()> {
    let directory = &server.directory;
    let mut tx = server.app.read().await?;
    let stale = creators::store::stale_count(Scope::system(), &mut tx, directory.embedder().model()).await?;
    drop(tx);
    let bar = bar(stale, "{bar:30} {percent}% {pos}/{len} {elapsed} left {eta}");
    let made = embed_stale(directory, |made| bar.set_position(made)).await?;
    bar.finish_and_clear();
    println!("{made} vectors made by {}", directory.embedder().model());
    server.app.db().close().await;
    Ok(())
}
