//! Collaborations: listed, read, scheduled, called off.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use http_base::calendar::{escaped, folded, moment};
use http_base::{Answer, Body, Member, Named, Paged, Pages, Params};
use input::Input;
use kernel::time::HOUR;
use kernel::{CollaborationId, Error, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::{CollaborationBody, DetailsBody, People};
use crate::Collaborations;
use crate::model::{CancelInput, Collaboration, ScheduleInput, Side, Status};
use crate::ops::{self, Act};
use crate::store::{self, Wanted};

/// Which collaborations are wanted.
#[derive(Input)]
pub(super) struct CollaborationQuery {
    /// Only of this status.
    #[input(word)]
    status: Option<Status>,
    /// Only those in which you are this.
    #[input(word)]
    role: Option<Side>,
    #[input(flatten)]
    pages: Pages,
}

/// A page of collaborations.
#[derive(Serialize, ToSchema)]
pub(super) struct CollaborationList {
    collaborations: Vec<CollaborationBody>,
    #[serde(flatten)]
    page: Paged,
}

/// List collaborations
///
/// Those that you have a side in, the newest first.
#[utoipa::path(get, path = "/api/v1/collaborations", tag = "Collaborations", params(CollaborationQuery),
    responses((status = 200, description = "A page of collaborations", body = CollaborationList)))]
pub(super) async fn list(
    State(of): State<Collaborations>,
    member: Member,
    Params(query): Params<CollaborationQuery>,
) -> Answer<Json<CollaborationList>> {
    let mut tx = of.app().read().await?;
    let wanted = Wanted { status: query.status, side: query.role };
    let (found, total) = store::list(member.scope(), &mut tx, wanted, query.pages).await?;
    let ids = found.iter().flat_map(|one| [one.creator_id, one.business_id]);
    let people = People::of(&mut tx, ids, of.app().clock().now()).await?;
    let collaborations = found.iter().map(|one| CollaborationBody::new(one, &people)).collect();
    Ok(Json(CollaborationList { collaborations, page: query.pages.of(total) }))
}

/// Read a collaboration
///
/// With everything that belongs to it: the content and what the check found, the ratings that you may see, the dispute, where the money
/// stands, and what happened when.
#[utoipa::path(get, path = "/api/v1/collaborations/{collaboration_id}", tag = "Collaborations",
    params(("collaboration_id" = String, Path, description = "The collaboration's id")),
    responses((status = 200, description = "The collaboration", body = DetailsBody)))]
pub(super) async fn get(State(of): State<Collaborations>, member: Member, name: Named) -> Answer<Json<DetailsBody>> {
    let scope = member.scope();
    let mut tx = of.app().read().await?;
    let found = store::find(scope, &mut tx, name.id("Collaboration")?).await?;
    let found = found.ok_or_else(|| Error::not_found("Collaboration"))?;
    let (now, url) = (of.app().clock().now(), of.app().public_url().to_owned());
    Ok(Json(DetailsBody::new(scope, &mut tx, found, now, &url).await?))
}

/// What became of a day.
#[derive(Serialize, ToSchema)]
pub(super) struct ScheduledCollaboration {
    id: CollaborationId,
    status: Status,
    /// The agreed day.
    scheduled_date: Option<Timestamp>,
    /// A day that waits for the other side's answer.
    proposed_date: Option<Timestamp>,
    /// Until when it may answer.
    proposed_until: Option<Timestamp>,
    message: &'static str,
}

impl ScheduledCollaboration {
    fn new(of: &Collaboration, message: &'static str) -> Json<Self> {
        Json(Self {
            id: of.id,
            status: of.status,
            scheduled_date: of.scheduled_date,
            proposed_date: of.proposed_date,
            proposed_until: of.proposed_until,
            message,
        })
    }
}

/// Schedule a collaboration
///
/// Either side says the day, and it is agreed at once. Another day afterwards is proposed to the other side, who accepts or declines it
/// within 72 hours. Where the offer requires a contract, both sign it first.
#[utoipa::path(post, path = "/api/v1/collaborations/{collaboration_id}/schedule", tag = "Collaborations",
    request_body = ScheduleInput, params(("collaboration_id" = String, Path, description = "The collaboration's id")),
    responses((status = 200, description = "Agreed, or proposed", body = ScheduledCollaboration),
        (status = 403, description = "You have no side in it"),
        (status = 409, description = "The contract is not signed, or content was handed in already")))]
pub(super) async fn schedule(
    State(of): State<Collaborations>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<ScheduleInput>,
) -> Answer<Json<ScheduledCollaboration>> {
    let act = Act::new(&of, &member.caller());
    let mut tx = of.app().write().await?;
    let mut found = act.lock(&mut tx, name.id("Collaboration")?).await?;
    let agreed = ops::schedule(&act, &mut tx, &mut found, input.scheduled_date).await?;
    tx.commit().await?;
    let message = if agreed { "Collaboration scheduled" } else { "Another day was proposed to the other side" };
    Ok(ScheduledCollaboration::new(&found, message))
}

/// Accept a proposed day
///
/// The day that the other side proposed is the agreed one from now on.
#[utoipa::path(post, path = "/api/v1/collaborations/{collaboration_id}/schedule/accept", tag = "Collaborations",
    params(("collaboration_id" = String, Path, description = "The collaboration's id")),
    responses((status = 200, description = "Agreed", body = ScheduledCollaboration),
        (status = 409, description = "No day is proposed, or you proposed it yourself")))]
pub(super) async fn accept(
    State(of): State<Collaborations>,
    member: Member,
    name: Named,
) -> Answer<Json<ScheduledCollaboration>> {
    let act = Act::new(&of, &member.caller());
    let mut tx = of.app().write().await?;
    let mut found = act.lock(&mut tx, name.id("Collaboration")?).await?;
    ops::accept(&act, &mut tx, &mut found).await?;
    tx.commit().await?;
    Ok(ScheduledCollaboration::new(&found, "Collaboration scheduled"))
}

/// Decline a proposed day
///
/// The agreed day stays.
#[utoipa::path(post, path = "/api/v1/collaborations/{collaboration_id}/schedule/decline", tag = "Collaborations",
    params(("collaboration_id" = String, Path, description = "The collaboration's id")),
    responses((status = 200, description = "Declined", body = ScheduledCollaboration),
        (status = 409, description = "No day is proposed, or you proposed it yourself")))]
pub(super) async fn decline(
    State(of): State<Collaborations>,
    member: Member,
    name: Named,
) -> Answer<Json<ScheduledCollaboration>> {
    let act = Act::new(&of, &member.caller());
    let mut tx = of.app().write().await?;
    let mut found = act.lock(&mut tx, name.id("Collaboration")?).await?;
    ops::decline(&act, &mut tx, &mut found).await?;
    tx.commit().await?;
    Ok(ScheduledCollaboration::new(&found, "The agreed day stays"))
}

/// Download a collaboration as a calendar file
///
/// The agreed day, and the deadline of the content, in UTC: calendars show them in the time zone of whoever looks.
#[utoipa::path(get, path = "/api/v1/collaborations/{collaboration_id}/calendar.ics", tag = "Collaborations",
    params(("collaboration_id" = String, Path, description = "The collaboration's id")),
    responses((status = 200, description = "The calendar file", body = String, content_type = "text/calendar"),
        (status = 409, description = "No day is agreed on yet")))]
pub(super) async fn calendar(State(of): State<Collaborations>, member: Member, name: Named) -> Answer<Response> {
    let mut tx = of.app().read().await?;
    let found = store::find(member.scope(), &mut tx, name.id("Collaboration")?).await?;
    let found = found.ok_or_else(|| Error::not_found("Collaboration"))?;
    let day = found.scheduled_date.ok_or_else(|| Error::conflict("No day is agreed on yet; schedule it first"))?;
    let headers = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8; method=PUBLISH"),
        (CONTENT_DISPOSITION, "attachment; filename=\"collaboration.ics\""),
    ];
    Ok((headers, file(&found, day)).into_response())
}

fn file(of: &Collaboration, day: Timestamp) -> String {
    let cancelled = of.status == Status::Cancelled;
    let mut lines: Vec<String> =
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//InfluencerFlow//Collaborations//EN"].map(str::to_owned).to_vec();
    lines.push(format!("METHOD:{}", if cancelled { "CANCEL" } else { "PUBLISH" }));
    let mut event = |part: &str, at: Timestamp, title: String| {
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}-{part}@influencerflow", of.id),
            format!("SEQUENCE:{}", of.revision.max(0)),
            format!("DTSTAMP:{}", moment(of.updated_at)),
            format!("DTSTART:{}", moment(at)),
            format!("DTEND:{}", moment(at.plus(HOUR))),
            format!("SUMMARY:{}", escaped(&title)),
            format!("STATUS:{}", if cancelled { "CANCELLED" } else { "CONFIRMED" }),
            "END:VEVENT".to_owned(),
        ]);
    };
    event("day", day, of.offer_title.clone());
    if let Some(due) = of.content_due.filter(|due| *due != day) {
        event("deadline", due, format!("Content is due: {}", of.offer_title));
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

/// What became of a collaboration.
#[derive(Serialize, ToSchema)]
pub(super) struct CancelledCollaboration {
    id: CollaborationId,
    status: Status,
    cancelled_at: Option<Timestamp>,
    message: &'static str,
}

/// Cancel a collaboration
///
/// Either side may, before content is handed in; afterwards the creator may withdraw, and the business opens a dispute. The contract is
/// cancelled with it, and what was paid goes back. What it costs in karma depends on how near the deadline is.
#[utoipa::path(post, path = "/api/v1/collaborations/{collaboration_id}/cancel", tag = "Collaborations",
    request_body = CancelInput, params(("collaboration_id" = String, Path, description = "The collaboration's id")),
    responses((status = 200, description = "Cancelled", body = CancelledCollaboration),
        (status = 409, description = "Content was handed in, or it is over")))]
pub(super) async fn cancel(
    State(of): State<Collaborations>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<CancelInput>,
) -> Answer<Json<CancelledCollaboration>> {
    let act = Act::new(&of, &member.caller());
    let mut tx = of.app().write().await?;
    let mut found = act.lock(&mut tx, name.id("Collaboration")?).await?;
    ops::cancel(&act, &mut tx, &mut found, &input.reason).await?;
    tx.commit().await?;
    let message = match found.contract_id {
        Some(_) => "Collaboration cancelled, and its contract with it; what was paid goes back",
        None => "Collaboration cancelled",
    };
    Ok(Json(CancelledCollaboration { id: found.id, status: found.status, cancelled_at: found.cancelled_at, message }))
}
