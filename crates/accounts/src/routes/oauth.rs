//! Logging in by a provider, and the providers of one's own account.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use http_base::routes;
use http_base::{Answer, Body, Named, Newcomer, Peer, Person};
use http_base::{Rate, Routes};
use input::{Fields, Input};
use kernel::{Error, Result, Timestamp, UserType};
use ports::identity::{Grant, Profile, Provider};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Done, done};
use crate::identity::linked;
use crate::identity::oauth::{self, Known, Wish};
use crate::session::Opened;
use crate::{Accounts, model};

/// The longest token, code or address that is looked at.
const LONGEST: usize = 8192;

/// Every route of providers.
pub(super) fn router() -> Routes<Accounts> {
    Routes::new()
        .with(routes!(register_instagram).rate(Rate::LogIn))
        .with(routes!(log_in).rate(Rate::LogIn))
        .with(routes!(list))
        .with(routes!(link).rate(Rate::LogIn))
        .with(routes!(unlink).rate(Rate::LogIn))
}

/// What proves who someone is at a provider.
#[derive(Input)]
#[input(before = proves_something, no_schema)]
struct Proof {
    /// A token that was made for this application (of Google, an id token too). Give this, or `code` and `redirect_uri`.
    #[input(text(LONGEST), example = "instagram_token")]
    access_token: Option<String>,
    /// The code of an authorization, which is traded for a token here. TikTok needs this: its tokens do not say for whom they are.
    #[input(text(LONGEST))]
    code: Option<String>,
    /// The address that the code was sent to.
    #[input(text(LONGEST))]
    redirect_uri: Option<String>,
    /// The secret of PKCE, where the authorization began with it.
    #[input(text(LONGEST))]
    code_verifier: Option<String>,
}

/// A code needs the address that it was sent to; without a code there must be a token.
fn proves_something(fields: &mut Fields) {
    let needed = if fields.has("code") { "redirect_uri" } else { "access_token" };
    if !fields.has(needed) {
        fields.fault(needed, "missing", "is missing");
    }
}

impl Proof {
    fn grant(self) -> Result<Grant> {
        match (self.code, self.redirect_uri, self.access_token) {
            (Some(code), Some(redirect_uri), _) => Ok(Grant::Code { code, redirect_uri, verifier: self.code_verifier }),
            (_, _, Some(token)) => Ok(Grant::Token(token)),
            _ => Err(Error::internal("a proof was read that proves nothing")),
        }
    }
}

/// What someone brings from Instagram.
#[derive(Input)]
#[input(name = "InstagramRegistration")]
struct Registration {
    #[input(flatten)]
    proof: Proof,
    /// What the account is for: `CREATOR` (or `INFLUENCER`) is paid for content, `BUSINESS` (or `BRAND`) books creators.
    #[input(model::user_type(), alias = "role", example = "CREATOR")]
    user_type: UserType,
    /// The country: two letters, ISO 3166.
    #[input(model::country(), example = "ES")]
    country: Option<String>,
}

/// What someone brings from a provider.
#[derive(Input)]
#[input(name = "ProviderLogIn")]
struct Entry {
    /// The provider.
    #[input(word, example = "instagram")]
    provider: Provider,
    #[input(flatten)]
    proof: Proof,
    /// What the account is for, if one has to be made: `CREATOR` (or `INFLUENCER`), `BUSINESS` (or `BRAND`).
    #[input(model::user_type(), alias = "role", example = "CREATOR")]
    user_type: Option<UserType>,
    /// The country, if an account has to be made: two letters, ISO 3166.
    #[input(model::country(), example = "ES")]
    country: Option<String>,
}

/// What someone brings to link a provider to their account.
#[derive(Input)]
#[input(name = "ProviderLink")]
struct Linking {
    /// The provider.
    #[input(word, example = "google")]
    provider: Provider,
    #[input(flatten)]
    proof: Proof,
}

/// A log-in by a provider.
#[derive(Serialize, ToSchema)]
struct Entered {
    #[serde(flatten)]
    opened: Opened,
    /// Who vouched for it: the provider, or `mock` for the demo's stand-in.
    #[schema(example = "instagram")]
    provider: &'static str,
    /// That the account was made just now; else missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "New user created")]
    message: Option<&'static str>,
}

fn vouched_by(profile: &Profile) -> &'static str {
    if profile.mock { "mock" } else { profile.provider.word() }
}

/// Register with Instagram
///
/// Whose the token is and for whom it was made is asked of Instagram. Its name and followers are kept in the profile. A business
/// gets a workspace of its own. Instagram tells no e-mail address.
#[utoipa::path(post, path = "/api/v1/auth/register/instagram", tag = "Accounts", request_body = Registration, security(()), responses(
    (status = 201, description = "The new account, logged in", body = Entered),
    (status = 401, description = "Instagram does not accept the token, or it was made for another application"),
    (status = 409, description = "This Instagram account is registered already"),
    (status = 502, description = "Instagram fails, or refuses this application"),
))]
async fn register_instagram(
    State(accounts): State<Accounts>,
    peer: Peer,
    Body { input, .. }: Body<Registration>,
) -> Answer<(StatusCode, Json<Entered>)> {
    let profile = oauth::ask(&accounts, Provider::Instagram, &input.proof.grant()?).await?;
    let wish = Wish { user_type: Some(input.user_type), country: input.country };
    let entered = oauth::enter(&accounts, &profile, &wish, Known::IsRefused, &peer).await?;
    let body = Entered { opened: entered.opened, provider: vouched_by(&profile), message: Some("New user created") };
    Ok((StatusCode::CREATED, Json(body)))
}

/// Log in with a provider
///
/// Whose the token is and for whom it was made is asked of the provider. Whoever has no account gets one; then `user_type` is
/// needed. An e-mail address that has an account already leads into that one only if both sides have proved it.
#[utoipa::path(post, path = "/api/v1/auth/login/oauth", tag = "Accounts", request_body = Entry, security(()), responses(
    (status = 200, description = "Logged in", body = Entered),
    (status = 201, description = "A new account, logged in", body = Entered),
    (status = 403, description = "The account is suspended; the message says why"),
    (status = 401, description = "The provider does not accept the token, or it was made for another application"),
    (status = 409, description = "The e-mail address has an account already, and is not proved on both sides"),
    (status = 502, description = "The provider fails, or refuses this application"),
))]
async fn log_in(
    State(accounts): State<Accounts>,
    peer: Peer,
    Body { input, .. }: Body<Entry>,
) -> Answer<(StatusCode, Json<Entered>)> {
    let profile = oauth::ask(&accounts, input.provider, &input.proof.grant()?).await?;
    let wish = Wish { user_type: input.user_type, country: input.country };
    let entered = oauth::enter(&accounts, &profile, &wish, Known::Enters, &peer).await?;
    let (status, message) =
        if entered.created { (StatusCode::CREATED, Some("New user created")) } else { (StatusCode::OK, None) };
    Ok((status, Json(Entered { opened: entered.opened, provider: vouched_by(&profile), message })))
}

/// A provider that is linked to one's account.
#[derive(Serialize, ToSchema)]
struct IdentityBody {
    /// `instagram`, `facebook`, `tiktok` or `google`.
    #[schema(value_type = Provider, example = "google")]
    provider: String,
    /// As one is called there.
    #[schema(example = "@instagram_username")]
    name: Option<String>,
    /// Since when.
    linked_at: Timestamp,
}

/// The ways into one's account.
#[derive(Serialize, ToSchema)]
struct Identities {
    /// At most one of each provider.
    identities: Vec<IdentityBody>,
    /// Does it have a password as well?
    has_password: bool,
}

/// List my linked providers
///
/// The accounts at Google, GitHub and others that one can log in with.
#[utoipa::path(get, path = "/api/v1/auth/identities", tag = "Accounts", responses(
    (status = 200, description = "The ways in", body = Identities),
    (status = 403, description = "A program's key is no log-in"),
))]
async fn list(State(accounts): State<Accounts>, person: Person) -> Answer<Json<Identities>> {
    Ok(Json(ways(&accounts, person).await?))
}

async fn ways(accounts: &Accounts, person: Person) -> Result<Identities> {
    let ways = linked::list(accounts, person.account).await?;
    let identities = ways
        .identities
        .into_iter()
        .map(|row| IdentityBody { provider: row.provider, name: row.name, linked_at: row.created_at })
        .collect();
    Ok(Identities { identities, has_password: ways.has_password })
}

/// Link a provider to my account
///
/// From then on one can log in by it as well. One account of each provider can be linked.
#[utoipa::path(post, path = "/api/v1/auth/identities", tag = "Accounts", request_body = Linking, responses(
    (status = 200, description = "It was linked before", body = Identities),
    (status = 201, description = "Linked", body = Identities),
    (status = 401, description = "The provider does not accept the token, or it was made for another application"),
    (status = 403, description = "A program's key is no log-in"),
    (status = 409, description = "It is linked to another account, or another one is linked to this"),
    (status = 502, description = "The provider fails, or refuses this application"),
))]
async fn link(
    State(accounts): State<Accounts>,
    person: Person,
    peer: Peer,
    Body { input, .. }: Body<Linking>,
) -> Answer<(StatusCode, Json<Identities>)> {
    let profile = oauth::ask(&accounts, input.provider, &input.proof.grant()?).await?;
    let new = linked::link(&accounts, person.account.clone(), &profile, &peer).await?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(ways(&accounts, person).await?)))
}

/// Unlink a provider from my account
///
/// Other log-ins that came by it are ended. The last way in stays.
#[utoipa::path(delete, path = "/api/v1/auth/identities/{provider}", tag = "Accounts",
    params(("provider" = String, Path, description = "`instagram`, `facebook`, `tiktok` or `google`")), responses(
    (status = 200, description = "Unlinked", body = Done),
    (status = 403, description = "A program's key is no log-in"),
    (status = 404, description = "None of this provider is linked"),
    (status = 409, description = "It is the only way in"),
))]
async fn unlink(
    State(accounts): State<Accounts>,
    person: Newcomer,
    peer: Peer,
    Named(name): Named,
) -> Answer<Json<Done>> {
    let provider = Provider::parse(&name).ok_or_else(|| Error::not_found("Identity"))?;
    linked::unlink(&accounts, (person.account, person.session), provider, &peer).await?;
    Ok(done(format!("{} is not linked any more", provider.name())))
}
