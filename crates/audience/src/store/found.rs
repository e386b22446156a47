//! Members found piece by piece, each in the order of an index.

use db::{Sql, Tx};
use kernel::{Result, Timestamp, WorkspaceId};

use crate::members::{Choice, Chosen};
use crate::model::{Channel, Member, MemberId, words_of};

/// By what they did last.
pub(crate) async fn silent(
    workspace: WorkspaceId,
    tx: &mut Tx,
    (at, id): (Timestamp, MemberId),
    until: Timestamp,
    most: u32,
) -> Result<Vec<(Timestamp, MemberId)>> {
    let mut sql = Sql::new("SELECT active_at, id FROM audience_members WHERE workspace_id = ");
    sql.bind(workspace).push(" AND (active_at, id) > (").bind(at).push(", ").bind(id).push(")");
    sql.and("active_at <= ", until).push(" ORDER BY active_at, id LIMIT ").bind(most).all(tx).await
}

/// By their score.
pub(crate) async fn scored_below(
    workspace: WorkspaceId,
    tx: &mut Tx,
    (score, id): (i64, MemberId),
    below: i64,
    most: u32,
) -> Result<Vec<(i64, MemberId)>> {
    let mut sql = Sql::new("SELECT score, id FROM audience_members WHERE workspace_id = ");
    sql.bind(workspace).push(" AND (score, id) > (").bind(score).push(", ").bind(id).push(") AND score >= 0");
    sql.and("score < ", below).push(" ORDER BY score, id LIMIT ").bind(most).all(tx).await
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
    if let Some(tag) = tag {
        sql.push(" AND EXISTS (SELECT 1 FROM audience_tags AS t WHERE t.member_id = audience_members.id");
        sql.and("t.workspace_id = ", workspace).and("t.tag = ", tag).push(")");
    }
    sql.all(tx).await
}

/// By when they were added.
pub(crate) async fn added_after(
    workspace: WorkspaceId,
    tx: &mut Tx,
    (at, id): (Timestamp, MemberId),
    most: u32,
) -> Result<Vec<Member>> {
    let mut sql = Sql::of::<Member>();
    sql.and("workspace_id = ", workspace).push(" AND (created_at, id) > (").bind(at).push(", ").bind(id).push(")");
    sql.push(" ORDER BY created_at, id LIMIT ").bind(most).all(tx).await
}

/// By a choice: of so many members in the order in which they were added, those who fit. One statement looks at no more, however few fit.
pub(crate) async fn chosen(
    workspace: WorkspaceId,
    tx: &mut Tx,
    choice: &Choice,
    (at, id): (Timestamp, MemberId),
    until: Timestamp,
    look_at: u32,
) -> Result<(Vec<Chosen>, Option<(Timestamp, MemberId)>)> {
    let mut sql = Sql::new("SELECT created_at, id, channel, CAST(CASE WHEN workspace_id = ");
    sql.bind(workspace).and_if("channel = ", choice.channel).and_if("is_active = ", choice.is_active);
    sql.and_if("active_at <= ", choice.silent_since);
    for word in choice.search.as_deref().map(words_of).unwrap_or_default() {
        sql.push(" AND search_text LIKE ").bind_contains(&format!(" {word}"));
    }
    if let Some(tag) = choice.tag.as_deref().map(mind::text::fold) {
        sql.push(" AND EXISTS (SELECT 1 FROM audience_tags AS t WHERE t.member_id = audience_members.id");
        sql.and("t.workspace_id = ", workspace).and("t.tag = ", tag).push(")");
    }
    sql.push(" THEN 1 ELSE 0 END AS BIGINT) FROM audience_members WHERE workspace_id = ").bind(workspace);
    sql.push(" AND (created_at, id) > (").bind(at).push(", ").bind(id).push(")");
    sql.and("created_at <= ", until).push(" ORDER BY created_at, id LIMIT ").bind(look_at);
    let all: Vec<(Timestamp, MemberId, Channel, i64)> = sql.all(tx).await?;
    let last = all.last().map(|(at, id, ..)| (*at, *id));
    let fit = all.into_iter().filter(|(.., fits)| *fits == 1);
    Ok((fit.map(|(_, id, channel, _)| Chosen { id, channel }).collect(), last))
}
