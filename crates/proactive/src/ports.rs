//! What proactive rules ask of programs; the wiring fills it in.

use async_trait::async_trait;
use audience::MemberId;
pub use audience::ports::ProgramId;
use db::Tx;
use kernel::{Result, Timestamp, WorkspaceId};
use uuid::Uuid;

/// Somebody's run through a program, as a rule looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Who.
    pub member_id: MemberId,
    /// Their enrolment.
    pub enrolment_id: Uuid,
    /// When it last went on.
    pub since: Timestamp,
}

/// Which runs are wanted: those behind a place in the order of (since, member).
#[derive(Clone, Copy, Debug)]
pub struct Runs {
    /// Those through this program; through all, if none is named.
    pub program: Option<ProgramId>,
    /// Those that last went on at this moment or before.
    pub until: Timestamp,
    /// Those behind this place.
    pub after: (Timestamp, MemberId),
    /// No more than this.
    pub most: u32,
}

/// Whoever knows who takes part in what. Everything in the transaction of its caller, and of one workspace.
#[async_trait]
pub trait Programs: Send + Sync + 'static {
    /// Is this program the workspace's?
    async fn has(&self, tx: &mut Tx, workspace: WorkspaceId, program: ProgramId) -> Result<bool>;

    /// Active runs that have stood still, in the order of (since, member).
    async fn stalled(&self, tx: &mut Tx, workspace: WorkspaceId, wanted: Runs) -> Result<Vec<Run>>;

    /// Active runs that are this far at least, from 0 to 1, in the order of (since, member).
    async fn near_end(&self, tx: &mut Tx, workspace: WorkspaceId, at_least: f64, wanted: Runs) -> Result<Vec<Run>>;

    /// Which of these members take part in a program now.
    async fn taking_part(
        &self,
        tx: &mut Tx,
        workspace: WorkspaceId,
        program: ProgramId,
        members: &[MemberId],
    ) -> Result<Vec<MemberId>>;

    /// Enrols a member; nothing happens where they take part already, or where the program takes nobody.
    async fn enrol(&self, tx: &mut Tx, workspace: WorkspaceId, member: MemberId, program: ProgramId) -> Result<()>;
}

/// There are no programs: nobody takes part in any.
#[derive(Clone, Copy, Debug)]
pub struct NoPrograms;

#[async_trait]
impl Programs for NoPrograms {
    async fn has(&self, _: &mut Tx, _: WorkspaceId, _: ProgramId) -> Result<bool> {
        Ok(false)
    }

    async fn stalled(&self, _: &mut Tx, _: WorkspaceId, _: Runs) -> Result<Vec<Run>> {
        Ok(Vec::new())
    }

    async fn near_end(&self, _: &mut Tx, _: WorkspaceId, _: f64, _: Runs) -> Result<Vec<Run>> {
        Ok(Vec::new())
    }

    async fn taking_part(&self, _: &mut Tx, _: WorkspaceId, _: ProgramId, _: &[MemberId]) -> Result<Vec<MemberId>> {
        Ok(Vec::new())
    }

    async fn enrol(&self, _: &mut Tx, _: WorkspaceId, _: MemberId, _: ProgramId) -> Result<()> {
        Ok(())
    }
}
