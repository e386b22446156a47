//! One metric over time.

use std::collections::BTreeMap;

use audience::calendar;
use axum::Json;
use axum::extract::State;
use http_base::{Answer, Member, Params, Routes, routes};
use input::{Fields, Input};
use kernel::Day;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Hub;
use crate::figures::{self, Point};
use crate::model::{Granularity, LONGEST, Metric, Segment, Span, USUAL, spans};

pub(crate) fn router() -> Routes<Hub> {
    Routes::new().with(routes!(detailed))
}

/// From which day to which.
#[derive(Clone, Copy, Debug, Input)]
#[input(check = Dates::check)]
pub(crate) struct Dates {
    /// The first day, in the workspace's time zone; 30 days before the last if nothing is said.
    #[input(day(), example = "2026-01-01")]
    start_date: Option<Day>,
    /// The last day, in the workspace's time zone; today if nothing is said. At most 366 days are told.
    #[input(day(), example = "2026-01-31")]
    end_date: Option<Day>,
}

impl Dates {
    fn check(&self, fields: &mut Fields) {
        let Some((start, end)) = self.start_date.zip(self.end_date) else { return };
        if start > end {
            fields.fault("start_date", "out_of_range", "must not be after end_date");
        } else if end.0 - start.0 >= LONGEST {
            let message = format!("must be less than {LONGEST} days after start_date; ask for the rest apart");
            fields.fault("end_date", "out_of_range", message);
        }
    }

    /// The days that are meant.
    pub(crate) fn range(self, today: Day) -> Span {
        match (self.start_date, self.end_date) {
            (Some(start), Some(end)) => (start, end),
            (Some(start), None) => (start, today.max(start).min(start.plus(LONGEST - 1))),
            (None, end) => (end.unwrap_or(today).plus(1 - USUAL), end.unwrap_or(today)),
        }
    }
}

/// Which figures are wanted.
#[derive(Clone, Debug, Input)]
struct DetailedQuery {
    /// What is counted: different members who came (`users`), interactions of every kind, enrolments in programs (`programs`), messages over
    /// the channels (`channels`).
    #[input(word_of_query(), example = "interactions")]
    metric: Metric,
    #[input(flatten)]
    dates: Dates,
    /// How many days each figure is of. Weeks begin on Monday; the first and the last week or month are cut to the dates.
    #[input(word_of_query(), default = Granularity::Day)]
    granularity: Granularity,
    /// What each figure is divided by: `users` by `channel` or `user_type` (`new`, `returning`), `interactions` and `channels` by `channel`, `programs`
    /// by `program`. Segments are empty where a metric cannot be divided so.
    #[input(word_of_query(), example = "channel")]
    segment: Option<Segment>,
}

/// From one day to another, both in it.
#[derive(Serialize, ToSchema)]
#[schema(as = AnalyticsDateRange)]
pub(crate) struct DateRange {
    /// The first day.
    start_date: Day,
    /// The last day.
    end_date: Day,
}

impl From<Span> for DateRange {
    fn from((start_date, end_date): Span) -> Self {
        Self { start_date, end_date }
    }
}

/// The figure of a day, a week or a month.
#[derive(Serialize, ToSchema)]
struct AnalyticsPoint {
    /// Its first day.
    date: Day,
    /// The figure.
    value: u64,
    /// Of programs: enrolments that were completed in these days, whenever they began. Null for other metrics.
    completed: Option<u64>,
    /// What the value is made of, by the names of the segments; those with nothing are left out.
    segments: BTreeMap<String, u64>,
}

/// What the figures come to.
#[derive(Serialize, ToSchema)]
struct AnalyticsTotals {
    /// The sum of all values. Of users it counts whoever came on two days (weeks, months) twice; `distinct_users` counts each once.
    total_value: u64,
    /// The sum divided by the days of the range.
    average_daily: f64,
    /// The largest value; null if there is none above 0.
    peak_value: Option<u64>,
    /// When it was: the first day of the first day, week or month with that value.
    peak_date: Option<Day>,
    /// Of users: different members who came in the whole range. Null for other metrics.
    distinct_users: Option<u64>,
}

/// A metric over time.
#[derive(Serialize, ToSchema)]
struct DetailedAnalytics {
    /// What is counted.
    metric: Metric,
    /// The days that it is about.
    date_range: DateRange,
    /// How many days each figure is of.
    granularity: Granularity,
    /// Where days begin and end: the workspace's time zone (`PUT /api/v1/analytics/settings`).
    #[schema(example = "Europe/Madrid")]
    time_zone: String,
    /// Every day, week or month of the range, in order, also those with nothing.
    data: Vec<AnalyticsPoint>,
    /// What the figures come to.
    totals: AnalyticsTotals,
    /// What segments are called whose names in `segments` are ids: programs.
    segment_names: BTreeMap<String, String>,
}

/// Show a metric over time
///
/// From sums by day, in the workspace's time zone, that move with what they count. Users of a week or a month are different members: whoever came on three days of a week
/// counts once.
#[utoipa::path(get, path = "/api/v1/analytics/detailed", tag = "Analytics", params(DetailedQuery), responses(
    (status = 200, description = "The figures", body = DetailedAnalytics)))]
async fn detailed(
    State(hub): State<Hub>,
    member: Member,
    Params(query): Params<DetailedQuery>,
) -> Answer<Json<DetailedAnalytics>> {
    let mut tx = hub.app().read().await?;
    let calendar = calendar::of(&mut tx, member.hub()).await?;
    let range = query.dates.range(calendar.day(hub.app().clock().now()));
    let spans = spans(range, query.granularity);
    let found = figures::of(&hub, &mut tx, member.hub(), query.metric, query.segment, &spans).await?;
    drop(tx);
    Ok(Json(DetailedAnalytics {
        metric: query.metric,
        date_range: range.into(),
        granularity: query.granularity,
        time_zone: calendar.time_zone().to_owned(),
        totals: AnalyticsTotals { distinct_users: found.distinct, ..totals(&found.points, range) },
        data: found.points.into_iter().map(AnalyticsPoint::from).collect(),
        segment_names: found.names,
    }))
}

impl From<Point> for AnalyticsPoint {
    fn from(Point { date, value, completed, segments }: Point) -> Self {
        Self { date, value, completed, segments }
    }
}

fn totals(points: &[Point], (from, until): Span) -> AnalyticsTotals {
    let total_value: u64 = points.iter().map(|point| point.value).sum();
    // The first of several that are as large.
    let peak = points.iter().rev().max_by_key(|point| point.value).filter(|point| point.value > 0);
    let days = (until.0 - from.0 + 1).max(1);
    AnalyticsTotals {
        total_value,
        average_daily: (total_value as f64 / days as f64 * 100.0).round() / 100.0,
        peak_value: peak.map(|point| point.value),
        peak_date: peak.map(|point| point.date),
        distinct_users: None,
    }
}
