//! Talks.

use db::{Json, Listing, Sql, Tx};
use kernel::{Result, Scope, Timestamp};
use mind::dialogue::Talk;

use crate::model::Session;

/// The most sessions that a list tells.
const MOST: u32 = 1_000;

/// Makes a session, unless there is one of that call.
pub async fn insert(scope: Scope, tx: &mut Tx, session: &Session) -> Result<bool> {
    debug_assert!(scope.sees_everything() || scope.workspace() == session.workspace_id);
    tx.insert_new(session).await
}

/// One session.
pub async fn session(scope: Scope, tx: &mut Tx, sid: &str) -> Result<Option<Session>> {
    let mut sql = Sql::of::<Session>();
    sql.and("sid = ", sid);
    sql.within(scope, "workspace_id");
    sql.optional(tx).await
}

/// What a turn came to.
pub struct Turn<'a> {
    /// The talk after it.
    pub talk: &'a Talk,
    /// What is answered.
    pub answer: &'a str,
    /// What the request called itself.
    pub token: Option<&'a str>,
    /// Is the talk over?
    pub over: bool,
}

/// Writes a turn, if nobody wrote it meanwhile.
pub async fn turn(scope: Scope, tx: &mut Tx, session: &Session, turn: &Turn<'_>, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE voice_sessions SET talk = ");
    sql.bind(Json(turn.talk)).push(", answer = ").bind(turn.answer).push(", token = ").bind(turn.token);
    sql.push(", turn = turn + 1, partial = NULL, updated_at = ").bind(now);
    if turn.over {
        sql.push(", ended_at = ").bind(now);
    }
    sql.push(" WHERE ended_at IS NULL AND sid = ").bind(&session.sid).push(" AND turn = ").bind(session.turn);
    sql.within(scope, "workspace_id");
    Ok(sql.run(tx).await? == 1)
}

/// Keeps what is half heard, for whoever looks on.
pub async fn half_heard(scope: Scope, tx: &mut Tx, sid: &str, text: &str) -> Result<()> {
    let mut sql = Sql::new("UPDATE voice_sessions SET partial = ");
    sql.bind(text).push(" WHERE ended_at IS NULL AND sid = ").bind(sid);
    sql.within(scope, "workspace_id");
    sql.run(tx).await.map(drop)
}

/// Ends a session; false if it is not there or was over.
pub async fn end(scope: Scope, tx: &mut Tx, sid: &str, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE voice_sessions SET updated_at = ");
    sql.bind(now).push(", ended_at = ").bind(now).push(" WHERE ended_at IS NULL AND sid = ").bind(sid);
    sql.within(scope, "workspace_id");
    Ok(sql.run(tx).await? == 1)
}

/// The sessions that are not over, the newest first (a thousand at most), and how many there are.
pub async fn active(scope: Scope, tx: &mut Tx) -> Result<(Vec<String>, u64)> {
    let mut sql = Sql::filter();
    sql.push(" AND ended_at IS NULL").within(scope, "workspace_id");
    Listing::new("voice_sessions", "sid", sql).order("created_at DESC, sid DESC").page(tx, MOST, 0).await
}
