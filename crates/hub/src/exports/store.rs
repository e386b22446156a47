//! All SQL of exports.

use db::{Listing, Sql, Tx, args};
use kernel::{AccountId, Result, Timestamp, WorkspaceId};

use super::model::{Export, ExportId, ExportStatus};

/// Has everybody else of this workspace who asks for an export wait until this transaction is over.
pub(super) async fn gate(tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
    let sql = "INSERT INTO hub_export_gates (workspace_id, asked) VALUES ($1, 1) ON CONFLICT (workspace_id) \
               DO UPDATE SET asked = hub_export_gates.asked + 1";
    tx.execute(sql, args![workspace]).await.map(drop)
}

/// When a workspace's exports since a moment were asked for, the oldest first, but at most so many; those that failed do not count.
pub(super) async fn asked(workspace: WorkspaceId, tx: &mut Tx, since: Timestamp, most: u32) -> Result<Vec<Timestamp>> {
    let mut sql = Sql::new("SELECT created_at FROM hub_exports WHERE workspace_id = ");
    sql.bind(workspace).and("created_at > ", since).and("status <> ", ExportStatus::Failed);
    sql.push(" ORDER BY created_at LIMIT ").bind(most).all(tx).await
}

/// An export, if it is this workspace's.
pub(super) async fn by_id(workspace: WorkspaceId, tx: &mut Tx, id: ExportId) -> Result<Option<Export>> {
    Sql::of::<Export>().and("id = ", id).and("workspace_id = ", workspace).optional(tx).await
}

/// An export, for the job that makes it and for whoever has its link.
pub(super) async fn any(tx: &mut Tx, id: ExportId) -> Result<Option<Export>> {
    Sql::of::<Export>().and("id = ", id).optional(tx).await
}

/// A page of a workspace's exports, the newest first, and how many there are.
pub(super) async fn page(workspace: WorkspaceId, tx: &mut Tx, limit: u32, offset: u32) -> Result<(Vec<Export>, u64)> {
    let mut filter = Sql::filter();
    filter.and("workspace_id = ", workspace);
    Listing::of::<Export>(filter).order("created_at DESC, id DESC").page(tx, limit, offset).await
}

/// How long the workspace's last completed export took, in microseconds.
pub(super) async fn last_took(workspace: WorkspaceId, tx: &mut Tx) -> Result<Option<i64>> {
    let sql = "SELECT completed_at - created_at FROM hub_exports WHERE workspace_id = $1 AND completed_at IS NOT NULL \
               ORDER BY created_at DESC LIMIT 1";
    tx.fetch_optional(sql, args![workspace]).await
}

/// Writes a part of the file, and how many there are now; nothing if the export is not being made any more. Whoever makes it a second time writes over the
/// first.
pub(super) async fn keep(tx: &mut Tx, id: ExportId, part: u64, rows: u64, body: &str) -> Result<bool> {
    let sql = "UPDATE hub_exports SET parts_done = CASE WHEN parts_done > $2 THEN parts_done ELSE $2 END \
               WHERE id = $1 AND status = 'processing'";
    if tx.execute(sql, args![id, part + 1]).await? == 0 {
        return Ok(false);
    }
    let sql = "INSERT INTO hub_export_parts (export_id, part, row_count, bytes, body) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (export_id, part) DO UPDATE SET row_count = excluded.row_count, bytes = excluded.bytes, body = excluded.body";
    tx.execute(sql, args![id, part, rows, body.len() as u64, body]).await?;
    Ok(true)
}

/// How many rows and bytes have been written.
pub(super) async fn written(tx: &mut Tx, id: ExportId) -> Result<(u64, u64)> {
    let sql = "SELECT CAST(coalesce(sum(row_count), 0) AS BIGINT), CAST(coalesce(sum(bytes), 0) AS BIGINT) \
               FROM hub_export_parts WHERE export_id = $1";
    tx.fetch_one(sql, args![id]).await
}

/// Saves how an export stands, if it is still being made.
pub(super) async fn end(tx: &mut Tx, export: &Export) -> Result<bool> {
    tx.save(export).was("status", ExportStatus::Processing).done().await
}

/// A part of the file, by its place from 0.
pub(super) async fn part(tx: &mut Tx, id: ExportId, part: u64) -> Result<Option<String>> {
    let sql = "SELECT body FROM hub_export_parts WHERE export_id = $1 AND part = $2";
    tx.fetch_optional(sql, args![id, part]).await
}

/// Forgets some of the exports whose time is over; tells how many.
pub(super) async fn forget(tx: &mut Tx, now: Timestamp, most: u32) -> Result<u64> {
    let sql = "SELECT id FROM hub_exports WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2";
    let over: Vec<ExportId> = tx.fetch_all(sql, args![now, most]).await?;
    for id in &over {
        tx.execute("DELETE FROM hub_export_parts WHERE export_id = $1", args![*id]).await?;
        tx.execute("DELETE FROM hub_exports WHERE id = $1", args![*id]).await?;
    }
    Ok(over.len() as u64)
}

/// Takes away what this account has exported, and what was exported of its own hub.
pub(crate) async fn erase(tx: &mut Tx, account: AccountId) -> Result<()> {
    let own = WorkspaceId::from_uuid(account.uuid());
    let sql = "DELETE FROM hub_export_parts WHERE export_id IN \
               (SELECT id FROM hub_exports WHERE account_id = $1 OR workspace_id = $2)";
    tx.execute(sql, args![account, own]).await?;
    tx.execute("DELETE FROM hub_exports WHERE account_id = $1 OR workspace_id = $2", args![account, own]).await?;
    tx.execute("DELETE FROM hub_export_gates WHERE workspace_id = $1", args![own]).await.map(drop)
}
