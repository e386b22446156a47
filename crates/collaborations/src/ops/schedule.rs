//! The day: agreed at once the first time, and proposed afterwards.

use db::Tx;
use events::TxExt as _;
use kernel::{Error, Result, Timestamp};
use serde_json::json;

use super::{Act, is_signed_by_both};
use crate::events::{CollaborationScheduled, ScheduleDeclined, ScheduleProposed};
use crate::model::{By, Collaboration, ContractWish, Side, Status, TO_ANSWER};

/// Refuses a day that cannot be kept.
fn must_be_possible(act: &Act<'_>, of: &Collaboration, day: Timestamp) -> Result<()> {
    if day <= act.now {
        return Err(Error::invalid_field("scheduled_date", "must lie ahead"));
    }
    if let Some(deadline) = of.content_deadline.filter(|deadline| day > *deadline && *deadline > act.now) {
        let message = format!("must not lie after the deadline of the content, {deadline}");
        return Err(Error::invalid_field("scheduled_date", message));
    }
    Ok(())
}

/// Agrees on a day: at once if there was none, and otherwise as a proposal to the other side. Tells whether it is agreed.
pub(crate) async fn schedule(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration, day: Timestamp) -> Result<bool> {
    let side = act.side(of)?;
    must_be_possible(act, of, day)?;
    match of.status {
        Status::Accepted => {
            first(act, tx, of, day).await?;
            Ok(true)
        }
        Status::Scheduled if of.scheduled_date == Some(day) => Ok(true),
        Status::Scheduled => {
            if of.proposed_by == Some(side.other()) && of.proposed_date == Some(day) {
                accept(act, tx, of).await?;
                return Ok(true);
            }
            propose(act, tx, of, side, day).await?;
            Ok(false)
        }
        other => other
            .next(Status::Scheduled)
            .and(Err(Error::conflict("Content was handed in already; the day changes no more"))),
    }
}

/// The first day, which either side says; or the deadline of the content, if nobody does.
pub(super) async fn first(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration, day: Timestamp) -> Result<()> {
    if of.contract_wish == ContractWish::Required && !is_signed_by_both(tx, of).await? {
        return Err(Error::conflict(
            "The offer asks for a contract: both sides sign it first (contract_id names it), then the day is agreed",
        ));
    }
    of.go(Status::Scheduled, act.now)?;
    agree(act, tx, of, day).await
}

async fn agree(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration, day: Timestamp) -> Result<()> {
    of.scheduled_date = Some(day);
    (of.proposed_date, of.proposed_by, of.proposed_until) = (None, None, None);
    if of.submissions == 0 {
        // The offer's deadline counts where it has one; a day after it was refused.
        let due = of.content_deadline.filter(|deadline| *deadline > act.now).unwrap_or(day);
        of.content_due = Some(due);
        of.late_at = None;
        of.wait_until(Some(due), act.now);
    }
    act.record(tx, of, "scheduled", json!({"scheduled_date": day})).await?;
    tx.event(CollaborationScheduled { collaboration: (&*of).into(), by: act.by, scheduled_date: day });
    act.save(tx, of).await
}

async fn propose(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration, side: Side, day: Timestamp) -> Result<()> {
    (of.proposed_date, of.proposed_by) = (Some(day), Some(side));
    of.proposed_until = Some(act.now.plus(TO_ANSWER));
    act.record(tx, of, "schedule_proposed", json!({"scheduled_date": day})).await?;
    tx.event(ScheduleProposed { collaboration: (&*of).into(), by: side, scheduled_date: day });
    act.save(tx, of).await
}

/// The day that the other side proposed.
fn proposed(act: &Act<'_>, of: &Collaboration) -> Result<Timestamp> {
    let none = || Error::conflict("No other day is proposed; propose one with POST …/schedule");
    let (day, by) = of.proposed_date.zip(of.proposed_by).ok_or_else(none)?;
    if act.side(of)? == by {
        return Err(Error::conflict("You proposed this day; the other side accepts or declines it"));
    }
    Ok(day)
}

/// Accepts the day that the other side proposed.
pub(crate) async fn accept(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration) -> Result<()> {
    let day = proposed(act, of)?;
    if of.status != Status::Scheduled {
        return Err(Error::conflict(format!("The collaboration is {}; its day changes no more", of.status.word())));
    }
    must_be_possible(act, of, day)?;
    agree(act, tx, of, day).await
}

/// Declines the day that the other side proposed, or lets it lapse: the agreed one stays.
pub(crate) async fn decline(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration) -> Result<()> {
    if act.by != By::System {
        proposed(act, of)?;
    }
    let day = of.proposed_date;
    (of.proposed_date, of.proposed_by, of.proposed_until) = (None, None, None);
    act.record(tx, of, "schedule_declined", json!({"scheduled_date": day})).await?;
    tx.event(ScheduleDeclined { collaboration: (&*of).into(), by: act.by });
    act.save(tx, of).await
}
