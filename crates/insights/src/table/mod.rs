//! Tables of figures as CSV: read as they come, and taken in a batch at a time.

mod report;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use async_trait::async_trait;
use input::Input;
pub(crate) use input::table::Source;
use input::table::{Format, Rows, Said, Shape, told};
use kernel::numeral::Mark;
use kernel::{Day, Result};
use tokio::sync::mpsc;

use crate::batch::{Dated, ahead};
pub(crate) use report::{Count, ImportReport};

/// Rows in one transaction: each is on the disk before the next is begun.
const BATCH: usize = 1000;

/// How a table of figures is written.
pub(crate) const FORMATS: &[Format] = &[Format::Csv];

/// The columns that a table must have, each under any of its names.
pub(crate) type Wanted = &'static [&'static [&'static str]];

/// Whoever takes the rows of a table in.
#[async_trait]
pub(crate) trait TakeIn: Send {
    /// What a row is.
    type Row: Dated + Send + 'static;

    /// What two rows have in common of which the later one holds.
    fn key(row: &Self::Row) -> impl Hash;

    /// Takes these rows in, each with its line, in one transaction; those that it refuses it tells the report. Of a dry run it only says what
    /// would come of them.
    async fn take_in(&mut self, rows: Vec<(u64, Self::Row)>, report: &mut ImportReport) -> Result<Count>;

    /// Writes down that rows came in.
    async fn tell(&self, count: Count) -> Result<()>;
}

/// Takes a table in. Good rows go in, bad ones are told with their line; every thousand rows are one transaction, so that an import that
/// is broken off has lost nothing that it finished, and may simply be run again.
pub(crate) async fn import<T: TakeIn>(
    mut into: T,
    source: Source,
    wanted: Wanted,
    last: Day,
    (dry_run, decimal): (bool, Option<Mark>),
) -> Result<ImportReport> {
    let mut report = ImportReport { dry_run, ..ImportReport::default() };
    let said = Said { format: Some(Format::Csv), decimal };
    let done = take_all(&mut into, batches(source, wanted, said), last, &mut report).await;
    // Also of an import that was broken off: what it took in is there.
    let told = if report.count.wrote() && !dry_run { into.tell(report.count).await } else { Ok(()) };
    match done {
        Ok(()) => told.map(|()| report),
        Err(error) => Err(report.partly(error)),
    }
}

async fn take_all<T: TakeIn>(
    into: &mut T,
    mut batches: mpsc::Receiver<Result<Batch<T::Row>>>,
    last: Day,
    report: &mut ImportReport,
) -> Result<()> {
    // By the hashes of their keys: of a million rows the keys would be much.
    let mut seen: HashMap<u64, u64> = HashMap::new();
    while let Some(batch) = batches.recv().await {
        let batch = batch?;
        report.processed += batch.len() as u64;
        let mut rows = Vec::with_capacity(batch.len());
        for (line, row) in batch {
            let late = |row: &T::Row| ahead(row.day(), last).map(|why| format!("{} {why}", T::Row::NAMES[0]));
            match row {
                Ok(row) => {
                    if let Some(why) = late(&row) {
                        report.refuse(line, why);
                        continue;
                    }
                    let mut hasher = DefaultHasher::new();
                    T::key(&row).hash(&mut hasher);
                    let first = *seen.entry(hasher.finish()).or_insert(line);
                    if first != line {
                        report.repeat(line, first);
                    }
                    rows.push((line, row));
                }
                Err(why) => report.refuse(line, why),
            }
        }
        if !rows.is_empty() {
            let count = into.take_in(rows, report).await?;
            report.count.add(count);
        }
    }
    Ok(())
}

/// Rows that were read, each with its line.
type Batch<T> = Vec<(u64, Result<T, String>)>;

/// Reads a table on a thread of its own, a batch ahead of what is done with it.
fn batches<T: Input + Send + 'static>(source: Source, wanted: Wanted, said: Said) -> mpsc::Receiver<Result<Batch<T>>> {
    let (send, receive) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || {
        // Whoever asked is gone where a batch cannot be handed over.
        let _ = read(source, wanted, said, &send);
    });
    receive
}

/// Nobody listens any more.
struct Gone;

fn read<T: Input>(
    source: Source,
    columns: Wanted,
    said: Said,
    send: &mpsc::Sender<Result<Batch<T>>>,
) -> Result<(), Gone> {
    let shape = Shape { formats: FORMATS, columns, hint: "", longest: 1 << 16 };
    let hand_over = |batch| send.blocking_send(batch).map_err(|_| Gone);
    let mut rows = match Rows::of::<T>(source, said, &shape) {
        Ok(rows) => rows,
        Err(error) => return hand_over(Err(error)),
    };
    loop {
        let mut batch = Vec::with_capacity(BATCH);
        let end = loop {
            match rows.next_row() {
                Ok(Some(row)) => {
                    let read = row.fields.and_then(|fields| fields.read().map_err(|error| told(&error)));
                    batch.push((row.line, read));
                }
                Ok(None) => break Some(Ok(())),
                Err(error) => break Some(Err(error)),
            }
            if batch.len() == BATCH {
                break None;
            }
        };
        if !batch.is_empty() {
            hand_over(Ok(batch))?;
        }
        match end {
            None => {}
            Some(Ok(())) => return Ok(()),
            Some(Err(error)) => return hand_over(Err(error)),
        }
    }
}
