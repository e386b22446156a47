//! What is done with many members or runs, as that is stored.

use audience::MemberId;
use db::Json;
use kernel::{AccountId, Id, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::filter::AudienceFilter;
use super::judge::Left;
use crate::model::{EnrolmentId, ProgramId};
use crate::rows::Program;

#[doc(hidden)]
#[derive(Debug)]
pub(crate) enum BatchMarker {}
/// What is done with many.
pub(crate) type BatchId = Id<BatchMarker>;

/// What is done with many.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "ProgramBatchKind")]
pub(crate) enum BatchKind {
    /// Members begin the program.
    Enroll,
    /// Runs go on in a version that was published.
    Move,
    /// Runs end with their program.
    Cancel,
}

/// How far a batch is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "ProgramBatchStatus")]
pub(crate) enum BatchStatus {
    /// It waits for its turn.
    Pending,
    /// Members are enrolled.
    Running,
    /// All were come to.
    Completed,
    /// It could not go on: `error` says why. Who was enrolled until then is.
    Failed,
    /// Somebody stopped it. Who was enrolled until then is.
    Cancelled,
}

impl BatchStatus {
    /// Does it go on?
    pub(crate) const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Running)
    }
}

/// Who is left out, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProgramLeftOut)]
#[serde(default)]
pub(crate) struct LeftOut {
    /// They are in the program already.
    pub(crate) enrolled_already: u64,
    /// They have taken part, and once is all.
    pub(crate) taken_part: u64,
    /// They want no messages.
    pub(crate) opted_out: u64,
    /// They wrote nowhere yet, and the workspace has no working channel of their type.
    pub(crate) unreachable: u64,
    /// They were enrolled, erased or began too often in the same moment.
    pub(crate) other: u64,
}

/// How many were come to, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Counts {
    /// Whom the filter found.
    pub(crate) done: u64,
    /// Who begins the program.
    pub(crate) enrolled: u64,
    /// Who does not.
    pub(crate) skipped: LeftOut,
    /// Runs that go on in the new version,
    pub(crate) moved: u64,
    /// and runs that stay in theirs.
    pub(crate) stayed: u64,
    /// Runs that were ended.
    pub(crate) cancelled: u64,
}

impl Counts {
    /// Counts one more who is left out.
    pub(crate) fn leave(&mut self, why: Left) {
        let of = &mut self.skipped;
        let place = match why {
            Left::Already => &mut of.enrolled_already,
            Left::TakenPart => &mut of.taken_part,
            Left::OptedOut => &mut of.opted_out,
            Left::Unreachable => &mut of.unreachable,
            Left::Other => &mut of.other,
        };
        *place += 1;
        self.done += 1;
    }

    /// Counts one more who begins.
    pub(crate) fn enrol(&mut self) {
        self.enrolled += 1;
        self.done += 1;
    }
}

/// A batch.
#[derive(Clone, Debug, PartialEq, db::Row)]
#[row(
    table = "program_batches",
    key(id),
    fixed(workspace_id, program_id, account_id, kind, version, filter, created_at)
)]
pub(crate) struct Batch {
    pub(crate) id: BatchId,
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) program_id: ProgramId,
    /// Who wants it, as long as they are there.
    pub(crate) account_id: Option<AccountId>,
    pub(crate) kind: BatchKind,
    /// Into which version runs move.
    pub(crate) version: Option<i64>,
    pub(crate) filter: Json<AudienceFilter>,
    pub(crate) status: BatchStatus,
    /// How many the filter finds, once they were counted.
    pub(crate) total: Option<u64>,
    pub(crate) report: Json<Counts>,
    /// Whom it has come to, in the order in which members were added.
    pub(crate) after_at: Option<Timestamp>,
    pub(crate) after_id: Option<MemberId>,
    /// To which run, in the order of their ids.
    pub(crate) after_run: Option<EnrolmentId>,
    /// Why it could not go on.
    pub(crate) error: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) finished_at: Option<Timestamp>,
}

impl Batch {
    /// One that waits for its turn.
    pub(crate) fn new(of: &Program, id: BatchId, by: AccountId, kind: BatchKind, now: Timestamp) -> Self {
        Self {
            id,
            workspace_id: of.workspace_id,
            program_id: of.id,
            account_id: Some(by),
            kind,
            version: (kind == BatchKind::Move).then_some(of.version),
            filter: Json(AudienceFilter::default()),
            status: BatchStatus::Pending,
            total: None,
            report: Json(Counts::default()),
            after_at: None,
            after_id: None,
            after_run: None,
            error: None,
            created_at: now,
            started_at: None,
            finished_at: None,
        }
    }

    /// The same once it is begun.
    pub(crate) fn begun(&self, total: u64, now: Timestamp) -> Self {
        Self { status: BatchStatus::Running, total: Some(total), started_at: Some(now), ..self.clone() }
    }

    /// The same after its end.
    pub(crate) fn ended(&self, status: BatchStatus, error: Option<String>, now: Timestamp) -> Self {
        Self { status, error, finished_at: Some(now), ..self.clone() }
    }
}
