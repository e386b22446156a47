//! The SQL of workspaces and their members.

use db::{Sql, Tx, args};
use http_base::Offsets;
use kernel::{AccountId, Clock, Error, Result, Scope, Timestamp, WorkspaceId, WorkspaceRole};

use super::model::{Membership, Workspace};

/// A workspace as a member (`m`) sees it.
const SEEN: &str = "SELECT w.id, w.name, m.role, \
    (SELECT count(*) FROM workspace_members o WHERE o.workspace_id = w.id), w.created_at, m.joined_at \
    FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id WHERE m.account_id = ";

/// Makes a workspace and puts its first owner into it.
pub async fn open(
    scope: Scope,
    tx: &mut Tx,
    id: WorkspaceId,
    name: &str,
    owner: AccountId,
    now: Timestamp,
) -> Result<()> {
    debug_assert!(scope.may_read_directory(), "a workspace is made for an account");
    let sql = "INSERT INTO workspaces (id, name, created_at, updated_at) VALUES ($1, $2, $3, $3)";
    tx.execute(sql, args![id, name, now]).await?;
    join(scope, tx, id, owner, WorkspaceRole::Owner, now).await.map(drop)
}

/// Puts someone into a workspace. Who is in it already stays what they are. Tells whether they are new.
pub async fn join(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AccountId,
    role: WorkspaceRole,
    now: Timestamp,
) -> Result<bool> {
    debug_assert!(scope.may_read_directory());
    let sql = "INSERT INTO workspace_members (workspace_id, account_id, role, joined_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (workspace_id, account_id) DO NOTHING";
    Ok(tx.execute(sql, args![workspace, account, role, now]).await? == 1)
}

/// Keeps everyone else who changes who is in this workspace waiting until this transaction is over. Tells whether it is there
/// and this scope's.
pub async fn hold(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE workspaces SET updated_at = ");
    sql.bind(now).push(" WHERE id = ").bind(workspace);
    Ok(sql.within(scope, "id").run(tx).await? == 1)
}

/// What this account is in this workspace, now.
pub async fn role_of(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AccountId,
) -> Result<Option<WorkspaceRole>> {
    let mut sql = Sql::new("SELECT role FROM workspace_members WHERE workspace_id = ");
    sql.bind(workspace).push(" AND account_id = ").bind(account);
    sql.within(scope, "workspace_id").optional(tx).await
}

/// How many owners this workspace has.
pub async fn owners(scope: Scope, tx: &mut Tx, workspace: WorkspaceId) -> Result<u64> {
    let mut sql = Sql::new("SELECT count(*) FROM workspace_members WHERE role = 'owner' AND workspace_id = ");
    sql.bind(workspace);
    sql.within(scope, "workspace_id").one(tx).await
}

/// The workspace as this member sees it.
pub async fn seen_by(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AccountId,
) -> Result<Option<Workspace>> {
    let mut sql = Sql::new(SEEN);
    sql.bind(account).push(" AND m.workspace_id = ").bind(workspace);
    sql.within(scope, "m.workspace_id").optional(tx).await
}

/// A page of the workspaces that this account is in, the oldest membership first, and how many there are.
/// `scope` is that account's own: it says who asks, and a membership says what of others they may see.
pub async fn list_of(scope: Scope, tx: &mut Tx, account: AccountId, offsets: Offsets) -> Result<(Vec<Workspace>, u64)> {
    if !scope.may_read_directory() {
        return Ok((Vec::new(), 0));
    }
    let total = tx.fetch_value("SELECT count(*) FROM workspace_members WHERE account_id = $1", args![account]).await?;
    let sql = format!("{SEEN}$1 ORDER BY m.joined_at, m.workspace_id LIMIT $2 OFFSET $3");
    Ok((tx.fetch_all(&sql, args![account, offsets.limit, offsets.offset]).await?, total))
}

/// Names a workspace.
pub async fn rename(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, name: &str, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE workspaces SET name = ");
    sql.bind(name).push(", updated_at = ").bind(now).push(" WHERE id = ").bind(workspace);
    Ok(sql.within(scope, "id").run(tx).await? == 1)
}

/// Where the owners of a workspace are reached, as far as their addresses are proved.
pub async fn owners_mail(scope: Scope, tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<String>> {
    let mut sql = Sql::new(
        "SELECT a.email FROM workspace_members m JOIN accounts a ON a.id = m.account_id \
         WHERE m.role = 'owner' AND a.email IS NOT NULL AND a.is_verified AND a.erased_at IS NULL AND m.workspace_id = ",
    );
    sql.bind(workspace);
    sql.within(scope, "m.workspace_id");
    sql.push(" ORDER BY m.joined_at, a.id").all(tx).await
}

const MEMBERS: &str = "SELECT a.id, a.email, a.username, m.role, m.joined_at \
    FROM workspace_members m JOIN accounts a ON a.id = m.account_id WHERE m.workspace_id = ";

/// A page of who is in a workspace, the longest first, and how many there are.
pub async fn members(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    offsets: Offsets,
) -> Result<(Vec<Membership>, u64)> {
    let mut sql = Sql::new("SELECT count(*) FROM workspace_members WHERE workspace_id = ");
    sql.bind(workspace);
    sql.within(scope, "workspace_id");
    let total = sql.one(tx).await?;
    let mut sql = Sql::new(MEMBERS);
    sql.bind(workspace);
    sql.within(scope, "m.workspace_id")
        .push(" ORDER BY m.joined_at, m.account_id LIMIT ")
        .bind(offsets.limit)
        .push(" OFFSET ")
        .bind(offsets.offset);
    Ok((sql.all(tx).await?, total))
}

/// The name of a workspace: for those whom it has to do with.
pub async fn name(scope: Scope, tx: &mut Tx, workspace: WorkspaceId) -> Result<Option<String>> {
    debug_assert!(scope.sees_everything());
    Sql::new("SELECT name FROM workspaces WHERE TRUE").and("id = ", workspace).optional(tx).await
}

/// Those who decide in a workspace, the longest first: its owners and managers, so many at most.
pub async fn deciders(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, most: u32) -> Result<Vec<AccountId>> {
    let mut sql = Sql::new("SELECT account_id FROM workspace_members WHERE role <> 'viewer' AND workspace_id = ");
    sql.bind(workspace);
    sql.within(scope, "workspace_id").push(" ORDER BY joined_at, account_id LIMIT ").bind(most).all(tx).await
}

/// One of those who are in a workspace.
pub async fn member(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AccountId,
) -> Result<Option<Membership>> {
    let mut sql = Sql::new(MEMBERS);
    sql.bind(workspace).push(" AND m.account_id = ").bind(account);
    sql.within(scope, "m.workspace_id").optional(tx).await
}

/// Gives a member another role, if they still have the one that was read.
pub async fn set_role(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AccountId,
    (was, role): (WorkspaceRole, WorkspaceRole),
) -> Result<()> {
    let mut sql = Sql::new("UPDATE workspace_members SET role = ");
    sql.bind(role).push(" WHERE workspace_id = ").bind(workspace).push(" AND account_id = ").bind(account);
    sql.push(" AND role = ").bind(was);
    sql.within(scope, "workspace_id");
    if sql.run(tx).await? == 1 {
        return Ok(());
    }
    Err(Error::conflict("The member was changed by someone else meanwhile; read the list again"))
}

/// Takes someone out of a workspace, and ends the keys that they made for it. Whoever worked in it goes on in another one
/// that they are in, or in a new one of their own.
pub async fn leave(
    scope: Scope,
    tx: &mut Tx,
    clock: &Clock,
    workspace: WorkspaceId,
    account: AccountId,
) -> Result<bool> {
    let now = clock.now();
    let mut sql = Sql::new("DELETE FROM workspace_members WHERE workspace_id = ");
    sql.bind(workspace).push(" AND account_id = ").bind(account);
    sql.within(scope, "workspace_id");
    if sql.run(tx).await? == 0 {
        return Ok(false);
    }
    let sql = "UPDATE api_keys SET revoked_at = $3 WHERE workspace_id = $1 AND account_id = $2 AND revoked_at IS NULL";
    tx.execute(sql, args![workspace, account, now]).await?;
    let sql = "SELECT a.username, (SELECT m.workspace_id FROM workspace_members m WHERE m.account_id = a.id \
               ORDER BY m.joined_at, m.workspace_id LIMIT 1) FROM accounts a WHERE a.id = $1 AND a.workspace_id = $2";
    let working: Option<(String, Option<WorkspaceId>)> = tx.fetch_optional(sql, args![account, workspace]).await?;
    let next = match working {
        None => return Ok(true),
        Some((_, Some(next))) => next,
        Some((username, None)) => {
            let own = clock.new_id();
            open(Scope::system(), tx, own, &username, account, now).await?;
            own
        }
    };
    work_in(Scope::system(), tx, account, next, now).await.map(|()| true)
}

/// Makes a workspace the one that an account works in. It must be a member of it.
pub async fn work_in(
    scope: Scope,
    tx: &mut Tx,
    account: AccountId,
    workspace: WorkspaceId,
    now: Timestamp,
) -> Result<()> {
    debug_assert!(scope.may_read_directory());
    let sql = "UPDATE accounts SET workspace_id = $2, updated_at = $3 WHERE id = $1 AND EXISTS \
               (SELECT 1 FROM workspace_members m WHERE m.workspace_id = $2 AND m.account_id = $1)";
    if tx.execute(sql, args![account, workspace, now]).await? == 0 {
        return Err(Error::not_found("Workspace"));
    }
    Ok(())
}
