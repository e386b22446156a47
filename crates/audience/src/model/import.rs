//! Tables of members that come in.

use db::Json;
use http_base::batches::RowFault;
use kernel::{AccountId, Id, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Faults that are told one by one; the rest are counted.
const MOST_FAULTS: usize = 1_000;

#[doc(hidden)]
#[derive(Debug)]
pub enum ImportMarker {}
/// An import.
pub type ImportId = Id<ImportMarker>;

/// How far an import is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "UserImportStatus")]
pub(crate) enum ImportStatus {
    /// Its file is taken in, and waits.
    Pending,
    /// It is read.
    Processing,
    /// It was read to its end.
    Completed,
    /// It could not be read on: `error` says why. What was taken in until then stays.
    Failed,
}

/// What became of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = UserImportReport)]
pub(crate) struct Report {
    /// How many rows were read: the sum of the next four.
    pub(crate) processed: u64,
    /// How many members were added.
    pub(crate) added: u64,
    /// How many were changed.
    pub(crate) updated: u64,
    /// How many rows say what was known already.
    pub(crate) unchanged: u64,
    /// How many rows were refused.
    pub(crate) failed: u64,
    /// Why, for the first thousand of them.
    pub(crate) errors: Vec<RowFault>,
}

impl Report {
    /// A row was refused.
    pub(crate) fn refuse(&mut self, line: u64, message: String) {
        self.failed += 1;
        if self.errors.len() < MOST_FAULTS {
            self.errors.push(RowFault { line, message });
        }
    }
}

/// An import, as it is stored.
#[derive(Clone, Debug, PartialEq, db::Row)]
#[row(table = "audience_imports", key(id), fixed(workspace_id, account_id, format, decimal_mark, created_at))]
pub(crate) struct Import {
    pub(crate) id: ImportId,
    pub(crate) workspace_id: WorkspaceId,
    /// Who sent it.
    pub(crate) account_id: AccountId,
    /// Its name where files are kept, as long as it is there.
    pub(crate) file: Option<String>,
    /// `csv` or `jsonl`; `any` where nobody said.
    pub(crate) format: String,
    /// `point` or `comma`, if somebody said.
    pub(crate) decimal_mark: Option<String>,
    pub(crate) bytes: u64,
    pub(crate) bytes_read: u64,
    pub(crate) status: ImportStatus,
    /// Why it could not be read on.
    pub(crate) error: Option<String>,
    pub(crate) report: Json<Report>,
    pub(crate) created_at: Timestamp,
    pub(crate) finished_at: Option<Timestamp>,
}
