//! Erasing an account: at once, and for good.

use db::{Tx, args};
use events::TxExt as _;
use http_base::Peer;
use http_base::data::{Data, Holder};
use kernel::{AccountId, Clock, Error, Result, Scope, Timestamp, WorkspaceId, WorkspaceRole};
use serde_json::json;

use crate::events::AccountErased;
use crate::workspaces::store as workspaces;
use crate::{AccountRow, audit, keys, store};

/// Erases this account, if it still has the password that was checked. `entry_too` says whether what the directory knows of the
/// person goes as well; without it the entry stays, claimed by nobody.
pub(super) async fn erase(
    data: &Data,
    tx: &mut Tx,
    clock: &Clock,
    account: &AccountRow,
    entry_too: bool,
) -> Result<()> {
    let (scope, now, id) = (Scope::system(), clock.now(), account.id);
    let holder = super::store::holder(scope, tx, id).await?.ok_or_else(|| Error::not_found("Account"))?;
    leave_workspaces(tx, clock, id).await?;
    elsewhere(tx, clock, id).await?;
    account_row(tx, account, now).await?;
    log_ins(tx, id, now).await?;
    keys::store::revoke_all(scope, tx, id, None, now).await?;
    tx.execute("UPDATE api_keys SET name = 'erased' WHERE account_id = $1", args![id]).await?;
    if let Some(email) = &holder.email_key {
        invitations(tx, email, now).await?;
    }
    super::store::forget_of(scope, tx, id).await?;
    for eraser in &data.erasers {
        eraser.erase(scope, tx, &holder, now).await?;
    }
    log(tx, &holder, account.email.as_deref()).await?;
    // Without an address: it says that somebody was erased, not who.
    let entry = audit::Entry::of("account.erased", id, &Peer::default()).within(account.workspace_id);
    audit::record(tx, clock, entry.with(json!({"directory_entry": entry_too}))).await?;
    tx.event(AccountErased { workspace_id: account.workspace_id, account_id: id });
    creators::store::disclaim(tx, id, entry_too, now).await?;
    store::moved(tx).await
}

/// The workspaces go on without them; one of which they are the only owner, but not the only member, must be handed over first.
async fn leave_workspaces(tx: &mut Tx, clock: &Clock, id: AccountId) -> Result<()> {
    let (scope, now) = (Scope::system(), clock.now());
    let sql = "SELECT workspace_id FROM workspace_members WHERE account_id = $1 ORDER BY workspace_id";
    let all: Vec<WorkspaceId> = tx.fetch_all(sql, args![id]).await?;
    for workspace in all {
        workspaces::hold(scope, tx, workspace, now).await?;
        // Looked at again, now that nobody else changes it.
        let Some(held) = workspaces::role_of(scope, tx, workspace, id).await? else { continue };
        let sql = "SELECT count(*) FROM workspace_members WHERE workspace_id = $1";
        let members: u64 = tx.fetch_value(sql, args![workspace]).await?;
        let owns = held == WorkspaceRole::Owner;
        if owns && members > 1 && workspaces::owners(scope, tx, workspace).await? <= 1 {
            return Err(Error::conflict(
                "You are the only owner of a workspace that others are in; make one of them an owner first",
            ));
        }
        let sql = "DELETE FROM workspace_members WHERE workspace_id = $1 AND account_id = $2";
        tx.execute(sql, args![workspace, id]).await?;
        if members == 1 {
            // It was theirs alone, and may have their name. What it holds (contracts, payments) stands by its id.
            workspaces::rename(scope, tx, workspace, &format!("erased-{workspace}"), now).await?;
            let sql = "UPDATE invitations SET revoked_at = $2 WHERE workspace_id = $1 AND accepted_at IS NULL \
                       AND revoked_at IS NULL";
            tx.execute(sql, args![workspace, now]).await?;
        }
    }
    Ok(())
}

/// Whoever has their password kept by another service is taken out there as well, once this is committed.
async fn elsewhere(tx: &mut Tx, clock: &Clock, id: AccountId) -> Result<()> {
    if let Some(subject) = crate::identity::store::supabase_id(Scope::system(), tx, id).await? {
        jobs::enqueue(tx, clock, super::elsewhere::job(&subject)?).await?;
    }
    Ok(())
}

async fn account_row(tx: &mut Tx, account: &AccountRow, now: Timestamp) -> Result<()> {
    let sql = "UPDATE accounts SET email = NULL, email_key = NULL, username = $2, username_key = $2, password_hash = NULL, \
               supabase_id = NULL, workspace_id = NULL, country = NULL, is_verified = $3, instagram_handle = NULL, \
               instagram_followers = NULL, last_login_at = NULL, suspended_why = NULL, updated_at = $4, erased_at = $4 \
               WHERE id = $1 AND erased_at IS NULL AND COALESCE(password_hash, '') = $5";
    let hash = account.password_hash.as_deref().unwrap_or_default();
    let arguments = args![account.id, format!("erased-{}", account.id), false, now, hash];
    if tx.execute(sql, arguments).await? == 0 {
        return Err(Error::conflict("The account was changed meanwhile; log in again, and repeat your request"));
    }
    tx.execute("DELETE FROM identities WHERE account_id = $1", args![account.id]).await.map(drop)
}

async fn log_ins(tx: &mut Tx, id: AccountId, now: Timestamp) -> Result<()> {
    for sql in [
        "DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE account_id = $1)",
        "DELETE FROM mail_tokens WHERE account_id = $1",
        "DELETE FROM known_addresses WHERE account_id = $1",
    ] {
        tx.execute(sql, args![id]).await?;
    }
    let sql = "UPDATE sessions SET address = NULL, agent = NULL, ended_at = COALESCE(ended_at, $2), \
               ended_why = COALESCE(ended_why, 'erased') WHERE account_id = $1";
    tx.execute(sql, args![id, now]).await.map(drop)
}

/// Invitations of their address: no workspace keeps it.
async fn invitations(tx: &mut Tx, email: &str, now: Timestamp) -> Result<()> {
    let sql = "UPDATE invitations SET email = 'erased', email_key = 'erased', revoked_at = CASE WHEN accepted_at IS NULL \
               THEN COALESCE(revoked_at, $2) ELSE revoked_at END WHERE email_key = $1";
    tx.execute(sql, args![email, now]).await.map(drop)
}

/// The audit log keeps what happened and when; from where, by what, and the address itself go.
async fn log(tx: &mut Tx, holder: &Holder, email: Option<&str>) -> Result<()> {
    let sql = "UPDATE audit_log SET address = NULL, agent = NULL, detail = '{}', \
               subject = CASE WHEN subject LIKE '%@%' THEN NULL ELSE subject END WHERE account_id = $1";
    tx.execute(sql, args![holder.account]).await?;
    if let (Some(key), Some(email)) = (&holder.email_key, email) {
        let sql = "UPDATE audit_log SET address = NULL, agent = NULL, subject = NULL WHERE subject IN ($1, $2)";
        tx.execute(sql, args![key, email]).await?;
    }
    Ok(())
}
