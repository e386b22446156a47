//! What other slices have programs do and tell, in their own transactions.

use audience::MemberId;
use db::{Sql, Tx};
use kernel::{Result, Timestamp, WorkspaceId};

use crate::Programs;
use crate::enrol::{self, Begun, How};
use crate::model::{EnrolmentId, ProgramId};
use crate::rows::WHOLE;

/// That a member takes part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Enrolled {
    /// The run.
    pub enrolment_id: EnrolmentId,
    /// Did it begin now, or was it under way?
    pub is_new: bool,
}

/// Enrols a member in a published program; `how` is kept with the run (`rule`, `bulk`). A run that is under way is answered as it is; who may not begin
/// (the program is no published one, they have taken part, they want no messages) is a [`kernel::Kind::Conflict`], what is not there a
/// [`kernel::Kind::NotFound`]. Neither has written anything.
pub async fn enrol(
    programs: &Programs,
    tx: &mut Tx,
    workspace: WorkspaceId,
    member: MemberId,
    program: ProgramId,
    how: &str,
) -> Result<Enrolled> {
    match enrol::begin(programs, tx, (workspace, member), program, How::automatic(how)).await? {
        Begun::New(run) => Ok(Enrolled { enrolment_id: run.id, is_new: true }),
        Begun::Running(run) => Ok(Enrolled { enrolment_id: run.id, is_new: false }),
        Begun::Refused(refusal) => Err(refusal.error()),
    }
}

/// A run that stands still, or is near its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, db::Row)]
pub struct Stalled {
    /// Who.
    pub member_id: MemberId,
    /// In which program.
    pub program_id: ProgramId,
    /// The run.
    pub enrolment_id: EnrolmentId,
    /// Since when it is at its node.
    pub since: Timestamp,
}

/// Runs that are under way and came to their node before a moment, in the order of (since, member), behind `after`; of one program or of all. `most` at once.
pub async fn stalled(
    tx: &mut Tx,
    workspace: WorkspaceId,
    program: Option<ProgramId>,
    until: Timestamp,
    after: Option<(Timestamp, MemberId)>,
    most: u32,
) -> Result<Vec<Stalled>> {
    let mut sql = active(workspace, program, after);
    sql.and("moved_at < ", until).push(" ORDER BY moved_at, member_id LIMIT ").bind(most).all(tx).await
}

/// The same of runs that are as far as this or further (`at_least` from 0 to 1).
pub async fn near_end(
    tx: &mut Tx,
    workspace: WorkspaceId,
    program: Option<ProgramId>,
    at_least: f64,
    after: Option<(Timestamp, MemberId)>,
    most: u32,
) -> Result<Vec<Stalled>> {
    let far = (at_least.clamp(0.0, 1.0) * WHOLE as f64) as i64;
    let mut sql = active(workspace, program, after);
    sql.and("progress >= ", far).push(" ORDER BY moved_at, member_id LIMIT ").bind(most).all(tx).await
}

fn active(workspace: WorkspaceId, program: Option<ProgramId>, after: Option<(Timestamp, MemberId)>) -> Sql {
    let mut sql = Sql::new(
        "SELECT member_id, program_id, id, moved_at FROM program_enrolments WHERE status = 'active' AND workspace_id = ",
    );
    sql.bind(workspace).and_if("program_id = ", program);
    if let Some((since, member)) = after {
        sql.and("moved_at >= ", since).push(" AND (moved_at > ").bind(since);
        sql.push(" OR member_id > ").bind(member).push(")");
    }
    sql
}

/// Which of these members are under way in a program.
pub async fn taking_part(
    tx: &mut Tx,
    workspace: WorkspaceId,
    program: ProgramId,
    members: &[MemberId],
) -> Result<Vec<MemberId>> {
    let mut sql =
        Sql::new("SELECT DISTINCT member_id FROM program_enrolments WHERE status = 'active' AND workspace_id = ");
    sql.bind(workspace).and("program_id = ", program).and_in("member_id", members.iter().copied()).all(tx).await
}

/// When the next run is due, whoever's it is: nothing happens by itself before.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    crate::store::enrolments::next_due(tx).await
}
