//! Corrections that were proposed of who an entry says somebody is.

use db::{Sql, Tx};
use http_base::Offsets;
use kernel::{AccountId, CreatorId, Id, Result, Timestamp, WorkspaceId};

use crate::Viewer;

#[doc(hidden)]
#[derive(Debug)]
pub(crate) enum CorrectionMarker {}
/// A correction that was proposed.
pub(crate) type CorrectionId = Id<CorrectionMarker>;

/// What was proposed, and what became of it.
#[derive(Clone, Debug, db::Row)]
#[row(table = "creator_corrections")]
pub(crate) struct Correction {
    /// Its id.
    pub id: CorrectionId,
    /// Of which entry.
    pub creator_id: CreatorId,
    /// By whom; the demo's administrator is nobody.
    pub proposed_by: Option<AccountId>,
    /// From which workspace.
    pub workspace_id: Option<WorkspaceId>,
    /// The fields and what they should say, as JSON.
    pub changes: String,
    /// Why.
    pub note: Option<String>,
    /// `open`, `accepted` or `rejected`.
    pub status: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// By whom.
    pub decided_by: Option<AccountId>,
}

/// Adds a correction to an entry that the caller may see.
pub(crate) async fn insert(tx: &mut Tx, correction: &Correction) -> Result<()> {
    tx.insert(correction).await
}

/// Of an entry: all of them for whoever decides, else those of one's own workspace, or of oneself.
fn of(sql: &mut Sql, creator: CreatorId, own: Option<(Viewer, AccountId)>) {
    sql.and("creator_id = ", creator);
    if let Some((viewer, account)) = own {
        sql.push(" AND (proposed_by = ").bind(account).push(" OR workspace_id = ").bind(viewer.workspace).push(")");
    }
}

/// A page of the corrections of an entry, newest first, and how many there are.
pub(crate) async fn list(
    tx: &mut Tx,
    creator: CreatorId,
    own: Option<(Viewer, AccountId)>,
    offsets: Offsets,
) -> Result<(Vec<Correction>, u64)> {
    let mut sql = Sql::new("SELECT count(*) FROM creator_corrections WHERE TRUE");
    of(&mut sql, creator, own);
    let total = sql.one(tx).await?;
    let mut sql = Sql::of::<Correction>();
    of(&mut sql, creator, own);
    sql.push(" ORDER BY created_at DESC, id DESC LIMIT ").bind(offsets.limit).push(" OFFSET ").bind(offsets.offset);
    Ok((sql.all(tx).await?, total))
}

/// How many corrections of this entry nobody has decided.
pub(crate) async fn count_open(tx: &mut Tx, creator: CreatorId) -> Result<u64> {
    Sql::new("SELECT count(*) FROM creator_corrections WHERE status = 'open'")
        .and("creator_id = ", creator)
        .one(tx)
        .await
}

/// A correction of this entry.
pub(crate) async fn find(tx: &mut Tx, creator: CreatorId, id: CorrectionId) -> Result<Option<Correction>> {
    Sql::of::<Correction>().and("creator_id = ", creator).and("id = ", id).optional(tx).await
}

/// Decides a correction; false if it was decided already.
pub(crate) async fn decide(
    tx: &mut Tx,
    id: CorrectionId,
    status: &str,
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<bool> {
    let mut sql = Sql::new("UPDATE creator_corrections SET status = ");
    sql.bind(status).push(", decided_at = ").bind(now).push(", decided_by = ").bind(by).push(" WHERE status = 'open'");
    Ok(sql.and("id = ", id).run(tx).await? == 1)
}
