//! What members allow.

use db::{Sql, Tx, args};
use kernel::Result;

use crate::model::{Member, MemberId, Permission};

/// Everything that a member has said, oldest first.
pub(crate) async fn of(tx: &mut Tx, member: &Member) -> Result<Vec<Permission>> {
    let mut sql = Sql::of::<Permission>();
    sql.and("member_id = ", member.id).and("workspace_id = ", member.workspace_id);
    sql.push(" ORDER BY at, id").all(tx).await
}

/// Gives all that one member has said to another.
pub(crate) async fn give(tx: &mut Tx, from: MemberId, to: MemberId) -> Result<u64> {
    tx.execute("UPDATE audience_permissions SET member_id = $1 WHERE member_id = $2", args![to, from]).await
}
