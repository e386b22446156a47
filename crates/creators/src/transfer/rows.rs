//! Rows of a table, read as creators.

use input::Fields;
use input::table::{Format, Rows, Said, Shape, Source, is_nothing, told};
use kernel::{CreatorId, Result};

use crate::model::NewCreator;
use crate::store::Row;

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
    pub(super) row: Result<Row, String>,
    pub(super) bytes: u64,
    pub(super) is_end: bool,
}

/// Reads creators row by row.
pub(super) struct Reader(Rows);

impl Reader {
    pub(super) fn new(source: Source, said: Said) -> Result<Self> {
        Rows::of::<NewCreator>(source, said, &SHAPE).map(Self)
    }

    pub(super) fn next(&mut self) -> Result<Taken> {
        let row = self.0.next_row()?;
        let bytes = self.0.bytes_read();
        Ok(match row {
            None => Taken { line: 0, row: Err(String::new()), bytes, is_end: true },
            Some(row) => {
                let line = row.line;
                Taken { line, row: row.fields.and_then(|fields| creator(line, fields)), bytes, is_end: false }
            }
        })
    }
}

/// A row. What says nothing in it is not given: a `N/A` clears no handle.
fn creator(line: u64, fields: Fields) -> Result<Row, String> {
    let id: Option<CreatorId> = fields.raw("id").and_then(|id| id.as_str()).and_then(|id| id.trim().parse().ok());
    let mut creator: NewCreator = fields.read().map_err(|error| told(&error))?;
    let handle = &mut creator.details.channel_name;
    if handle.as_ref().and_then(Option::as_deref).is_some_and(is_nothing) {
        *handle = None;
    }
    Ok(Row { line, id, creator })
}
