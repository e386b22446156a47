//! Members who are enrolled together, as that is stored.

use audience::MemberId;
use db::Json;
use kernel::{AccountId, Id, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::filter::AudienceFilter;
use super::judge::Left;
use crate::model::ProgramId;

#[doc(hidden)]
#[derive(Debug)]
pub(crate) enum BatchMarker {}
/// Members who are enrolled together.
pub(crate) type BatchId = Id<BatchMarker>;

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
#[row(table = "program_batches", key(id), fixed(workspace_id, program_id, account_id, filter, created_at))]
pub(crate) struct Batch {
    pub(crate) id: BatchId,
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) program_id: ProgramId,
    /// Who wants it, as long as they are there.
    pub(crate) account_id: Option<AccountId>,
    pub(crate) filter: Json<AudienceFilter>,
    pub(crate) status: BatchStatus,
    /// How many the filter finds, once they were counted.
    pub(crate) total: Option<u64>,
    pub(crate) report: Json<Counts>,
    /// Whom it has come to, in the order in which members were added.
    pub(crate) after_at: Option<Timestamp>,
    pub(crate) after_id: Option<MemberId>,
    /// Why it could not go on.
    pub(crate) error: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) finished_at: Option<Timestamp>,
}

impl Batch {
    /// The same after its end.
    pub(crate) fn ended(&self, status: BatchStatus, error: Option<String>, now: Timestamp) -> Self {
        Self { status, error, finished_at: Some(now), ..self.clone() }
    }
}
