//! Content is checked, approved, rejected, or brought before both.

use db::{Json, Tx};
use events::TxExt as _;
use kernel::{Error, Result, SubmissionId};
use mind::brief::{Report, Verdict};
use serde_json::{Map, Value, json};

use super::submit::facts;
use super::{Act, contract, dispute, earn};
use crate::check;
use crate::events::{SubmissionApproved, SubmissionEscalated, SubmissionRejected};
use crate::model::{
    ApproveInput, By, Collaboration, RejectInput, Rule, Side, Status, Submission, SubmissionStatus, TO_RATE, TO_REVISE,
    TO_SETTLE,
};
use crate::store;

/// What a submission is found to be, outside of every transaction.
pub(crate) async fn analyse(act: &Act<'_>, id: SubmissionId) -> Result<Report> {
    let mut tx = act.of.app().read().await?;
    let gone = || Error::not_found("Submission");
    let submission = store::submission(act.scope, &mut tx, id).await?.ok_or_else(gone)?;
    act.must_be_business()?;
    submission.status.next(SubmissionStatus::UnderReview)?;
    let of = store::find(act.scope, &mut tx, submission.collaboration_id).await?.ok_or_else(gone)?;
    let files = store::files(&mut tx, &of).await?;
    drop(tx);
    act.of.checker().check(&of.brief.0, &check::content(&of, &submission, &files)).await
}

/// Writes down what the check has found, if nobody has decided meanwhile.
pub(crate) async fn keep_analysis(act: &Act<'_>, tx: &mut Tx, id: SubmissionId, report: &Report) -> Result<Submission> {
    let (mut of, mut submission) = act.lock_submission(tx, id).await?;
    let was = submission.status;
    submission.status = was.next(SubmissionStatus::UnderReview)?;
    let told = serde_json::to_value(report).map_err(Error::internal)?;
    submission.analysis = Some(Json(told.as_object().cloned().unwrap_or_default()));
    submission.ai_score = Some((report.ai_score.clamp(0.0, 100.0) * 100.0).round() as i64);
    submission.all_passed = Some(report.all_pass());
    submission.analysed_at = Some(act.now);
    store::save_submission(tx, &submission, was).await?;
    let open = report.checks.iter().filter(|check| check.verdict != Verdict::Pass).count();
    let detail = json!({"submission": id, "ai_score": report.ai_score, "not_passed": open});
    act.record(tx, &of, "analysed", detail).await?;
    act.save(tx, &mut of).await?;
    Ok(submission)
}

/// Checks that did not pass, in the words of their requirements.
fn not_passed(submission: &Submission) -> Vec<String> {
    let checks = submission.analysis.as_ref().and_then(|Json(report)| report.get("checks")).and_then(Value::as_array);
    let all = checks.into_iter().flatten();
    let open = all.filter(|check| check.get("verdict").and_then(Value::as_str) == Some("fail"));
    open.filter_map(|check| check.get("requirement")?.as_str().map(str::to_owned)).collect()
}

/// Approves content. The deliverable of the contract is accepted with it, and its payment becomes due, in the same transaction. Approving
/// what a check has failed is an override, and recorded as one.
pub(crate) async fn approve(
    act: &Act<'_>,
    tx: &mut Tx,
    of: &mut Collaboration,
    submission: &mut Submission,
    input: ApproveInput,
) -> Result<()> {
    act.must_be_business()?;
    let was = submission.status;
    submission.decide(SubmissionStatus::Approved, act.by, act.account, act.now)?;
    of.go(Status::Approved, act.now)?;
    let overridden = not_passed(submission);
    submission.override_reason = input.override_reason;
    submission.reviewer_notes = input.reviewer_notes;
    store::save_submission(tx, submission, was).await?;
    of.approved_by_silence = act.by == By::System;
    of.wait_until(Some(act.now.plus(TO_RATE)), act.now);
    let mut detail: Map<String, Value> = Map::new();
    detail.insert("submission".into(), json!(submission.id));
    if !overridden.is_empty() {
        detail.insert("overridden".into(), json!(overridden));
        detail.insert("override_reason".into(), json!(submission.override_reason));
    }
    act.record(tx, of, "approved", Value::Object(detail)).await?;
    contract::delivered(act, tx, of, Some(submission)).await?;
    tx.event(SubmissionApproved { submission: facts(of, submission), by: act.by });
    earn(act, tx, of, &rules_of_approval(of, submission)).await?;
    act.save(tx, of).await
}

/// What an approval earns: the creator by when the content came, the business by whether it reviewed it.
fn rules_of_approval(of: &Collaboration, submission: &Submission) -> Vec<(Side, Rule)> {
    let late = of.late_at.is_some() || submission.is_late;
    let creator = match (late, of.content_due) {
        (false, _) => Rule::OnTime,
        (true, Some(due)) if submission.submitted_at.micros() - due.micros() > 3 * kernel::time::DAY => Rule::VeryLate,
        (true, _) => Rule::Late,
    };
    let in_time = !of.approved_by_silence && of.escalated_at.is_none();
    let business = if in_time { Rule::ReviewedInTime } else { Rule::ReviewedLate };
    vec![(Side::Creator, creator), (Side::Business, business)]
}

/// Rejects content: another version is awaited; or, if no revision is left, the two are in a dispute.
pub(crate) async fn reject(
    act: &Act<'_>,
    tx: &mut Tx,
    of: &mut Collaboration,
    submission: &mut Submission,
    input: RejectInput,
) -> Result<()> {
    act.must_be_business()?;
    let was = submission.status;
    submission.decide(SubmissionStatus::Rejected, act.by, act.account, act.now)?;
    submission.reviewer_notes = Some(input.reviewer_notes);
    submission.requirements = Json(input.requirements);
    store::save_submission(tx, submission, was).await?;
    let left = i64::from(of.max_revisions) + 1 - of.submissions;
    let detail = json!({"submission": submission.id, "version": submission.version, "revisions_left": left.max(0),
        "requirements": submission.requirements.0});
    act.record(tx, of, "rejected", detail).await?;
    tx.event(SubmissionRejected(facts(of, submission)));
    if left <= 0 {
        let reason = "The last version that the offer allows was rejected";
        return dispute::open(&Act { by: By::System, account: None, ..*act }, tx, of, reason).await;
    }
    of.go(Status::Scheduled, act.now)?;
    let due = act.now.plus(TO_REVISE).max(of.content_due.unwrap_or(act.now));
    of.content_due = Some(due);
    of.escalated_at = None;
    of.wait_until(Some(due), act.now);
    act.save(tx, of).await
}

/// Nobody reviewed content in time, and not every check passed: both are asked to settle it.
pub(crate) async fn escalate(
    act: &Act<'_>,
    tx: &mut Tx,
    of: &mut Collaboration,
    submission: &Submission,
) -> Result<()> {
    of.escalated_at = Some(act.now);
    of.wait_until(Some(act.now.plus(TO_SETTLE)), act.now);
    act.record(tx, of, "escalated", json!({"submission": submission.id})).await?;
    tx.event(SubmissionEscalated(facts(of, submission)));
    act.save(tx, of).await
}
