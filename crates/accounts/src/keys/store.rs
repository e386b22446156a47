//! The SQL of keys.

use db::{Listing, Sql, Tx, args};
use http_base::Offsets;
use kernel::{AccountId, ApiKeyId, Result, Scope, Timestamp, WorkspaceId};

use super::model::{Found, KeyBody, NOTED_EVERY};

/// What stands beside a key where it may be read: its account's own. Keys are a person's, in whatever workspace they work now.
fn own(scope: Scope, account: AccountId) -> bool {
    scope.sees_everything() || scope.workspace().is_some() || scope.person() == Some(account)
}

/// Keeps a new key.
pub async fn insert(scope: Scope, tx: &mut Tx, key: &KeyBody, account: AccountId, hash: &str) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == key.workspace_id);
    let sql = "INSERT INTO api_keys (id, account_id, workspace_id, name, hint, hash, scope, created_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let arguments = args![
        key.id,
        account,
        key.workspace_id,
        &key.name,
        &key.hint,
        hash,
        &key.scope,
        key.created_at,
        key.expires_at
    ];
    tx.execute(sql, arguments).await.map(drop)
}

/// How many keys of this account may be used.
pub async fn count_alive(scope: Scope, tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<u64> {
    if !own(scope, account) {
        return Ok(0);
    }
    let sql = "SELECT count(*) FROM api_keys WHERE account_id = $1 AND revoked_at IS NULL \
               AND (expires_at IS NULL OR expires_at > $2)";
    tx.fetch_value(sql, args![account, now]).await
}

/// A page of this account's keys, newest first, and how many there are.
pub async fn list(scope: Scope, tx: &mut Tx, account: AccountId, offsets: Offsets) -> Result<(Vec<KeyBody>, u64)> {
    if !own(scope, account) {
        return Ok((Vec::new(), 0));
    }
    let mut filter = Sql::filter();
    filter.and("account_id = ", account);
    let listing = Listing::new("api_keys", KeyBody::COLUMNS, filter).order("created_at DESC, id DESC");
    listing.page(tx, offsets.limit, offsets.offset).await
}

/// Ends a key of this account, and tells its name; nothing if there is none alive of this id.
pub async fn revoke(
    scope: Scope,
    tx: &mut Tx,
    account: AccountId,
    id: ApiKeyId,
    now: Timestamp,
) -> Result<Option<String>> {
    if !own(scope, account) {
        return Ok(None);
    }
    let sql =
        "UPDATE api_keys SET revoked_at = $3 WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL RETURNING name";
    tx.fetch_optional(sql, args![id, account, now]).await
}

/// What [`Found`] is read from.
const FOUND: &str = "SELECT k.id, k.account_id, k.workspace_id, k.scope, k.expires_at, k.last_used_at, k.created_at, \
                     a.is_verified, a.email_key IS NOT NULL, a.user_type, m.role, a.suspended_at, a.suspended_why FROM api_keys k JOIN accounts a ON a.id = k.account_id \
                     LEFT JOIN workspace_members m ON m.workspace_id = k.workspace_id AND m.account_id = k.account_id \
                     WHERE k.revoked_at IS NULL AND a.erased_at IS NULL";

/// The key of this hash, if it is neither revoked nor over, with its account as that stands now. The key itself says who asks:
/// the scope is the server's.
pub(crate) async fn alive(scope: Scope, tx: &mut Tx, hash: &str, now: Timestamp) -> Result<Option<Found>> {
    debug_assert!(scope.sees_everything());
    let mut sql = Sql::new(FOUND);
    sql.and("k.hash = ", hash).push(" AND (k.expires_at IS NULL OR k.expires_at > ").bind(now).push(")");
    sql.optional(tx).await
}

/// The same of many, by their ids.
pub(crate) async fn all_alive(scope: Scope, tx: &mut Tx, ids: &[ApiKeyId], now: Timestamp) -> Result<Vec<Found>> {
    debug_assert!(scope.sees_everything());
    let mut sql = Sql::new(FOUND);
    sql.and_in("k.id", ids.iter().copied()).push(" AND (k.expires_at IS NULL OR k.expires_at > ").bind(now).push(")");
    sql.all(tx).await
}

/// Notes that a key was used, unless that was noted within the hour by whatever process.
pub(crate) async fn note_use(scope: Scope, tx: &mut Tx, id: ApiKeyId, now: Timestamp) -> Result<bool> {
    debug_assert!(scope.sees_everything());
    let sql = "UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)";
    Ok(tx.execute(sql, args![id, now, now.plus(-NOTED_EVERY)]).await? == 1)
}

/// Ends every key that this account made, or only those for one workspace; tells how many.
pub(crate) async fn revoke_all(
    scope: Scope,
    tx: &mut Tx,
    account: AccountId,
    workspace: Option<WorkspaceId>,
    now: Timestamp,
) -> Result<u64> {
    debug_assert!(scope.may_read_directory());
    let mut sql = Sql::new("UPDATE api_keys SET revoked_at = ");
    sql.bind(now).push(" WHERE revoked_at IS NULL AND account_id = ").bind(account);
    if let Some(workspace) = workspace {
        sql.push(" AND workspace_id = ").bind(workspace);
    }
    sql.run(tx).await
}
