//! What the hub tells of programs.

use async_trait::async_trait;
use db::Tx;
use hub::ports::{ProgramDay, ProgramId, Programs, TopProgram};
use kernel::{Day, Result, WorkspaceId};

/// Programs, as the hub asks them.
pub(super) struct Counted;

/// A sum that is kept; it never falls below 0.
fn count(sum: i64) -> u64 {
    u64::try_from(sum).unwrap_or_default()
}

#[async_trait]
impl Programs for Counted {
    async fn days(&self, tx: &mut Tx, workspace: WorkspaceId, from: Day, until: Day) -> Result<Vec<ProgramDay>> {
        let days = programs::figures::days(tx, workspace, from, until).await?;
        let told = days.into_iter().map(|own| ProgramDay {
            day: own.day,
            program_id: own.program_id,
            enrolled: count(own.enrolled),
            completed: count(own.completed),
        });
        Ok(told.collect())
    }

    async fn top(&self, tx: &mut Tx, workspace: WorkspaceId, most: u32) -> Result<Vec<TopProgram>> {
        let top = programs::figures::top(tx, workspace, most).await?;
        let told = top.into_iter().map(|own| TopProgram {
            program_id: own.program_id,
            name: own.name,
            enrollments: count(own.enrollments),
            completed: count(own.completed),
        });
        Ok(told.collect())
    }

    async fn names(&self, tx: &mut Tx, workspace: WorkspaceId, ids: &[ProgramId]) -> Result<Vec<(ProgramId, String)>> {
        programs::figures::names(tx, workspace, ids).await
    }
}
