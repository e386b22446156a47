//! What proactive rules do, as events: ids only.

use channels::messages::MessageId;
use events::{Kind, event};
use kernel::WorkspaceId;

use audience::MemberId;

use crate::model::{FiringId, RuleId, TriggerKind};

/// Everything that happens here.
pub const EVENTS: &[Kind] = &[
    Kind::of::<RuleCreated>(),
    Kind::of::<RuleChanged>(),
    Kind::of::<RuleDeleted>(),
    Kind::of::<RuleFired>(),
    Kind::of::<CoachNotified>(),
];

/// A rule was made.
#[event("proactive.rule_created", subject = rule_id)]
pub struct RuleCreated {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The rule.
    pub rule_id: RuleId,
}

/// A rule was changed, paused or resumed.
#[event("proactive.rule_changed", subject = rule_id)]
pub struct RuleChanged {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The rule.
    pub rule_id: RuleId,
    /// Does it fire now?
    pub is_active: bool,
}

/// A rule was deleted.
#[event("proactive.rule_deleted", subject = rule_id)]
pub struct RuleDeleted {
    /// Whose it was.
    pub workspace_id: WorkspaceId,
    /// The rule.
    pub rule_id: RuleId,
}

/// A rule did for a member what it is there for: the provider has its message, or, where it sends none, its actions were carried out.
#[event("proactive.fired", subject = rule_id)]
pub struct RuleFired {
    /// Whose member it is.
    pub workspace_id: WorkspaceId,
    /// The rule.
    pub rule_id: RuleId,
    /// The firing.
    pub firing_id: FiringId,
    /// The member.
    pub user_id: MemberId,
    /// What the rule notices.
    pub trigger: TriggerKind,
    /// The message, if the rule sends one.
    pub message_id: Option<MessageId>,
}

/// A rule wants its coach to know of a member.
#[event("proactive.coach_notified", subject = rule_id)]
pub struct CoachNotified {
    /// Whose member it is.
    pub workspace_id: WorkspaceId,
    /// The rule.
    pub rule_id: RuleId,
    /// The firing.
    pub firing_id: FiringId,
    /// The member.
    pub user_id: MemberId,
    /// What the rule notices.
    pub trigger: TriggerKind,
}
