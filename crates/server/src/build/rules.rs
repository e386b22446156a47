//! What proactive rules ask of programs.

use ::programs::Programs;
use async_trait::async_trait;
use audience::MemberId;
use db::Tx;
use kernel::{Kind, Result, WorkspaceId};
use proactive::ports::{self, ProgramId, Run, Runs};

/// The programs of this server.
pub(super) struct Known(pub(super) Programs);

#[async_trait]
impl ports::Programs for Known {
    async fn has(&self, tx: &mut Tx, workspace: WorkspaceId, program: ProgramId) -> Result<bool> {
        Ok(!programs::figures::names(tx, workspace, &[program]).await?.is_empty())
    }

    async fn stalled(&self, tx: &mut Tx, workspace: WorkspaceId, wanted: Runs) -> Result<Vec<Run>> {
        // Programs ask for what went on before a moment, rules for what had at it.
        let until = wanted.until.plus(1);
        let rows = programs::stalled(tx, workspace, wanted.program, until, Some(wanted.after), wanted.most).await?;
        Ok(rows.into_iter().map(run).collect())
    }

    async fn near_end(&self, tx: &mut Tx, workspace: WorkspaceId, at_least: f64, wanted: Runs) -> Result<Vec<Run>> {
        let after = Some(wanted.after);
        let rows = programs::near_end(tx, workspace, wanted.program, at_least, after, wanted.most).await?;
        Ok(rows.into_iter().map(run).collect())
    }

    async fn taking_part(
        &self,
        tx: &mut Tx,
        workspace: WorkspaceId,
        program: ProgramId,
        members: &[MemberId],
    ) -> Result<Vec<MemberId>> {
        programs::taking_part(tx, workspace, program, members).await
    }

    async fn enrol(&self, tx: &mut Tx, workspace: WorkspaceId, member: MemberId, program: ProgramId) -> Result<()> {
        match programs::enrol(&self.0, tx, workspace, member, program, "rule").await {
            // Who may not begin, or what is not there any more: nothing was written.
            Err(error) if matches!(error.kind(), Kind::Conflict | Kind::NotFound) => Ok(()),
            came => came.map(drop),
        }
    }
}

fn run(of: programs::Stalled) -> Run {
    Run { member_id: of.member_id, enrolment_id: of.enrolment_id.uuid(), since: of.since }
}
