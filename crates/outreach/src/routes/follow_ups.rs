//! What is left to be done.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, App, Caller, Named, Offsets, Page, Params};
use kernel::{Error, OutreachId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::workspace;
use crate::store::follow_ups::{self, FollowUp, FollowUpId};

/// Something to be done after a conversation.
#[derive(Serialize, ToSchema)]
#[schema(as = FollowUp)]
pub(super) struct FollowUpBody {
    id: FollowUpId,
    /// The log entry of the conversation.
    outreach_id: OutreachId,
    /// What is to be done.
    #[schema(example = "Send product samples")]
    text: String,
    created_at: Timestamp,
    /// When it was done; null while it is open.
    done_at: Option<Timestamp>,
}

impl From<FollowUp> for FollowUpBody {
    fn from(found: FollowUp) -> Self {
        let FollowUp { id, outreach_id, text, created_at, done_at, .. } = found;
        Self { id, outreach_id, text, created_at, done_at }
    }
}

/// A page of follow-ups.
#[derive(Serialize, ToSchema)]
pub(super) struct FollowUpList {
    /// The follow-ups of this page, the newest first.
    follow_ups: Vec<FollowUpBody>,
    #[serde(flatten)]
    page: Page,
}

/// List open follow-ups
///
/// What conversations left to be done, the newest first.
#[utoipa::path(get, path = "/api/v1/outreach/follow-ups", tag = "Outreach", params(Offsets),
    responses((status = 200, description = "A page of follow-ups", body = FollowUpList)))]
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

/// Mark a follow-up as done
///
/// It is then no longer listed.
#[utoipa::path(post, path = "/api/v1/outreach/follow-ups/{follow_up_id}/done", tag = "Outreach",
    params(("follow_up_id" = String, Path, description = "The follow-up's id")),
    responses((status = 200, description = "The follow-up as it is now", body = FollowUpBody)))]
pub(super) async fn done(State(app): State<App>, caller: Caller, name: Named) -> Answer<Json<FollowUpBody>> {
    let id = name.id("Follow-up")?;
    let mut tx = app.write().await?;
    let found = follow_ups::done(caller.scope(), &mut tx, id, app.clock().now()).await?;
    let found = found.ok_or_else(|| Error::not_found("Follow-up"))?;
    tx.commit().await?;
    Ok(Json(found.into()))
}
