//! One-time links for signing. Only the hash of a token is kept.

use db::{Sql, Tx, args};
use kernel::{ContractId, Result, Scope, Timestamp, WorkspaceId};

use super::contracts::of_contracts;
use crate::model::deliverables::LinkId;
use crate::model::{Contract, Party};

/// A link.
#[derive(Clone, Debug, db::Row)]
#[row(table = "contract_links")]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// To which contract.
    pub contract_id: ContractId,
    /// To which of its texts.
    pub version: i64,
    /// For which side.
    pub party: Party,
    /// Who is asked.
    pub name: Option<String>,
    /// Where it was mailed.
    pub email: String,
    /// `waiting` (for the other side), `open`, `used` or `void`.
    pub status: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its mail was queued.
    pub mailed_at: Option<Timestamp>,
    /// When it was first opened.
    pub viewed_at: Option<Timestamp>,
    /// Which reminder it is; 0 for the first mail.
    pub reminders: i64,
    /// When the next reminder is due.
    pub remind_at: Option<Timestamp>,
    /// The hash of its token; nothing as long as it waits.
    pub token_hash: Option<Vec<u8>>,
}

/// Adds a link to a contract that this transaction has locked; without a token it waits.
pub async fn add_link(tx: &mut Tx, link: &Link) -> Result<()> {
    tx.insert(link).await
}

/// How many were asked to sign since then: by a workspace, or at an address, whoever asked.
pub async fn asked_since(
    scope: Scope,
    tx: &mut Tx,
    workspace: Option<WorkspaceId>,
    email: Option<&str>,
    since: Timestamp,
) -> Result<u64> {
    debug_assert!(scope.sees_everything());
    let mut sql = Sql::new("SELECT count(*) FROM contract_links WHERE created_at > ");
    sql.bind(since);
    if let Some(email) = email {
        sql.push(" AND lower(email) = ").bind(email.to_lowercase());
    }
    if let Some(workspace) = workspace {
        sql.push(" AND contract_id IN (SELECT id FROM contracts WHERE workspace_id = ").bind(workspace).push(")");
    }
    sql.one(tx).await
}

/// The other side has signed: the link is mailed now.
pub async fn open_link(
    tx: &mut Tx,
    link: &Link,
    token_hash: Vec<u8>,
    remind_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE contract_links SET status = 'open', token_hash = $2, mailed_at = $3, remind_at = $4 \
               WHERE id = $1 AND status = 'waiting'";
    Ok(tx.execute(sql, args![link.id, token_hash, now, remind_at]).await? == 1)
}

/// The links of a text that wait for the other side, or are open.
pub async fn waiting(tx: &mut Tx, contract: &Contract, version: i64) -> Result<Vec<Link>> {
    let mut sql = Sql::of::<Link>();
    sql.and("contract_id = ", contract.id).and("version = ", version).and_in("status", ["waiting", "open"]);
    sql.push(" ORDER BY created_at, id").all(tx).await
}

/// Ends the links of a text, of one side or of both: nobody can sign by them any more.
pub async fn void_links(
    tx: &mut Tx,
    contract: &Contract,
    version: i64,
    party: Option<Party>,
    used: Option<LinkId>,
) -> Result<()> {
    let mut sql = Sql::new("UPDATE contract_links SET status = CASE WHEN id = ");
    sql.bind(used).push(" THEN 'used' ELSE 'void' END, remind_at = NULL WHERE status IN ('waiting', 'open')");
    sql.and("contract_id = ", contract.id).and("version = ", version).and_if("party = ", party).run(tx).await.map(drop)
}

/// The link that a token opens. Whoever has the token may see its contract; so it takes no scope.
pub async fn by_token(tx: &mut Tx, token_hash: Vec<u8>) -> Result<Option<Link>> {
    Sql::of::<Link>().and("token_hash = ", token_hash).optional(tx).await
}

/// Remembers that a link was opened; tells whether for the first time.
pub async fn mark_viewed(tx: &mut Tx, link: &Link, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE contract_links SET viewed_at = $2 WHERE id = $1 AND viewed_at IS NULL";
    Ok(tx.execute(sql, args![link.id, now]).await? == 1)
}

/// Open links whose next reminder is due.
pub async fn due_reminders(scope: Scope, tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<Link>> {
    let mut sql = Sql::of::<Link>();
    of_contracts(sql.push(" AND status = 'open'").and("remind_at <= ", now), scope);
    sql.push(" ORDER BY remind_at, id LIMIT ").bind(limit).all(tx).await
}

/// Takes the reminder of a link that is due; tells whether it was there to be taken.
pub async fn take_reminder(tx: &mut Tx, link: &Link, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE contract_links SET remind_at = NULL WHERE id = $1 AND status = 'open' AND remind_at <= $2";
    Ok(tx.execute(sql, args![link.id, now]).await? == 1)
}
