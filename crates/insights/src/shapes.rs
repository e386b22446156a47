//! Shapes that more than one part of this crate has.

use serde::Serialize;
use utoipa::ToSchema;

/// Something was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Done {
    /// What was done.
    pub(crate) message: String,
}

/// A table of rows.
#[derive(ToSchema)]
#[schema(as = FigureTable)]
#[expect(dead_code, reason = "describes the form that is read as a stream")]
pub(crate) struct TableForm {
    /// CSV with a head.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}
