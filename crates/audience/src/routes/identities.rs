//! By what members are known.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use http_base::{Answer, Body, Done, Member as Asking, Named, Params, Routes, done, routes};
use input::Input;
use kernel::{Error, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Audience, Channel, Identity, IdentityKind, IdentityRow, MemberId, members};

/// A member has no more identities than this.
const MOST: usize = 100;

pub(super) fn router() -> Routes<Audience> {
    Routes::new().with(routes!(list, add, remove))
}

/// Something that a member is known by on a channel.
#[derive(Serialize, ToSchema)]
#[schema(as = UserIdentity)]
struct IdentityBody {
    /// On which channel.
    channel: Channel,
    /// What kind of identity it is.
    kind: IdentityKind,
    /// What it is: of a phone number its digits. Of a visitor of the widget it is the hash of a token.
    #[schema(example = "34600111222")]
    value: String,
    /// Since when it is known.
    created_at: Timestamp,
    /// Since when nobody is reached by it; null as far as is known.
    unreachable_at: Option<Timestamp>,
}

impl From<IdentityRow> for IdentityBody {
    fn from(row: IdentityRow) -> Self {
        let IdentityRow { channel, kind, value, created_at, unreachable_at, .. } = row;
        Self { channel, kind, value, created_at, unreachable_at }
    }
}

/// By what a member is known.
#[derive(Serialize, ToSchema)]
struct UserIdentityList {
    /// All of them, by channel.
    identities: Vec<IdentityBody>,
}

/// An identity of a member.
#[derive(Input)]
#[input(name = "NewUserIdentity")]
struct NewIdentity {
    /// On which channel.
    #[input(word())]
    channel: Channel,
    /// What kind of identity it is.
    #[input(word())]
    kind: IdentityKind,
    /// What it is.
    #[input(reference(512), example = "+34 600 111 222")]
    value: String,
}

/// Which identity.
#[derive(Input)]
struct IdentityQuery {
    /// On which channel.
    #[input(word_of_query())]
    channel: Channel,
    /// What kind of identity it is.
    #[input(word_of_query())]
    kind: IdentityKind,
    /// What it is.
    #[input(text(512))]
    value: String,
}

fn read(kind: IdentityKind, value: &str) -> kernel::Result<Identity> {
    Identity::new(kind, value).ok_or_else(|| {
        let what = if kind == IdentityKind::Phone { "must be a phone number" } else { "must say something" };
        Error::invalid_field("value", what)
    })
}

/// List what a user is known by
///
/// On all channels.
#[utoipa::path(get, path = "/api/v1/users/{user_id}/identities", tag = "Audience",
    params(("user_id" = MemberId, Path, description = "The member's id")),
    responses((status = 200, description = "The identities", body = UserIdentityList)))]
async fn list(State(audience): State<Audience>, asking: Asking, name: Named) -> Answer<Json<UserIdentityList>> {
    let mut tx = audience.app().read().await?;
    let member = super::find(&mut tx, asking.hub(), &name.0).await?;
    let rows = members::identities(&mut tx, &member).await?;
    Ok(Json(UserIdentityList { identities: rows.into_iter().map(Into::into).collect() }))
}

/// Add an identity of a user
///
/// Whoever writes under it on the channel is this member from now on.
#[utoipa::path(post, path = "/api/v1/users/{user_id}/identities", tag = "Audience", request_body = NewIdentity,
    params(("user_id" = MemberId, Path, description = "The member's id")),
    responses((status = 201, description = "All identities of the member", body = UserIdentityList),
    (status = 409, description = "Another member is known by it on this channel")))]
async fn add(
    State(audience): State<Audience>,
    asking: Asking,
    name: Named,
    Body { input, .. }: Body<NewIdentity>,
) -> Answer<(StatusCode, Json<UserIdentityList>)> {
    let identity = read(input.kind, &input.value)?;
    let mut tx = audience.app().write().await?;
    let member = super::lock(&mut tx, asking.hub(), &name.0).await?;
    members::add_identity(&mut tx, &member, input.channel, &identity).await?;
    let rows = members::identities(&mut tx, &member).await?;
    if rows.len() > MOST {
        return Err(Error::conflict(format!("A member has at most {MOST} identities; take some away first")).into());
    }
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(UserIdentityList { identities: rows.into_iter().map(Into::into).collect() })))
}

/// Remove an identity of a user
///
/// Whoever writes under it afterwards is somebody new.
#[utoipa::path(delete, path = "/api/v1/users/{user_id}/identities", tag = "Audience",
    params(("user_id" = MemberId, Path, description = "The member's id"), IdentityQuery),
    responses((status = 200, description = "Removed", body = Done)))]
async fn remove(
    State(audience): State<Audience>,
    asking: Asking,
    name: Named,
    Params(query): Params<IdentityQuery>,
) -> Answer<Json<Done>> {
    let identity = read(query.kind, &query.value)?;
    let mut tx = audience.app().write().await?;
    let member = super::find(&mut tx, asking.hub(), &name.0).await?;
    if !members::remove_identity(&mut tx, &member, query.channel, &identity).await? {
        return Err(Error::not_found("Identity").into());
    }
    tx.commit().await?;
    Ok(done("The identity is removed"))
}
