//! Moments in UTC, to the microsecond: as fine as every storage engine keeps them.

use std::fmt;
use std::str::FromStr;

/// A moment in UTC, told as RFC 3339 (`2026-01-15T10:30:00Z`) and stored as microseconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Timestamp(i64);

/// Microseconds of a second, minute, hour and day.
pub const SECOND: i64 = 1_000_000;
/// Microseconds of a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Microseconds of an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Microseconds of a day.
pub const DAY: i64 = 24 * HOUR;

impl Timestamp {
    /// From microseconds since 1970; what lies outside the years 1 to 9999 is put on their edge.
    pub fn from_micros(micros: i64) -> Self {
        Self(micros.clamp(-62_135_596_800 * SECOND, 253_402_207_199 * SECOND))
    }

    /// Microseconds since 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Later (or, if negative, earlier) by so many microseconds.
    #[must_use]
    pub fn plus(self, micros: i64) -> Self {
        Self::from_micros(self.0.saturating_add(micros))
    }

    /// The day in UTC, as `2026-01-15`.
    pub fn date(self) -> String {
        self.to_string()[..10].to_owned()
    }

    fn jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.jiff().fmt(f)
    }
}

impl FromStr for Timestamp {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>().map(|moment| Self::from_micros(moment.as_microsecond()))
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .examples(["2026-01-15T10:30:00Z"])
            .into()
    }
}
impl utoipa::ToSchema for Timestamp {
    fn name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_and_reads_rfc_3339() {
        let moment: Timestamp = "2026-01-15T11:30:00+01:00".parse().unwrap();
        assert_eq!(moment.to_string(), "2026-01-15T10:30:00Z");
        assert_eq!(moment.date(), "2026-01-15");
        assert_eq!(moment.plus(DAY + 1).to_string(), "2026-01-16T10:30:00.000001Z");
        assert!("soon".parse::<Timestamp>().is_err());
    }

    #[test]
    fn never_leaves_the_calendar() {
        assert!(Timestamp::from_micros(i64::MAX).to_string().starts_with("9999-"));
        assert!(Timestamp::from_micros(i64::MIN).plus(-1).to_string().starts_with("0001-"));
    }
}
