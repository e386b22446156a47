//! Members found piece by piece, each in the order of an index.

use db::{Sql, Tx};
use kernel::{Result, Timestamp, WorkspaceId};

use crate::model::{Channel, Member, MemberId};

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
