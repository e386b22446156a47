//! Deliverables.

use db::{Json, Sql, Tx, args};
use kernel::{Clock, ContractId, Error, Result, Scope, Timestamp};

use super::contracts::scoped;
use crate::model::deliverables::{DeliverableId, Wanted};
use crate::model::{Contract, Deliverable, DeliverableStatus};

/// The deliverables of a contract, in its order.
pub async fn deliverables(tx: &mut Tx, contract: &Contract) -> Result<Vec<Deliverable>> {
    Sql::of::<Deliverable>().and("contract_id = ", contract.id).push(" ORDER BY position").all(tx).await
}

/// One deliverable of a contract.
pub async fn by_id(tx: &mut Tx, contract: &Contract, id: DeliverableId) -> Result<Option<Deliverable>> {
    Sql::of::<Deliverable>().and("contract_id = ", contract.id).and("id = ", id).optional(tx).await
}

/// Makes the deliverables of a contract what it asks for. What was handed in already stays as it is, and must stand at the same
/// place under the same name; the rest is replaced.
pub async fn replace_deliverables(tx: &mut Tx, clock: &Clock, contract: &Contract) -> Result<()> {
    let wanted = contract.wanted();
    let there = deliverables(tx, contract).await?;
    let kept: Vec<&Deliverable> = there
        .iter()
        .filter(|one| matches!(one.status, DeliverableStatus::Submitted | DeliverableStatus::Approved))
        .collect();
    for kept in &kept {
        let place = usize::try_from(kept.position).ok().and_then(|place| wanted.get(place));
        if place.is_none_or(|wanted| wanted.kind != kept.kind) {
            let message = format!("must keep {} at place {}: it is {} already", kept.kind, kept.position, kept.status);
            return Err(Error::invalid_field("deliverables", message));
        }
    }
    let sql = "DELETE FROM contract_deliverables WHERE contract_id = $1 AND status IN ('pending', 'late')";
    tx.execute(sql, args![contract.id]).await?;
    let new = (0_i64..).zip(&wanted).filter(|(position, _)| kept.iter().all(|kept| kept.position != *position));
    let new: Vec<Deliverable> = new.map(|(position, wanted)| deliverable(clock, contract, position, wanted)).collect();
    tx.insert_all(&new).await
}

fn deliverable(clock: &Clock, contract: &Contract, position: i64, wanted: &Wanted) -> Deliverable {
    Deliverable {
        id: clock.new_id(),
        contract_id: contract.id,
        position,
        kind: wanted.kind.clone(),
        quantity: wanted.quantity,
        requirements: Json(wanted.requirements.clone()),
        milestone: wanted.milestone.clone(),
        deadline: wanted.deadline.map(Timestamp::from_micros),
        status: DeliverableStatus::Pending,
        content_url: None,
        note: None,
        submitted_at: None,
        approved_at: None,
        updated_at: clock.now(),
    }
}

/// Writes a move of a contract's deliverable, if it still stood where it was read.
pub async fn move_deliverable(tx: &mut Tx, moved: &Deliverable, was: DeliverableStatus) -> Result<()> {
    let message = "The deliverable was moved by someone else meanwhile; read it again";
    tx.save(moved).was("status", was).or_conflict(message).await
}

/// Signed contracts of which something was not handed in by its deadline.
pub async fn contracts_with_late(scope: Scope, tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<ContractId>> {
    let mut sql = Sql::new(
        "SELECT DISTINCT contracts.id FROM contract_deliverables JOIN contracts ON contracts.id = contract_deliverables.contract_id \
         WHERE contracts.status = 'signed' AND contract_deliverables.status = 'pending'",
    );
    scoped(sql.and("contract_deliverables.deadline < ", now), scope);
    sql.push(" LIMIT ").bind(limit).all(tx).await
}

/// Marks what was not handed in by its deadline of a contract that this transaction has locked, if it is still signed; tells what.
pub async fn make_late(tx: &mut Tx, contract: &Contract, now: Timestamp) -> Result<Vec<DeliverableId>> {
    let sql = "UPDATE contract_deliverables SET status = 'late', updated_at = $2 WHERE contract_id = $1 AND status = 'pending' \
               AND deadline < $2 AND EXISTS (SELECT 1 FROM contracts WHERE contracts.id = $1 AND contracts.status = 'signed') \
               RETURNING id";
    tx.fetch_all(sql, args![contract.id, now]).await
}
