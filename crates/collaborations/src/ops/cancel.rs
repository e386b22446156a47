//! A collaboration is called off.

use db::Tx;
use events::TxExt as _;
use kernel::time::{DAY, HOUR};
use kernel::{Error, Result};
use serde_json::json;

use super::{Act, contract, earn};
use crate::events::CollaborationCancelled;
use crate::model::{By, Collaboration, Rule, Side, Status};

/// How long after a missed deadline the business calls off without its own doing.
const MISSED: i64 = 48 * HOUR;

/// Calls a collaboration off. A business does so before content was handed in; afterwards it is the creator's to withdraw, or a dispute.
/// What was paid under its contract goes back.
pub(crate) async fn cancel(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration, reason: &str) -> Result<()> {
    if of.status == Status::ContentSubmitted && act.by == By::Business {
        return Err(Error::conflict(
            "Content was handed in: approve or reject it, or open a dispute; the creator may still withdraw",
        ));
    }
    of.status.next(Status::Cancelled)?;
    let rules = rules_of(act, of);
    end(act, tx, of, reason).await?;
    earn(act, tx, of, &rules).await
}

/// What calling off costs, and whom.
fn rules_of(act: &Act<'_>, of: &Collaboration) -> Vec<(Side, Rule)> {
    let has_missed = of.late_at.is_some_and(|_| of.content_due.is_some_and(|due| due.plus(MISSED) <= act.now));
    match act.by {
        // Nobody comes any more: that is the creator's doing, whoever says it.
        By::Business | By::System if has_missed => vec![(Side::Creator, Rule::NoShow)],
        // Nothing was agreed on yet, and time is up.
        By::Admin | By::System => Vec::new(),
        // Nothing was agreed on yet: whoever says so early harms nobody.
        By::Business | By::Creator => {
            let side = if act.by == By::Business { Side::Business } else { Side::Creator };
            let due = of.content_due.or(of.content_deadline).or(of.scheduled_date);
            let early = of.status == Status::Accepted && of.signed_at.is_none()
                || due.is_some_and(|due| due.micros() - act.now.micros() > 7 * DAY);
            vec![(side, if early { Rule::CancelledEarly } else { Rule::CancelledLate })]
        }
    }
}

/// The end of a collaboration that is not kept, whoever decides so.
pub(super) async fn end(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration, reason: &str) -> Result<()> {
    let was = of.status;
    match was {
        Status::Disputed => of.decide(Status::Cancelled, act.now)?,
        _ => of.go(Status::Cancelled, act.now)?,
    }
    (of.cancelled_by, of.cancel_reason) = (Some(act.by), Some(reason.to_owned()));
    let money = contract::call_off(act, tx, of, reason).await?;
    act.record(tx, of, "cancelled", json!({"was": was, "reason": reason, "money": money})).await?;
    tx.event(CollaborationCancelled { collaboration: (&*of).into(), by: act.by });
    act.save(tx, of).await
}
