//! The SQL of exports and of their holders.

use db::{Tx, args};
use http_base::data::Holder;
use kernel::{AccountId, Id, Result, Scope, SessionId, Timestamp, UserType, WorkspaceId, time};

#[doc(hidden)]
#[derive(Debug)]
pub(super) enum ExportMarker {}
/// An export of an account.
pub(super) type ExportId = Id<ExportMarker>;
#[derive(Debug)]
pub(super) enum RunMarker {}
/// One attempt at making an export: attempts do not write over each other.
pub(super) type RunId = Id<RunMarker>;

/// How long an export can be fetched.
pub(super) const KEPT: i64 = 7 * time::DAY;

/// An export, as it is stored.
#[derive(Clone, Debug, db::Row)]
pub(super) struct Export {
    pub(super) id: ExportId,
    pub(super) account_id: AccountId,
    pub(super) status: String,
    pub(super) run: Option<RunId>,
    pub(super) records: Option<u64>,
    pub(super) bytes: Option<u64>,
    pub(super) created_at: Timestamp,
    pub(super) completed_at: Option<Timestamp>,
    pub(super) expires_at: Timestamp,
}

/// Whose data it is; nobody's, once the account is erased.
pub(super) async fn holder(scope: Scope, tx: &mut Tx, account: AccountId) -> Result<Option<Holder>> {
    debug_assert!(scope.sees_everything() || scope.workspace().is_some() || scope.person() == Some(account));
    let sql =
        "SELECT user_type, workspace_id, email_key, is_verified FROM accounts WHERE id = $1 AND erased_at IS NULL";
    let found = tx.fetch_optional::<(UserType, Option<WorkspaceId>, Option<String>, bool)>(sql, args![account]).await?;
    let Some((user_type, workspace, email_key, is_verified)) = found else { return Ok(None) };
    // What others wrote to an address is nobody's who has not shown that it is theirs.
    let email_key = email_key.filter(|_| is_verified);
    let sql =
        "SELECT workspace_id FROM workspace_members WHERE account_id = $1 AND role = 'owner' ORDER BY workspace_id";
    let owned = tx.fetch_all(sql, args![account]).await?;
    let (claimed, addresses) = creators::store::claims(tx, account).await?.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
    let addresses = addresses.into_iter().flatten().collect();
    Ok(Some(Holder { account, user_type, workspace, email_key, owned, claimed, addresses }))
}

/// The export of this account that is being made, if one is.
pub(super) async fn pending(scope: Scope, tx: &mut Tx, account: AccountId) -> Result<Option<Export>> {
    debug_assert!(scope.may_read_directory());
    let sql = format!(
        "SELECT {} FROM account_exports WHERE account_id = $1 AND status = 'pending' ORDER BY created_at DESC LIMIT 1",
        Export::COLUMNS
    );
    tx.fetch_optional(&sql, args![account]).await
}

/// Begins an export. It takes the place of every earlier one: of an account there is one at a time.
pub(super) async fn begin(scope: Scope, tx: &mut Tx, id: ExportId, account: AccountId, now: Timestamp) -> Result<()> {
    forget_of(scope, tx, account).await?;
    let sql = "INSERT INTO account_exports (id, account_id, status, created_at, expires_at) VALUES ($1, $2, 'pending', $3, $4)";
    tx.execute(sql, args![id, account, now, now.plus(KEPT)]).await.map(drop)
}

/// Takes away whatever was exported of this account.
pub(super) async fn forget_of(scope: Scope, tx: &mut Tx, account: AccountId) -> Result<()> {
    debug_assert!(scope.may_read_directory());
    let sql =
        "DELETE FROM account_export_parts WHERE export_id IN (SELECT id FROM account_exports WHERE account_id = $1)";
    tx.execute(sql, args![account]).await?;
    let sql = "UPDATE account_exports SET status = 'expired', run = NULL WHERE account_id = $1 AND status <> 'expired'";
    tx.execute(sql, args![account]).await.map(drop)
}

/// The export of this id, whoever's it is: for the server itself.
pub(super) async fn by_id(scope: Scope, tx: &mut Tx, id: ExportId) -> Result<Option<Export>> {
    debug_assert!(scope.sees_everything());
    let sql = format!("SELECT {} FROM account_exports WHERE id = $1", Export::COLUMNS);
    tx.fetch_optional(&sql, args![id]).await
}

/// The export of this id, if it is this account's.
pub(super) async fn of(scope: Scope, tx: &mut Tx, account: AccountId, id: ExportId) -> Result<Option<Export>> {
    if !scope.may_read_directory() {
        return Ok(None);
    }
    let sql = format!("SELECT {} FROM account_exports WHERE id = $1 AND account_id = $2", Export::COLUMNS);
    tx.fetch_optional(&sql, args![id, account]).await
}

/// Keeps a part of an export, if the export is still wanted.
pub(super) async fn keep_part(
    scope: Scope,
    tx: &mut Tx,
    (export, run): (ExportId, RunId),
    part: u64,
    body: &str,
) -> Result<bool> {
    debug_assert!(scope.sees_everything());
    let sql = "INSERT INTO account_export_parts (export_id, run, part, body) \
               SELECT id, $2, $3, $4 FROM account_exports WHERE id = $1 AND status = 'pending'";
    Ok(tx.execute(sql, args![export, run, part, body]).await? == 1)
}

/// Says that an export is whole, and forgets what other attempts at it left. Nothing if it is not wanted any more, or was made meanwhile.
pub(super) async fn complete(
    scope: Scope,
    tx: &mut Tx,
    (export, run): (ExportId, RunId),
    (records, bytes): (u64, u64),
    now: Timestamp,
) -> Result<bool> {
    debug_assert!(scope.sees_everything());
    let sql = "UPDATE account_exports SET status = 'completed', run = $2, records = $3, bytes = $4, completed_at = $5, \
               expires_at = $6 WHERE id = $1 AND status = 'pending'";
    let done = tx.execute(sql, args![export, run, records, bytes, now, now.plus(KEPT)]).await? == 1;
    let others = if done { "<>" } else { "=" };
    let sql = format!("DELETE FROM account_export_parts WHERE export_id = $1 AND run {others} $2");
    tx.execute(&sql, args![export, run]).await?;
    Ok(done)
}

/// Says that an export cannot be made.
pub(super) async fn fail(scope: Scope, tx: &mut Tx, export: ExportId) -> Result<()> {
    debug_assert!(scope.sees_everything());
    tx.execute("DELETE FROM account_export_parts WHERE export_id = $1", args![export]).await?;
    let sql = "UPDATE account_exports SET status = 'failed' WHERE id = $1 AND status = 'pending'";
    tx.execute(sql, args![export]).await.map(drop)
}

/// A part of an export, by its place from 0.
pub(super) async fn part(
    scope: Scope,
    tx: &mut Tx,
    (export, run): (ExportId, RunId),
    part: u64,
) -> Result<Option<String>> {
    debug_assert!(scope.sees_everything(), "whose it is was looked at before");
    let sql = "SELECT body FROM account_export_parts WHERE export_id = $1 AND run = $2 AND part = $3";
    tx.fetch_optional(sql, args![export, run, part]).await
}

/// Forgets some of the exports whose time is over; tells how many.
pub(super) async fn forget_old(scope: Scope, tx: &mut Tx, now: Timestamp) -> Result<u64> {
    debug_assert!(scope.sees_everything());
    let sql =
        "SELECT id FROM account_exports WHERE expires_at <= $1 AND status <> 'expired' ORDER BY expires_at LIMIT 100";
    let over: Vec<ExportId> = tx.fetch_all(sql, args![now]).await?;
    for id in &over {
        tx.execute("DELETE FROM account_export_parts WHERE export_id = $1", args![*id]).await?;
        tx.execute("UPDATE account_exports SET status = 'expired', run = NULL WHERE id = $1", args![*id]).await?;
    }
    Ok(over.len() as u64)
}

/// When this log-in of the account was opened.
pub(super) async fn logged_in_at(
    scope: Scope,
    tx: &mut Tx,
    account: AccountId,
    session: SessionId,
) -> Result<Option<Timestamp>> {
    debug_assert!(scope.may_read_directory());
    let sql = "SELECT created_at FROM sessions WHERE id = $1 AND account_id = $2 AND ended_at IS NULL";
    tx.fetch_optional(sql, args![session, account]).await
}
