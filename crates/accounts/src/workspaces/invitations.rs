//! The SQL of invitations.

use db::{Listing, Saved as _, Sql, Stored as _, Tx, args};
use http_base::Offsets;
use kernel::{AccountId, Error, Result, Scope, Timestamp, WorkspaceId};

use super::model::{Invitation, InvitationId};

/// Neither accepted nor taken back. There is at most one such invitation of an address in a workspace.
const OPEN: &str = "accepted_at IS NULL AND revoked_at IS NULL";

/// The invitation of this address into this workspace that is neither accepted nor taken back.
pub(crate) async fn open_for(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    email_key: &str,
) -> Result<Option<Invitation>> {
    let mut sql = Sql::of::<Invitation>();
    sql.push(" AND ").push(OPEN).and("workspace_id = ", workspace).and("email_key = ", email_key);
    sql.within(scope, "workspace_id").optional(tx).await
}

/// How many invitations into this workspace may still be accepted.
pub(crate) async fn count_open(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, now: Timestamp) -> Result<u64> {
    let mut sql = Sql::new(format!("SELECT count(*) FROM invitations WHERE {OPEN}"));
    sql.and("workspace_id = ", workspace).and("expires_at > ", now).within(scope, "workspace_id").one(tx).await
}

/// Writes an invitation; one of the same id is told anew, with another token.
pub(crate) async fn save(scope: Scope, tx: &mut Tx, invitation: &Invitation) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(invitation.workspace_id));
    let taken = "This address was invited by someone else just now";
    tx.execute_or_conflict(&format!("{} {}", Invitation::INSERT, Invitation::OVERWRITE), invitation.values(), taken)
        .await
        .map(drop)
}

/// A page of the invitations into this workspace, newest first, and how many there are.
pub(crate) async fn list(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    offsets: Offsets,
) -> Result<(Vec<Invitation>, u64)> {
    let mut filter = Sql::filter();
    filter.and("workspace_id = ", workspace).within(scope, "workspace_id");
    let listing = Listing::of::<Invitation>(filter).order("created_at DESC, id DESC");
    listing.page(tx, offsets.limit, offsets.offset).await
}

/// Takes an invitation back, if it is neither accepted nor taken back already; tells whom it was for.
pub(crate) async fn revoke(scope: Scope, tx: &mut Tx, id: InvitationId, now: Timestamp) -> Result<Option<String>> {
    let mut sql = Sql::new("UPDATE invitations SET revoked_at = ");
    sql.bind(now).push(" WHERE ").push(OPEN).push(" AND id = ").bind(id);
    sql.within(scope, "workspace_id").push(" RETURNING email").optional(tx).await
}

/// The invitation of this token, whatever became of it. The token is the right to see it: `scope` is the server's.
pub(crate) async fn by_hash(scope: Scope, tx: &mut Tx, hash: &str) -> Result<Option<Invitation>> {
    debug_assert!(scope.sees_everything());
    Sql::of::<Invitation>().and("hash = ", hash).optional(tx).await
}

/// Uses up an invitation that may still be accepted, with the token that was read. Tells whether it was.
pub(crate) async fn accept(scope: Scope, tx: &mut Tx, id: InvitationId, hash: &str, now: Timestamp) -> Result<bool> {
    debug_assert!(scope.sees_everything());
    let sql =
        format!("UPDATE invitations SET accepted_at = $3 WHERE {OPEN} AND id = $1 AND hash = $2 AND expires_at > $3");
    Ok(tx.execute(&sql, args![id, hash, now]).await? == 1)
}

/// Is somebody with this address in the workspace already?
pub(crate) async fn is_member(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, email_key: &str) -> Result<bool> {
    let mut sql = Sql::new(
        "SELECT count(*) FROM accounts a JOIN workspace_members m ON m.account_id = a.id WHERE a.email_key = ",
    );
    sql.bind(email_key).and("m.workspace_id = ", workspace).within(scope, "m.workspace_id");
    Ok(sql.one::<i64>(tx).await? > 0)
}

/// The address of an account as addresses are compared, and whether it has been verified.
pub(crate) async fn address_of(scope: Scope, tx: &mut Tx, account: AccountId) -> Result<(Option<String>, bool)> {
    debug_assert!(scope.may_read_directory());
    let sql = "SELECT email_key, is_verified FROM accounts WHERE id = $1 AND erased_at IS NULL";
    let found = tx.fetch_optional(sql, args![account]).await?;
    found.ok_or_else(|| Error::not_found("Account"))
}
