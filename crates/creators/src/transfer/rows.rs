//! Rows of a table, read as creators.

use input::table::{Format, Rows, Shape, Source, told};
use kernel::Result;

use crate::model::NewCreator;

/// A table of creators.
const SHAPE: Shape = Shape {
    formats: &[Format::Csv, Format::JsonLines],
    columns: &[&["name"], &["platform"], &["niche"], &["followers_count", "followers", "followers_count_numeric"]],
    hint: "; the names are those of a creator: name, email, platform, followers_count, engagement_rate, niche, language, \
           country, about, channel_name, …",
    longest: 1 << 20,
};

/// A row, or the end of the file.
pub(super) struct Taken {
    pub(super) line: u64,
    pub(super) creator: Result<NewCreator, String>,
    pub(super) bytes: u64,
    pub(super) is_end: bool,
}

/// Reads creators row by row.
pub(super) struct Reader(Rows);

impl Reader {
    pub(super) fn new(source: Source, format: Option<Format>) -> Result<Self> {
        Rows::new(source, format, &SHAPE).map(Self)
    }

    pub(super) fn next(&mut self) -> Result<Taken> {
        let row = self.0.next_row()?;
        let bytes = self.0.bytes_read();
        Ok(match row {
            None => Taken { line: 0, creator: Err(String::new()), bytes, is_end: true },
            Some(row) => {
                let creator = row.fields.and_then(|fields| fields.read().map_err(|error| told(&error)));
                Taken { line: row.line, creator, bytes, is_end: false }
            }
        })
    }
}
