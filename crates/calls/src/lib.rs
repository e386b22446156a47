//! Phone calls: consent, ElevenLabs, Twilio with our own conversation, recordings and transcripts.

mod migrations;

pub use migrations::MIGRATIONS;

use http_base::App;
use utoipa_axum::router::OpenApiRouter;

/// Every route of this crate.
pub fn router(app: App) -> OpenApiRouter {
    OpenApiRouter::new().with_state(app)
}
