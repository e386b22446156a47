//! What the hub must know of programs, which are another slice's.

use async_trait::async_trait;
use db::Tx;
use kernel::{Day, Result, WorkspaceId};

pub use audience::ports::ProgramId;

/// The sums of a program on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramDay {
    /// Which day, in the workspace's time zone.
    pub day: Day,
    /// Which program.
    pub program_id: ProgramId,
    /// Enrolments that began.
    pub enrolled: u64,
    /// Enrolments that were completed.
    pub completed: u64,
}

/// A program and what came of it so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopProgram {
    /// Which program.
    pub program_id: ProgramId,
    /// What it is called.
    pub name: String,
    /// All enrolments so far.
    pub enrollments: u64,
    /// Those of them that were completed.
    pub completed: u64,
}

/// Whoever keeps programs and their sums.
#[async_trait]
pub trait Programs: Send + Sync {
    /// The sums of each day from `from` to `until`, both in it, of each program that had any, in the order of the days.
    async fn days(&self, tx: &mut Tx, workspace: WorkspaceId, from: Day, until: Day) -> Result<Vec<ProgramDay>>;

    /// At most so many programs, those with the most enrolments first.
    async fn top(&self, tx: &mut Tx, workspace: WorkspaceId, most: u32) -> Result<Vec<TopProgram>>;

    /// What these programs are called; those that are not there, or another workspace's, are left out.
    async fn names(&self, tx: &mut Tx, workspace: WorkspaceId, ids: &[ProgramId]) -> Result<Vec<(ProgramId, String)>>;
}

/// A server without programs.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPrograms;

#[async_trait]
impl Programs for NoPrograms {
    async fn days(&self, _: &mut Tx, _: WorkspaceId, _: Day, _: Day) -> Result<Vec<ProgramDay>> {
        Ok(Vec::new())
    }

    async fn top(&self, _: &mut Tx, _: WorkspaceId, _: u32) -> Result<Vec<TopProgram>> {
        Ok(Vec::new())
    }

    async fn names(&self, _: &mut Tx, _: WorkspaceId, _: &[ProgramId]) -> Result<Vec<(ProgramId, String)>> {
        Ok(Vec::new())
    }
}
