//! Signing up, as C and as D do.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use http_base::{Answer, Body, Peer};
use kernel::{Error, Kind, Result, Scope};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::input::{SignUp, SignUpOfC, SignUpOfD};
use crate::identity::supabase;
use crate::{Accounts, NewAccount, UserBody, audit, letters, store};

/// How C signs up. Only for the documentation: what is read, and how, is in `input`.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `SignUpOfC` reads")]
pub(super) struct SignUpInput {
    #[schema(example = "user@example.com", max_length = 254)]
    email: String,
    /// At least 8 characters, and none of those that everybody tries first.
    #[schema(example = "password123", min_length = 8, max_length = 128)]
    password: String,
    /// `INFLUENCER` (who is paid for content) or `BRAND` (who books creators); `CREATOR` and `BUSINESS` are the same.
    #[schema(example = "INFLUENCER")]
    role: String,
    /// Made from the e-mail address, if there is none.
    username: Option<String>,
    /// Two letters, ISO 3166.
    country: Option<String>,
}

/// How D registers.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `SignUpOfD` reads")]
pub(super) struct RegisterInput {
    #[schema(example = "creator@example.com", max_length = 254)]
    email: String,
    /// At least 8 characters, and none of those that everybody tries first.
    #[schema(example = "SecurePass123!", min_length = 8, max_length = 128)]
    password: String,
    /// 3 to 40 letters, digits, dots, hyphens or underscores.
    #[schema(example = "my_username", min_length = 3, max_length = 40)]
    username: String,
    /// `CREATOR` or `BUSINESS`; `INFLUENCER` and `BRAND` are the same.
    #[schema(example = "CREATOR")]
    user_type: String,
    /// Two letters, ISO 3166.
    #[schema(example = "ES")]
    country: Option<String>,
}

/// A new account.
#[derive(Serialize, ToSchema)]
pub(super) struct SignedUp {
    user: UserBody,
    message: &'static str,
}

/// Sign up
///
/// A brand gets a workspace of its own. A mail is sent to confirm the address; logging in does not wait for that.
#[utoipa::path(post, path = "/api/v1/auth/signup", tag = "Accounts", request_body = SignUpInput, security(()), responses(
    (status = 201, description = "The new account", body = SignedUp),
    (status = 400, description = "The e-mail address or the user name is somebody's already"),
))]
pub(super) async fn sign_up(
    State(accounts): State<Accounts>,
    peer: Peer,
    Body { input, .. }: Body<SignUpOfC>,
) -> Answer<(StatusCode, Json<SignedUp>)> {
    Ok(answer(make(&accounts, input.0, &peer).await?))
}

/// Register by e-mail
///
/// A business gets a workspace of its own. A mail is sent to confirm the address; logging in does not wait for that.
#[utoipa::path(post, path = "/api/v1/auth/register/email", tag = "Accounts", request_body = RegisterInput, security(()), responses(
    (status = 201, description = "The new account", body = SignedUp),
    (status = 400, description = "The e-mail address or the user name is somebody's already"),
))]
pub(super) async fn register(
    State(accounts): State<Accounts>,
    peer: Peer,
    Body { input, .. }: Body<SignUpOfD>,
) -> Answer<(StatusCode, Json<SignedUp>)> {
    Ok(answer(make(&accounts, input.0, &peer).await?))
}

fn answer(user: UserBody) -> (StatusCode, Json<SignedUp>) {
    (StatusCode::CREATED, Json(SignedUp { user, message: "Verification email sent" }))
}

async fn make(accounts: &Accounts, new: SignUp, peer: &Peer) -> Result<UserBody> {
    if let Some(backend) = accounts.backend() {
        let wanted = supabase::Wanted {
            email: &new.email,
            password: &new.password,
            username: new.username.as_deref(),
            user_type: new.user_type,
            country: new.country.as_deref(),
        };
        return supabase::sign_up(accounts, backend, wanted, peer).await;
    }
    let (app, clock) = (accounts.app(), accounts.clock());
    // Before the work of hashing; the table says it for good.
    let known = store::by_email(Scope::system(), &mut app.read().await?, &new.email).await?;
    if known.is_some() {
        return Err(Error::new(Kind::BadRequest, "Email already registered"));
    }
    let hash = accounts.hasher().hash(&new.password).await?;
    let account = NewAccount {
        email: Some(new.email),
        username: new.username,
        password_hash: Some(hash),
        country: new.country,
        ..NewAccount::of(new.user_type)
    };
    let mut tx = app.write().await?;
    let account = store::insert_account(Scope::system(), &mut tx, clock, account).await?;
    letters::verify(accounts, &mut tx, &account).await?;
    let entry = audit::Entry::of("signup", account.id, peer).within(account.workspace_id);
    audit::record(&mut tx, clock, entry.with(json!({"user_type": account.user_type, "method": "password"}))).await?;
    tx.commit().await?;
    Ok((&account).into())
}
