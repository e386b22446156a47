//! How far each subscriber has come, and the events that one of them could not handle.

use std::collections::HashSet;

use db::{Engine, EventId, EventRow, Migration, Position, Sql, Tx, args};
use kernel::{Result, Timestamp};
use uuid::Uuid;

/// The tables of this crate.
///
/// A row of `event_retries` holds all of the event, so that the log may forget it. As long as a subject has one that is `waiting`, the
/// subscriber's later events of the subject stand behind it; `failed` is what was set aside.
pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "0068_event_subscribers",
    sql: "
    CREATE TABLE event_cursors (
        subscriber TEXT NOT NULL PRIMARY KEY,
        xact BIGINT NOT NULL,
        seq BIGINT NOT NULL,
        moved_at BIGINT NOT NULL
    );
    CREATE TABLE event_retries (
        subscriber TEXT NOT NULL,
        id {id} NOT NULL,
        xact BIGINT NOT NULL,
        seq BIGINT NOT NULL,
        kind TEXT NOT NULL,
        subject {id} NOT NULL,
        workspace {id},
        payload TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('waiting', 'failed')),
        attempts BIGINT NOT NULL,
        run_at BIGINT NOT NULL,
        error TEXT,
        PRIMARY KEY (subscriber, id)
    );
    CREATE INDEX event_retries_subject ON event_retries (subscriber, subject, status, xact, seq);
    CREATE INDEX event_retries_due ON event_retries (subscriber, status, run_at);
    ",
}];

/// No more than this of an error is kept.
const LONGEST_ERROR: usize = 2_000;

/// An event that a subscriber could not handle.
#[derive(Clone, Debug, PartialEq, db::Row)]
pub struct Retry {
    /// Whose it is.
    pub subscriber: String,
    /// The event.
    pub id: EventId,
    /// Its place in the log.
    pub xact: i64,
    /// Its number in the log.
    pub seq: i64,
    /// What happened.
    pub kind: String,
    /// What it happened to.
    pub subject: Uuid,
    /// Whose it is.
    pub workspace: Option<kernel::WorkspaceId>,
    /// The rest, as JSON.
    pub payload: String,
    /// When it happened.
    pub created_at: Timestamp,
    /// `waiting` for another attempt (or behind an earlier event of its subject), or `failed`: set aside.
    pub status: String,
    /// How often it has been tried.
    pub attempts: u32,
    /// When it is tried next.
    pub run_at: Timestamp,
    /// Why it failed last.
    pub error: Option<String>,
}

impl Retry {
    pub(crate) fn event(&self) -> EventRow {
        EventRow {
            id: self.id,
            kind: self.kind.clone(),
            subject: self.subject,
            workspace: self.workspace,
            payload: self.payload.clone(),
            created_at: self.created_at,
        }
    }
}

/// Has the subscriber begin there, if it has not begun yet.
pub(crate) async fn begin(tx: &mut Tx, subscriber: &str, at: Position, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO event_cursors (subscriber, xact, seq, moved_at) VALUES ($1, $2, $3, $4) ON CONFLICT (subscriber) DO NOTHING";
    tx.execute(sql, args![subscriber, at.xact, at.seq, now]).await.map(drop)
}

/// How far it has come.
pub(crate) async fn cursor(tx: &mut Tx, subscriber: &str) -> Result<Option<Position>> {
    tx.fetch_optional("SELECT xact, seq FROM event_cursors WHERE subscriber = $1", args![subscriber]).await
}

/// The one that has come least far of these.
pub(crate) async fn least(tx: &mut Tx, subscribers: impl Iterator<Item = &'static str>) -> Result<Option<Position>> {
    let mut sql = Sql::new("SELECT xact, seq FROM event_cursors WHERE subscriber IN ");
    sql.bind_list(subscribers).push(" ORDER BY xact, seq LIMIT 1");
    tx.fetch_optional(&sql.text, sql.args).await
}

/// Takes the subscriber for this transaction, and tells how far it has come; nothing if another process has it.
pub(crate) async fn take(tx: &mut Tx, subscriber: &str) -> Result<Option<Position>> {
    let lock = if tx.engine() == Engine::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!("SELECT xact, seq FROM event_cursors WHERE subscriber = $1{lock}");
    tx.fetch_optional(&sql, args![subscriber]).await
}

/// Moves a subscriber that was taken on to this place.
pub(crate) async fn move_to(tx: &mut Tx, subscriber: &str, at: Position, now: Timestamp) -> Result<()> {
    let sql = "UPDATE event_cursors SET xact = $2, seq = $3, moved_at = $4 WHERE subscriber = $1";
    tx.execute(sql, args![subscriber, at.xact, at.seq, now]).await.map(drop)
}

/// Those of these subjects for which something waits.
pub(crate) async fn held(tx: &mut Tx, subscriber: &str, subjects: &[Uuid]) -> Result<HashSet<Uuid>> {
    let mut sql = Sql::new("SELECT DISTINCT subject FROM event_retries WHERE status = 'waiting' AND subscriber = ");
    sql.bind(subscriber).push(" AND subject IN ").bind_list(subjects.iter().copied());
    let held: Vec<Uuid> = tx.fetch_all(&sql.text, sql.args).await?;
    Ok(held.into_iter().collect())
}

/// An attempt that failed.
pub(crate) struct Failed {
    pub(crate) attempts: u32,
    pub(crate) given_up: bool,
    pub(crate) run_at: Timestamp,
    pub(crate) error: String,
}

impl Failed {
    fn status(&self) -> &'static str {
        if self.given_up { "failed" } else { "waiting" }
    }
}

/// Takes an event out of the log's order: because it failed, or because an earlier one of its subject has.
pub(crate) async fn put(
    tx: &mut Tx,
    subscriber: &str,
    (at, event): &(Position, EventRow),
    failed: Option<&Failed>,
    now: Timestamp,
) -> Result<()> {
    let sql = format!(
        "INSERT INTO event_retries ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
         ON CONFLICT (subscriber, id) DO NOTHING",
        Retry::COLUMNS
    );
    let args = args![
        subscriber,
        event.id,
        at.xact,
        at.seq,
        &event.kind,
        event.subject,
        event.workspace,
        &event.payload,
        event.created_at,
        failed.map_or("waiting", Failed::status),
        failed.map_or(0, |failed| failed.attempts),
        failed.map_or(now, |failed| failed.run_at),
        failed.map(|failed| cut(&failed.error))
    ];
    tx.execute(&sql, args).await.map(drop)
}

/// Events whose next attempt is due, none of which has another of its subject before it.
pub(crate) async fn due(tx: &mut Tx, subscriber: &str, now: Timestamp, limit: u32) -> Result<Vec<EventId>> {
    let sql = "SELECT id FROM event_retries AS r WHERE subscriber = $1 AND status = 'waiting' AND run_at <= $2 AND NOT EXISTS \
               (SELECT 1 FROM event_retries AS e WHERE e.subscriber = r.subscriber AND e.subject = r.subject \
               AND e.status = 'waiting' AND (e.xact, e.seq) < (r.xact, r.seq)) ORDER BY run_at, xact, seq LIMIT $3";
    tx.fetch_all(sql, args![subscriber, now, limit]).await
}

/// An event that still waits.
pub(crate) async fn waiting(tx: &mut Tx, subscriber: &str, id: EventId) -> Result<Option<Retry>> {
    let sql = format!(
        "SELECT {} FROM event_retries WHERE subscriber = $1 AND id = $2 AND status = 'waiting'",
        Retry::COLUMNS
    );
    tx.fetch_optional(&sql, args![subscriber, id]).await
}

pub(crate) async fn done(tx: &mut Tx, subscriber: &str, id: EventId) -> Result<()> {
    tx.execute("DELETE FROM event_retries WHERE subscriber = $1 AND id = $2", args![subscriber, id]).await.map(drop)
}

/// Writes down one more attempt that failed.
pub(crate) async fn failed_again(tx: &mut Tx, subscriber: &str, id: EventId, failed: &Failed) -> Result<()> {
    let sql = "UPDATE event_retries SET attempts = $3, status = $4, run_at = $5, error = $6 WHERE subscriber = $1 AND id = $2";
    let args = args![subscriber, id, failed.attempts, failed.status(), failed.run_at, cut(&failed.error)];
    tx.execute(sql, args).await.map(drop)
}

/// The events that were set aside, oldest first.
pub async fn set_aside(tx: &mut Tx, limit: u32) -> Result<Vec<Retry>> {
    let sql = format!(
        "SELECT {} FROM event_retries WHERE status = 'failed' ORDER BY subscriber, xact, seq LIMIT $1",
        Retry::COLUMNS
    );
    tx.fetch_all(&sql, args![limit]).await
}

/// Has the events that this subscriber set aside tried once more, with all their attempts: this one, or all of them. They come after later ones of
/// their subjects then. Tells how many these are.
pub async fn retry(tx: &mut Tx, subscriber: &str, id: Option<EventId>, now: Timestamp) -> Result<u64> {
    let mut sql = Sql::new("UPDATE event_retries SET status = 'waiting', attempts = 0, run_at = ");
    sql.bind(now).push(" WHERE status = 'failed' AND subscriber = ").bind(subscriber);
    if let Some(id) = id {
        sql.push(" AND id = ").bind(id);
    }
    tx.ring(db::EVENTS);
    tx.execute(&sql.text, sql.args).await
}

/// How many wait and how many were set aside, by subscriber and status.
pub(crate) async fn counts(tx: &mut Tx) -> Result<Vec<(String, String, u64)>> {
    let sql = "SELECT subscriber, status, count(*) FROM event_retries GROUP BY subscriber, status";
    tx.fetch_all(sql, args![]).await
}

fn cut(text: &str) -> String {
    // PostgreSQL's text holds no NUL.
    text.chars().filter(|&character| character != '\0').take(LONGEST_ERROR).collect()
}
