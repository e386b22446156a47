//! The directory in and out: CSV and JSON lines.

mod export;
mod rows;

use std::io::BufRead;

pub use export::{export_batch, export_head};
use http_base::batches::Batches;
pub use http_base::batches::RowFault;
pub use input::table::{Dialect, Format, Said};
use kernel::{CreatorId, Error, Result, Scope, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Directory;
use crate::model::NewCreator;
use crate::store::{self, Batch, Outcome, Row, Seen};

/// Rows in one transaction: each is on the disk before the next is begun.
const BATCH: usize = 1000;
/// Faults that are told one by one; the rest are counted.
const MOST_FAULTS: usize = 1000;

/// Rows whose fate is told one by one; the rest are counted.
const MOST_FATES: usize = 10_000;

/// What became of an import.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ImportReport {
    /// How many rows were read. It is the sum of the next five.
    pub processed: u64,
    /// How many entries were added.
    pub added: u64,
    /// How many entries were changed.
    pub updated: u64,
    /// How many rows say what their entry said already.
    pub unchanged: u64,
    /// How many rows are about an entry that an earlier row of the file was about. What they say otherwise holds.
    pub duplicates: u64,
    /// How many rows were refused.
    pub failed: u64,
    /// Why they were refused, for the first thousand of them.
    pub errors: Vec<RowFault>,
    /// What became of each row, in the order of the file, for the first ten thousand of them.
    pub rows: Vec<RowFate>,
    /// How many entries have no embedding yet. A job generates them; until then searches by meaning do not find these entries.
    pub awaiting_embedding: u64,
}

/// What became of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// A new entry.
    Added,
    /// An entry that says something else now.
    Updated,
    /// An entry that says the same.
    Unchanged,
    /// An entry that an earlier row of the file was about.
    Duplicate,
    /// Not taken.
    Refused,
}

/// What became of a row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RowFate {
    /// The line of the file, from 1, on which the row begins.
    pub line: u64,
    /// What became of it.
    pub fate: Fate,
    /// The entry that it is about; left out of rows that were refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator_id: Option<CreatorId>,
    /// The fields of the entry that it changed; left out where it changed none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// The first line of the file that was about the same entry; left out where this one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<u64>,
}

impl ImportReport {
    fn refuse(&mut self, line: u64, message: String) {
        self.failed += 1;
        if self.errors.len() < MOST_FAULTS {
            self.errors.push(RowFault { line, message });
        }
    }

    fn add(&mut self, outcome: Outcome) {
        let Outcome { line, fate, id, changed, duplicate_of, why } = outcome;
        match fate {
            Fate::Added => self.added += 1,
            Fate::Updated => self.updated += 1,
            Fate::Unchanged => self.unchanged += 1,
            Fate::Duplicate => self.duplicates += 1,
            Fate::Refused => self.refuse(line, why.unwrap_or_default()),
        }
        if self.rows.len() < MOST_FATES {
            self.rows.push(RowFate { line, fate, creator_id: id, changed, duplicate_of });
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
    said: impl Into<Said> + Send,
    mut told: impl FnMut(u64, &ImportReport) + Send,
) -> Result<ImportReport> {
    let mut batches = Batches::of::<NewCreator>(source, said.into(), &rows::SHAPE, BATCH, rows::creator);
    let (mut report, mut seen) = (ImportReport::default(), Seen::new());
    let room = directory.room(workspace).await?;
    while let Some(batch) = batches.next().await.map_err(|error| partly(error, &report))? {
        let bytes = batch.bytes;
        report.processed += batch.rows.len() as u64;
        let (mut rows, mut outcomes) = (Vec::new(), Vec::new());
        for taken in batch.rows {
            match taken.row {
                Ok(row) => rows.push(row),
                Err(why) => outcomes.push(Outcome::refused(taken.line, why)),
            }
        }
        let whose = (workspace, room.saturating_sub(report.added));
        let written = write(directory, scope, whose, rows, &mut seen).await;
        outcomes.extend(written.map_err(|error| partly(error, &report))?);
        outcomes.sort_by_key(|outcome| outcome.line);
        for outcome in outcomes {
            report.add(outcome);
        }
        told(bytes, &report);
    }
    directory.catalogue().fresh().await?;
    report.awaiting_embedding = directory.after_import(report.added + report.updated + report.duplicates).await?;
    Ok(report)
}

/// What stopped an import, with what is in already.
fn partly(error: Error, report: &ImportReport) -> Error {
    let done = report.added + report.updated + report.unchanged + report.duplicates;
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
    rows: Vec<Row>,
    seen: &mut Seen,
) -> Result<Vec<Outcome>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let app = directory.app();
    let mut tx = app.db().write_long().await?;
    let embedder = directory.embedder_here();
    let batch = Batch { clock: app.clock(), workspace, room, referring: directory.referring(), embedder };
    let outcomes = store::upsert(scope, &mut tx, rows, seen, &batch).await?;
    tx.commit().await?;
    Ok(outcomes)
}
