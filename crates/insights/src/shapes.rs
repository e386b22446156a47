//! Shapes that more than one part of this crate has.

use input::{Fields, Input};
use serde::Serialize;
use utoipa::ToSchema;

use crate::day::{Day, day};

/// Something was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Done {
    /// What was done.
    pub(crate) message: String,
}

/// A table of rows.
#[derive(Input)]
#[input(name = "FigureTable", file = "CSV with a head.")]
pub(crate) struct TableForm {}

/// How a table is taken in.
#[derive(Input)]
pub(crate) struct TableQuery {
    /// True to be told what would come of the table, without taking it in.
    #[input(flag, default = false)]
    pub(crate) dry_run: bool,
}

/// Days from one to another, both in it.
#[derive(Clone, Copy, Debug, Input)]
#[input(check = Days::check)]
pub(crate) struct Days {
    /// Only of this day in UTC and later ones.
    #[input(day(), example = "2026-01-15")]
    pub(crate) start_date: Option<Day>,
    /// Only of this day in UTC and earlier ones.
    #[input(day(), example = "2026-01-31")]
    pub(crate) end_date: Option<Day>,
}

impl Days {
    fn check(&self, fields: &mut Fields) {
        if self.start_date.zip(self.end_date).is_some_and(|(from, to)| from > to) {
            fields.fault("start_date", "out_of_range", "must not be after end_date");
        }
    }
}
