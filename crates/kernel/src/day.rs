//! Days in UTC.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::{Timestamp, time};

/// A day in UTC, counted from 1970-01-01; told as `2026-01-15`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(pub i64);

impl Day {
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

    /// Its last second, from which on a deadline of that day has passed.
    pub fn last_second(self) -> Timestamp {
        self.plus(1).start().plus(-time::SECOND)
    }

    /// Reads `2026-01-15`, and nothing else.
    pub fn written(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_day = text.len() == 10 && text.is_ascii();
        is_day.then(|| format!("{text}T00:00:00Z").parse().ok().map(Self::of)).flatten()
    }

    /// Reads `2026-01-15`, or the day in UTC of an RFC 3339 time.
    pub fn parse(text: &str) -> Option<Self> {
        Self::written(text).or_else(|| text.trim().parse().ok().map(Self::of))
    }
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
        assert_eq!(Day::parse("2005-01-01"), Some(Day(12_784)));
        assert_eq!(Day::parse("2026-01-15T23:30:00-02:00").unwrap().to_string(), "2026-01-16");
        assert_eq!(Day::parse(" 1969-12-31 "), Some(Day(-1)));
        assert_eq!(Day::parse("2028-02-29").unwrap().plus(1).to_string(), "2028-03-01");
        for text in ["", "2026-02-29", "2026-1-5", "15.01.2026", "2026-01-15T10:30", "tomorrow", "２026-1-1"] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
        assert_eq!(Day::of(Timestamp::from_micros(-1)), Day(-1));
        assert_eq!(Day::written("2026-01-15").unwrap().last_second().to_string(), "2026-01-15T23:59:59Z");
        assert_eq!(Day::written("2026-01-15T10:30:00Z"), None);
    }
}
