//! One-time links for signing. Only the hash of a token is kept.

use db::{Tx, args};
use kernel::{ContractId, Result, Scope, Timestamp};

use crate::model::Party;
use crate::model::deliverables::LinkId;

db::row! {
    /// A link.
    #[derive(Clone, Debug)]
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
    }
}

/// Adds a link; without a token it waits.
pub async fn add_link(
    _: Scope,
    tx: &mut Tx,
    link: &Link,
    token_hash: Option<Vec<u8>>,
    remind_at: Option<Timestamp>,
) -> Result<()> {
    let sql = "INSERT INTO contract_links (id, contract_id, version, party, name, email, token_hash, status, expires_at, created_at, \
               mailed_at, reminders, remind_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let values = args![
        link.id,
        link.contract_id,
        link.version,
        link.party,
        &link.name,
        &link.email,
        token_hash,
        &link.status,
        link.expires_at,
        link.created_at,
        link.mailed_at,
        link.reminders,
        remind_at,
    ];
    tx.execute(sql, values).await.map(drop)
}

/// The other side has signed: the link is mailed now.
pub async fn open_link(
    _: Scope,
    tx: &mut Tx,
    id: LinkId,
    token_hash: Vec<u8>,
    remind_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE contract_links SET status = 'open', token_hash = $2, mailed_at = $3, remind_at = $4 \
               WHERE id = $1 AND status = 'waiting'";
    Ok(tx.execute(sql, args![id, token_hash, now, remind_at]).await? == 1)
}

/// The links of a text that wait for the other side, or are open.
pub async fn waiting(_: Scope, tx: &mut Tx, contract: ContractId, version: i64) -> Result<Vec<Link>> {
    let sql = format!(
        "SELECT {} FROM contract_links WHERE contract_id = $1 AND version = $2 AND status IN ('waiting', 'open') ORDER BY created_at, id",
        Link::COLUMNS
    );
    tx.fetch_all(&sql, args![contract, version]).await
}

/// Ends the links of a text, of one side or of both: nobody can sign by them any more.
pub async fn void_links(
    _: Scope,
    tx: &mut Tx,
    contract: ContractId,
    version: i64,
    party: Option<Party>,
    used: Option<LinkId>,
) -> Result<()> {
    let sql = "UPDATE contract_links SET status = CASE WHEN id = $4 THEN 'used' ELSE 'void' END, remind_at = NULL \
               WHERE contract_id = $1 AND version = $2 AND (party = $3 OR $3 IS NULL) AND status IN ('waiting', 'open')";
    let party = party.map_or(db::Value::Text(None), Into::into);
    tx.execute(sql, args![contract, version, party, used]).await.map(drop)
}

/// The link that a token opens. Whoever has the token may see its contract; so it takes no scope.
pub async fn by_token(tx: &mut Tx, token_hash: Vec<u8>) -> Result<Option<Link>> {
    let sql = format!("SELECT {} FROM contract_links WHERE token_hash = $1", Link::COLUMNS);
    tx.fetch_optional(&sql, args![token_hash]).await
}

/// Remembers that a link was opened; tells whether for the first time.
pub async fn mark_viewed(tx: &mut Tx, id: LinkId, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE contract_links SET viewed_at = $2 WHERE id = $1 AND viewed_at IS NULL";
    Ok(tx.execute(sql, args![id, now]).await? == 1)
}

/// Open links whose next reminder is due.
pub async fn due_reminders(_: Scope, tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<Link>> {
    let sql = format!(
        "SELECT {} FROM contract_links WHERE status = 'open' AND remind_at <= $1 ORDER BY remind_at, id LIMIT $2",
        Link::COLUMNS
    );
    tx.fetch_all(&sql, args![now, limit]).await
}

/// Takes the reminder of a link that is due; tells whether it was there to be taken.
pub async fn take_reminder(_: Scope, tx: &mut Tx, id: LinkId, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE contract_links SET remind_at = NULL WHERE id = $1 AND status = 'open' AND remind_at <= $2";
    Ok(tx.execute(sql, args![id, now]).await? == 1)
}
