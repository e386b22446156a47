//! Tags of members.

use axum::Json;
use axum::extract::State;
use http_base::path::Two;
use http_base::{Answer, Body, Member as Asking, Named, Pages, Pagination, Params, Routes, routes};
use input::Input;
use kernel::Error;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Audience, MemberId, members, model, store};

pub(super) fn router() -> Routes<Audience> {
    Routes::new().with(routes!(all)).with(routes!(of_one, add)).with(routes!(remove))
}

/// A tag, and how many have it.
#[derive(Serialize, ToSchema)]
struct UserTag {
    /// The tag, as it was written first.
    #[schema(example = "vip")]
    tag: String,
    /// How many members have it.
    users: u64,
}

/// A page of tags.
#[derive(Serialize, ToSchema)]
struct UserTagList {
    /// The tags of this page.
    tags: Vec<UserTag>,
    /// Where it stands.
    pagination: Pagination,
}

/// List the tags of the audience
///
/// In alphabetical order, each with how many members have it.
#[utoipa::path(get, path = "/api/v1/users/tags", tag = "Audience", params(Pages), responses(
    (status = 200, description = "A page of tags", body = UserTagList)))]
async fn all(
    State(audience): State<Audience>,
    asking: Asking,
    Params(pages): Params<Pages>,
) -> Answer<Json<UserTagList>> {
    let mut tx = audience.app().db().snapshot().await?;
    let (rows, total) = store::tags::counts(asking.hub(), &mut tx, pages.limit, pages.offset()).await?;
    let tags = rows.into_iter().map(|row| UserTag { tag: row.label, users: row.members }).collect();
    Ok(Json(UserTagList { tags, pagination: pages.pagination(total) }))
}

/// The tags of a member.
#[derive(Serialize, ToSchema)]
struct TagsOfUser {
    /// In alphabetical order.
    #[schema(example = json!(["vip"]))]
    tags: Vec<String>,
}

async fn told(tx: &mut db::Tx, member: &crate::Member) -> kernel::Result<TagsOfUser> {
    let rows = store::tags::of(tx, member).await?;
    Ok(TagsOfUser { tags: rows.into_iter().map(|row| row.label).collect() })
}

/// List the tags of a user
///
/// All of them.
#[utoipa::path(get, path = "/api/v1/users/{user_id}/tags", tag = "Audience",
    params(("user_id" = MemberId, Path, description = "The member's id")),
    responses((status = 200, description = "The tags", body = TagsOfUser)))]
async fn of_one(State(audience): State<Audience>, asking: Asking, name: Named) -> Answer<Json<TagsOfUser>> {
    let mut tx = audience.app().read().await?;
    let member = super::find(&mut tx, asking.hub(), &name.0).await?;
    Ok(Json(told(&mut tx, &member).await?))
}

/// Tags that a member is to have.
#[derive(Input)]
struct NewUserTags {
    /// Up to fifty at once, each of up to 50 characters; the same one in another case is no other.
    #[input(some(50, model::tag()), example = ["vip"])]
    tags: Vec<String>,
}

/// Tag a user
///
/// Those that the member has already stay as they are written.
#[utoipa::path(post, path = "/api/v1/users/{user_id}/tags", tag = "Audience", request_body = NewUserTags,
    params(("user_id" = MemberId, Path, description = "The member's id")),
    responses((status = 200, description = "All tags of the member", body = TagsOfUser),
    (status = 409, description = "The member would have too many tags")))]
async fn add(
    State(audience): State<Audience>,
    asking: Asking,
    name: Named,
    Body { input, .. }: Body<NewUserTags>,
) -> Answer<Json<TagsOfUser>> {
    let mut tx = audience.app().write().await?;
    let member = super::lock(&mut tx, asking.hub(), &name.0).await?;
    let added = store::tags::add(&mut tx, &member, &input.tags, audience.app().clock().now()).await?;
    let body = told(&mut tx, &member).await?;
    if body.tags.len() > members::MOST_TAGS {
        return Err(members::too_many_tags().into());
    }
    members::tagged(&mut tx, &member, added.into_iter().map(|row| row.tag));
    tx.commit().await?;
    Ok(Json(body))
}

/// Untag a user
///
/// The tag is matched whatever its case.
#[utoipa::path(delete, path = "/api/v1/users/{user_id}/tags/{tag}", tag = "Audience",
    params(("user_id" = MemberId, Path, description = "The member's id"), ("tag" = String, Path, description = "The tag")),
    responses((status = 200, description = "The tags that are left", body = TagsOfUser)))]
async fn remove(State(audience): State<Audience>, asking: Asking, two: Two) -> Answer<Json<TagsOfUser>> {
    let mut tx = audience.app().write().await?;
    let member = super::lock(&mut tx, asking.hub(), &two.0).await?;
    if !store::tags::remove(&mut tx, &member, &mind::text::fold(&two.1)).await? {
        return Err(Error::not_found("Tag").into());
    }
    let body = told(&mut tx, &member).await?;
    tx.commit().await?;
    Ok(Json(body))
}
