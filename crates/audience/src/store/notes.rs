//! Notes about members.

use db::{Listing, Sql, Tx, args};
use kernel::{Result, Timestamp};

use crate::model::{Member, MemberId, Note, NoteId};

/// A page of the notes about a member, the newest first, and how many there are.
pub(crate) async fn page(tx: &mut Tx, member: &Member, limit: u32, offset: u32) -> Result<(Vec<Note>, u64)> {
    let mut filter = Sql::filter();
    filter.and("member_id = ", member.id).and("workspace_id = ", member.workspace_id);
    Listing::of::<Note>(filter).order("created_at DESC, id DESC").page(tx, limit, offset).await
}

/// A note about a member, if it is there.
pub(crate) async fn by_id(tx: &mut Tx, member: &Member, id: NoteId) -> Result<Option<Note>> {
    let mut sql = Sql::of::<Note>();
    sql.and("id = ", id).and("member_id = ", member.id).and("workspace_id = ", member.workspace_id).optional(tx).await
}

/// Changes what a note says; tells whether it is there.
pub(crate) async fn change(tx: &mut Tx, member: &Member, id: NoteId, content: &str, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE audience_notes SET content = $1, updated_at = $2 WHERE id = $3 AND member_id = $4 AND workspace_id = $5";
    Ok(tx.execute(sql, args![content, now, id, member.id, member.workspace_id]).await? == 1)
}

/// Takes a note away; tells whether it was there.
pub(crate) async fn delete(tx: &mut Tx, member: &Member, id: NoteId) -> Result<bool> {
    let sql = "DELETE FROM audience_notes WHERE id = $1 AND member_id = $2 AND workspace_id = $3";
    Ok(tx.execute(sql, args![id, member.id, member.workspace_id]).await? == 1)
}

/// Gives all notes about one member to another.
pub(crate) async fn give(tx: &mut Tx, from: MemberId, to: MemberId) -> Result<u64> {
    tx.execute("UPDATE audience_notes SET member_id = $1 WHERE member_id = $2", args![to, from]).await
}

/// All notes about a member, oldest first.
pub(crate) async fn all(tx: &mut Tx, member: &Member) -> Result<Vec<Note>> {
    let mut sql = Sql::of::<Note>();
    sql.and("member_id = ", member.id).and("workspace_id = ", member.workspace_id);
    sql.push(" ORDER BY created_at, id").all(tx).await
}
