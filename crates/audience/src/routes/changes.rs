//! Members are added, changed and put together.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use events::TxExt as _;
use http_base::{Answer, Body, Member as Asking, Named, Routes, routes};
use input::Input;
use kernel::Error;
use serde_json::{Map, Value};

use super::shapes::{UserBody, UserDetails, details, told};
use crate::events::UserUpdated;
use crate::members::{self, Added};
use crate::model::{self, Channel, MemberId, Seed};
use crate::{Audience, store};

pub(super) fn router() -> Routes<Audience> {
    Routes::new().with(routes!(add)).with(routes!(change)).with(routes!(merge))
}

/// Somebody who is to be a member of the audience.
#[derive(Input)]
#[input(name = "NewAudienceUser")]
struct NewUser {
    /// What they are called: unique on the channel. On WhatsApp a phone number, on Telegram the id of a chat is what they are known by there as well.
    #[input(model::external_id(), example = "customer-1042")]
    external_id: String,
    /// Where they come from.
    #[input(word())]
    channel: Channel,
    /// What is known of them: open fields, up to 32 KiB, eight levels and a thousand values; `name`, if it is there, is a text.
    #[input(model::profile(), default)]
    profile_data: Map<String, Value>,
    /// Their time zone.
    #[input(model::time_zone())]
    timezone: Option<String>,
    /// Their language.
    #[input(model::language())]
    language: Option<String>,
    /// What to sort them by.
    #[input(list(50, model::tag()), default)]
    tags: Vec<String>,
}

/// Add a user
///
/// Adds somebody to one's audience. Those who write over a channel are added by themselves.
#[utoipa::path(post, path = "/api/v1/users", tag = "Audience", request_body = NewUser, responses(
    (status = 201, description = "The new member", body = UserBody),
    (status = 409, description = "The channel has somebody of this `external_id`")))]
async fn add(
    State(audience): State<Audience>,
    asking: Asking,
    Body { input, .. }: Body<NewUser>,
) -> Answer<(StatusCode, Json<UserBody>)> {
    let mut tx = audience.app().write().await?;
    let now = audience.app().clock().now();
    let NewUser { external_id, channel, profile_data, timezone, language, tags } = input;
    let seed = Seed { external_id: None, profile: profile_data, timezone, language };
    let Added::New(member) = members::add(&mut tx, asking.hub(), channel, &external_id, seed).await? else {
        return Err(Error::conflict(
            "Somebody of this external_id is on this channel already; change them, or give another one",
        )
        .into());
    };
    let added = store::tags::add(&mut tx, &member, &tags, now).await?;
    members::tagged(&mut tx, &member, added.into_iter().map(|row| row.tag));
    let body = told(&audience, &mut tx, vec![*member]).await?.pop();
    tx.commit().await?;
    let body = body.ok_or_else(super::no_user)?;
    Ok((StatusCode::CREATED, Json(body)))
}

/// What is to be known of a member. What is left out stays as it is.
#[derive(Input)]
#[input(name = "AudienceUserChanges")]
struct UserChanges {
    /// In place of what was known of them, as a whole.
    #[input(model::profile(), not_null)]
    profile_data: Option<Map<String, Value>>,
    /// Their time zone; null if it is not known.
    #[input(model::time_zone())]
    timezone: Option<Option<String>>,
    /// Their language; null if it is not known.
    #[input(model::language())]
    language: Option<Option<String>>,
}

/// Change a user
///
/// `profile_data` takes the place of all that was known; what is left out of the body stays.
#[utoipa::path(put, path = "/api/v1/users/{user_id}", tag = "Audience", request_body = UserChanges,
    params(("user_id" = MemberId, Path, description = "The member's id")), responses(
    (status = 200, description = "The member, as they are now", body = UserDetails),
    (status = 409, description = "Somebody else changed this member at the same moment")))]
async fn change(
    State(audience): State<Audience>,
    asking: Asking,
    name: Named,
    Body { input, .. }: Body<UserChanges>,
) -> Answer<Json<UserDetails>> {
    let mut tx = audience.app().write().await?;
    let before = super::find(&mut tx, asking.hub(), &name.0).await?;
    let mut member = before.clone();
    if let Some(profile) = input.profile_data {
        member.set_profile(profile);
    }
    input::set(&mut member.timezone, input.timezone);
    input::set(&mut member.language, input.language);
    if member != before {
        store::members::save_known(&mut tx, &mut member, &before, audience.app().clock().now()).await?;
        let (workspace_id, user_id, channel) = (member.workspace_id, member.id, member.channel);
        tx.event(UserUpdated { workspace_id, user_id, channel });
    }
    let body = details(&audience, &mut tx, member).await?;
    tx.commit().await?;
    Ok(Json(body))
}

/// The member who is the same person.
#[derive(Input)]
#[input(name = "UserMerge")]
struct Merge {
    /// Who is gone afterwards.
    #[input(id())]
    user_id: MemberId,
}

/// Merge two users
///
/// The one in the body becomes part of the one in the path: identities, interactions, notes, tags, badges and conversations move, what only the one in
/// the body said of themselves is added, and they are gone. `GET /api/v1/users/erasures` keeps who was merged into whom.
#[utoipa::path(post, path = "/api/v1/users/{user_id}/merge", tag = "Audience", request_body = Merge,
    params(("user_id" = MemberId, Path, description = "The id of the member who stays")), responses(
    (status = 200, description = "The member who stays, with everything of the other", body = UserDetails)))]
async fn merge(
    State(audience): State<Audience>,
    asking: Asking,
    name: Named,
    Body { input, .. }: Body<Merge>,
) -> Answer<Json<UserDetails>> {
    let into: MemberId = name.id("User")?;
    let mut tx = audience.app().write().await?;
    let two = (into, input.user_id);
    let member = members::merge(&mut tx, audience.keepers(), asking.hub(), two, Some(asking.id)).await?;
    let body = details(&audience, &mut tx, member).await?;
    tx.commit().await?;
    Ok(Json(body))
}
