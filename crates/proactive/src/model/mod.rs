//! What a rule is, and what becomes of a firing.

mod action;
mod adds;
mod date;
mod firing;
mod trigger;

pub use action::{Action, ActionKind};
pub use adds::{Group, Verdict, adds};
pub use date::{Repeat, next as next_date, read as read_date};
pub use firing::{Firing, FiringId, Reason, State, is_held_out};
pub use trigger::{TriggerConditions, TriggerKind};

use db::Json;
use kernel::{Id, Timestamp, WorkspaceId};

use audience::MemberId;

#[doc(hidden)]
#[derive(Debug)]
pub enum RuleMarker {}
/// A proactive rule.
pub type RuleId = Id<RuleMarker>;

/// A rule, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "proactive_rules", key(id), fixed(workspace_id, created_at), compare(revision))]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it notices.
    pub kind: TriggerKind,
    /// The same, with everything that is set of it.
    pub conditions: Json<TriggerConditions>,
    /// What it does then.
    pub actions: Json<Vec<Action>>,
    /// Does it fire?
    pub is_active: bool,
    /// Of a hundred members, how many are left out to see what it adds.
    pub holdout_percent: i64,
    /// For so many hours an answer counts.
    pub success_hours: i64,
    /// Counts up with each change.
    pub revision: i64,
    /// Everybody before this moment was looked at,
    pub scan_at: Timestamp,
    /// and of those at it everybody up to this member.
    pub scan_id: MemberId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// When it was deleted; its history stays.
    pub deleted_at: Option<Timestamp>,
}

impl Rule {
    /// Does it do anything at all now?
    pub fn is_on(&self) -> bool {
        self.is_active && self.deleted_at.is_none()
    }

    /// Does it write to members?
    pub fn writes(&self) -> bool {
        self.actions.0.iter().any(|action| action.kind == ActionKind::SendMessage)
    }
}

/// The member before all others, in the order of ids.
pub fn nobody() -> MemberId {
    MemberId::from_uuid(uuid::Uuid::nil())
}

/// The member behind all others.
pub fn everybody() -> MemberId {
    MemberId::from_uuid(uuid::Uuid::max())
}
