//! The journal: what a provider told, as it came, until it has been worked.

use db::{Tx, args};
use kernel::{Clock, Id, Result, Timestamp};

use crate::channels::ChannelId;

#[doc(hidden)]
#[derive(Debug)]
pub(crate) enum EntryMarker {}
/// An entry of the journal.
pub(crate) type EntryId = Id<EntryMarker>;

/// The bell that is rung when something was written down.
pub(crate) const BELL: &str = "channel_inbound";

/// An entry of the journal, as it is stored.
#[derive(Clone, Debug, db::Row)]
pub(crate) struct Entry {
    pub(crate) id: EntryId,
    pub(crate) body: String,
    pub(crate) received_at: Timestamp,
    pub(crate) attempts: u32,
}

/// Writes down what a provider told: one statement.
pub(crate) async fn write(tx: &mut Tx, clock: &Clock, channel: ChannelId, body: &[u8]) -> Result<()> {
    let (id, now): (EntryId, _) = (clock.new_id(), clock.now());
    // What no database holds is cleaned at the door; the signature was checked over the bytes as they came.
    let text = String::from_utf8_lossy(body).replace('\0', "");
    let sql = "INSERT INTO channel_inbound (id, channel_id, body, received_at, run_at) VALUES ($1, $2, $3, $4, $4)";
    tx.execute(sql, args![id, channel, text, now]).await?;
    tx.ring(BELL);
    Ok(())
}

/// The next channel behind this one that has something written down, due or not. A step of the index: however long a channel's backlog is, it
/// costs the same to find the next one.
pub(crate) async fn channel_after(tx: &mut Tx, last: Option<ChannelId>) -> Result<Option<ChannelId>> {
    let mut sql = db::Sql::new("SELECT channel_id FROM channel_inbound WHERE given_up_at IS NULL");
    sql.and_if("channel_id > ", last).push(" ORDER BY channel_id LIMIT 1").optional(tx).await
}

/// When the next entry is due.
pub(crate) async fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    tx.fetch_value("SELECT min(run_at) FROM channel_inbound WHERE given_up_at IS NULL", args![]).await
}

/// The next entries of a channel that are due, in the order in which they came.
pub(crate) async fn next(tx: &mut Tx, channel: ChannelId, now: Timestamp, most: u32) -> Result<Vec<Entry>> {
    let sql = format!(
        "SELECT {} FROM channel_inbound WHERE channel_id = $1 AND given_up_at IS NULL AND run_at <= $2 ORDER BY received_at, id LIMIT $3",
        Entry::COLUMNS
    );
    tx.fetch_all(&sql, args![channel, now, most]).await
}

/// Takes entries away that have been worked.
pub(crate) async fn done(tx: &mut Tx, ids: &[EntryId]) -> Result<()> {
    let mut sql = db::Sql::new("DELETE FROM channel_inbound WHERE id IN ");
    sql.bind_list(ids);
    sql.run(tx).await.map(drop)
}

/// Has an entry come again later, or gives it up.
pub(crate) async fn failed(
    tx: &mut Tx,
    id: EntryId,
    why: &str,
    again: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE channel_inbound SET attempts = attempts + 1, error = $2, run_at = COALESCE($3, run_at), given_up_at = $4 WHERE id = $1";
    let why: String = why.chars().take(1_000).collect();
    let given_up = again.is_none().then_some(now);
    tx.execute(sql, args![id, why, again, given_up]).await.map(drop)
}

/// Forgets what was given up before this moment, some at a time. Tells how many.
pub(crate) async fn purge(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let sql = "DELETE FROM channel_inbound WHERE id IN (SELECT id FROM channel_inbound WHERE given_up_at < $1 ORDER BY given_up_at LIMIT 1000)";
    tx.execute(sql, args![before]).await
}

/// How many entries wait, and how many were given up.
pub(crate) async fn counts(tx: &mut Tx) -> Result<(u64, u64)> {
    let sql = "SELECT (SELECT count(*) FROM channel_inbound WHERE given_up_at IS NULL), \
               (SELECT count(*) FROM channel_inbound WHERE given_up_at IS NOT NULL)";
    tx.fetch_one(sql, args![]).await
}
