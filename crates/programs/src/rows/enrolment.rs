//! A member's run through a program, as it is stored.

use audience::MemberId;
use db::Json;
use kernel::{Timestamp, WorkspaceId};

use crate::model::{EnrolmentId, Memory, ProgramId, State, Waiting};

/// How a run stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "ProgramEnrollmentStatus")]
pub enum EnrolmentStatus {
    /// It goes on.
    Active,
    /// It was stopped for this member, to be resumed.
    Paused,
    /// The member came through.
    Completed,
    /// The member left before the goal, or was taken out.
    Exited,
    /// It could not go on.
    Failed,
}

/// A run.
#[derive(Clone, Debug, PartialEq, db::Row)]
#[row(table = "program_enrolments", key(id), fixed(workspace_id, program_id, run, how, enrolled_at))]
pub struct Enrolment {
    /// Its id.
    pub id: EnrolmentId,
    /// Whose program it is.
    pub workspace_id: WorkspaceId,
    /// Which program,
    pub program_id: ProgramId,
    /// and which version of it.
    pub version: i64,
    /// Who.
    pub member_id: MemberId,
    /// Which time of this member's, from 1.
    pub run: i64,
    /// How it stands.
    pub status: EnrolmentStatus,
    /// At which node it is.
    pub node: String,
    /// How many nodes it has come to; whoever moves the run compares it.
    pub step: i64,
    /// When it goes on by itself.
    pub due_at: Option<Timestamp>,
    /// What it waits for.
    pub waiting_for: Waiting,
    /// Does it wait for a message of the member, now?
    pub listens: bool,
    /// Is it due, and waits for a person to hand the conversation back?
    pub is_held: bool,
    /// What it remembers.
    pub memory: Json<Memory>,
    /// How far it is, in millionths; it never falls.
    pub progress: i64,
    /// How the member came to be enrolled: `manual`, `rule`, `tag`.
    pub how: String,
    /// Why it ended, where it did not complete.
    pub reason: Option<String>,
    /// How often it could not be moved, on end.
    pub faults: i64,
    /// Since when.
    pub enrolled_at: Timestamp,
    /// When it came to its node, or was moved last.
    pub moved_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// Millionths.
pub(crate) const WHOLE: i64 = 1_000_000;

impl Enrolment {
    /// The state that a step begins with.
    pub fn state(&self) -> State {
        State {
            node: self.node.clone(),
            waiting: self.waiting_for,
            due_at: self.due_at,
            step: self.step,
            memory: self.memory.0.clone(),
            ended: None,
        }
    }

    /// How far it is, from 0 to 1.
    pub fn fraction(&self) -> f64 {
        self.progress as f64 / WHOLE as f64
    }

    /// Is it under way, if it may be paused?
    pub const fn is_running(&self) -> bool {
        matches!(self.status, EnrolmentStatus::Active | EnrolmentStatus::Paused)
    }
}
