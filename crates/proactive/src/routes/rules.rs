//! Making and changing rules.

use audience::ports::ProgramId;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use db::Tx;
use events::TxExt as _;
use http_base::{Answer, Body, Done, Member as Asking, Named, Pages, Params, Routes, done, routes};
use kernel::{Error, Fault, Kind, Result, Timestamp, WorkspaceId};

use super::found;
use super::shapes::{NewRule, RuleBody, RuleList, RuleUpdate, too_many};
use crate::Proactive;
use crate::engine::{find, jobs};
use crate::events::{RuleChanged, RuleCreated, RuleDeleted};
use crate::model::{Action, Rule, RuleId, TriggerConditions, TriggerKind, nobody};
use crate::store::{marks, rules as store};

pub(super) fn router() -> Routes<Proactive> {
    Routes::new().with(routes!(list, create)).with(routes!(show, update, delete))
}

/// List proactive rules
///
/// Those of one's workspace, the oldest first, each with how often it was carried out and how often that was answered.
#[utoipa::path(get, path = "/api/v1/proactive-engine/rules", tag = "Proactive engine", operation_id = "list_proactive_rules", params(Pages),
    responses((status = 200, description = "A page of rules", body = RuleList)))]
async fn list(State(of): State<Proactive>, asking: Asking, Params(pages): Params<Pages>) -> Answer<Json<RuleList>> {
    let now = of.app().clock().now();
    let mut tx = of.app().db().snapshot().await?;
    let (rows, total) = store::page(asking.hub(), &mut tx, pages.limit, pages.offset()).await?;
    let rules = RuleBody::all(&mut tx, asking.hub(), rows, now).await?;
    Ok(Json(RuleList { rules, pagination: pages.pagination(total) }))
}

/// Create a proactive rule
///
/// It looks at once, and seven days back: whose silence became long enough within them is noticed, and nobody before. Preview a rule
/// first to see whom it would write to.
#[utoipa::path(post, path = "/api/v1/proactive-engine/rules", tag = "Proactive engine", operation_id = "create_proactive_rule",
    request_body = NewRule, responses(
    (status = 201, description = "The new rule", body = RuleBody),
    (status = 409, description = "The workspace has as many rules as it may")))]
async fn create(
    State(of): State<Proactive>,
    asking: Asking,
    Body { input, .. }: Body<NewRule>,
) -> Answer<(StatusCode, Json<RuleBody>)> {
    let now = of.app().clock().now();
    let mut tx = of.app().write().await?;
    let rule = made(&of, asking.hub(), input, now);
    known_programs(&of, &mut tx, &rule).await?;
    let most = of.settings().rules;
    if store::count(rule.workspace_id, &mut tx).await? >= most {
        let message = format!("A workspace has at most {most} rules; delete one that you do not use");
        return Err(Error::new(Kind::Conflict, message).into());
    }
    tx.insert(&rule).await?;
    begins(&of, &mut tx, &rule).await?;
    tx.event(RuleCreated { workspace_id: rule.workspace_id, rule_id: rule.id });
    let body = RuleBody::one(&mut tx, rule, now).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(body)))
}

/// A rule out of what was sent; it is not stored yet.
pub(super) fn made(of: &Proactive, workspace: WorkspaceId, input: NewRule, now: Timestamp) -> Rule {
    let mut rule = Rule {
        id: of.app().clock().new_id(),
        workspace_id: workspace,
        name: input.name,
        description: input.description,
        kind: input.trigger_conditions.kind,
        conditions: db::Json(input.trigger_conditions),
        actions: db::Json(input.actions),
        is_active: input.is_active,
        holdout_percent: input.holdout_percent,
        success_hours: input.success_hours,
        revision: 1,
        scan_at: now,
        scan_id: nobody(),
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    from_the_start(of, &mut rule, now);
    rule
}

/// Where a rule begins to look: so far back as it may. Scores are compared anew, and nobody is written to for what was before.
fn from_the_start(of: &Proactive, rule: &mut Rule, now: Timestamp) {
    rule.scan_id = nobody();
    rule.scan_at = match rule.kind {
        TriggerKind::ScoreBelow => Timestamp::from_micros(0),
        _ => find::until(rule, now).plus(-of.settings().look_back),
    };
}

/// What a rule needs before it can look: its dates.
async fn begins(of: &Proactive, tx: &mut Tx, rule: &Rule) -> Result<()> {
    if rule.is_on() && rule.kind == TriggerKind::Date {
        jobs::want_dates(of, tx, rule.id).await?;
    }
    Ok(())
}

/// Refuses programs that the workspace does not have.
pub(super) async fn known_programs(of: &Proactive, tx: &mut Tx, rule: &Rule) -> Result<()> {
    let TriggerConditions { program_id, .. } = rule.conditions.0;
    let named = program_id.map(|id| (vec!["trigger_conditions".to_owned()], id)).into_iter();
    let of_action =
        |(place, action): (usize, &Action)| Some((vec!["actions".to_owned(), place.to_string()], action.program_id?));
    let all: Vec<(Vec<String>, ProgramId)> =
        named.chain(rule.actions.0.iter().enumerate().filter_map(of_action)).collect();
    let mut faults = Vec::new();
    for (place, id) in all {
        if !of.programs().has(tx, rule.workspace_id, id).await? {
            let loc = std::iter::once("body".to_owned()).chain(place).chain(["program_id".to_owned()]).collect();
            faults.push(Fault { loc, message: format!("{id} is none of your programs"), kind: "unknown_value" });
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

/// Show a proactive rule
///
/// With how often it was carried out and how often that was answered.
#[utoipa::path(get, path = "/api/v1/proactive-engine/rules/{rule_id}", tag = "Proactive engine", operation_id = "get_proactive_rule",
    params(("rule_id" = RuleId, Path, description = "The rule's id")),
    responses((status = 200, description = "The rule", body = RuleBody)))]
async fn show(State(of): State<Proactive>, asking: Asking, name: Named) -> Answer<Json<RuleBody>> {
    let now = of.app().clock().now();
    let mut tx = of.app().db().snapshot().await?;
    let rule = found(&mut tx, &asking, &name).await?;
    Ok(Json(RuleBody::one(&mut tx, rule, now).await?))
}

/// Update a proactive rule
///
/// What is missing stays as it is. `is_active` pauses it or has it go on; what waited while it was paused is not carried out. Another trigger has it
/// begin anew, as a new rule does. A silence that it has fired for is not noticed twice.
#[utoipa::path(put, path = "/api/v1/proactive-engine/rules/{rule_id}", tag = "Proactive engine", operation_id = "update_proactive_rule",
    request_body = RuleUpdate, params(("rule_id" = RuleId, Path, description = "The rule's id")), responses(
    (status = 200, description = "The rule as it is now", body = RuleBody),
    (status = 409, description = "Somebody else has changed it meanwhile")))]
async fn update(
    State(of): State<Proactive>,
    asking: Asking,
    name: Named,
    Body { input, .. }: Body<RuleUpdate>,
) -> Answer<Json<RuleBody>> {
    let now = of.app().clock().now();
    let mut tx = of.app().write().await?;
    let before = found(&mut tx, &asking, &name).await?;
    if input.revision.is_some_and(|revision| revision != before.revision) {
        return Err(Error::conflict(
            "Somebody else has changed the rule meanwhile; look at it again, and repeat what you want",
        )
        .into());
    }
    let (mut rule, changes) = (before.clone(), input.changes);
    input::set(&mut rule.name, changes.name);
    input::set(&mut rule.description, changes.description);
    input::set(&mut rule.conditions.0, changes.trigger_conditions);
    input::set(&mut rule.actions.0, changes.actions);
    input::set(&mut rule.is_active, changes.is_active);
    input::set(&mut rule.holdout_percent, changes.holdout_percent);
    input::set(&mut rule.success_hours, changes.success_hours);
    if too_many(&rule.actions.0) {
        return Err(Error::invalid_field("actions", "must have one send_message at most").into());
    }
    rule.kind = rule.conditions.0.kind;
    known_programs(&of, &mut tx, &rule).await?;
    if rule.conditions != before.conditions {
        marks::clear(&mut tx, rule.id).await?;
        from_the_start(&of, &mut rule, now);
    } else if rule.is_active && !before.is_active {
        goes_on(&of, &mut tx, &mut rule, now).await?;
    }
    rule.updated_at = now;
    store::save(&mut tx, &mut rule).await?;
    begins(&of, &mut tx, &rule).await?;
    tx.event(RuleChanged { workspace_id: rule.workspace_id, rule_id: rule.id, is_active: rule.is_active });
    let body = RuleBody::one(&mut tx, rule, now).await?;
    tx.commit().await?;
    Ok(Json(body))
}

/// A rule that was paused looks no further back than a new one.
async fn goes_on(of: &Proactive, tx: &mut Tx, rule: &mut Rule, now: Timestamp) -> Result<()> {
    let paused = (rule.scan_at, rule.scan_id);
    from_the_start(of, rule, now);
    if find::has_marks(rule.kind) {
        return marks::clear(tx, rule.id).await;
    }
    if paused.0 > rule.scan_at {
        (rule.scan_at, rule.scan_id) = paused;
    }
    Ok(())
}

/// Delete a proactive rule
///
/// It fires no more, and what waited is not carried out. Its figures stay.
#[utoipa::path(delete, path = "/api/v1/proactive-engine/rules/{rule_id}", tag = "Proactive engine", operation_id = "delete_proactive_rule",
    params(("rule_id" = RuleId, Path, description = "The rule's id")), responses(
    (status = 200, description = "Deleted", body = Done),
    (status = 409, description = "Somebody else has changed it meanwhile")))]
async fn delete(State(of): State<Proactive>, asking: Asking, name: Named) -> Answer<Json<Done>> {
    let now = of.app().clock().now();
    let mut tx = of.app().write().await?;
    let mut rule = found(&mut tx, &asking, &name).await?;
    rule.deleted_at = Some(now);
    store::save(&mut tx, &mut rule).await?;
    marks::clear(&mut tx, rule.id).await?;
    tx.event(RuleDeleted { workspace_id: rule.workspace_id, rule_id: rule.id });
    tx.commit().await?;
    Ok(done(format!("The rule {} is deleted", rule.name)))
}
