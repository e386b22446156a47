//! What a campaign brought day by day, without gaps.

use std::collections::BTreeMap;

use input::Period;
use kernel::{Amount, Currency, Day};
use serde::Serialize;
use utoipa::ToSchema;

use super::Tally;
use crate::Figures;

/// The most days that a timeline has: ten years.
const MOST_DAYS: i64 = 3_660;

/// What a day brought in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct DayRevenue {
    /// The currency.
    pub currency: Currency,
    /// Reported revenue and that of orders together.
    pub amount: Amount,
}

/// A day in UTC.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimelineDay {
    /// Which day.
    pub date: Day,
    /// Views, as posts report.
    #[schema(example = 15_000)]
    pub views: i64,
    /// Likes, comments, shares and saves.
    #[schema(example = 950)]
    pub engagement: i64,
    /// Reported and tracked ones together.
    pub clicks: i64,
    /// Reported conversions and orders together.
    pub conversions: i64,
    /// What it brought, by currency.
    pub revenue: Vec<DayRevenue>,
}

/// Days one after the other.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// The days.
    pub days: Vec<TimelineDay>,
    /// Were days left out, because there are too many?
    pub clipped: bool,
}

impl Timeline {
    /// Of the figures of these days, in their order, all of them in the period. Nothing where there are none.
    pub fn new(period: Period, figures: &[(Day, String, Figures)]) -> Self {
        let (Some((first, ..)), Some((last, ..))) = (figures.first(), figures.last()) else { return Self::default() };
        let (mut start, mut end) = (period.start.unwrap_or(*first).0, period.end.unwrap_or(*last).0);
        if end - start >= MOST_DAYS {
            // Too many were asked for: only from the first one with figures to the last,
            (start, end) = (first.0, last.0);
        }
        // and the newest of them.
        let clipped = end - start >= MOST_DAYS;
        if clipped {
            start = end - MOST_DAYS + 1;
        }
        let mut tallies: BTreeMap<Day, Tally> = BTreeMap::new();
        for (day, currency, figures) in figures {
            tallies.entry(*day).or_default().add(currency, *figures);
        }
        let none = Tally::default();
        let days = (start..=end).map(Day).map(|day| {
            let tally = tallies.get(&day).unwrap_or(&none);
            let revenue =
                tally.revenue().into_iter().map(|one| DayRevenue { currency: one.currency, amount: one.total });
            TimelineDay {
                date: day,
                views: tally.counts().views,
                engagement: tally.engagement(),
                clicks: tally.clicks(),
                conversions: tally.conversions(),
                revenue: revenue.collect(),
            }
        });
        Self { days: days.collect(), clipped }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(day: i64, views: i64) -> (Day, String, Figures) {
        (Day(day), String::new(), Figures { metric_rows: 1, views, ..Figures::default() })
    }

    #[test]
    fn days_have_no_gaps() {
        let all = Timeline::new(Period::default(), &[on(19_000, 5), on(19_003, 7)]);
        let told: Vec<_> = all.days.iter().map(|day| (day.date.to_string(), day.views)).collect();
        let wanted = [("2022-01-08", 5), ("2022-01-09", 0), ("2022-01-10", 0), ("2022-01-11", 7)];
        assert_eq!(told, wanted.map(|(day, views)| (day.to_owned(), views)));
        let wider = Timeline::new(Period { start: Some(Day(18_999)), end: Some(Day(19_004)) }, &[on(19_000, 5)]);
        assert_eq!(wider.days.len(), 6);
        assert!(Timeline::new(Period { start: Some(Day(1)), end: Some(Day(9)) }, &[]).days.is_empty());
    }

    #[test]
    fn ten_years_are_enough() {
        let asked = Period { start: Some(Day(0)), end: Some(Day(1_000_000)) };
        let few = Timeline::new(asked, &[on(19_000, 5), on(19_003, 7)]);
        assert_eq!((few.days.len(), few.clipped), (4, false));
        let many = Timeline::new(asked, &[on(10_000, 5), on(19_003, 7)]);
        assert_eq!((many.days.len(), many.clipped, many.days[3_659].views), (3_660, true, 7));
    }
}
