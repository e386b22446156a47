//! Days in UTC: what figures are counted by.

use std::fmt;

use db::{Cell, FromColumn, ToColumn, Value};
use input::rule::{self, Problem, Rule};
use kernel::{Timestamp, time};
use serde::{Serialize, Serializer};
use serde_json::json;

/// A day in UTC, counted from 1970-01-01; told as `2026-01-15`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(pub i64);

impl Day {
    /// The first day that figures are taken of: before it there was nothing to post on.
    pub const FIRST: Self = Self(12_784);

    /// The day of this moment.
    pub const fn of(moment: Timestamp) -> Self {
        Self(moment.micros().div_euclid(time::DAY))
    }

    /// Its first moment.
    pub fn start(self) -> Timestamp {
        Timestamp::from_micros(self.0.saturating_mul(time::DAY))
    }

    /// So many days later; earlier, if negative.
    #[must_use]
    pub const fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// Reads `2026-01-15`, or the day in UTC of an RFC 3339 time.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let moment: Timestamp = if text.len() == 10 && text.is_ascii() {
            format!("{text}T00:00:00Z").parse().ok()?
        } else {
            text.parse().ok()?
        };
        Some(Self::of(moment))
    }
}

/// The rule of a field that names a day from 2005 on. Whether it may lie ahead is for the reader to say.
pub fn day() -> impl Rule<Output = Day> {
    rule::rule(
        || json!({"type": "string", "examples": ["2026-01-15"]}),
        |value, _| {
            let text = value.as_str().ok_or_else(|| Problem::new("wrong_type", "must be a date such as 2026-01-15"))?;
            let day = Day::parse(text).ok_or_else(|| {
                Problem::new("wrong_format", "must be a date such as 2026-01-15, or a time in RFC 3339")
            })?;
            if day < Day::FIRST {
                return Err(Problem::new("out_of_range", "must not be before 2005-01-01"));
            }
            Ok(day)
        },
    )
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.start().date())
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromColumn for Day {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        i64::from_cell(cell).map(Self)
    }
}

impl ToColumn for Day {
    fn to_value(&self) -> Value {
        self.0.to_value()
    }
    fn null() -> Value {
        Value::Int(None)
    }
}

impl utoipa::PartialSchema for Day {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .examples(["2026-01-15"])
            .into()
    }
}
impl utoipa::ToSchema for Day {
    fn name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_utc() {
        assert_eq!(Day::parse("2005-01-01"), Some(Day::FIRST));
        assert_eq!(Day::parse("2026-01-15T23:30:00-02:00").unwrap().to_string(), "2026-01-16");
        assert_eq!(Day::parse(" 1969-12-31 "), Some(Day(-1)));
        assert_eq!(Day::parse("2028-02-29").unwrap().plus(1).to_string(), "2028-03-01");
        for text in ["", "2026-02-29", "2026-1-5", "15.01.2026", "2026-01-15T10:30", "tomorrow", "２026-1-1"] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
        assert_eq!(Day::of(Timestamp::from_micros(-1)), Day(-1));
    }
}
