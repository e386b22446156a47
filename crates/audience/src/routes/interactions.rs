//! What happened with members.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Member as Asking, Named, Pages, Pagination, Params, Routes, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::InteractionBody;
use crate::{Audience, MemberId, store};

pub(super) fn router() -> Routes<Audience> {
    Routes::new().with(routes!(list))
}

/// A page of what happened with a member.
#[derive(Serialize, ToSchema)]
struct UserInteractionList {
    /// What happened.
    interactions: Vec<InteractionBody>,
    /// Where the page stands.
    pagination: Pagination,
}

/// List what happened with a user
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/users/{user_id}/interactions", tag = "Audience",
    params(("user_id" = MemberId, Path, description = "The member's id"), Pages),
    responses((status = 200, description = "A page of interactions", body = UserInteractionList)))]
async fn list(
    State(audience): State<Audience>,
    asking: Asking,
    name: Named,
    Params(pages): Params<Pages>,
) -> Answer<Json<UserInteractionList>> {
    let mut tx = audience.app().db().snapshot().await?;
    let member = super::find(&mut tx, asking.hub(), &name.0).await?;
    let rows = store::interactions::page(&mut tx, &member, pages.limit, pages.offset()).await?;
    let interactions = rows.into_iter().map(Into::into).collect();
    Ok(Json(UserInteractionList { interactions, pagination: pages.pagination(member.interactions) }))
}
