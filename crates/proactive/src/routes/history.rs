//! What a rule did, for whom, and why not.

use audience::MemberId;
use axum::Json;
use axum::extract::State;
use channels::messages::MessageId;
use http_base::{Answer, Member as Asking, Named, Pages, Pagination, Params, Routes, routes};
use input::Input;
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::found;
use super::shapes::UserBody;
use crate::Proactive;
use crate::model::{Firing, FiringId, Reason, RuleId, State as Standing};
use crate::store::firings;

pub(super) fn router() -> Routes<Proactive> {
    Routes::new().with(routes!(history))
}

/// Which firings are wanted.
#[derive(Input)]
struct FiringQuery {
    /// Only those that stand so.
    #[input(word_of_query())]
    state: Option<Standing>,
    #[input(flatten)]
    pages: Pages,
}

/// One firing of a rule.
#[derive(Serialize, ToSchema)]
#[schema(as = RuleFiring)]
struct FiringBody {
    /// Its id.
    id: FiringId,
    #[serde(flatten)]
    user: UserBody,
    /// How far it has come.
    state: Standing,
    /// Why it was not carried out; null where it was, or may be still.
    reason: Option<Reason>,
    /// When the rule noticed.
    created_at: Timestamp,
    /// When something is still to be done.
    due_at: Option<Timestamp>,
    /// The message, if there is one.
    message_id: Option<MessageId>,
    /// When it was carried out, or would have been.
    fired_at: Option<Timestamp>,
    /// When the member wrote, if that was in time.
    responded_at: Option<Timestamp>,
}

/// A page of firings.
#[derive(Serialize, ToSchema)]
#[schema(as = RuleFirings)]
struct FiringList {
    /// The firings of this page.
    firings: Vec<FiringBody>,
    /// Where it stands.
    pagination: Pagination,
}

/// Show what a proactive rule did
///
/// Its firings, the newest first, each with what became of it. One that was not carried out says why.
#[utoipa::path(get, path = "/api/v1/proactive-engine/rules/{rule_id}/firings", tag = "Proactive engine",
    operation_id = "list_proactive_firings",
    params(("rule_id" = RuleId, Path, description = "The rule's id"), FiringQuery),
    responses((status = 200, description = "A page of firings", body = FiringList)))]
async fn history(
    State(of): State<Proactive>,
    asking: Asking,
    name: Named,
    Params(query): Params<FiringQuery>,
) -> Answer<Json<FiringList>> {
    let (limit, offset) = (query.pages.limit, query.pages.offset());
    let mut tx = of.app().db().snapshot().await?;
    let rule = found(&mut tx, &asking, &name).await?;
    let (rows, total) = firings::page(&mut tx, &rule, query.state, limit, offset).await?;
    let ids: Vec<MemberId> = rows.iter().map(|row| row.member_id).collect();
    let names = audience::members::names(&mut tx, rule.workspace_id, &ids).await?;
    let told = |row: Firing| FiringBody {
        id: row.id,
        user: UserBody::of(row.member_id, &names),
        state: row.state,
        reason: row.reason,
        created_at: row.created_at,
        due_at: row.due_at,
        message_id: row.message_id,
        fired_at: row.fired_at,
        responded_at: row.responded_at,
    };
    Ok(Json(FiringList { firings: rows.into_iter().map(told).collect(), pagination: query.pages.pagination(total) }))
}
