//! What happens in moderation. People are told by ids alone: who reads the report or the decision sees the rest.

use events::{Kind, event};
use kernel::{AccountId, WorkspaceId};
use uuid::Uuid;

use crate::model::{Action, Report, ReportId, Subject};

/// Everything that happens here.
pub const EVENTS: &[Kind] =
    &[Kind::of::<ModerationReported>(), Kind::of::<ModerationDecided>(), Kind::of::<ModerationRestored>()];

/// A report and what it is about.
#[event(subject = report_id)]
pub struct ModerationFacts {
    /// Always null: it is no activity of a workspace.
    pub workspace_id: Option<WorkspaceId>,
    /// The report.
    pub report_id: ReportId,
    /// What kind of thing it is about,
    pub subject: Subject,
    /// and which.
    pub subject_id: Uuid,
    /// Whose it is.
    pub owner_id: AccountId,
    /// Who reported it.
    pub reporter_id: AccountId,
    /// What was done; null before it is decided.
    pub action: Option<Action>,
}

impl From<&Report> for ModerationFacts {
    fn from(report: &Report) -> Self {
        Self {
            workspace_id: None,
            report_id: report.id,
            subject: report.subject,
            subject_id: report.subject_id,
            owner_id: report.owner_id,
            reporter_id: report.reporter_id,
            action: report.action,
        }
    }
}

/// Something was reported.
#[event("moderation.reported")]
pub struct ModerationReported(pub ModerationFacts);

/// An administrator decided a report: its owner and its reporter may be told.
#[event("moderation.decided")]
pub struct ModerationDecided(pub ModerationFacts);

/// What a decision did was undone.
#[event("moderation.restored")]
pub struct ModerationRestored(pub ModerationFacts);
