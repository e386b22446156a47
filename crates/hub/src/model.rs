//! What can be asked for, and how days are put together.

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::Day;

/// The longest time that is told at once, in days.
pub(crate) const LONGEST: i64 = 366;
/// So many days are told where no dates are given.
pub(crate) const USUAL: i64 = 30;

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, kernel::Words)]
#[words(name = "AnalyticsMetric")]
pub(crate) enum Metric {
    /// Different members who came.
    Users,
    /// Interactions of every kind.
    Interactions,
    /// Enrolments in programs.
    Programs,
    /// Messages of members and to them.
    Channels,
}

/// How many days a figure is of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "AnalyticsGranularity")]
pub(crate) enum Granularity {
    /// Each day.
    Day,
    /// Weeks that begin on Monday.
    Week,
    /// Months of the calendar.
    Month,
}

/// What figures are divided by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "AnalyticsSegment")]
pub(crate) enum Segment {
    /// The types of channels.
    Channel,
    /// Programs, by their ids.
    Program,
    /// Members who are new, and those who came back.
    UserType,
}

impl Metric {
    /// By what it can be divided.
    pub(crate) const fn segments(self) -> &'static [Segment] {
        match self {
            Self::Users => &[Segment::Channel, Segment::UserType],
            Self::Interactions | Self::Channels => &[Segment::Channel],
            Self::Programs => &[Segment::Program],
        }
    }
}

/// Days from the first to the last, both in it.
pub(crate) type Span = (Day, Day);

/// The range in whole spans of this size, without a gap: the first and the last are cut to the range.
pub(crate) fn spans((from, until): Span, granularity: Granularity) -> Vec<Span> {
    let (mut spans, mut next) = (Vec::new(), from);
    while next <= until {
        let last = match granularity {
            Granularity::Day => next,
            Granularity::Week => next.plus(6 - weekday(next)),
            Granularity::Month => last_of_month(next),
        };
        spans.push((next, last.min(until)));
        next = last.plus(1);
    }
    spans
}

/// Which of these spans, in their order, the day is in.
pub(crate) fn place(spans: &[Span], day: Day) -> Option<usize> {
    let place = spans.partition_point(|(since, _)| *since <= day).checked_sub(1)?;
    (day <= spans[place].1).then_some(place)
}

/// 0 on Mondays; 1970-01-01 was a Thursday.
const fn weekday(day: Day) -> i64 {
    (day.0 + 3).rem_euclid(7)
}

fn last_of_month(day: Day) -> Day {
    let epoch = Date::constant(1970, 1, 1);
    // Beyond the calendar there are no months: every day is its own.
    let date = i32::try_from(day.0).ok().and_then(|days| epoch.checked_add(days.days()).ok());
    date.map_or(day, |date| day.plus(i64::from(date.days_in_month()) - i64::from(date.day())))
}

/// To four places.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        Day::written(text).unwrap()
    }

    #[test]
    fn weeks_begin_on_monday_and_months_are_the_calendar_s() {
        let range = (day("2028-02-27"), day("2028-03-02"));
        assert_eq!(
            spans(range, Granularity::Week),
            [(range.0, range.0), (day("2028-02-28"), range.1)],
            "the 27th is a Sunday"
        );
        assert_eq!(spans(range, Granularity::Month), [(range.0, day("2028-02-29")), (day("2028-03-01"), range.1)]);
        assert_eq!(spans(range, Granularity::Day).len(), 5);
    }

    proptest! {
        #[test]
        fn every_day_is_in_one_span(from in 0_i64..40_000, length in 0_i64..LONGEST, which in 0_usize..3) {
            let range = (Day(from), Day(from + length));
            let granularity = [Granularity::Day, Granularity::Week, Granularity::Month][which];
            let all = spans(range, granularity);
            prop_assert_eq!((all[0].0, all[all.len() - 1].1), range);
            prop_assert!(all.windows(2).all(|two| two[0].1.plus(1) == two[1].0));
            for day in from..=from + length {
                let place = place(&all, Day(day)).unwrap();
                prop_assert!(all[place].0 <= Day(day) && Day(day) <= all[place].1);
            }
            prop_assert_eq!(place(&all, Day(from - 1)), None);
            prop_assert_eq!(place(&all, Day(from + length + 1)), None);
        }
    }
}
