//! Deliverables.

use db::{Sql, Tx, args};
use kernel::{Clock, ContractId, Error, Result, Scope, Timestamp};

use crate::model::deliverables::{DeliverableId, Wanted};
use crate::model::{Deliverable, DeliverableStatus, Json};

/// The deliverables of a contract that was found in this scope, in its order.
pub async fn deliverables(_: Scope, tx: &mut Tx, contract: ContractId) -> Result<Vec<Deliverable>> {
    let sql =
        format!("SELECT {} FROM contract_deliverables WHERE contract_id = $1 ORDER BY position", Deliverable::COLUMNS);
    tx.fetch_all(&sql, args![contract]).await
}

/// One deliverable of a contract.
pub async fn by_id(_: Scope, tx: &mut Tx, contract: ContractId, id: DeliverableId) -> Result<Option<Deliverable>> {
    let sql = format!("SELECT {} FROM contract_deliverables WHERE contract_id = $1 AND id = $2", Deliverable::COLUMNS);
    tx.fetch_optional(&sql, args![contract, id]).await
}

/// Makes the deliverables of a contract these. What was handed in already stays as it is, and must stand at the same place under the same
/// name; the rest is replaced.
pub async fn replace_deliverables(
    scope: Scope,
    tx: &mut Tx,
    clock: &Clock,
    contract: ContractId,
    wanted: &[Wanted],
) -> Result<()> {
    let now = clock.now();
    let there = deliverables(scope, tx, contract).await?;
    let kept: Vec<&Deliverable> = there
        .iter()
        .filter(|one| matches!(one.status, DeliverableStatus::Submitted | DeliverableStatus::Approved))
        .collect();
    for kept in &kept {
        let place = usize::try_from(kept.position).ok().and_then(|place| wanted.get(place));
        if place.is_none_or(|wanted| wanted.kind != kept.kind) {
            let message =
                format!("must keep {} at place {}: it is {} already", kept.kind, kept.position, kept.status.word());
            return Err(Error::invalid_field("deliverables", message));
        }
    }
    let sql = "DELETE FROM contract_deliverables WHERE contract_id = $1 AND status IN ('pending', 'late')";
    tx.execute(sql, args![contract]).await?;
    for (position, wanted) in (0_i64..).zip(wanted) {
        if kept.iter().any(|kept| kept.position == position) {
            continue;
        }
        let mut sql = Sql::new(
            "INSERT INTO contract_deliverables (id, contract_id, position, kind, quantity, requirements, milestone, deadline, status, updated_at) VALUES ",
        );
        sql.bind_list(args![
            clock.new_id::<()>(),
            contract,
            position,
            &wanted.kind,
            wanted.quantity,
            &Json(wanted.requirements.clone()),
            &wanted.milestone,
            wanted.deadline,
            DeliverableStatus::Pending,
            now,
        ]);
        tx.execute(&sql.text, sql.args).await?;
    }
    Ok(())
}

/// Writes a move, if it still stood where it was read.
pub async fn move_deliverable(_: Scope, tx: &mut Tx, moved: &Deliverable, was: DeliverableStatus) -> Result<()> {
    let sql = "UPDATE contract_deliverables SET status = $3, content_url = $4, note = $5, submitted_at = $6, approved_at = $7, \
               updated_at = $8 WHERE id = $1 AND status = $2";
    let values = args![
        moved.id,
        was,
        moved.status,
        &moved.content_url,
        &moved.note,
        moved.submitted_at,
        moved.approved_at,
        moved.updated_at,
    ];
    match tx.execute(sql, values).await? {
        1 => Ok(()),
        _ => Err(Error::conflict("The deliverable was moved by someone else meanwhile; read it again")),
    }
}

/// Signed contracts of which something was not handed in by its deadline.
pub async fn contracts_with_late(_: Scope, tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<ContractId>> {
    let sql = "SELECT DISTINCT contract_deliverables.contract_id FROM contract_deliverables \
               JOIN contracts ON contracts.id = contract_deliverables.contract_id \
               WHERE contract_deliverables.status = 'pending' AND contract_deliverables.deadline < $1 \
               AND contracts.status = 'signed' LIMIT $2";
    tx.fetch_all(sql, args![now, limit]).await
}

/// Marks what was not handed in by its deadline, if the contract is still signed; tells what.
pub async fn make_late(_: Scope, tx: &mut Tx, contract: ContractId, now: Timestamp) -> Result<Vec<DeliverableId>> {
    let sql = "UPDATE contract_deliverables SET status = 'late', updated_at = $2 WHERE contract_id = $1 AND status = 'pending' \
               AND deadline < $2 AND EXISTS (SELECT 1 FROM contracts WHERE contracts.id = $1 AND contracts.status = 'signed') \
               RETURNING id";
    tx.fetch_all(sql, args![contract, now]).await
}
