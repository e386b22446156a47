//! What happens when a collaboration is woken: a reminder before a deadline, or what follows when it has passed.

use db::Tx;
use events::TxExt as _;
use kernel::{CollaborationId, Result};
use mind::brief::Report;
use serde_json::json;

use super::{Act, approve, cancel, complete, dispute, escalate, keep_analysis, schedule};
use crate::events::{CollaborationLate, DeadlineNear};
use crate::model::{ApproveInput, Collaboration, NO_SHOW, Status, Submission};
use crate::store;

/// Does what it is time for. `report` is what the check found of the last submission, where that was asked before, outside of the
/// transaction. Safe to be repeated: what was done has moved the moment of waking.
pub(crate) async fn wake(act: &Act<'_>, tx: &mut Tx, id: CollaborationId, report: Option<&Report>) -> Result<()> {
    let Some(mut of) = store::lock(act.scope, tx, id).await? else { return Ok(()) };
    if of.wake_at.is_none_or(|wake| wake > act.now) {
        return Ok(());
    }
    let Some(deadline) = of.deadline_at else {
        of.wake_at = None;
        return act.save(tx, &mut of).await;
    };
    if deadline > act.now {
        return remind(act, tx, &mut of).await;
    }
    match of.status {
        Status::Accepted => nobody_scheduled(act, tx, &mut of).await,
        Status::Scheduled => no_content(act, tx, &mut of).await,
        Status::ContentSubmitted => nobody_reviewed(act, tx, &mut of, report).await,
        Status::Approved => complete(act, tx, &mut of).await,
        Status::Disputed => dispute::decide_by_record(act, tx, &mut of).await,
        Status::Completed | Status::Cancelled => {
            of.wait_until(None, act.now);
            act.save(tx, &mut of).await
        }
    }
}

async fn remind(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration) -> Result<()> {
    let Some((deadline, (waits_for, side))) = of.deadline_at.zip(of.waits()) else { return Ok(()) };
    of.wake_at = Some(of.next_wake(deadline, act.now));
    act.record(tx, of, "reminded", json!({"waits_for": waits_for, "deadline": deadline})).await?;
    tx.event(DeadlineNear { collaboration: (&*of).into(), waits_for, side, deadline });
    act.save(tx, of).await
}

/// No day was agreed on in time: it is the deadline of the content, where there is one and nothing stands against it; else it is over.
async fn nobody_scheduled(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration) -> Result<()> {
    let required = of.contract_wish == crate::ContractWish::Required;
    let signed = !required || super::is_signed_by_both(tx, of).await?;
    match of.content_deadline.filter(|deadline| *deadline > act.now && signed) {
        Some(day) => schedule::first(act, tx, of, day).await,
        None if !signed => cancel(act, tx, of, "The contract was not signed by both within 7 days").await,
        None => cancel(act, tx, of, "No day was agreed on within 7 days").await,
    }
}

/// Content did not come: it is late, and after two more weeks it is not waited for any longer.
async fn no_content(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration) -> Result<()> {
    let due = of.content_due.or(of.deadline_at).unwrap_or(act.now);
    let end = due.plus(NO_SHOW);
    if of.late_at.is_some() && act.now >= end {
        return cancel(act, tx, of, "Content did not come within 14 days of its deadline").await;
    }
    if of.late_at.is_none() {
        of.late_at = Some(act.now);
        act.record(tx, of, "late", json!({"due": due})).await?;
        tx.event(CollaborationLate((&*of).into()));
    }
    of.wait_until(Some(end.max(act.now.plus(1))), act.now);
    act.save(tx, of).await
}

/// Content was not reviewed in time: what passed every check is approved by itself, the rest is brought before both, and after a week
/// before an administrator.
async fn nobody_reviewed(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration, report: Option<&Report>) -> Result<()> {
    if of.escalated_at.is_some() {
        let reason = "Nobody reviewed the content, and the two have not settled it within 7 days";
        return dispute::open(act, tx, of, reason).await;
    }
    let Some(mut submission) = last_of(tx, of).await? else { return Ok(()) };
    if submission.analysis.is_none()
        && let Some(report) = report
    {
        submission = keep_analysis(act, tx, submission.id, report).await?;
        // The lock was taken again for it.
        let Some(again) = store::lock(act.scope, tx, of.id).await? else { return Ok(()) };
        *of = again;
    }
    if submission.all_passed == Some(true) {
        approve(act, tx, of, &mut submission, ApproveInput::default()).await
    } else {
        escalate(act, tx, of, &submission).await
    }
}

async fn last_of(tx: &mut Tx, of: &Collaboration) -> Result<Option<Submission>> {
    Ok(store::submissions(tx, of).await?.pop().filter(|one| one.status.is_open()))
}
