//! The post office: every mail is a row first, then sent by a job, and its fate is told to whoever wrote it.
//!
//! Without a mail server the row is all there is: an administrator, and the demo, read it in the outbox.

mod migrations;
mod model;
pub mod store;

pub use migrations::MIGRATIONS;
pub use model::{About, Fate, NewMail, Queued};
pub use store::queue;

use http_base::App;
use utoipa_axum::router::OpenApiRouter;

/// Every route of this crate.
pub fn router(app: App) -> OpenApiRouter {
    OpenApiRouter::new().with_state(app)
}
