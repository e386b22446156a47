//! Shapes that more than one part of this crate has.

use http_base::sheet::Numbers;
use input::Input;

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
    #[input(flatten)]
    pub(crate) numbers: Numbers,
}
