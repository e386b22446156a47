//! What members allow.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use http_base::{Answer, Body, Member as Asking, Named, Routes, routes};
use input::Input;
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Audience, Channel, MemberId, Permission, Permitted, Purpose, members};

pub(super) fn router() -> Routes<Audience> {
    Routes::new().with(routes!(list, say))
}

/// That a member agreed, or wants no more.
#[derive(Serialize, ToSchema)]
#[schema(as = UserPermission)]
struct PermissionBody {
    /// About one channel; null about all.
    channel: Option<Channel>,
    /// About everything that is written to them, or about what is unasked.
    purpose: Purpose,
    /// Did they agree?
    allowed: bool,
    /// How they said so.
    #[schema(example = "STOP on WhatsApp")]
    how: String,
    /// When.
    at: Timestamp,
}

impl From<Permission> for PermissionBody {
    fn from(row: Permission) -> Self {
        let Permission { channel, purpose, allowed, how, at, .. } = row;
        Self { channel, purpose, allowed, how, at }
    }
}

/// Whether a member may be written to on a channel.
#[derive(Serialize, ToSchema)]
struct UserMay {
    /// The channel.
    channel: Channel,
    /// May they be answered?
    any: bool,
    /// May they be written to unasked? Only with their consent.
    marketing: bool,
}

/// What a member allows.
#[derive(Serialize, ToSchema)]
struct UserPermissions {
    /// Everything that they have said, oldest first.
    permissions: Vec<PermissionBody>,
    /// What follows from it: of what is about a channel or all of them, the newest counts.
    may: Vec<UserMay>,
}

fn told(rows: Vec<Permission>) -> UserPermissions {
    let may = Channel::ALL.iter().map(|channel| UserMay {
        channel: *channel,
        any: Permitted::of(&rows, *channel, Purpose::Any).may_answer(),
        marketing: Permitted::of(&rows, *channel, Purpose::Marketing) == Permitted::Agreed,
    });
    UserPermissions { may: may.collect(), permissions: rows.into_iter().map(Into::into).collect() }
}

/// What a member has said.
#[derive(Input)]
#[input(name = "NewUserPermission")]
struct NewPermission {
    /// About one channel; about all, if it is left out.
    #[input(word())]
    channel: Option<Channel>,
    /// About everything that is written to them, or about what is unasked.
    #[input(word(), default = Purpose::Any)]
    purpose: Purpose,
    /// Did they agree, or do they want no more?
    #[input(flag())]
    allowed: bool,
    /// How they said so: it is the proof.
    #[input(text(500), example = "Form of the workshop, 3 March 2026")]
    how: String,
    /// When they said so; now, if it is left out. What lies in the future is now.
    #[input(moment())]
    at: Option<Timestamp>,
}

/// List what a user allows
///
/// Consents and opt-outs, with when and how, and what follows from them.
#[utoipa::path(get, path = "/api/v1/users/{user_id}/permissions", tag = "Audience",
    params(("user_id" = MemberId, Path, description = "The member's id")),
    responses((status = 200, description = "What the member allows", body = UserPermissions)))]
async fn list(State(audience): State<Audience>, asking: Asking, name: Named) -> Answer<Json<UserPermissions>> {
    let mut tx = audience.app().read().await?;
    let member = super::find(&mut tx, asking.hub(), &name.0).await?;
    Ok(Json(told(members::permissions(&mut tx, &member).await?)))
}

/// Record what a user allows
///
/// A consent or an opt-out. It is added to what they have said before; what says nothing new is not written twice.
#[utoipa::path(post, path = "/api/v1/users/{user_id}/permissions", tag = "Audience", request_body = NewPermission,
    params(("user_id" = MemberId, Path, description = "The member's id")),
    responses((status = 201, description = "What the member allows now", body = UserPermissions)))]
async fn say(
    State(audience): State<Audience>,
    asking: Asking,
    name: Named,
    Body { input, .. }: Body<NewPermission>,
) -> Answer<(StatusCode, Json<UserPermissions>)> {
    let mut tx = audience.app().write().await?;
    let member = super::lock(&mut tx, asking.hub(), &name.0).await?;
    let at = input.at.unwrap_or_else(|| audience.app().clock().now());
    let about = (input.channel, input.purpose);
    if input.allowed {
        members::opt_in(&mut tx, &member, about, &input.how, at).await?;
    } else {
        members::opt_out(&mut tx, &member, about, &input.how, at).await?;
    }
    let body = told(members::permissions(&mut tx, &member).await?);
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(body)))
}
