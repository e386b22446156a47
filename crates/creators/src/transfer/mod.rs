//! The directory in and out: CSV and JSON lines.

mod export;
mod rows;

use std::io::BufRead;

pub use export::{export_batch, export_head};
pub use input::table::Format;
use kernel::{Error, Result, Scope, WorkspaceId};
use rows::{Reader, Taken};
use serde::Serialize;
use tokio::sync::mpsc;
use utoipa::ToSchema;

use crate::Directory;
use crate::store::{self, Batch, BatchOutcome};

/// Rows in one transaction: each is on the disk before the next is begun.
const BATCH: usize = 1000;
/// Faults that are told one by one; the rest are counted.
const MOST_FAULTS: usize = 1000;

/// What became of an import.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ImportReport {
    /// How many rows were read.
    pub processed: u64,
    /// How many entries were added.
    pub added: u64,
    /// How many entries were changed.
    pub updated: u64,
    /// How many rows say what their entry said already.
    pub unchanged: u64,
    /// How many rows were refused.
    pub failed: u64,
    /// Why they were refused, for the first thousand of them.
    pub errors: Vec<RowFault>,
    /// How many entries have no embedding yet. A job generates them; until then searches by meaning do not find these entries.
    pub awaiting_embedding: u64,
}

/// A row that was refused.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RowFault {
    /// The line of the file, from 1, on which the row begins.
    pub line: u64,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl ImportReport {
    fn refuse(&mut self, line: u64, message: String) {
        self.failed += 1;
        if self.errors.len() < MOST_FAULTS {
            self.errors.push(RowFault { line, message });
        }
    }

    fn add(&mut self, outcome: &BatchOutcome, lines: &[u64]) {
        self.added += outcome.added;
        self.updated += outcome.updated;
        self.unchanged += outcome.unchanged;
        for (place, why) in &outcome.refused {
            self.refuse(lines[*place], why.clone());
        }
    }
}

/// Takes a table of creators in. Good rows go in, bad ones are told with their line; every thousand rows are one transaction, so
/// that an import that is broken off has lost nothing that it finished, and may simply be run again.
///
/// `told` is called after each batch with the bytes read and the report so far.
pub async fn import(
    directory: &Directory,
    scope: Scope,
    workspace: Option<WorkspaceId>,
    source: Box<dyn BufRead + Send>,
    format: Option<Format>,
    mut told: impl FnMut(u64, &ImportReport) + Send,
) -> Result<ImportReport> {
    let (send, mut receive) = mpsc::channel::<Result<Vec<Taken>>>(2);
    let reading = tokio::task::spawn_blocking(move || read_batches(source, format, &send));
    let mut report = ImportReport::default();
    let room = directory.room(workspace).await?;
    while let Some(batch) = receive.recv().await {
        let mut batch = batch.map_err(|error| partly(error, &report))?;
        let bytes = batch.last().map_or(0, |row| row.bytes);
        batch.retain(|row| !row.is_end);
        report.processed += batch.len() as u64;
        let (mut lines, mut rows) = (Vec::new(), Vec::new());
        for row in batch {
            match row.creator {
                Ok(creator) => {
                    lines.push(row.line);
                    rows.push(creator);
                }
                Err(why) => report.refuse(row.line, why),
            }
        }
        let outcome = write(directory, scope, (workspace, room.saturating_sub(report.added)), rows)
            .await
            .map_err(|error| partly(error, &report))?;
        report.add(&outcome, &lines);
        told(bytes, &report);
    }
    reading.await.map_err(Error::internal)?;
    report.errors.sort_by_key(|fault| fault.line);
    directory.catalogue().fresh().await?;
    report.awaiting_embedding = directory.after_import(report.added + report.updated).await?;
    Ok(report)
}

/// What stopped an import, with what is in already.
fn partly(error: Error, report: &ImportReport) -> Error {
    let done = report.added + report.updated + report.unchanged;
    if done == 0 {
        return error;
    }
    Error::new(
        error.kind(),
        format!(
            "{}. {done} rows had been taken in by then and stay; run the import again for the rest",
            error.message().trim_end_matches('.')
        ),
    )
    .because(&error)
}

async fn write(
    directory: &Directory,
    scope: Scope,
    (workspace, room): (Option<WorkspaceId>, u64),
    rows: Vec<crate::model::NewCreator>,
) -> Result<BatchOutcome> {
    if rows.is_empty() {
        return Ok(BatchOutcome::default());
    }
    let app = directory.app();
    let mut tx = app.db().write_long().await?;
    let batch = Batch { clock: app.clock(), workspace, room, embedder: directory.embedder_here() };
    let outcome = store::upsert(scope, &mut tx, rows, &batch).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// Reads on a thread of its own, a batch ahead of what is written.
fn read_batches(source: Box<dyn BufRead + Send>, format: Option<Format>, send: &mpsc::Sender<Result<Vec<Taken>>>) {
    let mut reader = match Reader::new(source, format) {
        Ok(reader) => reader,
        Err(error) => {
            // Nobody listens any more if the request is over.
            let _ = send.blocking_send(Err(error));
            return;
        }
    };
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        match reader.next() {
            Ok(row) => {
                let is_end = row.is_end;
                batch.push(row);
                if batch.len() >= BATCH || is_end {
                    let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                    if send.blocking_send(Ok(full)).is_err() || is_end {
                        return;
                    }
                }
            }
            Err(error) => {
                if !batch.is_empty() {
                    let _ = send.blocking_send(Ok(batch));
                }
                let _ = send.blocking_send(Err(error));
                return;
            }
        }
    }
}
