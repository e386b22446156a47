//! Who one is.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Caller};
use kernel::{Error, Kind};

use super::{Done, done};
use crate::{Accounts, UserBody, store};

/// Read my account
///
/// In the demo without a token: its administrator, who is no account.
#[utoipa::path(get, path = "/api/v1/auth/me", tag = "Accounts",
    responses((status = 200, description = "One's own account", body = UserBody),
        (status = 409, description = "The log-in's e-mail address belongs to an account that logs in otherwise"), (status = 502, description = "The service that keeps the passwords failed")))]
pub(super) async fn me(State(accounts): State<Accounts>, caller: Caller) -> Answer<Json<UserBody>> {
    Ok(Json(who(&accounts, &caller).await?))
}

async fn who(accounts: &Accounts, caller: &Caller) -> kernel::Result<UserBody> {
    match &caller.0 {
        kernel::Caller::DemoAdmin(workspace) => Ok(UserBody::demo_admin(*workspace)),
        kernel::Caller::Anonymous => Err(crate::state::refused()),
        kernel::Caller::Account(account) => {
            let mut tx = accounts.app().read().await?;
            let row = store::by_id(caller.scope(), &mut tx, account.id).await?.ok_or_else(crate::state::refused)?;
            accounts.told(&mut tx, &row).await
        }
    }
}

/// Check my token
///
/// Answers 200 with whose token it is, and 401 without a valid one.
#[utoipa::path(get, path = "/api/v1/auth/protected", tag = "Accounts",
    responses((status = 200, description = "It is", body = Done)))]
pub(super) async fn protected(State(accounts): State<Accounts>, caller: Caller) -> Answer<Json<Done>> {
    let user = who(&accounts, &caller).await?;
    Ok(done(format!("Hello {}, your token is good", user.username)))
}

/// Check that I am an administrator
///
/// Answers 200 to an administrator, and 403 to every other account.
#[utoipa::path(get, path = "/api/v1/auth/admin-only", tag = "Accounts", responses(
    (status = 200, description = "You are", body = Done),
    (status = 403, description = "You are not"),
))]
pub(super) async fn admin_only(State(accounts): State<Accounts>, caller: Caller) -> Answer<Json<Done>> {
    if !caller.is_admin() {
        return Err(Error::new(Kind::Forbidden, "Only administrators get in here").into());
    }
    let user = who(&accounts, &caller).await?;
    Ok(done(format!("Hello {}, you are an administrator", user.username)))
}
