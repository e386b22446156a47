//! Tickets: how a browser opens a stream without its token in an address.

use db::{Tx, args};
use kernel::{Account, ApiKeyId, Clock, Proof, Result, SessionId, Timestamp, time};
use sha2::{Digest as _, Sha256};

use super::reader::proof_of;

/// For so long a ticket is good.
pub(super) const GOOD_FOR: i64 = 30 * time::SECOND;
/// How many are forgotten in one go.
const BITE: u32 = 1_000;

/// Makes a ticket for this account. Only its hash is kept.
pub(super) async fn make(tx: &mut Tx, clock: &Clock, account: &Account) -> Result<(String, Timestamp)> {
    let mut random = [0; 32];
    clock.fill(&mut random);
    let (ticket, expires_at) = (hex::encode(random), clock.now().plus(GOOD_FOR));
    let (session, key): (Option<SessionId>, Option<ApiKeyId>) = match account.proof {
        Proof::Session(session) => (Some(session), None),
        Proof::ApiKey(key) => (None, Some(key)),
    };
    let sql = "INSERT INTO live_tickets (hash, account_id, session_id, key_id, expires_at) VALUES ($1, $2, $3, $4, $5)";
    tx.execute(sql, args![hash(&ticket), account.id, session, key, expires_at]).await?;
    Ok((ticket, expires_at))
}

/// Takes a ticket, once: by which log-in it was made.
pub(super) async fn take(tx: &mut Tx, ticket: &str, now: Timestamp) -> Result<Option<Proof>> {
    let sql = "DELETE FROM live_tickets WHERE hash = $1 AND expires_at > $2 RETURNING session_id, key_id";
    let found: Option<(Option<uuid::Uuid>, Option<uuid::Uuid>)> =
        tx.fetch_optional(sql, args![hash(ticket), now]).await?;
    Ok(found.and_then(|(session, key)| proof_of(session, key)))
}

/// Forgets tickets that nobody has taken. Tells how many.
pub(crate) async fn forget(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let sql = "DELETE FROM live_tickets WHERE hash IN \
               (SELECT hash FROM live_tickets WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
    tx.execute(sql, args![now, BITE]).await
}

fn hash(ticket: &str) -> String {
    hex::encode(Sha256::digest(ticket.as_bytes()))
}
