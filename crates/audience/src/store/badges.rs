//! Badges, and who has earned them.

use db::{Listing, Sql, Stored as _, Tx, args};
use kernel::{Result, Timestamp, WorkspaceId};

use crate::model::{Badge, BadgeEarned, BadgeId, Member, MemberId};

/// A badge, if it is there and of this audience.
pub(crate) async fn by_id(workspace: WorkspaceId, tx: &mut Tx, id: BadgeId) -> Result<Option<Badge>> {
    Sql::of::<Badge>().and("id = ", id).and("workspace_id = ", workspace).optional(tx).await
}

/// The badge of this name, whatever its case.
pub(crate) async fn by_name(workspace: WorkspaceId, tx: &mut Tx, name: &str) -> Result<Option<Badge>> {
    let key = mind::text::fold(name);
    Sql::of::<Badge>().and("workspace_id = ", workspace).and("name_key = ", key).optional(tx).await
}

/// A page of the badges of an audience by their names, with how often each was earned, and how many there are.
pub(crate) async fn page(
    workspace: WorkspaceId,
    tx: &mut Tx,
    limit: u32,
    offset: u32,
) -> Result<(Vec<(Badge, u64)>, u64)> {
    let mut filter = Sql::filter();
    filter.and("workspace_id = ", workspace);
    let columns = format!(
        "{}, (SELECT count(*) FROM audience_badges_earned AS e WHERE e.badge_id = audience_badges.id)",
        Badge::COLUMNS
    );
    Listing::new("audience_badges", columns, filter).order("name_key, id").page(tx, limit, offset).await
}

/// A badge that a member has, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, db::Row)]
pub(crate) struct Earned {
    /// Who.
    pub member_id: MemberId,
    /// Which.
    pub badge_id: BadgeId,
    /// What it is called.
    pub name: String,
    /// Since when.
    pub earned_at: Timestamp,
}

/// The badges that a member has, the newest first.
pub(crate) async fn of(tx: &mut Tx, member: &Member) -> Result<Vec<Earned>> {
    let sql = "SELECT e.member_id, e.badge_id, b.name, e.earned_at FROM audience_badges_earned AS e \
               JOIN audience_badges AS b ON b.id = e.badge_id WHERE e.member_id = $1 AND e.workspace_id = $2 \
               ORDER BY e.earned_at DESC, e.badge_id DESC";
    tx.fetch_all(sql, args![member.id, member.workspace_id]).await
}

/// Gives a member a badge; tells whether they did not have it.
pub(crate) async fn earn(tx: &mut Tx, member: &Member, badge: BadgeId, at: Timestamp) -> Result<bool> {
    let row = BadgeEarned { member_id: member.id, badge_id: badge, workspace_id: member.workspace_id, earned_at: at };
    tx.insert_new(&row).await
}

/// Takes a badge from a member; tells whether they had it.
pub(crate) async fn take(tx: &mut Tx, member: &Member, badge: BadgeId) -> Result<bool> {
    let sql = "DELETE FROM audience_badges_earned WHERE member_id = $1 AND badge_id = $2 AND workspace_id = $3";
    Ok(tx.execute(sql, args![member.id, badge, member.workspace_id]).await? == 1)
}

/// Takes a badge away, from everybody who has it; tells whether it was there.
pub(crate) async fn delete(workspace: WorkspaceId, tx: &mut Tx, badge: BadgeId) -> Result<bool> {
    let sql = "DELETE FROM audience_badges WHERE id = $1 AND workspace_id = $2";
    if tx.execute(sql, args![badge, workspace]).await? == 0 {
        return Ok(false);
    }
    tx.execute("DELETE FROM audience_badges_earned WHERE badge_id = $1", args![badge]).await?;
    Ok(true)
}

/// Gives all badges of one member to another; of two of a kind the older one stays.
pub(crate) async fn give(tx: &mut Tx, from: &Member, to: &Member) -> Result<u64> {
    let rows: Vec<BadgeEarned> = Sql::of::<BadgeEarned>().and("member_id = ", from.id).all(tx).await?;
    tx.execute("DELETE FROM audience_badges_earned WHERE member_id = $1", args![from.id]).await?;
    let moved = rows.iter().map(|row| BadgeEarned { member_id: to.id, ..row.clone() }.values()).collect();
    let conflict = "ON CONFLICT (member_id, badge_id) DO UPDATE SET earned_at = \
                    CASE WHEN excluded.earned_at < audience_badges_earned.earned_at THEN excluded.earned_at \
                    ELSE audience_badges_earned.earned_at END";
    tx.insert_rows(BadgeEarned::INTO, conflict, moved).await
}

/// How many have a badge.
pub(crate) async fn earned(tx: &mut Tx, badge: BadgeId) -> Result<u64> {
    tx.fetch_value("SELECT count(*) FROM audience_badges_earned WHERE badge_id = $1", args![badge]).await
}
