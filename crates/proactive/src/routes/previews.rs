//! Whom a rule would have noticed, before it does.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Member as Asking, Named, Params, Routes, routes};
use input::Input;
use kernel::{Result, time};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::{NewRule, UserBody};
use super::{found, rules};
use crate::Proactive;
use crate::model::{Rule, RuleId};
use crate::preview::preview;

/// So many are shown by name.
const SHOWN: usize = 20;

pub(super) fn router() -> Routes<Proactive> {
    Routes::new().with(routes!(of_rule)).with(routes!(of_draft))
}

/// Over which days.
#[derive(Input)]
struct PreviewQuery {
    /// How many days back: 7 is what a new rule looks back.
    #[input(whole(1, 30), default = 7)]
    days: i64,
}

/// A rule that is not there yet, and over which days.
#[derive(Input)]
struct RulePreviewRequest {
    #[input(flatten)]
    rule: NewRule,
    /// How many days back: 7 is what a new rule looks back.
    #[input(whole(1, 30), default = 7)]
    days: i64,
}

/// Whom a rule would have noticed.
#[derive(Serialize, ToSchema)]
#[schema(as = RulePreview)]
struct PreviewBody {
    /// Over so many days, up to now.
    days: i64,
    /// How often it would have fired, by what is known now: silences that have ended since are not among them. Null where the past does not tell
    /// (`score_below`).
    would_fire: Option<u64>,
    /// May there be more? Very many are not counted to the end.
    more: bool,
    /// The first of those whom it would have noticed, 20 at most.
    users: Vec<UserBody>,
}

async fn told(of: &Proactive, rule: &Rule, days: i64) -> Result<PreviewBody> {
    let since = of.app().clock().now().plus(-days * time::DAY);
    let mut tx = of.app().db().snapshot().await?;
    let seen = preview(of, &mut tx, rule, since, SHOWN).await?;
    let names = audience::members::names(&mut tx, rule.workspace_id, &seen.members).await?;
    let users = seen.members.into_iter().map(|id| UserBody::of(id, &names)).collect();
    Ok(PreviewBody { days, would_fire: seen.firings, more: seen.more, users })
}

/// Preview a proactive rule
///
/// How often it would have fired over the last days, and for whom. Nothing is sent, and nothing is written.
#[utoipa::path(get, path = "/api/v1/proactive-engine/rules/{rule_id}/preview", tag = "Proactive engine",
    operation_id = "preview_proactive_rule",
    params(("rule_id" = RuleId, Path, description = "The rule's id"), PreviewQuery),
    responses((status = 200, description = "Whom it would have noticed", body = PreviewBody)))]
async fn of_rule(
    State(of): State<Proactive>,
    asking: Asking,
    name: Named,
    Params(query): Params<PreviewQuery>,
) -> Answer<Json<PreviewBody>> {
    let rule = found(&mut of.app().read().await?, &asking, &name).await?;
    Ok(Json(told(&of, &rule, query.days).await?))
}

/// Preview a new proactive rule
///
/// The same of a rule that is not made yet. Nothing is kept of it.
#[utoipa::path(post, path = "/api/v1/proactive-engine/preview", tag = "Proactive engine", operation_id = "preview_new_proactive_rule",
    request_body = RulePreviewRequest,
    responses((status = 200, description = "Whom it would have noticed", body = PreviewBody)))]
async fn of_draft(
    State(of): State<Proactive>,
    asking: Asking,
    Body { input, .. }: Body<RulePreviewRequest>,
) -> Answer<Json<PreviewBody>> {
    let rule = rules::made(&of, asking.hub(), input.rule, of.app().clock().now());
    rules::known_programs(&of, &mut of.app().read().await?, &rule).await?;
    Ok(Json(told(&of, &rule, input.days).await?))
}
