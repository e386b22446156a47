//! Consents, and who must not be called.

use db::{Listing, Sql, Tx, args};
use http_base::Offsets;
use kernel::{AccountId, CreatorId, Error, Result, Scope, Timestamp, WorkspaceId};

use crate::model::{Consent, ConsentId, DoNotCall, DoNotCallId};

/// Writes a consent.
pub async fn insert_consent(scope: Scope, tx: &mut Tx, consent: &Consent) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(consent.workspace_id));
    tx.insert(consent).await
}

/// One consent.
async fn consent(scope: Scope, tx: &mut Tx, id: ConsentId) -> Result<Option<Consent>> {
    let mut sql = Sql::of::<Consent>();
    sql.and("id = ", id);
    sql.within(scope, "workspace_id");
    sql.optional(tx).await
}

/// Is there a consent to a workspace's calls of this number, by this creator or by the number alone, that stands now?
pub async fn standing_consent(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    number: &str,
    creator: Option<CreatorId>,
) -> Result<bool> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(workspace));
    let mut sql = Sql::new("SELECT count(*) FROM call_consents WHERE revoked_at IS NULL AND phone_number = ");
    sql.bind(number).push(" AND workspace_id = ").bind(workspace);
    if let Some(creator) = creator {
        sql.push(" AND (creator_id IS NULL OR creator_id = ").bind(creator).push(")");
    }
    Ok(sql.one::<u64>(tx).await? > 0)
}

/// A page of consents, the newest first, and how many there are.
pub async fn consents(
    scope: Scope,
    tx: &mut Tx,
    creator: Option<CreatorId>,
    number: Option<&str>,
    offsets: Offsets,
) -> Result<(Vec<Consent>, u64)> {
    let filter = |sql: &mut Sql| {
        if let Some(creator) = creator {
            sql.push(" AND creator_id = ").bind(creator);
        }
        if let Some(number) = number {
            sql.push(" AND phone_number = ").bind(number);
        }
        sql.within(scope, "workspace_id");
    };
    let mut sql = Sql::filter();
    filter(&mut sql);
    Listing::new("call_consents", Consent::COLUMNS, sql)
        .order("recorded_at DESC, id DESC")
        .page(tx, offsets.limit, offsets.offset)
        .await
}

/// Takes a consent back; what was taken back stays so, with its first reason.
pub async fn revoke_consent(
    scope: Scope,
    tx: &mut Tx,
    id: ConsentId,
    by: Option<AccountId>,
    because: Option<&str>,
    now: Timestamp,
) -> Result<Option<Consent>> {
    let mut sql = Sql::new("UPDATE call_consents SET revoked_at = ");
    sql.bind(now).push(", revoked_by = ").bind(by).push(", revoked_because = ").bind(because);
    sql.push(" WHERE revoked_at IS NULL AND id = ").bind(id);
    sql.within(scope, "workspace_id");
    sql.run(tx).await?;
    consent(scope, tx, id).await
}

/// Takes back every consent of a number, whoever has it: the person on the phone said so.
pub async fn revoke_consents_of(scope: Scope, tx: &mut Tx, number: &str, because: &str, now: Timestamp) -> Result<u64> {
    debug_assert!(scope.sees_everything());
    let sql =
        "UPDATE call_consents SET revoked_at = $1, revoked_because = $2 WHERE phone_number = $3 AND revoked_at IS NULL";
    tx.execute(sql, args![now, because, number]).await
}

/// The numbers at which a creator agreed to be called by a workspace.
pub(crate) async fn numbers_of(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    creator: CreatorId,
) -> Result<Vec<String>> {
    debug_assert!(scope.sees_everything());
    let sql = "SELECT DISTINCT phone_number FROM call_consents WHERE workspace_id = $1 AND creator_id = $2";
    tx.fetch_all(sql, args![workspace, creator]).await
}

/// Puts a number on the list; false if it is there.
pub async fn add_do_not_call(scope: Scope, tx: &mut Tx, new: &DoNotCall) -> Result<bool> {
    debug_assert!(scope.sees_everything() || scope.workspace() == new.workspace_id);
    tx.insert_new(new).await
}

/// Must this workspace not call this number?
pub async fn is_do_not_call(scope: Scope, tx: &mut Tx, workspace: Option<WorkspaceId>, number: &str) -> Result<bool> {
    debug_assert!(scope.sees_everything() || scope.workspace() == workspace);
    let sql =
        "SELECT count(*) FROM do_not_call WHERE phone_number = $1 AND (workspace_id IS NULL OR workspace_id = $2)";
    Ok(tx.fetch_value::<u64>(sql, args![number, workspace]).await? > 0)
}

/// What a workspace reads of the list: its own, and what holds for everybody.
fn readable(sql: &mut Sql, scope: Scope) {
    if !scope.sees_everything() {
        sql.push(" AND (workspace_id IS NULL OR workspace_id = ").bind(scope.workspace()).push(")");
    }
}

/// A page of the list, the newest first, and how long it is.
pub async fn do_not_call(
    scope: Scope,
    tx: &mut Tx,
    number: Option<&str>,
    offsets: Offsets,
) -> Result<(Vec<DoNotCall>, u64)> {
    let filter = |sql: &mut Sql| {
        match number {
            Some(number) => {
                sql.push(" AND phone_number = ").bind(number);
                readable(sql, scope);
            }
            // Numbers that others wrote down are told to whoever knows them already.
            None => {
                sql.within(scope, "workspace_id");
            }
        }
    };
    let mut sql = Sql::filter();
    filter(&mut sql);
    Listing::new("do_not_call", DoNotCall::COLUMNS, sql)
        .order("created_at DESC, id DESC")
        .page(tx, offsets.limit, offsets.offset)
        .await
}

/// Takes a number off the list. What holds for everybody an administrator takes off.
pub async fn remove_do_not_call(scope: Scope, tx: &mut Tx, id: DoNotCallId) -> Result<DoNotCall> {
    let mut sql = Sql::of::<DoNotCall>();
    sql.and("id = ", id);
    readable(&mut sql, scope);
    let found: Option<DoNotCall> = sql.optional(tx).await?;
    let found = found.ok_or_else(|| Error::not_found("Entry of the do-not-call list"))?;
    let mut sql = Sql::new("DELETE FROM do_not_call WHERE id = ");
    sql.bind(id);
    sql.within(scope, "workspace_id");
    if sql.run(tx).await? == 0 {
        let message =
            "The person asked not to be called by anybody here; only an administrator takes that off the list";
        return Err(Error::new(kernel::Kind::Forbidden, message));
    }
    Ok(found)
}
