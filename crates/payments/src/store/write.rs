//! Payments, written.

use db::{Sql, Tx};
use kernel::{ContractId, Error, PaymentId, Result, Scope, Timestamp};

use super::scoped;
use crate::model::{Payment, Status};

/// Writes new payments.
pub async fn insert(scope: Scope, tx: &mut Tx, payments: &[Payment]) -> Result<()> {
    debug_assert!(scope.sees_everything() || payments.iter().all(|it| scope.workspace() == Some(it.workspace_id)));
    tx.insert_all(payments).await?;
    for payment in payments {
        tx.changed(Some(payment.workspace_id));
    }
    Ok(())
}

/// The payment, to be changed: nobody else changes it before this transaction ends.
pub async fn take(scope: Scope, tx: &mut Tx, id: PaymentId) -> Result<Option<Payment>> {
    // An update rather than a locking read, which SQLite does not know.
    let mut sql = Sql::new("UPDATE payments SET revision = revision + 1 WHERE TRUE");
    scoped(sql.and("id = ", id), scope);
    sql.push(" RETURNING ").push(Payment::COLUMNS).optional(tx).await
}

const CHANGED: &str = "The payment was changed by someone else meanwhile; read it again";

/// Writes a payment that was [taken](take) at this status.
pub async fn save(scope: Scope, tx: &mut Tx, payment: &Payment, was: Status) -> Result<()> {
    tx.save(payment).was("status", was).only(|sql| scoped(sql, scope)).or_conflict(CHANGED).await?;
    tx.changed(Some(payment.workspace_id));
    Ok(())
}

/// The content of a contract, or of these lines of its schedule, is delivered: payments wait for that no longer. Tells which did.
pub async fn release(
    scope: Scope,
    tx: &mut Tx,
    contract: ContractId,
    lines: Option<&[usize]>,
    now: Timestamp,
) -> Result<Vec<Payment>> {
    let mut sql = Sql::new("UPDATE payments SET awaits_delivery = FALSE, due_told = (due_at IS NULL OR due_at <= ");
    sql.bind(now).push("), due_at = CASE WHEN due_at > ").bind(now).push(" THEN due_at ELSE ").bind(now);
    sql.push(" END, revision = revision + 1, updated_at = ").bind(now);
    sql.push(" WHERE awaits_delivery AND contract_id = ").bind(contract);
    if let Some(lines) = lines {
        sql.push(" AND line IN ");
        sql.bind_list(lines.iter().copied());
    }
    scoped(&mut sql, scope);
    changed(tx, sql).await
}

/// What of a contract is neither paid nor under way, to be planned anew: nobody begins it before this transaction ends.
pub async fn take_unpaid(scope: Scope, tx: &mut Tx, contract: ContractId) -> Result<Vec<Payment>> {
    let mut sql = Sql::new("UPDATE payments SET revision = revision + 1 WHERE contract_id = ");
    sql.bind(contract).push(" AND status IN ('pending', 'failed')");
    scoped(&mut sql, scope);
    sql.push(" RETURNING ").push(Payment::COLUMNS);
    tx.fetch_all(&sql.text, sql.args).await
}

/// Removes a payment that was [taken](take_unpaid) and of which nothing was ever begun.
pub async fn remove(scope: Scope, tx: &mut Tx, payment: &Payment) -> Result<()> {
    let mut sql = Sql::new("DELETE FROM payments WHERE status = 'pending' AND attempt_id IS NULL AND id = ");
    sql.bind(payment.id).push(" AND revision = ").bind(payment.revision);
    scoped(&mut sql, scope);
    if tx.execute(&sql.text, sql.args).await? != 1 {
        return Err(Error::conflict(CHANGED));
    }
    tx.changed(Some(payment.workspace_id));
    Ok(())
}

/// Says which line of the schedule in force a payment pays, whatever is under way with it.
pub async fn set_line(scope: Scope, tx: &mut Tx, id: PaymentId, line: Option<i64>) -> Result<()> {
    let mut sql = Sql::new("UPDATE payments SET revision = revision + 1, line = ");
    sql.bind(line).push(" WHERE id = ").bind(id);
    scoped(&mut sql, scope);
    tx.execute(&sql.text, sql.args).await.map(drop)
}

/// What of a contract is not paid will not be. Tells which payments those are.
pub async fn call_off(scope: Scope, tx: &mut Tx, contract: ContractId, now: Timestamp) -> Result<Vec<Payment>> {
    let mut sql = Sql::new(
        "UPDATE payments SET status = 'failed', failure_code = 'contract_cancelled', \
         failure = 'The contract was cancelled before this was paid', revision = revision + 1, updated_at = ",
    );
    sql.bind(now).push(" WHERE contract_id = ").bind(contract).push(" AND status IN ('pending', 'failed')");
    // What is disputed is for the decision alone.
    sql.push(" AND frozen_at IS NULL");
    scoped(&mut sql, scope);
    changed(tx, sql).await
}

/// Has nothing of a contract's payments move, or has them move again. Tells which payments those are.
pub async fn freeze(scope: Scope, tx: &mut Tx, contract: ContractId, since: Option<Timestamp>) -> Result<Vec<Payment>> {
    let mut sql = Sql::new("UPDATE payments SET revision = revision + 1, frozen_at = ");
    sql.bind(since).push(" WHERE contract_id = ").bind(contract);
    sql.push(if since.is_some() { " AND frozen_at IS NULL" } else { " AND frozen_at IS NOT NULL" });
    scoped(&mut sql, scope);
    changed(tx, sql).await
}

/// Payments that have become due and were not told yet, at most so many; they are told now.
pub async fn tell_due(scope: Scope, tx: &mut Tx, now: Timestamp, most: u32) -> Result<Vec<Payment>> {
    let mut sql = Sql::new(
        "UPDATE payments SET due_told = TRUE WHERE NOT due_told AND id IN (SELECT id FROM payments \
         WHERE status = 'pending' AND NOT due_told AND NOT awaits_delivery AND due_at <= ",
    );
    sql.bind(now).push(" ORDER BY due_at LIMIT ").bind(most).push(")");
    scoped(&mut sql, scope);
    changed(tx, sql).await
}

async fn changed(tx: &mut Tx, mut sql: Sql) -> Result<Vec<Payment>> {
    sql.push(" RETURNING ").push(Payment::COLUMNS);
    let payments: Vec<Payment> = tx.fetch_all(&sql.text, sql.args).await?;
    for payment in &payments {
        tx.changed(Some(payment.workspace_id));
    }
    Ok(payments)
}
