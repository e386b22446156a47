//! Programs and their versions.

use db::{Listing, Sql, Tx, args, contains_pattern};
use kernel::{Result, WorkspaceId};

use crate::model::{ProgramId, Trigger};
use crate::rows::{Program, ProgramStatus, Version};

/// How many programs a workspace may have.
pub(crate) const MOST: u64 = 1_000;

/// A program of this workspace.
pub(crate) async fn find(workspace: WorkspaceId, tx: &mut Tx, id: ProgramId) -> Result<Option<Program>> {
    Sql::of::<Program>().and("workspace_id = ", workspace).and("id = ", id).optional(tx).await
}

/// The same, as nobody else changes it until the transaction is over.
pub(crate) async fn locked(workspace: WorkspaceId, tx: &mut Tx, id: ProgramId) -> Result<Option<Program>> {
    let sql = "UPDATE programs SET revision = revision WHERE id = $1 AND workspace_id = $2";
    tx.execute(sql, args![id, workspace]).await?;
    find(workspace, tx, id).await
}

/// How many programs there are.
pub(crate) async fn count(workspace: WorkspaceId, tx: &mut Tx) -> Result<u64> {
    tx.fetch_value("SELECT count(*) FROM programs WHERE workspace_id = $1", args![workspace]).await
}

/// Which programs are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// Those that stand so.
    pub(crate) status: Option<ProgramStatus>,
    /// Those whose name or description has this in it.
    pub(crate) search: Option<String>,
}

/// A page of programs, the newest first, and how many there are.
pub(crate) async fn page(
    workspace: WorkspaceId,
    tx: &mut Tx,
    wanted: &Wanted,
    limit: u32,
    offset: u32,
) -> Result<(Vec<Program>, u64)> {
    let mut filter = Sql::filter();
    filter.and("workspace_id = ", workspace).and_if("status = ", wanted.status);
    if let Some(search) = &wanted.search {
        let pattern = contains_pattern(search);
        filter.push(" AND name_folded LIKE ").bind(pattern).push(" ESCAPE '\\'");
    }
    Listing::of::<Program>(filter).order("created_at DESC, id DESC").page(tx, limit, offset).await
}

/// A version that was published.
pub(crate) async fn version(
    workspace: WorkspaceId,
    tx: &mut Tx,
    program: ProgramId,
    number: i64,
) -> Result<Option<Version>> {
    let mut sql = Sql::of::<Version>();
    sql.and("workspace_id = ", workspace).and("program_id = ", program).and("version = ", number).optional(tx).await
}

/// The versions of a program, the newest first, and how many there are.
pub(crate) async fn versions(of: &Program, tx: &mut Tx, limit: u32, offset: u32) -> Result<(Vec<Version>, u64)> {
    let mut filter = Sql::filter();
    filter.and("workspace_id = ", of.workspace_id).and("program_id = ", of.id);
    Listing::of::<Version>(filter).order("version DESC").page(tx, limit, offset).await
}

/// The number of the newest version; 0 where none was published.
pub(crate) async fn newest(of: &Program, tx: &mut Tx) -> Result<i64> {
    let sql = "SELECT COALESCE(max(version), 0) FROM program_versions WHERE program_id = $1";
    tx.fetch_value(sql, args![of.id]).await
}

/// The published programs that something makes members begin: with a tag or another program, those that name it.
pub(crate) async fn that_start(
    workspace: WorkspaceId,
    tx: &mut Tx,
    by: Trigger,
    tag: Option<&str>,
    after: Option<ProgramId>,
) -> Result<Vec<Program>> {
    let mut sql = Sql::of::<Program>();
    sql.and("workspace_id = ", workspace)
        .and("starts_by = ", by)
        .push(" AND starts_by IS NOT NULL AND status = 'published'");
    sql.and_if("starts_tag = ", tag).and_if("starts_after = ", after).push(" ORDER BY created_at, id LIMIT 100");
    sql.all(tx).await
}

/// What these programs are called.
pub(crate) async fn names(workspace: WorkspaceId, tx: &mut Tx, ids: &[ProgramId]) -> Result<Vec<(ProgramId, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT id, name FROM programs WHERE workspace_id = ");
    sql.bind(workspace).and_in("id", ids.iter().copied()).all(tx).await
}

/// Deletes a draft that nobody was ever enrolled in. Tells whether it was there.
pub(crate) async fn delete(of: &Program, tx: &mut Tx) -> Result<bool> {
    let sql = "DELETE FROM programs WHERE id = $1 AND workspace_id = $2 AND status = 'draft' AND revision = $3";
    Ok(tx.execute(sql, args![of.id, of.workspace_id, of.revision]).await? == 1)
}

/// Writes a program over what was read of it; tells whether it stood as it was read.
pub(crate) async fn save(tx: &mut Tx, of: &mut Program) -> Result<bool> {
    if !tx.save(of).done().await? {
        return Ok(false);
    }
    tx.execute("UPDATE programs SET revision = revision + 1 WHERE id = $1", args![of.id]).await?;
    of.revision += 1;
    Ok(true)
}
