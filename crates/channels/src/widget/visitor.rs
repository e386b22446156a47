//! Visitors: who holds a token of the chat, and which member that is.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Tx, args};
use kernel::{Clock, Result, Timestamp, WorkspaceId, time};
use sha2::{Digest as _, Sha256};

use crate::channels::{Channel, ChannelId};
use crate::members::MemberId;

/// For so long after its last use an anonymous token is good,
const ANONYMOUS: i64 = 180 * time::DAY;
/// and one of somebody who is known to the website.
const IDENTIFIED: i64 = 30 * time::DAY;
/// A use within so long of the last one does not move the end.
const MOVES: i64 = time::DAY;
/// What a token begins with.
const MARK: &str = "wv_";

/// A token, as it is stored: by its hash.
#[derive(Clone, Debug, db::Row)]
#[row(table = "widget_visitors")]
pub(super) struct Visitor {
    pub(super) token_hash: String,
    pub(super) workspace_id: WorkspaceId,
    pub(super) channel_id: ChannelId,
    /// The member, once there is one.
    pub(super) member_id: Option<MemberId>,
    /// Who they are on the website, if that was proved.
    pub(super) external_id: Option<String>,
    pub(super) language: Option<String>,
    pub(super) time_zone: Option<String>,
    pub(super) page: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

impl Visitor {
    /// Is it somebody who is known to the website?
    pub(super) fn is_identified(&self) -> bool {
        self.external_id.is_some()
    }

    fn life(&self) -> i64 {
        if self.is_identified() { IDENTIFIED } else { ANONYMOUS }
    }
}

/// A new token: it is told once.
pub(super) fn make(clock: &Clock) -> String {
    let mut bytes = [0; 16];
    clock.fill(&mut bytes);
    format!("{MARK}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The hash by which a token is kept; nothing where it cannot be one.
pub(super) fn hash(token: &str) -> Option<String> {
    let is_one = token.len() == 25 && token.starts_with(MARK);
    is_one.then(|| hex::encode(Sha256::digest(token)))
}

/// Makes a visitor with this token.
pub(super) async fn add(tx: &mut Tx, channel: &Channel, token: &str, mut of: Visitor) -> Result<Visitor> {
    let now = tx.clock().now();
    of.token_hash = hex::encode(Sha256::digest(token));
    (of.workspace_id, of.channel_id) = (channel.workspace_id, channel.id);
    (of.created_at, of.expires_at) = (now, now.plus(of.life()));
    tx.insert(&of).await?;
    Ok(of)
}

/// The visitor of this token on a channel, if it is good.
pub(super) async fn find(tx: &mut Tx, channel: ChannelId, token: &str, now: Timestamp) -> Result<Option<Visitor>> {
    let Some(hash) = hash(token) else { return Ok(None) };
    let mut sql = db::Sql::of::<Visitor>();
    sql.and("token_hash = ", hash).and("channel_id = ", channel).and("expires_at > ", now).optional(tx).await
}

/// Moves the end of a token that is in use. Tells whether anything was written.
pub(super) async fn used(tx: &mut Tx, of: &mut Visitor, now: Timestamp) -> Result<bool> {
    let until = now.plus(of.life());
    if until.micros() - of.expires_at.micros() < MOVES {
        return Ok(false);
    }
    of.expires_at = until;
    let sql = "UPDATE widget_visitors SET expires_at = $2 WHERE token_hash = $1 AND expires_at < $2";
    Ok(tx.execute(sql, args![&of.token_hash, until]).await? == 1)
}

/// Writes down which member a visitor is.
pub(super) async fn is_member(tx: &mut Tx, of: &Visitor, member: MemberId) -> Result<()> {
    let sql = "UPDATE widget_visitors SET member_id = $2 WHERE token_hash = $1";
    tx.execute(sql, args![&of.token_hash, member]).await.map(drop)
}

/// Is a token good?
pub(super) async fn is_good(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM widget_visitors WHERE token_hash = $1 AND expires_at > $2)";
    tx.fetch_value(sql, args![token_hash, now]).await
}

/// Which member the holder of a token is, once they are one.
pub(super) async fn member_of(tx: &mut Tx, token_hash: &str) -> Result<Option<MemberId>> {
    let sql = "SELECT member_id FROM widget_visitors WHERE token_hash = $1";
    Ok(tx.fetch_optional::<Option<MemberId>>(sql, args![token_hash]).await?.flatten())
}

/// Ends a token.
pub(super) async fn end(tx: &mut Tx, token_hash: &str) -> Result<()> {
    tx.execute("DELETE FROM widget_visitors WHERE token_hash = $1", args![token_hash]).await.map(drop)
}

/// Forgets tokens that have ended, some at a time. Tells how many.
pub(crate) async fn forget(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let sql = "DELETE FROM widget_visitors WHERE token_hash IN \
               (SELECT token_hash FROM widget_visitors WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000)";
    tx.execute(sql, args![now]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_random_and_kept_by_their_hash() {
        let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1);
        let (one, other) = (make(&clock), make(&clock));
        assert_ne!(one, other);
        assert_eq!(one.len(), 25);
        assert_eq!(hash(&one).map(|hash| hash.len()), Some(64));
        for none in ["", "wv_", "wv_short", &one[1..], &format!("{one}x")] {
            assert_eq!(hash(none), None, "{none}");
        }
    }
}
