//! What members allow.

use db::{Sql, Tx, args};
use kernel::{Result, WorkspaceId};

use crate::model::{Member, MemberId, Permission};

/// Everything that a member has said, oldest first.
pub(crate) async fn of(tx: &mut Tx, member: &Member) -> Result<Vec<Permission>> {
    let mut sql = Sql::of::<Permission>();
    sql.and("member_id = ", member.id).and("workspace_id = ", member.workspace_id);
    sql.push(" ORDER BY at, id").all(tx).await
}

/// Everything that these members have said, oldest first.
pub(crate) async fn of_all(workspace: WorkspaceId, tx: &mut Tx, ids: &[MemberId]) -> Result<Vec<Permission>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::of::<Permission>();
    sql.and_in("member_id", ids.iter().copied())
        .and("workspace_id = ", workspace)
        .push(" ORDER BY at, id")
        .all(tx)
        .await
}

/// Gives all that one member has said to another.
pub(crate) async fn give(tx: &mut Tx, from: MemberId, to: MemberId) -> Result<u64> {
    tx.execute("UPDATE audience_permissions SET member_id = $1 WHERE member_id = $2", args![to, from]).await
}
