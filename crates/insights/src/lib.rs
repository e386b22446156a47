//! What came of it: post metrics, tracked links, analytics, dashboards, reports.

mod migrations;

pub use migrations::MIGRATIONS;

use http_base::App;
use utoipa_axum::router::OpenApiRouter;

/// Every route of this crate.
pub fn router(app: App) -> OpenApiRouter {
    OpenApiRouter::new().with_state(app)
}
