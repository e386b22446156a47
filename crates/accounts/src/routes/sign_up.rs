//! Signing up and registering.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use http_base::{Answer, Body, Peer};
use kernel::{Error, Kind, Result, Scope, UserType};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::input::{NewPerson, Register, SignUp};
use crate::identity::supabase;
use crate::{Accounts, NewAccount, UserBody, audit, guesses, letters, store};

/// D's words.
const EMAIL_TAKEN: &str = "Email already registered";

/// A new account.
#[derive(Serialize, ToSchema)]
pub(super) struct SignedUp {
    /// The account; null where sign-up tells nothing of whether there is one (`SIGN_UP_TELLS_NOTHING`).
    user: Option<UserBody>,
    /// What happens next.
    message: &'static str,
}

/// Sign up
///
/// A brand gets a workspace of its own. A mail is sent to confirm the address; logging in does not wait for that.
#[utoipa::path(post, path = "/api/v1/auth/signup", tag = "Accounts", request_body = SignUp, security(()), responses(
    (status = 201, description = "The new account", body = SignedUp),
    (status = 202, description = "With SIGN_UP_TELLS_NOTHING: a mail says what comes next, also to whoever has an account already", body = SignedUp),
    (status = 400, description = "The e-mail address or the user name is somebody's already"),
    (status = 502, description = "The service that keeps the passwords failed"),
))]
pub(super) async fn sign_up(
    State(accounts): State<Accounts>,
    peer: Peer,
    Body { input, .. }: Body<SignUp>,
) -> Answer<(StatusCode, Json<SignedUp>)> {
    Ok(answer(make(&accounts, input.person, input.username, input.role, &peer).await?))
}

/// Register by email
///
/// A business gets a workspace of its own. A mail is sent to confirm the address; logging in does not wait for that.
#[utoipa::path(post, path = "/api/v1/auth/register/email", tag = "Accounts", request_body = Register, security(()), responses(
    (status = 201, description = "The new account", body = SignedUp),
    (status = 202, description = "With SIGN_UP_TELLS_NOTHING: a mail says what comes next, also to whoever has an account already", body = SignedUp),
    (status = 400, description = "The e-mail address or the user name is somebody's already"),
))]
pub(super) async fn register(
    State(accounts): State<Accounts>,
    peer: Peer,
    Body { input, .. }: Body<Register>,
) -> Answer<(StatusCode, Json<SignedUp>)> {
    Ok(answer(make(&accounts, input.person, Some(input.username), input.user_type, &peer).await?))
}

fn answer(user: Option<UserBody>) -> (StatusCode, Json<SignedUp>) {
    if user.is_none() {
        let message = "If the address is yours, a mail that was sent to it says what comes next";
        return (StatusCode::ACCEPTED, Json(SignedUp { user, message }));
    }
    (StatusCode::CREATED, Json(SignedUp { user, message: "Verification email sent" }))
}

/// Makes the account. Where sign-up tells nothing, neither the answer nor the time it takes says whether the address had one: a mail does.
async fn make(
    accounts: &Accounts,
    new: NewPerson,
    username: Option<String>,
    user_type: UserType,
    peer: &Peer,
) -> Result<Option<UserBody>> {
    if !accounts.settings().quiet_sign_up {
        return make_openly(accounts, new, username, user_type, peer).await.map(Some);
    }
    let app = accounts.app();
    let mut tx = app.read().await?;
    // A name is chosen in public, and told in any case before the address is looked at.
    if let Some(name) = &username
        && store::is_taken(&mut tx, name).await?
    {
        return Err(Error::new(Kind::BadRequest, "Username already taken"));
    }
    let known = store::by_email(Scope::system(), &mut tx, &new.email).await?;
    drop(tx);
    let Some(known) = known else {
        return match make_openly(accounts, new, username, user_type, peer).await {
            // Somebody else was quicker with the same address: they are told by mail.
            Err(error) if error.kind() == Kind::BadRequest && error.message() == EMAIL_TAKEN => Ok(None),
            made => made.map(|_| None),
        };
    };
    // As long as it takes to make one.
    accounts.hasher().hash(&new.password).await?;
    if guesses::may_mail(accounts, "exists", &new.email).await {
        let mut tx = app.write().await?;
        letters::exists(accounts, &mut tx, &known).await?;
        tx.commit().await?;
    }
    Ok(None)
}

async fn make_openly(
    accounts: &Accounts,
    new: NewPerson,
    username: Option<String>,
    user_type: UserType,
    peer: &Peer,
) -> Result<UserBody> {
    if let Some(backend) = accounts.backend() {
        let wanted = supabase::Wanted {
            email: &new.email,
            password: &new.password,
            username: username.as_deref(),
            user_type,
            country: new.country.as_deref(),
        };
        return supabase::sign_up(accounts, backend, wanted, peer).await;
    }
    let (app, clock) = (accounts.app(), accounts.clock());
    // Before the work of hashing; the table says it for good.
    let known = store::by_email(Scope::system(), &mut app.read().await?, &new.email).await?;
    if known.is_some() {
        return Err(Error::new(Kind::BadRequest, EMAIL_TAKEN));
    }
    let hash = accounts.hasher().hash(&new.password).await?;
    let account = NewAccount {
        email: Some(new.email),
        username,
        password_hash: Some(hash),
        country: new.country,
        ..NewAccount::of(user_type)
    };
    let mut tx = app.write().await?;
    let account = store::insert_account(Scope::system(), &mut tx, clock, account).await?;
    letters::verify(accounts, &mut tx, &account).await?;
    // Where it was registered its mailed link may be opened, too.
    store::know_address(Scope::system(), &mut tx, account.id, &guesses::network(peer), clock.now()).await?;
    let entry = audit::Entry::of("signup", account.id, peer).within(account.workspace_id);
    audit::record(&mut tx, clock, entry.with(json!({"user_type": account.user_type, "method": "password"}))).await?;
    let user = accounts.told(&mut tx, &account).await?;
    tx.commit().await?;
    Ok(user)
}
