//! What is left to be done.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, App, Caller, Named, Offsets, Page, Params};
use kernel::{Error, OutreachId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::workspace;
use crate::store::follow_ups::{self, FollowUp, FollowUpId};

/// Something to be done.
#[derive(Serialize, ToSchema)]
pub(super) struct FollowUpBody {
    id: FollowUpId,
    outreach_id: OutreachId,
    #[schema(example = "Send product samples")]
    text: String,
    created_at: Timestamp,
    done_at: Option<Timestamp>,
}

impl From<FollowUp> for FollowUpBody {
    fn from(found: FollowUp) -> Self {
        let FollowUp { id, outreach_id, text, created_at, done_at, .. } = found;
        Self { id, outreach_id, text, created_at, done_at }
    }
}

/// A page of what is to be done.
#[derive(Serialize, ToSchema)]
pub(super) struct FollowUpList {
    follow_ups: Vec<FollowUpBody>,
    #[serde(flatten)]
    page: Page,
}

/// List what is to be done
///
/// What conversations left open, the newest first.
#[utoipa::path(get, path = "/api/v1/outreach/follow-ups", tag = "Outreach", params(Offsets),
    responses((status = 200, description = "A page of it", body = FollowUpList)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<FollowUpList>> {
    let mut tx = app.read().await?;
    let (found, total) = follow_ups::open(caller.scope(), &mut tx, workspace(&caller)?, offsets).await?;
    Ok(Json(FollowUpList {
        follow_ups: found.into_iter().map(FollowUpBody::from).collect(),
        page: offsets.page(total),
    }))
}

/// Say that something is done
#[utoipa::path(post, path = "/api/v1/outreach/follow-ups/{follow_up_id}/done", tag = "Outreach",
    params(("follow_up_id" = String, Path, description = "Its id")),
    responses((status = 200, description = "As it is now", body = FollowUpBody)))]
pub(super) async fn done(State(app): State<App>, caller: Caller, name: Named) -> Answer<Json<FollowUpBody>> {
    let id = name.id("Follow-up")?;
    let mut tx = app.write().await?;
    let found = follow_ups::done(caller.scope(), &mut tx, id, app.clock().now()).await?;
    let found = found.ok_or_else(|| Error::not_found("Follow-up"))?;
    tx.commit().await?;
    Ok(Json(found.into()))
}
