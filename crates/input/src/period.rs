//! Which days are asked for.

use kernel::Day;

use crate::{Fields, Input};

/// Days from one to another, both in it; without an end it goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Input)]
#[input(check = Period::check)]
pub struct Period {
    /// Only this day in UTC, and later ones.
    #[input(day(), name = "start_date", example = "2024-06-01")]
    pub start: Option<Day>,
    /// Only this day in UTC, and earlier ones.
    #[input(day(), name = "end_date", example = "2024-06-30")]
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
