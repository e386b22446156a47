//! Numbers: their form, their country, and what time it is there.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use input::rule::{self, Problem, Rule};
use jiff::tz::TimeZone;
use kernel::Timestamp;
use serde_json::json;

/// What numbers begin with; see the head of the file.
const TABLE: &str = include_str!("../data/calling_codes.tsv");

struct Place {
    country: &'static str,
    zones: Vec<&'static str>,
}

static PLACES: LazyLock<BTreeMap<&'static str, Place>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let (prefix, country, zones) = (cells.next()?, cells.next()?, cells.next()?);
            Some((prefix, Place { country, zones: zones.split(',').collect() }))
        })
        .collect()
});

/// A number in E.164: a plus, and 7 to 15 digits, of which the first is no 0. Spaces, dashes, dots and brackets are dropped.
pub(crate) fn parse(text: &str) -> Option<String> {
    let text = text.trim();
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '\u{a0}')).collect();
    let digits = plain.strip_prefix('+')?;
    let fits =
        (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    fits.then_some(plain)
}

/// The rule of a field that holds a number.
pub(crate) fn phone_number() -> impl Rule<Output = String> {
    rule::rule(
        || {
            json!({"type": "string", "pattern": r"^\+[ ().-]*[1-9]([ ().-]*[0-9]){6,14}[ ().-]*$",
                "examples": ["+14155550123"]})
        },
        |value, _| {
            let text = value.as_str().ok_or_else(|| Problem::new("wrong_type", "must be a text"))?;
            parse(text).ok_or_else(|| {
                Problem::new("wrong_format", "must be a phone number with its country's code, such as +14155550123")
            })
        },
    )
}

fn place(number: &str) -> Option<&'static Place> {
    let digits = number.strip_prefix('+')?;
    (1..=digits.len().min(7)).rev().find_map(|end| PLACES.get(digits.get(..end)?))
}

/// The country of a number (ISO 3166), as far as its beginning tells.
pub(crate) fn country(number: &str) -> Option<&'static str> {
    place(number).map(|place| place.country)
}

/// Is this a country with numbers (ISO 3166)?
pub(crate) fn is_country(code: &str) -> bool {
    PLACES.values().any(|place| place.country == code)
}

/// From when to when calls are allowed, in minutes of the day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// From this minute,
    pub from: u16,
    /// up to the one before this.
    pub to: u16,
}

impl Window {
    /// Reads `09:00-20:00`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let minute = |text: &str| {
            let (hour, minute) = text.trim().split_once(':')?;
            let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
            (hour < 24 && minute < 60 || (hour, minute) == (24, 0)).then_some(hour * 60 + minute)
        };
        let (from, to) = text.split_once('-')?;
        let (from, to) = (minute(from)?, minute(to)?);
        (from < to).then_some(Self { from, to })
    }

    fn text(self) -> String {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        format!("{}-{}", clock(self.from), clock(self.to))
    }
}

/// When calls are allowed: usually, and in countries of their own rules.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hours {
    /// Usually.
    pub usual: Window,
    /// By country (ISO 3166).
    pub countries: BTreeMap<String, Window>,
}

impl Default for Hours {
    fn default() -> Self {
        Self { usual: Window { from: 9 * 60, to: 20 * 60 }, countries: BTreeMap::new() }
    }
}

impl Hours {
    /// Why this number must not be called now; nothing if it may. Where a number may be in several time zones, it must be
    /// the right time in all of them.
    pub(crate) fn refuse(&self, number: &str, now: Timestamp) -> Option<String> {
        let Some(place) = place(number) else {
            return Some("the country of the number is not known, and so not what time it is there".into());
        };
        let window = self.countries.get(place.country).copied().unwrap_or(self.usual);
        let moment = jiff::Timestamp::from_microsecond(now.micros()).unwrap_or_default();
        for name in &place.zones {
            let Ok(zone) = TimeZone::get(name) else {
                return Some(format!("the time zone {name} is not known, and so not what time it is there"));
            };
            let local = moment.to_zoned(zone);
            let minute = u16::try_from(local.hour()).unwrap_or(0) * 60 + u16::try_from(local.minute()).unwrap_or(0);
            if minute < window.from || minute >= window.to {
                return Some(format!(
                    "it is {:02}:{:02} in {name}, and calls to {} are made from {} alone",
                    local.hour(),
                    local.minute(),
                    place.country,
                    window.text()
                ));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_told_from_what_is_none() {
        for (text, number) in [
            ("+1234567890", Some("+1234567890")),
            (" +1 (415) 555-0123 ", Some("+14155550123")),
            ("+34 600 000 000", Some("+34600000000")),
            ("call me", None),
            ("14155550123", None),
            ("+0123456789", None),
            ("+123", None),
            ("+1234567890123456", None),
            ("+1415555O123", None),
            ("", None),
        ] {
            assert_eq!(parse(text).as_deref(), number, "{text}");
        }
    }

    #[test]
    fn the_longest_beginning_tells_the_country() {
        for (number, code) in [
            ("+14155550123", "US"),
            ("+12045550123", "CA"),
            ("+18095550123", "DO"),
            ("+34600000000", "ES"),
            ("+77012345678", "KZ"),
            ("+79012345678", "RU"),
            ("+447700900123", "GB"),
            ("+358181234567", "AX"),
            ("+358401234567", "FI"),
        ] {
            assert_eq!(country(number), Some(code), "{number}");
        }
        assert_eq!(country("+8005550123456"), None, "nobody lives in an international freephone number");
    }

    #[test]
    fn every_zone_of_the_table_is_known() {
        for (prefix, place) in PLACES.iter() {
            assert!(prefix.bytes().all(|b| b.is_ascii_digit()) && place.country.len() == 2, "{prefix}");
            for zone in &place.zones {
                assert!(TimeZone::get(zone).is_ok(), "{prefix}: {zone}");
            }
        }
        assert!(PLACES.len() > 250);
    }

    #[test]
    fn it_must_be_the_right_time_in_every_zone_that_a_number_may_be_in() {
        let hours = Hours::default();
        let refused = |number: &str, time: &str| hours.refuse(number, time.parse().unwrap());
        // Madrid and the Canaries: an hour apart.
        assert_eq!(refused("+34600000000", "2026-01-15T09:00:00Z"), None);
        assert!(refused("+34600000000", "2026-01-15T08:30:00Z").unwrap().contains("08:30 in Atlantic/Canary"));
        assert!(refused("+34600000000", "2026-01-15T19:00:00Z").unwrap().contains("Europe/Madrid"));
        // In summer an hour earlier.
        assert_eq!(refused("+34600000000", "2026-07-15T08:00:00Z"), None);
        // New York to Honolulu.
        assert_eq!(refused("+14155550123", "2026-01-15T19:00:00Z"), None);
        assert!(refused("+14155550123", "2026-01-15T15:00:00Z").is_some());
        assert!(refused("+8005550123456", "2026-01-15T12:00:00Z").unwrap().contains("country"));
        let countries = [("ES".to_owned(), Window::parse("12:00-13:00").unwrap())].into();
        let strict = Hours { countries, ..Hours::default() };
        assert!(strict.refuse("+34600000000", "2026-01-15T09:00:00Z".parse().unwrap()).is_some());
    }

    #[test]
    fn windows_are_read() {
        assert_eq!(Window::parse("09:00-20:00"), Some(Hours::default().usual));
        assert_eq!(Window::parse("0:00 - 24:00"), Some(Window { from: 0, to: 1440 }));
        for text in ["", "9-20", "20:00-09:00", "09:00-09:00", "09:60-20:00", "25:00-26:00"] {
            assert_eq!(Window::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_moment_it_is_decided(digits in "[1-9][0-9]{6,14}", micros in 0_i64..4_000_000_000_000_000) {
            let _ = Hours::default().refuse(&format!("+{digits}"), Timestamp::from_micros(micros));
        }
    }
}
