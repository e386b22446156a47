//! Reports that one can hand on: a table of everything by creator and day, and a document with charts.

mod chart;
mod csv;
mod numbers;
mod pdf;
mod routes;

pub use pdf::Paper;
pub(crate) use routes::{paper, table};
// Where a route is documented stands beside it, under names that utoipa makes of its own.
pub(crate) use routes::{__path_paper, __path_table};
