//! What came of programs, from the sums that are moved with each run.

pub(crate) mod split;

use audience::ports::ProgramId;
use db::{Sql, Tx, args};
use kernel::{Day, Result, WorkspaceId};

use crate::store;

/// A day of a program.
#[derive(Clone, Debug, PartialEq, Eq, db::Row)]
pub struct ProgramDay {
    /// The day, in the workspace's time zone.
    pub day: Day,
    /// The program.
    pub program_id: ProgramId,
    /// How many began on it.
    pub enrolled: i64,
    /// How many completed on it.
    pub completed: i64,
}

/// A program, and how many took part.
#[derive(Clone, Debug, PartialEq, Eq, db::Row)]
pub struct TopProgram {
    /// Which.
    pub program_id: ProgramId,
    /// What it is called.
    pub name: String,
    /// How many runs were begun in it, ever.
    pub enrollments: i64,
    /// How many of them were completed.
    pub completed: i64,
}

/// Each day of each program from `from` to `until` (both counted), in order; days on which nobody began or completed are left out.
pub async fn days(tx: &mut Tx, workspace: WorkspaceId, from: Day, until: Day) -> Result<Vec<ProgramDay>> {
    let sql = "SELECT day, program_id, enrolled, completed FROM program_days \
               WHERE workspace_id = $1 AND day >= $2 AND day <= $3 AND (enrolled > 0 OR completed > 0) ORDER BY day, program_id";
    tx.fetch_all(sql, args![workspace, from.0, until.0]).await
}

/// The programs that most runs were begun in, ever; at most so many, and none that nobody began.
pub async fn top(tx: &mut Tx, workspace: WorkspaceId, most: u32) -> Result<Vec<TopProgram>> {
    let sql = "SELECT p.id, p.name, CAST(sum(d.enrolled) AS BIGINT), CAST(sum(d.completed) AS BIGINT) FROM program_days d \
               JOIN programs p ON p.id = d.program_id WHERE d.workspace_id = $1 GROUP BY p.id, p.name \
               HAVING sum(d.enrolled) > 0 ORDER BY sum(d.enrolled) DESC, p.id LIMIT $2";
    tx.fetch_all(sql, args![workspace, most]).await
}

/// What these programs are called; who is not there is left out.
pub async fn names(tx: &mut Tx, workspace: WorkspaceId, ids: &[ProgramId]) -> Result<Vec<(ProgramId, String)>> {
    store::programs::names(workspace, tx, ids).await
}

/// The sums of some programs as they are now, for pages: nothing where nobody began.
pub(crate) async fn totals(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ids: &[ProgramId],
) -> Result<std::collections::HashMap<ProgramId, store::sums::Totals>> {
    let all = store::sums::totals(workspace, tx, ids).await?;
    Ok(all.into_iter().map(|one| (one.program_id, one)).collect())
}

/// A part of a whole, with four decimals; nothing of nothing.
pub(crate) fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0)
}

/// What was asked and answered, of all versions.
pub(crate) async fn answered(tx: &mut Tx, questions: &[String], program: ProgramId) -> Result<(i64, i64)> {
    if questions.is_empty() {
        return Ok((0, 0));
    }
    let mut sql = Sql::new(
        "SELECT CAST(COALESCE(sum(replied), 0) AS BIGINT), CAST(COALESCE(sum(entered), 0) AS BIGINT) FROM program_node_tallies WHERE program_id = ",
    );
    sql.bind(program).and_in("node", questions.iter().cloned()).one(tx).await
}
