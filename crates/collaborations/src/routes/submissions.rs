//! Submissions: handed in, checked, decided.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use http_base::{Answer, Body, MaybeBody, Member, Named};
use kernel::{AccountId, CollaborationId, Error, SubmissionId, Timestamp};
use mind::brief::Report;
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::SubmissionBody;
use crate::model::{ApproveInput, NewSubmission, RejectInput, SubmissionStatus};
use crate::ops::{self, Act};
use crate::{Collaborations, store};

/// Content was handed in.
#[derive(Serialize, ToSchema)]
pub(super) struct Submitted {
    id: SubmissionId,
    collaboration_id: CollaborationId,
    /// Its number, from 1.
    version: i64,
    status: SubmissionStatus,
    /// Did it come after its deadline?
    is_late: bool,
    /// Until when the business reviews it. What follows then stands in the documentation.
    review_until: Option<Timestamp>,
    message: &'static str,
    created_at: Timestamp,
}

/// Submit content
///
/// By the creator, for a collaboration that is scheduled; after a rejection again, as often as the offer allows. The server never follows
/// the links.
#[utoipa::path(post, path = "/api/v1/submissions", tag = "Submissions", request_body = NewSubmission,
    responses((status = 201, description = "Handed in", body = Submitted),
        (status = 403, description = "Content is handed in by the creator"),
        (status = 404, description = "There is no such collaboration, or it is not yours"),
        (status = 409, description = "It is not scheduled, content waits for a decision already, or no revision is left")))]
pub(super) async fn create(
    State(of): State<Collaborations>,
    member: Member,
    Body { input, .. }: Body<NewSubmission>,
) -> Answer<(StatusCode, Json<Submitted>)> {
    let act = Act::new(&of, &member.caller());
    let mut tx = of.app().write().await?;
    let mut found = act.lock(&mut tx, input.collaboration_id).await?;
    let new = ops::submit(&act, &mut tx, &mut found, input).await?;
    tx.commit().await?;
    let body = Submitted {
        id: new.id,
        collaboration_id: found.id,
        version: new.version,
        status: new.status,
        is_late: new.is_late,
        review_until: found.deadline_at,
        message: "Content submitted for review",
        created_at: new.submitted_at,
    };
    Ok((StatusCode::CREATED, Json(body)))
}

/// Read a submission
///
/// With what the check has found, and what was decided.
#[utoipa::path(get, path = "/api/v1/submissions/{submission_id}", tag = "Submissions",
    params(("submission_id" = String, Path, description = "The submission's id")),
    responses((status = 200, description = "The submission", body = SubmissionBody)))]
pub(super) async fn get(State(of): State<Collaborations>, member: Member, name: Named) -> Answer<Json<SubmissionBody>> {
    let mut tx = of.app().read().await?;
    let found = store::submission(member.scope(), &mut tx, name.id("Submission")?).await?;
    Ok(Json(SubmissionBody::new(found.ok_or_else(|| Error::not_found("Submission"))?)?))
}

/// What the check has found.
#[derive(Serialize, ToSchema)]
pub(super) struct Analysed {
    id: SubmissionId,
    status: SubmissionStatus,
    /// From 0 to 100, by a published formula.
    ai_score: f64,
    /// What was found, requirement by requirement.
    ai_analysis: Report,
    /// Is every required hashtag and mention there?
    passed_requirements: bool,
    message: &'static str,
}

/// Check content against its brief
///
/// Every requirement of the brief is judged by itself: pass, fail or cannot tell, with the words that show it. A person decides; content
/// that nobody reviews is approved by itself only if every check has passed.
#[utoipa::path(post, path = "/api/v1/submissions/{submission_id}/analyze-ai", tag = "Submissions",
    params(("submission_id" = String, Path, description = "The submission's id")),
    responses((status = 200, description = "What was found", body = Analysed),
        (status = 403, description = "The business has content checked"),
        (status = 409, description = "It was decided already")))]
pub(super) async fn analyse(State(of): State<Collaborations>, member: Member, name: Named) -> Answer<Json<Analysed>> {
    let act = Act::new(&of, &member.caller());
    let id = name.id("Submission")?;
    let report = ops::analyse(&act, id).await?;
    let mut tx = of.app().write().await?;
    let kept = ops::keep_analysis(&act, &mut tx, id, &report).await?;
    tx.commit().await?;
    Ok(Json(Analysed {
        id,
        status: kept.status,
        ai_score: kept.score().unwrap_or_default(),
        passed_requirements: report.passed_requirements,
        ai_analysis: report,
        message: "Content analyzed successfully",
    }))
}

/// What was decided.
#[derive(Serialize, ToSchema)]
pub(super) struct Reviewed {
    id: SubmissionId,
    status: SubmissionStatus,
    reviewed_by: Option<AccountId>,
    reviewed_at: Option<Timestamp>,
    reviewer_notes: Option<String>,
    /// Why it was approved although a check had failed.
    override_reason: Option<String>,
    message: String,
}

/// Approve content
///
/// By the business, once. The deliverable of the contract is accepted with it, and its payment becomes due. Where no contract is signed,
/// no money is moved here, and the message says so.
#[utoipa::path(post, path = "/api/v1/submissions/{submission_id}/approve", tag = "Submissions",
    request_body = Option<ApproveInput>, params(("submission_id" = String, Path, description = "The submission's id")),
    responses((status = 200, description = "Approved", body = Reviewed),
        (status = 403, description = "The business decides"),
        (status = 409, description = "It was decided already, or the collaboration is over or disputed")))]
pub(super) async fn approve(
    State(of): State<Collaborations>,
    member: Member,
    name: Named,
    MaybeBody(Body { input, .. }): MaybeBody<ApproveInput>,
) -> Answer<Json<Reviewed>> {
    let act = Act::new(&of, &member.caller());
    let mut tx = of.app().write().await?;
    let (mut found, mut submission) = act.lock_submission(&mut tx, name.id("Submission")?).await?;
    ops::approve(&act, &mut tx, &mut found, &mut submission, input).await?;
    let money = super::shapes::MoneyBody::of(&mut tx, &found, act.now).await?;
    tx.commit().await?;
    let message = if money.is_ours() {
        "Content approved; its payment is due"
    } else {
        "Content approved. No contract is signed by both sides, so no money is moved here: settle the fee between you"
    };
    Ok(Json(Reviewed {
        id: submission.id,
        status: submission.status,
        reviewed_by: submission.reviewed_by,
        reviewed_at: submission.reviewed_at,
        reviewer_notes: submission.reviewer_notes,
        override_reason: submission.override_reason,
        message: message.into(),
    }))
}

/// Reject content
///
/// By the business, once, with what has to change. The creator hands in another version within 72 hours, as often as the offer allows;
/// rejecting the last version opens a dispute.
#[utoipa::path(post, path = "/api/v1/submissions/{submission_id}/reject", tag = "Submissions",
    request_body = RejectInput, params(("submission_id" = String, Path, description = "The submission's id")),
    responses((status = 200, description = "Rejected", body = Reviewed),
        (status = 403, description = "The business decides"),
        (status = 409, description = "It was decided already, or the collaboration is over or disputed")))]
pub(super) async fn reject(
    State(of): State<Collaborations>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<RejectInput>,
) -> Answer<Json<Reviewed>> {
    let act = Act::new(&of, &member.caller());
    let mut tx = of.app().write().await?;
    let (mut found, mut submission) = act.lock_submission(&mut tx, name.id("Submission")?).await?;
    ops::reject(&act, &mut tx, &mut found, &mut submission, input).await?;
    tx.commit().await?;
    let message = if found.status == crate::model::Status::Disputed {
        "Content rejected. No revision is left: the collaboration is disputed, and an administrator decides".to_owned()
    } else {
        let left = i64::from(found.max_revisions) + 1 - found.submissions;
        format!("Content rejected; the creator may hand in {left} more")
    };
    Ok(Json(Reviewed {
        id: submission.id,
        status: submission.status,
        reviewed_by: submission.reviewed_by,
        reviewed_at: submission.reviewed_at,
        reviewer_notes: submission.reviewer_notes,
        override_reason: None,
        message,
    }))
}
