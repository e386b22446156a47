//! Tags of members, and how many have each.

use db::{Sql, Stored as _, Tx, args};
use kernel::{Result, Timestamp, WorkspaceId};

use super::counts::{self, Move};
use crate::model::{Member, MemberId, TagRow};

/// A member's tags, in order.
pub(crate) async fn of(tx: &mut Tx, member: &Member) -> Result<Vec<TagRow>> {
    let mut sql = Sql::of::<TagRow>();
    sql.and("member_id = ", member.id).and("workspace_id = ", member.workspace_id).push(" ORDER BY tag").all(tx).await
}

/// Those of several members, in order.
pub(crate) async fn of_all(tx: &mut Tx, workspace: WorkspaceId, members: &[MemberId]) -> Result<Vec<TagRow>> {
    let mut sql = Sql::of::<TagRow>();
    sql.and_in("member_id", members.iter().copied()).and("workspace_id = ", workspace);
    sql.push(" ORDER BY member_id, tag").all(tx).await
}

/// Gives a member these tags, written as they are here; tells which are new.
pub(crate) async fn add(tx: &mut Tx, member: &Member, labels: &[String], now: Timestamp) -> Result<Vec<TagRow>> {
    let mut added = Vec::new();
    for label in labels {
        let row = TagRow {
            workspace_id: member.workspace_id,
            tag: mind::text::fold(label),
            member_id: member.id,
            label: label.clone(),
            created_at: now,
        };
        if tx.insert_rows(TagRow::INTO, "ON CONFLICT DO NOTHING", vec![row.values()]).await? == 1 {
            added.push(row);
        }
    }
    let moves = added.iter().map(|row| Move::tagged((&row.tag, &row.label), member.channel, member.is_active, 1));
    counts::change(tx, member.workspace_id, moves.collect()).await?;
    Ok(added)
}

/// Takes a tag from a member; tells whether they had it.
pub(crate) async fn remove(tx: &mut Tx, member: &Member, tag: &str) -> Result<bool> {
    let sql = "DELETE FROM audience_tags WHERE workspace_id = $1 AND tag = $2 AND member_id = $3";
    if tx.execute(sql, args![member.workspace_id, tag, member.id]).await? == 0 {
        return Ok(false);
    }
    let moves = vec![Move::tagged((tag, ""), member.channel, member.is_active, -1)];
    counts::change(tx, member.workspace_id, moves).await?;
    Ok(true)
}

/// Takes all tags from a member, and tells which they were.
pub(crate) async fn clear(tx: &mut Tx, member: &Member) -> Result<Vec<TagRow>> {
    let rows = of(tx, member).await?;
    tx.execute("DELETE FROM audience_tags WHERE member_id = $1", args![member.id]).await?;
    let moves = rows.iter().map(|row| Move::tagged((&row.tag, ""), member.channel, member.is_active, -1));
    counts::change(tx, member.workspace_id, moves.collect()).await?;
    Ok(rows)
}

/// A tag of an audience, and how many have it.
#[derive(Clone, Debug, PartialEq, Eq, db::Row)]
pub(crate) struct TagCount {
    /// As it is compared.
    pub tag: String,
    /// As it was written first.
    pub label: String,
    /// How many members have it.
    pub members: u64,
}

/// The tags of an audience that somebody has, in order, and how many there are.
pub(crate) async fn counts(
    workspace: WorkspaceId,
    tx: &mut Tx,
    limit: u32,
    offset: u32,
) -> Result<(Vec<TagCount>, u64)> {
    let of = "FROM audience_counts WHERE workspace_id = $1 AND tag <> '' GROUP BY tag HAVING sum(members) > 0";
    let sql = format!("SELECT tag, max(label), CAST(sum(members) AS BIGINT) {of} ORDER BY tag LIMIT $2 OFFSET $3");
    let page = tx.fetch_all(&sql, args![workspace, limit, offset]).await?;
    let sql = format!("SELECT count(*) FROM (SELECT tag {of}) AS tags");
    Ok((page, tx.fetch_value(&sql, args![workspace]).await?))
}

/// How these tags are written.
pub(crate) async fn labels(tx: &mut Tx, workspace: WorkspaceId, tags: Vec<String>) -> Result<Vec<(String, String)>> {
    let mut sql = Sql::new("SELECT tag, max(label) FROM audience_counts WHERE workspace_id = ");
    sql.bind(workspace).and_in("tag", tags).push(" GROUP BY tag").all(tx).await
}
