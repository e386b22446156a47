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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub start: Option<Day>,
    /// The last day.
    pub end: Option<Day>,
}

impl Period {
    /// Is the day in it?
    pub fn has(self, day: Day) -> bool {
        self.start.is_none_or(|start| start <= day) && self.end.is_none_or(|end| day <= end)
    }

    /// Its ends as days that can be compared with.
    pub fn ends(self) -> (Day, Day) {
        (self.start.unwrap_or(Day(i64::MIN)), self.end.unwrap_or(Day(i64::MAX)))
    }
}

impl Input for Period {
    fn read(fields: &mut Fields) -> Option<Self> {
        let start = fields.optional("start_date", a_day());
        let end = fields.optional("end_date", a_day());
        if let (Some(start), Some(end)) = (start, end)
            && start > end
        {
            fields.fault("start_date", "out_of_range", "must not be after end_date");
        }
        Some(Self { start, end })
    }
}
