//! What happened with members.

use db::{Sql, Tx, args};
use kernel::{Result, Timestamp};

use crate::model::{Interaction, Member, MemberId};

/// A page of what happened with a member, the newest first.
pub(crate) async fn newest(
    tx: &mut Tx,
    member: &Member,
    before: Option<(Timestamp, crate::model::InteractionId)>,
    most: u32,
) -> Result<Vec<Interaction>> {
    let mut sql = Sql::of::<Interaction>();
    sql.and("member_id = ", member.id).and("workspace_id = ", member.workspace_id);
    if let Some((at, id)) = before {
        sql.push(" AND (at < ").bind(at).push(" OR (at = ").bind(at).push(" AND id < ").bind(id).push("))");
    }
    sql.push(" ORDER BY at DESC, id DESC LIMIT ").bind(most).all(tx).await
}

/// Gives all that happened with one member to another.
pub(crate) async fn give(tx: &mut Tx, from: MemberId, to: MemberId) -> Result<u64> {
    tx.execute("UPDATE audience_interactions SET member_id = $1 WHERE member_id = $2", args![to, from]).await
}

/// A page of what happened with a member, the newest first; how many there are stands in the member.
pub(crate) async fn page(tx: &mut Tx, member: &Member, limit: u32, offset: u32) -> Result<Vec<Interaction>> {
    let mut sql = Sql::of::<Interaction>();
    sql.and("member_id = ", member.id).and("workspace_id = ", member.workspace_id);
    sql.push(" ORDER BY at DESC, id DESC LIMIT ").bind(limit).push(" OFFSET ").bind(offset).all(tx).await
}
