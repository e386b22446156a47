//! The two disagree: the payment is frozen, both say what they have to say, and an administrator decides; or the record, when time is up.

use db::Tx;
use events::TxExt as _;
use kernel::{Amount, Error, Kind, Result};
use payments::model::part;
use serde_json::json;

use super::{Act, cancel, contract, earn};
use crate::events::{CollaborationDisputed, DisputeDecided};
use crate::model::{
    By, Collaboration, DecideInput, Decision, Dispute, Rule, Statement, Status, Submission, SubmissionStatus,
    TO_DECIDE, TO_RATE, TO_STATE,
};
use crate::store;

/// One side opens a dispute.
pub(crate) async fn dispute(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration, reason: &str) -> Result<Dispute> {
    act.side(of)?;
    open(act, tx, of, reason).await?;
    store::dispute_of(tx, of).await?.ok_or_else(|| Error::internal("a dispute that was just opened is not there"))
}

/// Opens a dispute, by whoever acts.
pub(super) async fn open(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration, reason: &str) -> Result<()> {
    let was = of.status;
    of.go(Status::Disputed, act.now)?;
    let dispute = Dispute {
        id: act.clock().new_id(),
        collaboration_id: of.id,
        workspace_id: of.workspace_id,
        opened_by: act.by,
        opened_by_account: act.account,
        reason: reason.to_owned(),
        was,
        statements_until: act.now.plus(TO_STATE),
        decide_by: act.now.plus(TO_DECIDE),
        opened_at: act.now,
        decision: None,
        creator_gets: None,
        note: None,
        decided_by: None,
        decided_at: None,
    };
    store::open_dispute(tx, &dispute).await?;
    contract::freeze(act, tx, of).await?;
    (of.proposed_date, of.proposed_by, of.proposed_until) = (None, None, None);
    of.wait_until(Some(dispute.decide_by), act.now);
    act.record(tx, of, "disputed", json!({"dispute": dispute.id, "reason": reason, "was": was})).await?;
    tx.event(CollaborationDisputed { collaboration: (&*of).into(), by: act.by });
    act.save(tx, of).await
}

/// One side, or an administrator, says something in a dispute.
pub(crate) async fn state(act: &Act<'_>, tx: &mut Tx, of: &Collaboration, text: String) -> Result<Statement> {
    let none = || Error::conflict("The collaboration is not disputed; open a dispute first");
    let dispute = store::dispute_of(tx, of).await?.filter(|one| one.decided_at.is_none()).ok_or_else(none)?;
    let side = of.side_of(act.scope);
    if side.is_some() && act.now > dispute.statements_until {
        let message =
            format!("Statements could be written until {}; the dispute is being decided", dispute.statements_until);
        return Err(Error::conflict(message));
    }
    let (id, dispute_id, account_id, created_at) = (act.clock().new_id(), dispute.id, act.account, act.now);
    let statement = Statement { id, dispute_id, side, account_id, text, created_at };
    store::add_statement(tx, &statement).await?;
    act.record(tx, of, "statement", json!({"statement": id, "side": side})).await?;
    Ok(statement)
}

/// An administrator decides a dispute.
pub(crate) async fn decide(
    act: &Act<'_>,
    tx: &mut Tx,
    of: &mut Collaboration,
    dispute: &mut Dispute,
    input: DecideInput,
) -> Result<()> {
    if act.by != By::Admin {
        return Err(Error::new(Kind::Forbidden, "Disputes are decided by administrators"));
    }
    if let Some(gets) = input.creator_gets {
        let fee =
            of.fee().ok_or_else(|| Error::invalid_field("decision", "must not be split: there is no fee to split"))?;
        if gets.minor() >= fee.minor() || !of.currency.fits(gets) {
            let message = format!("must be less than the fee, {fee}, and a whole amount of its currency");
            return Err(Error::invalid_field("creator_gets", message));
        }
    }
    carry_out(act, tx, of, dispute, (input.decision, input.creator_gets), Some(input.reason)).await
}

/// Nobody decided in time: the record does. Approved content is paid; content whose checks all passed is, too; other content is split half
/// and half; and where nothing was handed in, what was paid goes back.
pub(super) async fn decide_by_record(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration) -> Result<()> {
    let gone = || Error::internal("a disputed collaboration has no dispute");
    let mut dispute = store::dispute_of(tx, of).await?.ok_or_else(gone)?;
    let last = store::submissions(tx, of).await?.pop();
    let passed = last.as_ref().is_some_and(|one| one.all_passed == Some(true));
    let half = of.fee().map(|fee| part(fee, 1, 2).amount()).filter(|half| half.minor() > 0);
    let verdict = match (dispute.was, half) {
        (Status::Approved, _) => (Decision::Paid, None),
        (Status::ContentSubmitted, _) if passed => (Decision::Paid, None),
        (Status::ContentSubmitted, Some(half)) => (Decision::Split, Some(half)),
        _ => (Decision::Refunded, None),
    };
    let note = "Decided by the record: no administrator had decided within 14 days".to_owned();
    carry_out(act, tx, of, &mut dispute, verdict, Some(note)).await
}

async fn carry_out(
    act: &Act<'_>,
    tx: &mut Tx,
    of: &mut Collaboration,
    dispute: &mut Dispute,
    (decision, gets): (Decision, Option<Amount>),
    note: Option<String>,
) -> Result<()> {
    dispute.decide(decision, gets, act.by, note, act.now)?;
    store::save_dispute(tx, dispute).await?;
    let mut last = store::submissions(tx, of).await?.pop();
    let reason = format!("The dispute was decided: {}", decision.word());
    let money = match decision {
        Decision::Refunded => {
            settle_last(act, tx, last.as_mut(), SubmissionStatus::Rejected).await?;
            cancel::end(act, tx, of, &reason).await?;
            None
        }
        Decision::Paid | Decision::Split => {
            settle_last(act, tx, last.as_mut(), SubmissionStatus::Approved).await?;
            of.decide(Status::Approved, act.now)?;
            of.wait_until(Some(act.now.plus(TO_RATE)), act.now);
            match gets {
                Some(gets) => Some(contract::split(act, tx, of, gets, &reason).await?),
                None => Some(contract::pay(act, tx, of, last.as_ref()).await?),
            }
        }
    };
    let detail = json!({"dispute": dispute.id, "decision": decision, "creator_gets": gets, "money": money});
    act.record(tx, of, "dispute_decided", detail).await?;
    tx.event(DisputeDecided { collaboration: (&*of).into(), decision, by: act.by });
    let defeat: Vec<_> = dispute.loser().map(|side| (side, Rule::DisputeLost)).into_iter().collect();
    earn(act, tx, of, &defeat).await?;
    if !of.status.is_over() {
        act.save(tx, of).await?;
    }
    Ok(())
}

/// What of the content nobody had decided yet is decided with the dispute.
async fn settle_last(act: &Act<'_>, tx: &mut Tx, last: Option<&mut Submission>, to: SubmissionStatus) -> Result<()> {
    let Some(last) = last.filter(|one| one.status.is_open()) else { return Ok(()) };
    let was = last.status;
    last.decide(to, act.by, act.account, act.now)?;
    store::save_submission(tx, last, was).await
}
