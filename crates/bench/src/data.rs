//! The creators that everything is measured on.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use samples::Creator;

use crate::Result;

/// Always the same crowd.
const SEED: u64 = 41;

/// A folder with the server's data, and the crowd that is in it.
pub(crate) struct Data {
    /// The folder, for `DATA_DIR`.
    pub(crate) folder: PathBuf,
    /// How many creators the crowd has.
    pub(crate) rows: usize,
    followers: Vec<u64>,
    _temporary: Option<tempfile::TempDir>,
}

impl Data {
    /// A folder to keep, or one that goes when this does.
    pub(crate) fn new(keep: Option<&Path>, rows: usize) -> Result<Self> {
        let temporary = if keep.is_none() { Some(tempfile::tempdir()?) } else { None };
        let folder = keep.map(Path::to_owned).or_else(|| Some(temporary.as_ref()?.path().to_owned()));
        // Each number of creators has a folder of its own.
        let folder = folder.unwrap_or_default().join(rows.to_string());
        std::fs::create_dir_all(&folder)?;
        let mut followers: Vec<u64> = samples::crowd(SEED, rows).map(|creator| creator.followers).collect();
        followers.sort_unstable();
        Ok(Self { folder, rows, followers, _temporary: temporary })
    }

    /// The database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("influencerflow.db")
    }

    /// Everybody in it.
    pub(crate) fn crowd(&self) -> impl Iterator<Item = Creator> {
        samples::crowd(SEED, self.rows)
    }

    /// People who are not in it yet: their handles differ from everybody's.
    pub(crate) fn newcomers(&self, skip: usize) -> impl Iterator<Item = Creator> {
        samples::crowd(SEED, usize::MAX).skip(self.rows + skip)
    }

    /// The followers that so many in a hundred have at least.
    pub(crate) fn followers_of(&self, percent: usize) -> u64 {
        self.followers[self.rows - (self.rows * percent / 100).clamp(1, self.rows)]
    }

    /// The crowd as a file.
    pub(crate) fn write_csv(&self) -> Result<PathBuf> {
        let path = self.folder.join("crowd.csv");
        samples::write_csv(self.crowd(), BufWriter::with_capacity(1 << 16, File::create(&path)?))?;
        Ok(path)
    }
}
