//! Talks.

use db::{Sql, Tx, args};
use kernel::{Result, Scope, Timestamp};
use mind::dialogue::Talk;

use super::scoped;
use crate::model::{Session, json};

/// The most sessions that a list tells.
const MOST: u32 = 1_000;

/// Makes a session, unless there is one of that call.
pub async fn insert(scope: Scope, tx: &mut Tx, session: &Session) -> Result<bool> {
    debug_assert!(scope.sees_everything() || scope.workspace() == session.workspace_id);
    let sql = "INSERT INTO voice_sessions (sid, call_id, workspace_id, brief, lang, turn, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, 0, $6, $6) ON CONFLICT (sid) DO NOTHING";
    let values = args![
        &session.sid,
        session.call_id,
        session.workspace_id,
        json(&session.brief.0)?,
        &session.lang,
        session.created_at,
    ];
    Ok(tx.execute(sql, values).await? == 1)
}

/// One session.
pub async fn session(scope: Scope, tx: &mut Tx, sid: &str) -> Result<Option<Session>> {
    let mut sql = Sql::new(format!("SELECT {} FROM voice_sessions WHERE sid = ", Session::COLUMNS));
    sql.bind(sid);
    scoped(&mut sql, scope);
    tx.fetch_optional(&sql.text, sql.args).await
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
    sql.bind(json(turn.talk)?).push(", answer = ").bind(turn.answer).push(", token = ").bind(turn.token);
    sql.push(", turn = turn + 1, partial = NULL, updated_at = ").bind(now);
    if turn.over {
        sql.push(", ended_at = ").bind(now);
    }
    sql.push(" WHERE ended_at IS NULL AND sid = ").bind(&session.sid).push(" AND turn = ").bind(session.turn);
    scoped(&mut sql, scope);
    Ok(tx.execute(&sql.text, sql.args).await? == 1)
}

/// Keeps what is half heard, for whoever looks on.
pub async fn half_heard(scope: Scope, tx: &mut Tx, sid: &str, text: &str) -> Result<()> {
    let mut sql = Sql::new("UPDATE voice_sessions SET partial = ");
    sql.bind(text).push(" WHERE ended_at IS NULL AND sid = ").bind(sid);
    scoped(&mut sql, scope);
    tx.execute(&sql.text, sql.args).await.map(drop)
}

/// Ends a session; false if it is not there or was over.
pub async fn end(scope: Scope, tx: &mut Tx, sid: &str, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE voice_sessions SET updated_at = ");
    sql.bind(now).push(", ended_at = ").bind(now).push(" WHERE ended_at IS NULL AND sid = ").bind(sid);
    scoped(&mut sql, scope);
    Ok(tx.execute(&sql.text, sql.args).await? == 1)
}

/// The sessions that are not over, the newest first (a thousand at most), and how many there are.
pub async fn active(scope: Scope, tx: &mut Tx) -> Result<(Vec<String>, u64)> {
    let mut count = Sql::new("SELECT count(*) FROM voice_sessions WHERE ended_at IS NULL");
    scoped(&mut count, scope);
    let total = tx.fetch_value(&count.text, count.args).await?;
    let mut sql = Sql::new("SELECT sid FROM voice_sessions WHERE ended_at IS NULL");
    scoped(&mut sql, scope);
    sql.push(" ORDER BY created_at DESC, sid DESC LIMIT ").bind(MOST);
    Ok((tx.fetch_all(&sql.text, sql.args).await?, total))
}
