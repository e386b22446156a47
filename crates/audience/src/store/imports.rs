//! Imports, and how far they are.

use db::{Listing, Sql, Tx, args};
use kernel::{Result, Timestamp, WorkspaceId};

use crate::model::{Import, ImportId, ImportStatus};

/// An import, if it is there and of this audience.
pub(crate) async fn by_id(workspace: WorkspaceId, tx: &mut Tx, id: ImportId) -> Result<Option<Import>> {
    Sql::of::<Import>().and("id = ", id).and("workspace_id = ", workspace).optional(tx).await
}

/// An import, for the job that reads it.
pub(crate) async fn for_job(tx: &mut Tx, id: ImportId) -> Result<Option<Import>> {
    Sql::of::<Import>().and("id = ", id).optional(tx).await
}

/// A page of an audience's imports, the newest first, and how many there are.
pub(crate) async fn page(workspace: WorkspaceId, tx: &mut Tx, limit: u32, offset: u32) -> Result<(Vec<Import>, u64)> {
    let mut filter = Sql::filter();
    filter.and("workspace_id = ", workspace);
    Listing::of::<Import>(filter).order("created_at DESC, id DESC").page(tx, limit, offset).await
}

/// How many imports of an audience are not through yet.
pub(crate) async fn open(workspace: WorkspaceId, tx: &mut Tx) -> Result<u64> {
    let sql = "SELECT count(*) FROM audience_imports WHERE workspace_id = $1 AND status IN ('pending', 'processing')";
    tx.fetch_value(sql, args![workspace]).await
}

/// Writes how far an import is, if it still stands as it was read.
pub(crate) async fn save(tx: &mut Tx, import: &Import, was: ImportStatus) -> Result<bool> {
    tx.save(import).was("status", was).done().await
}

/// Old imports whose files are still kept.
pub(crate) async fn left(tx: &mut Tx, before: Timestamp, most: u32) -> Result<Vec<Import>> {
    let mut sql = Sql::of::<Import>();
    sql.push(" AND file IS NOT NULL").and("created_at < ", before);
    sql.push(" ORDER BY created_at LIMIT ").bind(most).all(tx).await
}
