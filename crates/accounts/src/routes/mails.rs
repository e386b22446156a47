//! Showing that an e-mail address is one's own.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Peer, Person};
use kernel::{Caller, Error, Kind, Scope, UserType};
use serde_json::json;

use super::input::Mailed;
use super::{Done, done};
use crate::store::{self, Purpose};
use crate::{Accounts, audit, guesses, letters, secrets};

/// Verify an email address
///
/// By the token that was mailed there; it is good once. A creator's entries in the directory that have this address and are
/// nobody's yet become theirs to change.
#[utoipa::path(post, path = "/api/v1/auth/verify-email", tag = "Accounts", request_body = Mailed, security(()), responses(
    (status = 200, description = "Confirmed", body = Done),
    (status = 400, description = "The token was used, is over, or never was"),
))]
pub(super) async fn verify(
    State(accounts): State<Accounts>,
    peer: Peer,
    Body { input, .. }: Body<Mailed>,
) -> Answer<Json<Done>> {
    let (app, clock, scope) = (accounts.app(), accounts.clock(), Scope::system());
    let (now, hash) = (clock.now(), secrets::hash(&input.token));
    // What was made up is refused without taking the writer.
    if store::peek_mail_token(scope, &mut app.read().await?, Purpose::Verify, &hash, now).await?.is_none() {
        return Err(not_good().into());
    }
    let mut tx = app.write().await?;
    let taken = store::take_mail_token(scope, &mut tx, Purpose::Verify, &hash, now).await?;
    let (id, key) = taken.ok_or_else(not_good)?;
    if !store::set_verified(scope, &mut tx, id, &key, now).await? {
        return Err(not_good().into());
    }
    let account = store::by_id(scope, &mut tx, id).await?.ok_or_else(not_good)?;
    let claimed = match account.user_type {
        UserType::Creator => creators::store::claim(scope, &mut tx, &key, id, now).await?,
        _ => 0,
    };
    let entry = audit::Entry::of("email.verified", id, &peer).within(account.workspace_id);
    audit::record(&mut tx, clock, entry.with(json!({"claimed": claimed}))).await?;
    tx.commit().await?;
    Ok(done("Email verified successfully"))
}

fn not_good() -> Error {
    Error::new(Kind::BadRequest, "This token is not good any more; log in and ask for another mail")
}

/// Resend the verification email
///
/// Tokens that were mailed before stay good.
#[utoipa::path(post, path = "/api/v1/auth/resend-verification", tag = "Accounts", responses(
    (status = 200, description = "Sent, or confirmed already", body = Done),
    (status = 403, description = "A program's key is no log-in"),
    (status = 409, description = "The account has no e-mail address"),
    (status = 429, description = "Many were sent already; Retry-After says how long to wait"),
))]
pub(super) async fn resend(State(accounts): State<Accounts>, person: Person) -> Answer<Json<Done>> {
    let id = person.account.id;
    let scope = Caller::Account(person.account).scope();
    let app = accounts.app();
    let found = store::by_id(scope, &mut app.read().await?, id).await?;
    let account = found.ok_or_else(crate::state::refused)?;
    if account.is_verified {
        return Ok(done("Your e-mail address is confirmed already"));
    }
    let Some(email) = &account.email else {
        return Err(Error::conflict("This account has no e-mail address to confirm").into());
    };
    if !guesses::may_mail(&accounts, "verify", email).await {
        let message = "Several mails were sent to you already; look for them, or try again in a while";
        return Err(Error::new(Kind::RateLimited(600), message).into());
    }
    let mut tx = app.write().await?;
    letters::verify(&accounts, &mut tx, &account).await?;
    tx.commit().await?;
    Ok(done("Verification email sent"))
}
