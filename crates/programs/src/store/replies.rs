//! What members wrote that runs have heard, until they are moved by it.

use db::{Json, Sql, Tx, args};
use kernel::{Id, Result, Timestamp, WorkspaceId};

use crate::model::EnrolmentId;

#[doc(hidden)]
#[derive(Debug)]
pub(crate) enum ReplyMarker {}
/// A reply that was heard.
pub(crate) type ReplyId = Id<ReplyMarker>;

/// The bell that is rung when there is something to do.
pub(crate) const BELL: &str = "programs";

/// A reply, as it is stored.
#[derive(Clone, Debug, PartialEq, db::Row)]
#[row(table = "program_replies")]
pub(crate) struct Reply {
    pub(crate) id: ReplyId,
    pub(crate) enrolment_id: EnrolmentId,
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) said: Json<Heard>,
    pub(crate) run_at: Timestamp,
    pub(crate) faults: i64,
}

/// What was heard.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Heard {
    /// The words.
    pub(crate) text: String,
    /// The button.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) pressed: Option<String>,
}

/// Replies whose time has come, in their order.
pub(crate) async fn due(tx: &mut Tx, now: Timestamp, most: u32) -> Result<Vec<Reply>> {
    let mut sql = Sql::of::<Reply>();
    sql.and("run_at <= ", now).push(" ORDER BY run_at, id LIMIT ").bind(most).all(tx).await
}

/// Takes a reply away; tells whether it was there: whoever does it works it.
pub(crate) async fn take(tx: &mut Tx, id: ReplyId) -> Result<bool> {
    Ok(tx.execute("DELETE FROM program_replies WHERE id = $1", args![id]).await? == 1)
}

/// Has a reply come again later.
pub(crate) async fn put_off(tx: &mut Tx, reply: &Reply, again: Timestamp) -> Result<()> {
    let sql = "UPDATE program_replies SET run_at = $2, faults = faults + 1 WHERE id = $1";
    tx.execute(sql, args![reply.id, again]).await.map(drop)
}
