//! Members who end: what of theirs becomes another's, and what is taken away.

use db::{Listing, Sql, Tx, args};
use kernel::{Result, WorkspaceId};

use crate::model::{Ended, EndedId, Member};

/// Adds the days of one member to another's, and tells how many there were.
pub(crate) async fn give_days(tx: &mut Tx, from: &Member, to: &Member) -> Result<u64> {
    let sql = "INSERT INTO audience_member_days \
               (workspace_id, channel, day, member_id, interactions, own, asked, answered, came) \
               SELECT workspace_id, channel, day, $1, interactions, own, asked, answered, came \
               FROM audience_member_days WHERE member_id = $2 \
               ON CONFLICT (workspace_id, channel, day, member_id) DO UPDATE SET \
               interactions = audience_member_days.interactions + excluded.interactions, \
               own = audience_member_days.own + excluded.own, asked = audience_member_days.asked + excluded.asked, \
               answered = audience_member_days.answered + excluded.answered, \
               came = (audience_member_days.came OR excluded.came)";
    tx.execute(sql, args![to.id, from.id]).await?;
    tx.execute("DELETE FROM audience_member_days WHERE member_id = $1", args![from.id]).await
}

/// Takes away whatever is kept about a member but for their row and their tags; tells how much there was of what.
pub(crate) async fn erase(tx: &mut Tx, member: &Member) -> Result<Vec<(&'static str, u64)>> {
    let mut took = Vec::new();
    for (name, sql) in [
        ("identities", "DELETE FROM audience_identities WHERE member_id = $1"),
        ("permissions", "DELETE FROM audience_permissions WHERE member_id = $1"),
        ("notes", "DELETE FROM audience_notes WHERE member_id = $1"),
        ("badges", "DELETE FROM audience_badges_earned WHERE member_id = $1"),
        ("interactions", "DELETE FROM audience_interactions WHERE member_id = $1"),
        ("days", "DELETE FROM audience_member_days WHERE member_id = $1"),
    ] {
        took.push((name, tx.execute(sql, args![member.id]).await?));
    }
    Ok(took)
}

/// How a member ended, if they did.
pub(crate) async fn by_id(workspace: WorkspaceId, tx: &mut Tx, id: EndedId) -> Result<Option<Ended>> {
    Sql::of::<Ended>().and("id = ", id).and("workspace_id = ", workspace).optional(tx).await
}

/// A page of the ends of an audience's members, the newest first, and how many there are.
pub(crate) async fn page(workspace: WorkspaceId, tx: &mut Tx, limit: u32, offset: u32) -> Result<(Vec<Ended>, u64)> {
    let mut filter = Sql::filter();
    filter.and("workspace_id = ", workspace);
    Listing::of::<Ended>(filter).order("at DESC, id DESC").page(tx, limit, offset).await
}
