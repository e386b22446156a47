//! The answer of what has nothing else to tell.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// Confirms what was done.
#[derive(Serialize, ToSchema)]
pub struct Done {
    /// What was done, in a sentence.
    message: String,
}

/// Says what was done.
pub fn done(message: impl Into<String>) -> Json<Done> {
    Json(Done { message: message.into() })
}
