//! The routes of the log.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, App, Caller, Named};
use kernel::Error;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::model::OutreachBody;
use crate::store;

/// Every route of the log.
pub fn router(app: App) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get)).with_state(app)
}

/// Read an entry of the outreach log
#[utoipa::path(get, path = "/api/v1/outreach/{log_id}", tag = "Outreach",
    params(("log_id" = String, Path, description = "The entry's id; B's `call_id` is the same")),
    responses((status = 200, description = "The entry", body = OutreachBody)))]
async fn get(State(app): State<App>, caller: Caller, name: Named) -> Answer<Json<OutreachBody>> {
    let id = name.id("Outreach entry")?;
    let mut tx = app.read().await?;
    let entry = store::by_id(caller.scope(), &mut tx, id).await?.ok_or_else(|| Error::not_found("Outreach entry"))?;
    Ok(Json(entry.into()))
}
