//! Badges, and who gets them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use http_base::path::Two;
use http_base::{Answer, Body, Done, Member as Asking, Named, Pages, Pagination, Params, Routes, done, routes};
use input::Input;
use kernel::{Error, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::{UserDetails, details};
use crate::{Audience, Badge, BadgeId, MemberId, members, store};

pub(super) fn router() -> Routes<Audience> {
    Routes::new().with(routes!(list, add)).with(routes!(change, delete)).with(routes!(give)).with(routes!(take))
}

/// A badge.
#[derive(Serialize, ToSchema)]
#[schema(as = Badge)]
struct BadgeBody {
    /// Its id.
    id: BadgeId,
    /// What it is called.
    #[schema(example = "First Week Complete")]
    name: String,
    /// What it is given for.
    description: Option<String>,
    /// How many members have it.
    earned_count: u64,
    /// When it was made.
    created_at: Timestamp,
}

impl BadgeBody {
    fn of(badge: Badge, earned_count: u64) -> Self {
        let Badge { id, name, description, created_at, .. } = badge;
        Self { id, name, description, earned_count, created_at }
    }
}

/// A page of badges.
#[derive(Serialize, ToSchema)]
struct BadgeList {
    /// The badges of this page.
    badges: Vec<BadgeBody>,
    /// Where it stands.
    pagination: Pagination,
}

/// A badge to be made.
#[derive(Input)]
#[input(change = BadgeChanges)]
struct NewBadge {
    /// What it is called: an audience has a name once, whatever its case.
    #[input(text(100), example = "First Week Complete")]
    name: String,
    /// What it is given for.
    #[input(text(1_000))]
    description: Option<String>,
}

const TAKEN: &str = "There is a badge of this name already; choose another one";

/// List badges
///
/// By their names.
#[utoipa::path(get, path = "/api/v1/badges", tag = "Audience", params(Pages), responses(
    (status = 200, description = "A page of badges", body = BadgeList)))]
async fn list(
    State(audience): State<Audience>,
    asking: Asking,
    Params(pages): Params<Pages>,
) -> Answer<Json<BadgeList>> {
    let mut tx = audience.app().read().await?;
    let (rows, total) = store::badges::page(asking.hub(), &mut tx, pages.limit, pages.offset()).await?;
    let badges = rows.into_iter().map(|(badge, count)| BadgeBody::of(badge, count)).collect();
    Ok(Json(BadgeList { badges, pagination: pages.pagination(total) }))
}

/// Create a badge
///
/// Members get it from the coach, or for completing a program.
#[utoipa::path(post, path = "/api/v1/badges", tag = "Audience", request_body = NewBadge, responses(
    (status = 201, description = "The new badge", body = BadgeBody),
    (status = 409, description = "There is a badge of this name")))]
async fn add(
    State(audience): State<Audience>,
    asking: Asking,
    Body { input, .. }: Body<NewBadge>,
) -> Answer<(StatusCode, Json<BadgeBody>)> {
    let clock = audience.app().clock();
    let mut tx = audience.app().write().await?;
    let badge = Badge {
        id: clock.new_id(),
        workspace_id: asking.hub(),
        name: input.name,
        description: input.description,
        created_at: clock.now(),
    };
    tx.insert_or_conflict(&badge, TAKEN).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(BadgeBody::of(badge, 0))))
}

/// Change a badge
///
/// Those who have it have it as it is now.
#[utoipa::path(put, path = "/api/v1/badges/{badge_id}", tag = "Audience", request_body = BadgeChanges,
    params(("badge_id" = BadgeId, Path, description = "The badge's id")), responses(
    (status = 200, description = "The badge, as it is now", body = BadgeBody),
    (status = 409, description = "There is a badge of this name")))]
async fn change(
    State(audience): State<Audience>,
    asking: Asking,
    name: Named,
    Body { input, .. }: Body<BadgeChanges>,
) -> Answer<Json<BadgeBody>> {
    let id: BadgeId = name.id("Badge")?;
    let mut tx = audience.app().write().await?;
    let no_badge = || Error::not_found("Badge");
    let mut badge = store::badges::by_id(asking.hub(), &mut tx, id).await?.ok_or_else(no_badge)?;
    input::set(&mut badge.name, input.name);
    input::set(&mut badge.description, input.description);
    if !tx.save(&badge).unless_taken(TAKEN).done().await? {
        return Err(no_badge().into());
    }
    let count = store::badges::earned(&mut tx, id).await?;
    tx.commit().await?;
    Ok(Json(BadgeBody::of(badge, count)))
}

/// Delete a badge
///
/// Nobody has it afterwards.
#[utoipa::path(delete, path = "/api/v1/badges/{badge_id}", tag = "Audience",
    params(("badge_id" = BadgeId, Path, description = "The badge's id")),
    responses((status = 200, description = "Deleted", body = Done)))]
async fn delete(State(audience): State<Audience>, asking: Asking, name: Named) -> Answer<Json<Done>> {
    let mut tx = audience.app().write().await?;
    if !store::badges::delete(asking.hub(), &mut tx, name.id("Badge")?).await? {
        return Err(Error::not_found("Badge").into());
    }
    tx.commit().await?;
    Ok(done("The badge is deleted"))
}

/// A badge for a member.
#[derive(Input)]
#[input(name = "NewUserBadge")]
struct Given {
    /// Which badge.
    #[input(id())]
    badge_id: BadgeId,
}

/// Give a user a badge
///
/// Who has it already keeps it since they have it.
#[utoipa::path(post, path = "/api/v1/users/{user_id}/badges", tag = "Audience", request_body = Given,
    params(("user_id" = MemberId, Path, description = "The member's id")),
    responses((status = 200, description = "The member, with the badge", body = UserDetails)))]
async fn give(
    State(audience): State<Audience>,
    asking: Asking,
    name: Named,
    Body { input, .. }: Body<Given>,
) -> Answer<Json<UserDetails>> {
    let now = audience.app().clock().now();
    let mut tx = audience.app().write().await?;
    let member = super::lock(&mut tx, asking.hub(), &name.0).await?;
    let badge = store::badges::by_id(asking.hub(), &mut tx, input.badge_id).await?;
    let badge = badge.ok_or_else(|| Error::not_found("Badge"))?;
    members::give_badge(&mut tx, &member, badge.id, now).await?;
    let body = details(&audience, &mut tx, member).await?;
    tx.commit().await?;
    Ok(Json(body))
}

/// Take a badge from a user
///
/// The badge itself stays.
#[utoipa::path(delete, path = "/api/v1/users/{user_id}/badges/{badge_id}", tag = "Audience",
    params(("user_id" = MemberId, Path, description = "The member's id"), ("badge_id" = BadgeId, Path, description = "The badge's id")),
    responses((status = 200, description = "Taken", body = Done)))]
async fn take(State(audience): State<Audience>, asking: Asking, two: Two) -> Answer<Json<Done>> {
    let mut tx = audience.app().write().await?;
    let member = super::find(&mut tx, asking.hub(), &two.0).await?;
    if !store::badges::take(&mut tx, &member, super::second(&two, "Badge")?).await? {
        return Err(Error::not_found("Badge").into());
    }
    tx.commit().await?;
    Ok(done("The badge is taken"))
}
