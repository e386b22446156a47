//! What happens with programs. Events name programs, runs and members by their ids.

use audience::MemberId;
use events::{Kind, event};
use kernel::WorkspaceId;

use crate::model::{EnrolmentId, ProgramId};

/// Everything that happens here.
pub const EVENTS: &[Kind] = &[
    Kind::of::<ProgramCreated>(),
    Kind::of::<ProgramPublished>(),
    Kind::of::<ProgramArchived>(),
    Kind::of::<ProgramEnrolled>(),
    Kind::of::<ProgramCompleted>(),
    Kind::of::<ProgramLeft>(),
];

/// A program was drawn.
#[event("program.created", subject = program_id)]
pub struct ProgramCreated {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The program.
    pub program_id: ProgramId,
}

/// A version of a program was published: members can be enrolled in it.
#[event("program.published", subject = program_id)]
pub struct ProgramPublished {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The program.
    pub program_id: ProgramId,
    /// The version.
    pub version: i64,
}

/// A program was archived: nobody begins it any more.
#[event("program.archived", subject = program_id)]
pub struct ProgramArchived {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The program.
    pub program_id: ProgramId,
}

/// A member begins a program.
#[event("program.enrolled", subject = user_id)]
pub struct ProgramEnrolled {
    /// Whose program it is.
    pub workspace_id: WorkspaceId,
    /// The member.
    pub user_id: MemberId,
    /// The program.
    pub program_id: ProgramId,
    /// The run.
    pub enrollment_id: EnrolmentId,
}

/// A member completed a program.
#[event("program.completed", subject = user_id)]
pub struct ProgramCompleted {
    /// Whose program it is.
    pub workspace_id: WorkspaceId,
    /// The member.
    pub user_id: MemberId,
    /// The program.
    pub program_id: ProgramId,
    /// The run.
    pub enrollment_id: EnrolmentId,
}

/// A member left a program before its end, or was taken out.
#[event("program.left", subject = user_id)]
pub struct ProgramLeft {
    /// Whose program it is.
    pub workspace_id: WorkspaceId,
    /// The member.
    pub user_id: MemberId,
    /// The program.
    pub program_id: ProgramId,
    /// The run.
    pub enrollment_id: EnrolmentId,
    /// Why: `exited`, `unenrolled`, `archived`, `reentered`, `opted_out`, `failed`.
    pub reason: String,
}
