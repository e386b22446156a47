//! When a wait is over, in the member's own time: right to the minute when clocks change.
//!
//! A time of day that a change of clocks leaves out is the first moment after the gap; one that comes twice is the first of the two. Days are
//! those of the calendar, so that "in a day" is the same time of day tomorrow; hours and minutes are of the clock on the wall of no zone.

use jiff::Span;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use kernel::{Timestamp, time};

use super::kind::Weekday;
use super::nodes::{Until, WaitNode};

/// Those who wait for the same time of day go on within so many seconds of it, each at a moment of their own.
pub const SPREAD: i64 = 300;

/// A day or a moment, as a text tells it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    /// A day, wherever one is.
    Day(Date),
    /// A time on a day, wherever one is.
    Local(DateTime),
    /// A moment.
    Instant(Timestamp),
}

impl Moment {
    /// On the calendar and the clock, where the text says no zone; in UTC where it does.
    pub fn local(self) -> DateTime {
        match self {
            Self::Day(day) => day.to_datetime(Time::midnight()),
            Self::Local(at) => at,
            Self::Instant(at) => TimeZone::UTC.to_datetime(jiff(at)),
        }
    }
}

/// Reads a day (`2026-12-24`), a local time on it (`2026-12-24T18:00`) or a moment (`2026-12-24T18:00:00Z`); in the years 1 to 9999.
pub fn moment(text: &str) -> Option<Moment> {
    let text = text.trim();
    if text.len() == 10 {
        return text.parse::<Date>().ok().filter(|day| day.year() > 0).map(Moment::Day);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(Moment::Instant(at));
    }
    text.parse::<DateTime>().ok().filter(|at| at.year() > 0).map(Moment::Local)
}

fn jiff(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default()
}

fn kernel(at: jiff::Timestamp) -> Timestamp {
    Timestamp::from_micros(at.as_microsecond())
}

/// The moment of a local time in a zone.
pub fn resolve(zone: &TimeZone, at: DateTime) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(at);
    let found = match ambiguous.offset() {
        // As if the clocks had changed already: before the gap; the first change behind that is its end.
        AmbiguousOffset::Gap { after, .. } => {
            let before = after.to_timestamp(at).ok()?;
            zone.following(before).next().map(|change| change.timestamp())
        }
        _ => ambiguous.earlier().ok(),
    };
    found.map(kernel)
}

/// When a wait is over that began at a moment; at once, if the day that it is until cannot be read. `hash` spreads those who wait for the same time.
pub fn due(
    wait: &WaitNode,
    until_date: Option<&str>,
    began: Timestamp,
    zone: &TimeZone,
    hash: u64,
) -> Option<Timestamp> {
    let spread = i64::try_from(hash % SPREAD.unsigned_abs()).unwrap_or_default() * time::SECOND;
    if wait.until_date.is_some() {
        let given = moment(until_date.unwrap_or_default())?;
        let at = match (given, &wait.until) {
            (Moment::Instant(at), None) => return Some(at),
            (given, Some(until)) => given.local().date().at((until.time / 60) as i8, (until.time % 60) as i8, 0, 0),
            (given, None) => given.local(),
        };
        return resolve(zone, at).map(|at| at.plus(spread));
    }
    let span = Span::new()
        .try_days(wait.days)
        .and_then(|span| span.try_hours(wait.hours))
        .and_then(|span| span.try_minutes(wait.minutes))
        .ok()?;
    let passed = later(zone, began, span)?;
    match &wait.until {
        Some(until) => next(zone, passed, until).map(|at| at.plus(spread)),
        None => Some(passed),
    }
}

/// So much later: days of the calendar first, then hours and minutes.
fn later(zone: &TimeZone, began: Timestamp, span: Span) -> Option<Timestamp> {
    let days = i64::from(span.get_days());
    let began = if days == 0 {
        began
    } else {
        let local = zone.to_datetime(jiff(began));
        resolve(zone, local.checked_add(Span::new().days(days)).ok()?)?
    };
    let rest = i64::from(span.get_hours()) * time::HOUR + span.get_minutes() * time::MINUTE;
    Some(began.plus(rest))
}

/// The next time that the clock says this after a moment, on one of those days.
fn next(zone: &TimeZone, after: Timestamp, until: &Until) -> Option<Timestamp> {
    let today = zone.to_datetime(jiff(after)).date();
    // Two weeks, for a day of the week whose time has passed today; a zone may also leave a whole day out.
    (0..15_i64).find_map(|days| {
        let day = today.checked_add(Span::new().days(days)).ok()?;
        let fits = until.weekdays.is_empty() || until.weekdays.iter().any(|one| weekday(*one) == day.weekday());
        let at = resolve(zone, day.at((until.time / 60) as i8, (until.time % 60) as i8, 0, 0)).filter(|_| fits)?;
        (at > after).then_some(at)
    })
}

fn weekday(day: Weekday) -> jiff::civil::Weekday {
    match day {
        Weekday::Monday => jiff::civil::Weekday::Monday,
        Weekday::Tuesday => jiff::civil::Weekday::Tuesday,
        Weekday::Wednesday => jiff::civil::Weekday::Wednesday,
        Weekday::Thursday => jiff::civil::Weekday::Thursday,
        Weekday::Friday => jiff::civil::Weekday::Friday,
        Weekday::Saturday => jiff::civil::Weekday::Saturday,
        Weekday::Sunday => jiff::civil::Weekday::Sunday,
    }
}

/// Does this wait depend on the zone?
pub fn is_local(wait: &WaitNode) -> bool {
    wait.until.is_some() || wait.until_date.is_some() || wait.days > 0
}
