//! What an export is.

use db::Json;
use kernel::{AccountId, Day, Id, Timestamp, WorkspaceId, time};

use crate::model::Metric;

#[doc(hidden)]
#[derive(Debug)]
pub(crate) enum ExportMarker {}
/// An export of figures.
pub(crate) type ExportId = Id<ExportMarker>;

/// So many may be asked for
pub(crate) const MOST: u32 = 10;
/// within so long.
pub(crate) const WITHIN: i64 = time::DAY;
/// How long a file is kept.
pub(crate) const KEPT: i64 = 7 * time::DAY;

/// How far an export is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "AnalyticsExportStatus")]
pub(crate) enum ExportStatus {
    /// Its file waits, or is written.
    Processing,
    /// It can be fetched.
    Completed,
    /// Its file could not be written.
    Failed,
}

/// How a file is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "AnalyticsExportFormat")]
pub(crate) enum FileFormat {
    /// A table with a header row.
    Csv,
    /// JSON Lines: an object on each.
    Jsonl,
}

impl FileFormat {
    /// Its media type.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl => "application/x-ndjson",
        }
    }
}

/// An export, as it is stored.
#[derive(Clone, Debug, PartialEq, db::Row)]
#[row(
    table = "hub_exports",
    key(id),
    fixed(workspace_id, account_id, metrics, first_day, last_day, format, email, secret, parts, created_at)
)]
pub(crate) struct Export {
    pub(crate) id: ExportId,
    pub(crate) workspace_id: WorkspaceId,
    /// Who asked.
    pub(crate) account_id: AccountId,
    /// Which metrics, as words, each once; a part of the file each.
    pub(crate) metrics: Json<Vec<String>>,
    pub(crate) first_day: Day,
    pub(crate) last_day: Day,
    pub(crate) format: FileFormat,
    /// Who is written to once it is completed.
    pub(crate) email: Option<String>,
    /// What its links are signed with.
    pub(crate) secret: String,
    pub(crate) status: ExportStatus,
    pub(crate) parts_done: u64,
    pub(crate) parts: u64,
    pub(crate) rows_written: u64,
    pub(crate) bytes: u64,
    pub(crate) created_at: Timestamp,
    pub(crate) completed_at: Option<Timestamp>,
    /// Until when it is kept.
    pub(crate) expires_at: Timestamp,
}

impl Export {
    /// Which metrics.
    pub(crate) fn metrics(&self) -> Vec<Metric> {
        self.metrics.0.iter().filter_map(|word| kernel::Words::parse(word)).collect()
    }

    /// What its file is called.
    pub(crate) fn file_name(&self) -> String {
        let ending = self.format.word();
        format!("analytics-{}-to-{}.{ending}", self.first_day, self.last_day)
    }
}
