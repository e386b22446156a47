//! Attempts, and where creators' shares go.

use db::{Sql, Tx, args};
use kernel::{AccountId, CreatorId, PaymentId, Result, Scope, Timestamp, WorkspaceId};
use uuid::Uuid;

use super::scoped;
use crate::model::{Attempt, AttemptKind, AttemptStatus};

/// Writes a new attempt: before anything is asked.
pub async fn insert_attempt(scope: Scope, tx: &mut Tx, attempt: &Attempt) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(attempt.workspace_id));
    tx.insert(attempt).await
}

/// One attempt. Attempts are the server's own: no scope but the system's and the paying brand's sees them.
pub async fn attempt(scope: Scope, tx: &mut Tx, id: Uuid) -> Result<Option<Attempt>> {
    Sql::of::<Attempt>().and("id = ", id).within(scope, "workspace_id").optional(tx).await
}

/// The attempt of one of these kinds that the gateway knows under this name.
pub async fn by_reference(
    scope: Scope,
    tx: &mut Tx,
    provider: &str,
    kinds: &[AttemptKind],
    reference: &str,
) -> Result<Option<Attempt>> {
    let mut sql = Sql::of::<Attempt>();
    sql.and("reference = ", reference).and("provider = ", provider).and_in("kind", kinds.iter().copied());
    sql.within(scope, "workspace_id").push(" ORDER BY created_at, id LIMIT 1").optional(tx).await
}

/// Is there something under way at the gateway whose name there nobody knows yet?
pub async fn has_nameless(scope: Scope, tx: &mut Tx, provider: &str, kind: AttemptKind) -> Result<bool> {
    let mut sql = Sql::new("SELECT EXISTS (SELECT 1 FROM payment_attempts WHERE status = 'open' AND reference IS NULL");
    sql.and("kind = ", kind).and("provider = ", provider).within(scope, "workspace_id").push(")").one(tx).await
}

/// Every attempt of a payment, oldest first.
pub async fn attempts_of(scope: Scope, tx: &mut Tx, payment: PaymentId) -> Result<Vec<Attempt>> {
    let mut sql = Sql::of::<Attempt>();
    sql.and("payment_id = ", payment).within(scope, "workspace_id").push(" ORDER BY created_at, id").all(tx).await
}

/// Writes what became of an attempt, if nobody has written it before (`was`). Tells whether nobody had.
pub async fn close_attempt(scope: Scope, tx: &mut Tx, attempt: &Attempt, was: AttemptStatus) -> Result<bool> {
    let mut sql = Sql::new("UPDATE payment_attempts SET status = ");
    sql.bind(attempt.status)
        .push(", reference = COALESCE(")
        .bind(&attempt.reference)
        .push(", reference), failure_code = ");
    sql.bind(&attempt.failure_code).push(", failure = ").bind(&attempt.failure).push(", settled_at = ");
    sql.bind(attempt.settled_at).push(" WHERE TRUE").and("id = ", attempt.id).and("status = ", was);
    Ok(sql.within(scope, "workspace_id").run(tx).await? == 1)
}

/// Writes the gateway's name of something that is under way.
pub async fn name_attempt(scope: Scope, tx: &mut Tx, id: Uuid, reference: &str) -> Result<()> {
    let mut sql = Sql::new("UPDATE payment_attempts SET reference = ");
    sql.bind(reference).push(" WHERE TRUE").and("id = ", id).within(scope, "workspace_id").run(tx).await.map(drop)
}

/// Attempts that were made before this moment and of which nothing is known yet, oldest first.
pub async fn open_attempts(scope: Scope, tx: &mut Tx, before: Timestamp, after: Uuid, most: u32) -> Result<Vec<Uuid>> {
    let mut sql = Sql::new("SELECT id FROM payment_attempts WHERE status = 'open'");
    sql.and("created_at < ", before).and("id > ", after).within(scope, "workspace_id");
    sql.push(" ORDER BY id LIMIT ").bind(most).all(tx).await
}

/// Where a creator's share goes.
#[derive(Clone, Debug, db::Row)]
pub struct PayoutAccount {
    /// The account at the provider.
    pub account: String,
    /// Who said so; nobody knows of those from before it was noted.
    pub set_by: Option<AccountId>,
    /// The proved address that they had, as addresses are compared.
    pub address: Option<String>,
    /// From when on it is paid to.
    pub good_from: Timestamp,
}

/// Where a creator's share goes at this provider, if that is known.
pub async fn payout_account(
    scope: Scope,
    tx: &mut Tx,
    creator: CreatorId,
    provider: &str,
) -> Result<Option<PayoutAccount>> {
    let mut sql = Sql::new(format!("SELECT {} FROM payout_accounts WHERE creator_id = ", PayoutAccount::COLUMNS));
    sql.bind(creator).push(" AND provider = ").bind(provider);
    if scope.person().is_some() {
        scoped(&mut sql, scope);
    }
    sql.optional(tx).await
}

/// Says where a creator's share goes. The caller has made sure that it is theirs to say.
pub async fn set_payout_account(
    scope: Scope,
    tx: &mut Tx,
    creator: CreatorId,
    provider: &str,
    account: &PayoutAccount,
    now: Timestamp,
) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.person().is_some());
    let sql = "INSERT INTO payout_accounts (creator_id, provider, account, set_by, address, good_from, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT (creator_id, provider) DO UPDATE SET account = excluded.account, set_by = excluded.set_by, \
               address = excluded.address, good_from = excluded.good_from, updated_at = excluded.updated_at";
    let arguments =
        args![creator, provider, &account.account, account.set_by, &account.address, account.good_from, now];
    tx.execute(sql, arguments).await.map(drop)
}

/// The workspaces that pay, or have paid, this creator: whom a change of where their money goes is told.
pub async fn payers_of(scope: Scope, tx: &mut Tx, creator: CreatorId) -> Result<Vec<WorkspaceId>> {
    debug_assert!(scope.sees_everything(), "nobody is told who else pays");
    let sql = "SELECT DISTINCT workspace_id FROM payments WHERE creator_id = $1 ORDER BY workspace_id";
    tx.fetch_all(sql, args![creator]).await
}

/// Customers and payment methods at the provider are a workspace's: the first that pays by one. False if it is another's.
pub async fn own_instrument(
    tx: &mut Tx,
    (provider, kind, reference): (&str, &str, &str),
    workspace: WorkspaceId,
    now: Timestamp,
) -> Result<bool> {
    let sql = "INSERT INTO payment_instruments (provider, kind, reference, workspace_id, since) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT DO NOTHING";
    tx.execute(sql, args![provider, kind, reference, workspace, now]).await?;
    let sql = "SELECT workspace_id FROM payment_instruments WHERE provider = $1 AND kind = $2 AND reference = $3";
    Ok(tx.fetch_value::<WorkspaceId>(sql, args![provider, kind, reference]).await? == workspace)
}
