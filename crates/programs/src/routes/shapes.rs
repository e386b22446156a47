//! What is told of programs and of runs.

use audience::MemberId;
use http_base::Pagination;
use kernel::{AccountId, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::figures::share;
use crate::model::{EnrolmentId, Problem, ProgramId, Waiting};
use crate::rows::{Enrolment, EnrolmentStatus, Program, ProgramStatus, Version};
use crate::store::sums::Totals;

/// A program.
#[derive(Serialize, ToSchema)]
pub(super) struct ProgramBody {
    /// Its id.
    id: ProgramId,
    /// What it is called.
    #[schema(example = "Weight Loss Journey")]
    name: String,
    /// What it is for.
    description: Option<String>,
    /// The flow as it is drawn now; members walk through the version that was published.
    #[schema(value_type = Object)]
    flow_definition: Map<String, Value>,
    /// How it stands.
    status: ProgramStatus,
    /// The version that members begin; of one that was never published, the version that it will be.
    version: i64,
    /// Does the flow, or do the settings, differ from what is published?
    has_changes: bool,
    /// The settings as they were sent.
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
    /// What is worth knowing of the flow, and what stands in the way of publishing it.
    warnings: Vec<Problem>,
    /// When it was drawn.
    created_at: Timestamp,
    /// When it was changed last.
    updated_at: Timestamp,
    /// When it was published last.
    published_at: Option<Timestamp>,
    /// How many runs were begun in it.
    enrollment_count: i64,
    /// Which part of them was completed; null where there is none.
    completion_rate: Option<f64>,
}

impl ProgramBody {
    pub(super) fn of(program: Program, warnings: Vec<Problem>, totals: Option<&Totals>) -> Self {
        let (enrolled, completed) = totals.map_or((0, 0), |all| (all.enrolled, all.completed));
        Self {
            id: program.id,
            name: program.name,
            description: program.description,
            flow_definition: program.definition.0,
            status: program.status,
            version: program.version,
            has_changes: program.is_changed,
            settings: program.settings.0,
            warnings,
            created_at: program.created_at,
            updated_at: program.updated_at,
            published_at: program.published_at,
            enrollment_count: enrolled,
            completion_rate: share(completed, enrolled),
        }
    }
}

/// A program with what came of it.
#[derive(Serialize, ToSchema)]
pub(super) struct ProgramDetails {
    #[serde(flatten)]
    pub(super) program: ProgramBody,
    /// What came of it.
    pub(super) analytics: ProgramAnalytics,
}

/// What came of a program, over all of its versions.
#[derive(Serialize, ToSchema)]
pub(super) struct ProgramAnalytics {
    /// How many runs were begun.
    pub(super) total_enrollments: i64,
    /// How many of them are under way, those that are paused with them.
    pub(super) active_enrollments: i64,
    /// How many were completed.
    pub(super) completed_enrollments: i64,
    /// How many ended before that.
    pub(super) exited_enrollments: i64,
    /// How many days those took, on the mean, who completed it; null where there is none.
    pub(super) average_completion_time_days: Option<f64>,
    /// Which part of the questions that were asked was answered; null where none was asked.
    pub(super) engagement_score: Option<f64>,
}

/// A program in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct ProgramInList {
    /// Its id.
    id: ProgramId,
    /// What it is called.
    name: String,
    /// What it is for.
    description: Option<String>,
    /// How it stands.
    status: ProgramStatus,
    /// The version that members begin.
    version: i64,
    /// Does the draft differ from what is published?
    has_changes: bool,
    /// When it was drawn.
    created_at: Timestamp,
    /// When it was changed last.
    updated_at: Timestamp,
    /// How many runs were begun in it.
    enrollment_count: i64,
    /// Which part of them was completed; null where there is none.
    completion_rate: Option<f64>,
}

impl ProgramInList {
    pub(super) fn of(program: Program, totals: Option<&Totals>) -> Self {
        let (enrolled, completed) = totals.map_or((0, 0), |all| (all.enrolled, all.completed));
        Self {
            id: program.id,
            name: program.name,
            description: program.description,
            status: program.status,
            version: program.version,
            has_changes: program.is_changed,
            created_at: program.created_at,
            updated_at: program.updated_at,
            enrollment_count: enrolled,
            completion_rate: share(completed, enrolled),
        }
    }
}

/// A page of programs.
#[derive(Serialize, ToSchema)]
pub(super) struct ProgramList {
    /// The programs of this page.
    pub(super) programs: Vec<ProgramInList>,
    /// Where it stands.
    pub(super) pagination: Pagination,
}

/// A version that was published.
#[derive(Serialize, ToSchema)]
pub(super) struct ProgramVersionBody {
    /// Its number.
    version: i64,
    /// What the program was called then.
    name: String,
    /// Its flow.
    #[schema(value_type = Object)]
    flow_definition: Map<String, Value>,
    /// Its settings.
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
    /// When it was published.
    published_at: Timestamp,
    /// By whom.
    published_by: Option<AccountId>,
}

impl From<Version> for ProgramVersionBody {
    fn from(of: Version) -> Self {
        Self {
            version: of.version,
            name: of.name,
            flow_definition: of.definition.0,
            settings: of.settings.0,
            published_at: of.published_at,
            published_by: of.published_by,
        }
    }
}

/// The versions of a program.
#[derive(Serialize, ToSchema)]
pub(super) struct ProgramVersionList {
    /// The newest first.
    pub(super) versions: Vec<ProgramVersionBody>,
    /// Where the page stands.
    pub(super) pagination: Pagination,
}

/// A run of a member through a program.
#[derive(Serialize, ToSchema)]
pub(super) struct ProgramEnrollmentBody {
    /// The run.
    enrollment_id: EnrolmentId,
    /// The program,
    program_id: ProgramId,
    /// and its version.
    version: i64,
    /// The member.
    user_id: MemberId,
    /// What they are called, if that is known.
    pub(super) user_name: Option<String>,
    /// Which time of theirs, from 1.
    run: i64,
    /// How it stands.
    status: EnrolmentStatus,
    /// At which node it is, or ended.
    node_id: String,
    /// What it waits for.
    waiting_for: Waiting,
    /// When it goes on by itself.
    due_at: Option<Timestamp>,
    /// Is it due, and waits for a person to hand the member's conversation back?
    is_held: bool,
    /// How far it is, from 0 to 1: the shortest way that is left, compared with that from the start.
    progress: f64,
    /// What was answered, by the ids of the questions.
    #[schema(value_type = Object)]
    answers: Map<String, Value>,
    /// How they came to be enrolled: `manual`, `bulk`, `rule`, `tag`, `member_created`, `program_completed`, `program`.
    how: String,
    /// Why it ended, where it was not completed.
    reason: Option<String>,
    /// Since when.
    enrolled_at: Timestamp,
    /// When it came to its node.
    moved_at: Timestamp,
    /// When it ended.
    ended_at: Option<Timestamp>,
}

impl From<Enrolment> for ProgramEnrollmentBody {
    fn from(of: Enrolment) -> Self {
        let progress = of.fraction();
        Self {
            enrollment_id: of.id,
            program_id: of.program_id,
            version: of.version,
            user_id: of.member_id,
            user_name: None,
            run: of.run,
            status: of.status,
            node_id: of.node,
            waiting_for: of.waiting_for,
            due_at: of.due_at,
            is_held: of.is_held,
            progress,
            answers: of.memory.0.answers,
            how: of.how,
            reason: of.reason,
            enrolled_at: of.enrolled_at,
            moved_at: of.moved_at,
            ended_at: of.ended_at,
        }
    }
}

/// A page of runs.
#[derive(Serialize, ToSchema)]
pub(super) struct ProgramEnrollmentList {
    /// The newest first.
    pub(super) enrollments: Vec<ProgramEnrollmentBody>,
    /// Where the page stands.
    pub(super) pagination: Pagination,
}
