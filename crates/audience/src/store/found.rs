//! Members found piece by piece, each in the order of an index.

use db::{FromRow, Sql, Tx, Value};
use kernel::{Result, Timestamp, WorkspaceId};

use super::listing::{behind, tagged, with_words};
use crate::members::{Choice, Chosen};
use crate::model::{Channel, Member, MemberId, words_of};

/// By what they did last.
pub(crate) async fn silent(
    workspace: WorkspaceId,
    tx: &mut Tx,
    after: (Timestamp, MemberId),
    until: Timestamp,
    most: u32,
) -> Result<Vec<(Timestamp, MemberId)>> {
    let mut sql = Sql::new("SELECT active_at, id FROM audience_members WHERE workspace_id = ");
    sql.bind(workspace).and("active_at <= ", until);
    walked(tx, sql, "active_at", after, most).await
}

/// By their score.
pub(crate) async fn scored_below(
    workspace: WorkspaceId,
    tx: &mut Tx,
    after: (i64, MemberId),
    below: i64,
    most: u32,
) -> Result<Vec<(i64, MemberId)>> {
    let mut sql = Sql::new("SELECT score, id FROM audience_members WHERE workspace_id = ");
    sql.bind(workspace).push(" AND score >= 0").and("score < ", below);
    walked(tx, sql, "score", after, most).await
}

/// Those of some who are on a channel and have a tag.
pub(crate) async fn among(
    workspace: WorkspaceId,
    tx: &mut Tx,
    ids: &[MemberId],
    channel: Option<Channel>,
    tag: Option<&str>,
) -> Result<Vec<MemberId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT id FROM audience_members WHERE workspace_id = ");
    sql.bind(workspace).and_in("id", ids.iter().copied()).and_if("channel = ", channel);
    tagged(&mut sql, workspace, tag);
    sql.all(tx).await
}

/// By when they were added.
pub(crate) async fn added_after(
    workspace: WorkspaceId,
    tx: &mut Tx,
    after: (Timestamp, MemberId),
    most: u32,
) -> Result<Vec<Member>> {
    let mut sql = Sql::of::<Member>();
    sql.and("workspace_id = ", workspace);
    walked(tx, sql, "created_at", after, most).await
}

/// By a choice: of so many members in the order in which they were added, those who fit. One statement looks at no more, however few fit.
pub(crate) async fn chosen(
    workspace: WorkspaceId,
    tx: &mut Tx,
    choice: &Choice,
    after: (Timestamp, MemberId),
    until: Timestamp,
    look_at: u32,
) -> Result<(Vec<Chosen>, Option<(Timestamp, MemberId)>)> {
    let mut sql = Sql::new("SELECT created_at, id, channel, CAST(CASE WHEN workspace_id = ");
    sql.bind(workspace).and_if("channel = ", choice.channel).and_if("is_active = ", choice.is_active);
    sql.and_if("active_at <= ", choice.silent_since);
    with_words(&mut sql, choice.search.as_deref().map(words_of).unwrap_or_default());
    tagged(&mut sql, workspace, choice.tag.as_deref().map(mind::text::fold).as_deref());
    sql.push(" THEN 1 ELSE 0 END AS BIGINT) FROM audience_members WHERE workspace_id = ").bind(workspace);
    sql.and("created_at <= ", until);
    let all: Vec<(Timestamp, MemberId, Channel, i64)> = walked(tx, sql, "created_at", after, look_at).await?;
    let last = all.last().map(|(at, id, ..)| (*at, *id));
    let fit = all.into_iter().filter(|(.., fits)| *fits == 1);
    Ok((fit.map(|(_, id, channel, _)| Chosen { id, channel }).collect(), last))
}

/// Returns the next members after a position, in the order of a column and the id.
async fn walked<R: FromRow + Send>(
    tx: &mut Tx,
    mut sql: Sql,
    column: &str,
    after: (impl Into<Value>, MemberId),
    most: u32,
) -> Result<Vec<R>> {
    behind(&mut sql, column, after, true);
    sql.push(&format!(" ORDER BY {column}, id LIMIT ")).bind(most).all(tx).await
}
