//! What became of rows.

use kernel::Error;
use serde::Serialize;
use utoipa::ToSchema;

/// Faults that are told one by one; the rest are counted.
const MOST_FAULTS: usize = 1000;

/// What rows did to those that were there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RowCount)]
pub(crate) struct Count {
    /// New rows.
    pub(crate) created: u64,
    /// Rows that were there and say something else now.
    pub(crate) replaced: u64,
    /// Rows that were there and say the same.
    pub(crate) unchanged: u64,
}

impl Count {
    pub(crate) fn add(&mut self, other: Self) {
        self.created += other.created;
        self.replaced += other.replaced;
        self.unchanged += other.unchanged;
    }

    /// Was anything written?
    pub(crate) const fn wrote(self) -> bool {
        self.created + self.replaced > 0
    }

    const fn all(self) -> u64 {
        self.created + self.replaced + self.unchanged
    }
}

/// What became of an import.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = FigureImportReport)]
pub(crate) struct ImportReport {
    /// True if the table was only looked at, and nothing was written.
    pub(crate) dry_run: bool,
    /// Rows that were read. One that stands in the file more than once counts each time; the last one holds.
    pub(crate) processed: u64,
    #[serde(flatten)]
    pub(crate) count: Count,
    /// Rows that are of the same as an earlier one of the file (creator, post and day; or order), the first thousand of them: what they
    /// say holds. Left out where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) repeated: Vec<RowRepeated>,
    /// Rows that were not taken.
    pub(crate) failed: u64,
    /// Why, for the first thousand of them.
    pub(crate) errors: Vec<RowFault>,
}

/// A row that was not taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FigureRowFault)]
pub(crate) struct RowFault {
    /// The line of the file, from 1.
    line: u64,
    /// What is wrong, and what would be right.
    message: String,
}

/// A row that is of the same as an earlier one.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FigureRowRepeated)]
pub(crate) struct RowRepeated {
    /// The line of the file, from 1.
    line: u64,
    /// The first line that is of the same.
    duplicate_of: u64,
}

impl ImportReport {
    pub(crate) fn repeat(&mut self, line: u64, duplicate_of: u64) {
        if self.repeated.len() < MOST_FAULTS {
            self.repeated.push(RowRepeated { line, duplicate_of });
        }
    }

    pub(crate) fn refuse(&mut self, line: u64, message: String) {
        self.failed += 1;
        if self.errors.len() < MOST_FAULTS {
            self.errors.push(RowFault { line, message });
        }
    }

    /// What stopped an import, with what is in already.
    pub(crate) fn partly(&self, error: Error) -> Error {
        let done = self.count.all();
        if done == 0 || self.dry_run {
            return error;
        }
        let message = format!(
            "{}. {done} rows had been taken in by then and stay; run the import again for the rest",
            error.message().trim_end_matches('.')
        );
        Error::new(error.kind(), message).because(&error)
    }
}
