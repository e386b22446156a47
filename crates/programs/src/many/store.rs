//! SQL of batches, and of what is asked for many members at once.

use audience::MemberId;
use db::{Listing, Sql, Tx, args};
use kernel::{Result, WorkspaceId};

use super::rows::{Batch, BatchId, BatchStatus};
use crate::model::ProgramId;
use crate::rows::Program;

/// A batch of a program.
pub(super) async fn find(
    workspace: WorkspaceId,
    tx: &mut Tx,
    program: ProgramId,
    id: BatchId,
) -> Result<Option<Batch>> {
    let mut sql = Sql::of::<Batch>();
    sql.and("id = ", id).and("program_id = ", program).and("workspace_id = ", workspace).optional(tx).await
}

/// A batch, for the job that works it.
pub(super) async fn for_job(tx: &mut Tx, id: BatchId) -> Result<Option<Batch>> {
    Sql::of::<Batch>().and("id = ", id).optional(tx).await
}

/// A page of a program's batches, the newest first, and how many there are.
pub(super) async fn page(
    workspace: WorkspaceId,
    tx: &mut Tx,
    program: ProgramId,
    limit: u32,
    offset: u32,
) -> Result<(Vec<Batch>, u64)> {
    let mut filter = Sql::filter();
    filter.and("program_id = ", program).and("workspace_id = ", workspace);
    Listing::of::<Batch>(filter).order("created_at DESC, id DESC").page(tx, limit, offset).await
}

/// The batches of a workspace by which members are enrolled, and that are not through yet.
pub(super) async fn open(workspace: WorkspaceId, tx: &mut Tx) -> Result<Vec<Batch>> {
    let mut sql = Sql::of::<Batch>();
    sql.and("workspace_id = ", workspace)
        .push(" AND kind = 'enroll' AND finished_at IS NULL ORDER BY created_at, id LIMIT 100")
        .all(tx)
        .await
}

/// Writes how far a batch is, if it still stands as it was read: so, and come as far.
pub(super) async fn save(tx: &mut Tx, next: &Batch, read: &Batch) -> Result<bool> {
    tx.save(next).was("status", read.status).was("report", read.report).done().await
}

/// Stops a batch that is not through. Tells whether it was in time.
pub(super) async fn cancel(tx: &mut Tx, batch: &Batch, now: kernel::Timestamp) -> Result<bool> {
    let sql = "UPDATE program_batches SET status = $2, finished_at = $3 WHERE id = $1 AND finished_at IS NULL";
    Ok(tx.execute(sql, args![batch.id, BatchStatus::Cancelled, now]).await? == 1)
}

/// Stops what is under way with the runs of a program: what is asked for now takes its place.
pub(super) async fn supersede(of: &Program, tx: &mut Tx, now: kernel::Timestamp) -> Result<u64> {
    let sql = "UPDATE program_batches SET status = $2, finished_at = $3 \
               WHERE program_id = $1 AND workspace_id = $4 AND kind <> 'enroll' AND finished_at IS NULL";
    tx.execute(sql, args![of.id, BatchStatus::Cancelled, now, of.workspace_id]).await
}

/// Who of these members has begun a program, and whether they are in it now: one statement for many.
pub(super) async fn who_began(
    workspace: WorkspaceId,
    tx: &mut Tx,
    program: ProgramId,
    members: &[MemberId],
) -> Result<Vec<(MemberId, bool)>> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(
        "SELECT member_id, CAST(max(CASE WHEN ended_at IS NULL THEN 1 ELSE 0 END) AS BIGINT) FROM program_enrolments WHERE program_id = ",
    );
    sql.bind(program).and("workspace_id = ", workspace).and_in("member_id", members.iter().copied());
    let all: Vec<(MemberId, i64)> = sql.push(" GROUP BY member_id").all(tx).await?;
    Ok(all.into_iter().map(|(member, is_in)| (member, is_in == 1)).collect())
}
