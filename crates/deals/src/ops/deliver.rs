//! Deliverables: handed in, sent back, accepted.

use db::Tx;
use events::TxExt as _;
use kernel::{Error, Kind, Result, Scope};
use payments::Delivered;
use serde_json::json;

use super::Act;
use crate::events::{
    ContractDelivered, DeliverableApproved, DeliverableFacts, DeliverableLate, DeliverableSentBack,
    DeliverableSubmitted,
};
use crate::model::deliverables::DeliverableId;
use crate::model::{Contract, Deliverable, DeliverableMove, DeliverableStatus, Line, Status};
use crate::store;

/// Moves a deliverable of a contract that this transaction has locked. When it is accepted, the payments that waited for it become due.
pub async fn move_deliverable(
    act: &Act<'_>,
    tx: &mut Tx,
    contract: &mut Contract,
    id: DeliverableId,
    input: DeliverableMove,
) -> Result<Deliverable> {
    let found = store::by_id(tx, contract, id).await?;
    let mut moved = found.ok_or_else(|| Error::not_found("Deliverable"))?;
    if act.scope.person().is_some() && input.status != DeliverableStatus::Submitted {
        return Err(Error::new(
            Kind::Forbidden,
            "Only the business accepts a deliverable or sends it back; you may submit it",
        ));
    }
    if contract.status != Status::Signed {
        return Err(Error::conflict(format!(
            "The contract is {}; deliverables move while it is signed",
            contract.status.word()
        )));
    }
    let was = moved.status;
    moved.status = was.next(input.status)?;
    match moved.status {
        DeliverableStatus::Submitted => moved.submitted_at = Some(act.now),
        DeliverableStatus::Approved => moved.approved_at = Some(act.now),
        DeliverableStatus::Pending | DeliverableStatus::Late => moved.submitted_at = None,
    }
    moved.content_url = input.content_url.or(moved.content_url);
    moved.note = input.note.or(moved.note);
    moved.updated_at = act.now;
    store::move_deliverable(tx, &moved, was).await?;
    let word = if moved.status == DeliverableStatus::Pending { "sent_back" } else { moved.status.word() };
    let detail =
        json!({"deliverable": moved.id, "type": moved.kind, "content_url": moved.content_url, "note": moved.note});
    act.record(tx, contract, &format!("deliverable_{word}"), &detail).await?;
    let facts = DeliverableFacts::of(contract, &moved);
    match moved.status {
        DeliverableStatus::Submitted => tx.event(DeliverableSubmitted(facts)),
        DeliverableStatus::Approved => tx.event(DeliverableApproved(facts)),
        DeliverableStatus::Pending => tx.event(DeliverableSentBack(facts)),
        DeliverableStatus::Late => tx.event(DeliverableLate { contract: facts.contract, deliverable_id: moved.id }),
    }
    if moved.status == DeliverableStatus::Approved && release(act, tx, contract).await? {
        tx.event(ContractDelivered((&*contract).into()));
    }
    contract.updated_at = act.now;
    store::save(act.scope, tx, contract, Status::Signed).await?;
    Ok(moved)
}

/// Makes due what was waiting for what has been accepted by now: a line of the schedule that names deliverables with the last of those,
/// every other one with the last of all. Tells whether that is everything.
pub(super) async fn release(act: &Act<'_>, tx: &mut Tx, contract: &Contract) -> Result<bool> {
    let all = store::deliverables(tx, contract).await?;
    let is_done = |place: usize| all.get(place).is_some_and(|one| one.status == DeliverableStatus::Approved);
    if !all.is_empty() && (0..all.len()).all(is_done) {
        payments::delivered(Scope::system(), tx, act.clock(), contract.id, Delivered::Everything).await?;
        return Ok(true);
    }
    let lines = contract.lines();
    let due = |line: &Line| !line.deliverables.is_empty() && line.deliverables.iter().all(|place| is_done(*place));
    let due: Vec<usize> = lines.iter().enumerate().filter(|(_, line)| due(line)).map(|(at, _)| at).collect();
    payments::delivered(Scope::system(), tx, act.clock(), contract.id, Delivered::Lines(&due)).await?;
    Ok(false)
}
