//! Which days are asked for.

use input::rule::{self, Problem, Rule};
use input::{Fields, Input};

use crate::day::Day;
use serde_json::json;

/// The most days that a timeline has: ten years.
pub const MOST_DAYS: i64 = 3_660;

fn a_day() -> impl Rule<Output = Day> {
    rule::rule(
        || json!({"type": "string", "format": "date"}),
        |value, _| {
            let day = value.as_str().and_then(Day::parse);
            day.ok_or_else(|| Problem::new("wrong_format", "must be a day such as 2026-01-15"))
        },
    )
}

/// Days from one to another, both in it; without an end it goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Input)]
#[input(check = Period::check)]
pub struct Period {
    /// From this day on, in UTC.
    #[input(a_day(), name = "start_date", example = "2024-06-01")]
    pub start: Option<Day>,
    /// Up to this day, in UTC, the day itself included.
    #[input(a_day(), name = "end_date", example = "2024-06-30")]
    pub end: Option<Day>,
}

impl Period {
    fn check(&self, fields: &mut Fields) {
        if self.start.zip(self.end).is_some_and(|(start, end)| start > end) {
            fields.fault("start_date", "out_of_range", "must not be after end_date");
        }
    }

    /// Is the day in it?
    pub fn has(self, day: Day) -> bool {
        self.start.is_none_or(|start| start <= day) && self.end.is_none_or(|end| day <= end)
    }

    /// Its ends as days that can be compared with.
    pub fn ends(self) -> (Day, Day) {
        (self.start.unwrap_or(Day(i64::MIN)), self.end.unwrap_or(Day(i64::MAX)))
    }
}
