//! Attempts, and where creators' shares go.

use db::{Sql, Tx, args};
use kernel::{CreatorId, PaymentId, Result, Scope, Timestamp};
use uuid::Uuid;

use super::scoped;
use crate::model::{Attempt, AttemptKind, AttemptStatus};

/// Writes a new attempt: before anything is asked.
pub async fn insert_attempt(scope: Scope, tx: &mut Tx, attempt: &Attempt) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(attempt.workspace_id));
    let row = args![
        attempt.id,
        attempt.payment_id,
        attempt.workspace_id,
        attempt.kind,
        attempt.status,
        &attempt.provider,
        attempt.amount,
        attempt.fee,
        attempt.currency,
        &attempt.method,
        &attempt.customer,
        &attempt.account,
        &attempt.source,
        &attempt.reference,
        &attempt.reason,
        &attempt.failure_code,
        &attempt.failure,
        &attempt.asked_with,
        attempt.created_at,
        attempt.settled_at,
    ];
    tx.insert_rows(&format!("INSERT INTO payment_attempts ({})", Attempt::COLUMNS), "", vec![row]).await.map(drop)
}

/// One attempt. Attempts are the server's own: no scope but the system's and the paying brand's sees them.
pub async fn attempt(scope: Scope, tx: &mut Tx, id: Uuid) -> Result<Option<Attempt>> {
    let sql = format!("SELECT {} FROM payment_attempts WHERE id = $1 AND ($2 OR workspace_id = $3)", Attempt::COLUMNS);
    tx.fetch_optional(&sql, args![id, scope.sees_everything(), scope.workspace()]).await
}

/// The attempt of one of these kinds that the gateway knows under this name.
pub async fn by_reference(
    scope: Scope,
    tx: &mut Tx,
    provider: &str,
    kinds: &[AttemptKind],
    reference: &str,
) -> Result<Option<Attempt>> {
    let mut sql = Sql::new(format!("SELECT {} FROM payment_attempts WHERE reference = ", Attempt::COLUMNS));
    sql.bind(reference).push(" AND provider = ").bind(provider).push(" AND kind IN ");
    sql.bind_list(kinds.iter().copied());
    if !scope.sees_everything() {
        sql.push(" AND workspace_id = ").bind(scope.workspace());
    }
    sql.push(" ORDER BY created_at, id LIMIT 1");
    tx.fetch_optional(&sql.text, sql.args).await
}

/// Is there something under way at the gateway whose name there nobody knows yet?
pub async fn has_nameless(_: Scope, tx: &mut Tx, provider: &str, kind: AttemptKind) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM payment_attempts WHERE status = 'open' AND kind = $1 AND provider = $2 AND reference IS NULL)";
    tx.fetch_value(sql, args![kind, provider]).await
}

/// Every attempt of a payment, oldest first.
pub async fn attempts_of(scope: Scope, tx: &mut Tx, payment: PaymentId) -> Result<Vec<Attempt>> {
    let sql = format!(
        "SELECT {} FROM payment_attempts WHERE payment_id = $1 AND ($2 OR workspace_id = $3) ORDER BY created_at, id",
        Attempt::COLUMNS
    );
    tx.fetch_all(&sql, args![payment, scope.sees_everything(), scope.workspace()]).await
}

/// Writes what became of an attempt, if nobody has written it before (`was`). Tells whether nobody had.
pub async fn close_attempt(scope: Scope, tx: &mut Tx, attempt: &Attempt, was: AttemptStatus) -> Result<bool> {
    let sql = "UPDATE payment_attempts SET status = $2, reference = COALESCE($3, reference), failure_code = $4, failure = $5, \
               settled_at = $6 WHERE id = $1 AND status = $7 AND ($8 OR workspace_id = $9)";
    let values = args![
        attempt.id,
        attempt.status,
        &attempt.reference,
        &attempt.failure_code,
        &attempt.failure,
        attempt.settled_at,
        was,
        scope.sees_everything(),
        scope.workspace(),
    ];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Writes the gateway's name of something that is under way.
pub async fn name_attempt(scope: Scope, tx: &mut Tx, id: Uuid, reference: &str) -> Result<()> {
    let sql = "UPDATE payment_attempts SET reference = $2 WHERE id = $1 AND ($3 OR workspace_id = $4)";
    tx.execute(sql, args![id, reference, scope.sees_everything(), scope.workspace()]).await.map(drop)
}

/// Attempts that were made before this moment and of which nothing is known yet, oldest first.
pub async fn open_attempts(_: Scope, tx: &mut Tx, before: Timestamp, after: Uuid, most: u32) -> Result<Vec<Uuid>> {
    let sql =
        "SELECT id FROM payment_attempts WHERE status = 'open' AND created_at < $1 AND id > $2 ORDER BY id LIMIT $3";
    tx.fetch_all(sql, args![before, after, most]).await
}

/// Where a creator's share goes at this provider, if that is known.
pub async fn payout_account(scope: Scope, tx: &mut Tx, creator: CreatorId, provider: &str) -> Result<Option<String>> {
    let mut sql = Sql::new("SELECT account FROM payout_accounts WHERE creator_id = ");
    sql.bind(creator).push(" AND provider = ").bind(provider);
    if scope.person().is_some() {
        scoped(&mut sql, scope);
    }
    tx.fetch_optional(&sql.text, sql.args).await
}

/// Says where a creator's share goes. The caller has made sure that it is theirs to say.
pub async fn set_payout_account(
    scope: Scope,
    tx: &mut Tx,
    creator: CreatorId,
    (provider, account): (&str, &str),
    now: Timestamp,
) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.person().is_some());
    let sql = "INSERT INTO payout_accounts (creator_id, provider, account, updated_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (creator_id, provider) DO UPDATE SET account = excluded.account, updated_at = excluded.updated_at";
    tx.execute(sql, args![creator, provider, account, now]).await.map(drop)
}
