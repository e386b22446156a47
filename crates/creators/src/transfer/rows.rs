//! Rows of a table, read as creators.

use input::Fields;
use input::table::{Format, Shape, is_nothing, told};
use kernel::CreatorId;

use crate::model::NewCreator;
use crate::store::Row;

/// A table of creators.
pub(super) const SHAPE: Shape = Shape {
    formats: &[Format::Csv, Format::JsonLines],
    columns: &[&["name"], &["platform"], &["niche"], &["followers_count", "followers", "followers_count_numeric"]],
    hint: "; the names are those of a creator: name, email, platform, followers_count, engagement_rate, niche, language, \
           country, about, channel_name, …",
    longest: 1 << 20,
};

/// A row. What says nothing in it is not given: a `N/A` clears no handle.
pub(super) fn creator(line: u64, fields: Fields) -> Result<Row, String> {
    let id: Option<CreatorId> = fields.raw("id").and_then(|id| id.as_str()).and_then(|id| id.trim().parse().ok());
    let mut creator: NewCreator = fields.read().map_err(|error| told(&error))?;
    let handle = &mut creator.details.channel_name;
    if handle.as_ref().and_then(Option::as_deref).is_some_and(is_nothing) {
        *handle = None;
    }
    Ok(Row { line, id, creator })
}
