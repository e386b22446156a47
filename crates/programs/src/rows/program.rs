//! A program, as it is stored.

use audience::BadgeId;
use db::Json;
use input::Input;
use kernel::{AccountId, Timestamp, WorkspaceId};
use serde_json::{Map, Value};

use crate::model::kind::Reentry;
use crate::model::{ProgramId, Trigger};

/// How a program stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "ProgramStatus")]
pub enum ProgramStatus {
    /// Nobody can begin it yet.
    Draft,
    /// Members begin it.
    Published,
    /// Nobody begins it any more.
    Archived,
}

/// A program.
#[derive(Clone, Debug, PartialEq, db::Row)]
#[row(table = "programs", key(id), fixed(workspace_id, created_at), compare(revision))]
pub struct Program {
    /// Its id.
    pub id: ProgramId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// What it is called.
    #[row(also = "name_folded", by = mind::text::fold)]
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// How it stands.
    pub status: ProgramStatus,
    /// The version that members begin; of one that was never published, the version that it will be.
    pub version: i64,
    /// The flow as it is drawn now: the draft of the next version.
    pub definition: Json<Map<String, Value>>,
    /// The settings as they were sent.
    pub settings: Json<Map<String, Value>>,
    /// Does the draft differ from what is published?
    pub is_changed: bool,
    /// What makes members begin the published version by itself.
    pub starts_by: Option<Trigger>,
    /// With a tag: which, as tags are compared.
    pub starts_tag: Option<String>,
    /// With another program: which.
    pub starts_after: Option<ProgramId>,
    /// Counts up with each change.
    pub revision: i64,
    /// When it was drawn first.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// When it was published last.
    pub published_at: Option<Timestamp>,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
}

/// A version that was published. It never changes.
#[derive(Clone, Debug, PartialEq, db::Row)]
#[row(table = "program_versions")]
pub struct Version {
    /// Which program.
    pub program_id: ProgramId,
    /// Which number.
    pub version: i64,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// What the program was called then.
    pub name: String,
    /// The flow.
    pub definition: Json<Map<String, Value>>,
    /// The settings.
    pub settings: Json<Map<String, Value>>,
    /// When it was published.
    pub published_at: Timestamp,
    /// By whom.
    pub published_by: Option<AccountId>,
}

/// What is set of a program. Fields that are not known are kept, and mean nothing.
#[derive(Input, Clone, Debug, Default, PartialEq)]
#[input(name = "ProgramSettings")]
pub struct ProgramSettings {
    /// Does everybody begin it who joins the audience? The same as the trigger `member_created`.
    #[input(flag(), default = false)]
    pub auto_enroll: bool,
    /// Which badge members get who complete it. One that does not exist is told in `warnings`, and nobody gets it.
    #[input(id())]
    pub completion_badge: Option<BadgeId>,
    /// May somebody take part once more? In place of the start node's `reentry`.
    #[input(word())]
    pub reentry: Option<Reentry>,
}
