//! Rules as they are sent and told.

use std::collections::HashMap;

use audience::{MemberId, Name};
use db::Tx;
use http_base::Pagination;
use input::{Fields, Input};
use kernel::{Day, Result, Timestamp, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Action, ActionKind, Rule, RuleId, State, TriggerConditions};
use crate::store::days;

/// A rule has no more actions than this.
const MOST_ACTIONS: usize = 10;

/// A new rule.
#[derive(Clone, Debug, Input)]
#[input(change = RuleChanges, check = one_message)]
pub(super) struct NewRule {
    /// What it is called.
    #[input(text(200), example = "Inactivity Follow-up")]
    pub(super) name: String,
    /// What it is for.
    #[input(text(2_000), example = "Send follow-up message after 24 hours of inactivity")]
    pub(super) description: Option<String>,
    /// What it notices, and of whom.
    #[input(nested())]
    pub(super) trigger_conditions: TriggerConditions,
    /// What it does then. One message at most.
    #[input(some(MOST_ACTIONS, nested()))]
    pub(super) actions: Vec<Action>,
    /// Does it fire? False pauses it; true has it go on, and look back at most seven days.
    #[input(flag(), default = true)]
    pub(super) is_active: bool,
    /// Of a hundred members, how many are left out for good, to see what the rule adds. They are told nothing of it.
    #[input(whole(0, 50), default = 0, example = 10)]
    pub(super) holdout_percent: i64,
    /// For so many hours after it a member's word counts as an answer.
    #[input(whole(1, 168), default = 24, example = 24)]
    pub(super) success_hours: i64,
}

fn one_message(of: &NewRule, fields: &mut Fields) {
    if too_many(&of.actions) {
        fields.fault("actions", "too_long", "must have one send_message at most");
    }
}

/// Is there more than one message in it?
pub(super) fn too_many(actions: &[Action]) -> bool {
    actions.iter().filter(|action| action.kind == ActionKind::SendMessage).count() > 1
}

/// A change of a rule.
#[derive(Clone, Debug, Input)]
pub(super) struct RuleUpdate {
    #[input(flatten)]
    pub(super) changes: RuleChanges,
    /// The revision that the change was made of: if the rule has another one by now, nothing is changed, and the answer is 409.
    #[input(whole(1, i64::MAX))]
    pub(super) revision: Option<i64>,
}

/// A proactive rule.
#[derive(Serialize, ToSchema)]
#[schema(as = ProactiveRule)]
pub(super) struct RuleBody {
    /// Its id.
    id: RuleId,
    /// What it is called.
    #[schema(example = "Inactivity Follow-up")]
    name: String,
    /// What it is for.
    description: Option<String>,
    /// What it notices, and of whom.
    trigger_conditions: TriggerConditions,
    /// What it does then.
    actions: Vec<Action>,
    /// Does it fire?
    is_active: bool,
    /// Of a hundred members, how many are left out.
    holdout_percent: i64,
    /// For so many hours a member's word counts as an answer.
    success_hours: i64,
    /// Counts up with each change.
    revision: i64,
    /// When it was made.
    created_at: Timestamp,
    /// When it was changed last.
    updated_at: Timestamp,
    /// How often it was carried out: its message accepted by the provider, or its actions done.
    triggered_count: u64,
    /// Of those that are over, or were answered, the share that was answered; null while there are none.
    success_rate: Option<f64>,
}

impl RuleBody {
    /// Rules with their figures: two statements for a page.
    pub(super) async fn all(
        tx: &mut Tx,
        workspace: WorkspaceId,
        rules: Vec<Rule>,
        now: Timestamp,
    ) -> Result<Vec<Self>> {
        let ids: Vec<RuleId> = rules.iter().map(|rule| rule.id).collect();
        let ever = (Day(-200_000), Day(2_900_000));
        let sums = days::between(workspace, tx, Some(&ids), ever).await?;
        let open = days::open(workspace, tx, Some(&ids), ever, now).await?;
        let told = rules.into_iter().map(|rule| {
            let own = sums.iter().find(|sums| sums.rule_id == rule.id);
            let open = open.iter().find(|(id, state, _)| *id == rule.id && *state == State::Fired);
            let (triggers, successes) = own.map_or((0, 0), |own| (own.triggers, own.successes));
            let success_rate = rate(successes, triggers.saturating_sub(open.map_or(0, |(.., count)| *count)));
            Self::of(rule, triggers, success_rate)
        });
        Ok(told.collect())
    }

    /// One of them.
    pub(super) async fn one(tx: &mut Tx, rule: Rule, now: Timestamp) -> Result<Self> {
        let workspace = rule.workspace_id;
        let new = Self::of(rule.clone(), 0, None);
        Ok(Self::all(tx, workspace, vec![rule], now).await?.pop().unwrap_or(new))
    }

    fn of(rule: Rule, triggered_count: u64, success_rate: Option<f64>) -> Self {
        Self {
            id: rule.id,
            name: rule.name,
            description: rule.description,
            trigger_conditions: rule.conditions.0,
            actions: rule.actions.0,
            is_active: rule.is_active,
            holdout_percent: rule.holdout_percent,
            success_hours: rule.success_hours,
            revision: rule.revision,
            created_at: rule.created_at,
            updated_at: rule.updated_at,
            triggered_count,
            success_rate,
        }
    }
}

/// A share with four decimals, if there is one.
pub(super) fn rate(of: u64, among: u64) -> Option<f64> {
    (among > 0).then(|| (of.min(among) as f64 / among as f64 * 10_000.0).round() / 10_000.0)
}

/// A page of rules.
#[derive(Serialize, ToSchema)]
#[schema(as = ProactiveRules)]
pub(super) struct RuleList {
    /// The rules of this page.
    pub(super) rules: Vec<RuleBody>,
    /// Where it stands.
    pub(super) pagination: Pagination,
}

/// Of whom something is told.
#[derive(Serialize, ToSchema)]
#[schema(as = ProactiveUser)]
pub(super) struct UserBody {
    /// The member's id.
    pub(super) user_id: MemberId,
    /// What they are called: their name, or what their channel calls them. Null where they are gone.
    pub(super) name: Option<String>,
}

impl UserBody {
    /// A member by the names of a page.
    pub(super) fn of(id: MemberId, names: &HashMap<MemberId, Name>) -> Self {
        let name = names.get(&id).map(|known| known.name.clone().unwrap_or_else(|| known.external_id.clone()));
        Self { user_id: id, name }
    }
}
