//! Content is handed in.

use db::{Json, Tx};
use events::TxExt as _;
use kernel::time::HOUR;
use kernel::{Error, Kind, Result};
use serde_json::json;

use super::Act;
use crate::events::{SubmissionFacts, SubmissionSubmitted};
use crate::model::{By, Collaboration, NewSubmission, Status, Submission, SubmissionStatus};
use crate::store;

/// Hands content in: the next version of it.
pub(crate) async fn submit(
    act: &Act<'_>,
    tx: &mut Tx,
    of: &mut Collaboration,
    new: NewSubmission,
) -> Result<Submission> {
    if act.by != By::Creator {
        return Err(Error::new(Kind::Forbidden, "Content is handed in by the creator of the collaboration"));
    }
    of.status.next(Status::ContentSubmitted)?;
    let id = act.clock().new_id();
    let files = &new.file_ids;
    if store::attach(tx, of, files, id).await? != files.len() as u64 {
        let message = "must name files that you uploaded for this collaboration, each once, and that no submission has";
        return Err(Error::invalid_field("file_ids", message));
    }
    let base = act.of.app().public_url().trim_end_matches('/').to_owned();
    let own = files.iter().map(|file| format!("{base}/api/v1/collaborations/{}/files/{file}", of.id));
    of.submissions += 1;
    let is_late = of.content_due.is_some_and(|due| due < act.now);
    let submission = Submission {
        id,
        collaboration_id: of.id,
        version: of.submissions,
        workspace_id: of.workspace_id,
        creator_id: of.creator_id,
        status: SubmissionStatus::Submitted,
        content_urls: Json(new.content_urls.into_iter().chain(own).collect()),
        captions: Json(new.captions),
        platform: new.platform,
        format: new.format.map(|format| format.to_uppercase()),
        ad_label: new.ad_label,
        platform_post_id: new.platform_post_id,
        note: new.note,
        is_late,
        analysis: None,
        ai_score: None,
        all_passed: None,
        analysed_at: None,
        reviewed_by: None,
        reviewed_how: None,
        reviewed_at: None,
        reviewer_notes: None,
        requirements: Json(Vec::new()),
        override_reason: None,
        submitted_at: act.now,
    };
    store::add_submission(tx, &submission).await?;
    of.go(Status::ContentSubmitted, act.now)?;
    of.last_submission = Some(id);
    (of.proposed_date, of.proposed_by, of.proposed_until, of.escalated_at) = (None, None, None, None);
    let review = i64::from(act.of.settings().review_hours) * HOUR;
    of.wait_until(Some(act.now.plus(review)), act.now);
    let detail = json!({"submission": id, "version": submission.version, "late": is_late});
    act.record(tx, of, "submitted", detail).await?;
    tx.event(SubmissionSubmitted(facts(of, &submission)));
    act.save(tx, of).await?;
    Ok(submission)
}

/// A submission, as events tell it.
pub(super) fn facts(of: &Collaboration, submission: &Submission) -> SubmissionFacts {
    SubmissionFacts { collaboration: of.into(), submission_id: submission.id, version: submission.version }
}
