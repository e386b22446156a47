//! Dates of a profile, and when they come.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use kernel::Timestamp;

/// How often a date comes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "RuleDateRepeat", no_column)]
pub enum Repeat {
    /// Every year.
    Yearly,
    /// Once.
    Once,
}

/// A day as it stands in a profile: of one year, or of every year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Written {
    year: Option<i16>,
    month: i8,
    day: i8,
}

/// Reads `2026-01-15` (or a moment that begins with it), `--01-15` or `01-15`.
pub fn read(text: &str) -> Option<Written> {
    let text = text.trim();
    let number = |part: &str, digits: usize| {
        let fits = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| part.parse::<i16>().ok()).flatten()
    };
    let short = text.strip_prefix("--").unwrap_or(text);
    let (year, rest) = match short.split('-').collect::<Vec<_>>().as_slice() {
        [month, day] => (None, [*month, *day]),
        [year, month, day] if !text.starts_with("--") => (Some(number(year, 4)?), [*month, *day]),
        _ => return None,
    };
    let day = rest[1].split(['T', ' ']).next().unwrap_or_default();
    let (month, day) = (number(rest[0], 2)? as i8, number(day, 2)? as i8);
    // The 29th of February is a day of every year here.
    Date::new(year.unwrap_or(2_000), month, day).ok()?;
    Some(Written { year, month, day })
}

/// When a date comes next, behind a moment: so many days off, at a time of the day in a zone. An hour that the clocks leave out begins at the
/// next minute that there is; the 29th of February comes on the 28th where there is none.
pub fn next(
    written: Written,
    repeat: Repeat,
    offset_days: i64,
    (hour, minute): (i8, i8),
    zone: &TimeZone,
    after: Timestamp,
) -> Option<Timestamp> {
    let moment = jiff::Timestamp::from_microsecond(after.micros()).ok()?;
    let this_year = zone.to_datetime(moment).year();
    let on = |year: i16| {
        let date = Date::new(year, written.month, written.day).or_else(|_| Date::new(year, written.month, 28)).ok()?;
        let date = date.checked_add(jiff::Span::new().try_days(offset_days).ok()?).ok()?;
        let local: DateTime = date.at(hour, minute, 0, 0);
        let at = zone.to_ambiguous_timestamp(local).compatible().ok()?;
        Some(Timestamp::from_micros(at.as_microsecond()))
    };
    match (repeat, written.year) {
        (Repeat::Once, Some(year)) => on(year).filter(|at| *at > after),
        // Without a year there is nothing that comes once; the next one is it.
        _ => (this_year - 2..=this_year + 2).filter_map(on).find(|at| *at > after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn dates_are_read() {
        for text in ["1990-03-08", "1990-03-08T10:00:00Z", "--03-08", "03-08"] {
            assert!(read(text).is_some(), "{text}");
        }
        for text in ["", "8.3.1990", "1990-13-01", "1990-02-30", "03-8", "tomorrow", "--1990-03-08"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_birthday_comes_every_year_in_the_members_morning() {
        let madrid = TimeZone::get("Europe/Madrid").unwrap();
        let birthday = read("1990-03-29").unwrap();
        let next_after = |after: &str| next(birthday, Repeat::Yearly, 0, (9, 0), &madrid, at(after));
        // On the day itself the clocks have changed already.
        assert_eq!(next_after("2026-03-01T00:00:00Z"), Some(at("2026-03-29T07:00:00Z")));
        assert_eq!(next_after("2026-03-29T07:00:00Z"), Some(at("2027-03-29T07:00:00Z")));
        // An hour that is not there: 02:30 on the day of the change.
        let gap = next(birthday, Repeat::Yearly, 0, (2, 30), &madrid, at("2026-03-01T00:00:00Z"));
        assert_eq!(gap, Some(at("2026-03-29T01:30:00Z")));
        let leap =
            next(read("2000-02-29").unwrap(), Repeat::Yearly, 0, (9, 0), &TimeZone::UTC, at("2026-01-01T00:00:00Z"));
        assert_eq!(leap, Some(at("2026-02-28T09:00:00Z")));
        let before =
            next(read("--01-02").unwrap(), Repeat::Yearly, -7, (9, 0), &TimeZone::UTC, at("2026-01-15T00:00:00Z"));
        assert_eq!(before, Some(at("2026-12-26T09:00:00Z")));
        let once = |after| next(read("2026-05-01").unwrap(), Repeat::Once, 1, (9, 0), &TimeZone::UTC, at(after));
        assert_eq!(once("2026-04-01T00:00:00Z"), Some(at("2026-05-02T09:00:00Z")));
        assert_eq!(once("2026-05-02T09:00:00Z"), None);
    }
}
