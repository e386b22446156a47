//! Passwords: forgotten, set anew, changed.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Newcomer, Peer};
use kernel::{Caller, Error, Kind, Scope};

use super::input::{Address, Change, Reset, judge};
use super::{Done, done};
use crate::guesses::{Guesses, network};
use crate::store::{self, Purpose};
use crate::{AccountRow, Accounts, audit, everybody_else, jobs, letters, secrets};

/// Request a password reset
///
/// The answer, and the time it takes, are the same whether or not the address is anybody's.
#[utoipa::path(post, path = "/api/v1/auth/forgot-password", tag = "Accounts", request_body = Address, security(()),
    responses((status = 200, description = "If the address is somebody's, a mail is on its way", body = Done)))]
pub(super) async fn forgot(
    State(accounts): State<Accounts>,
    peer: Peer,
    Body { input, .. }: Body<Address>,
) -> Answer<Json<Done>> {
    jobs::ask_for_reset(&accounts, &input.email, &peer).await?;
    Ok(done("Password reset email sent"))
}

fn names(account: &AccountRow) -> Vec<&str> {
    [account.email.as_deref(), Some(account.username.as_str())].into_iter().flatten().collect()
}

/// Reset a password
///
/// By the token that was mailed; it is good once, and shows that the address is one's own. Everybody else is out: every log-in, key,
/// linked provider, mailed link and open invitation of the account is ended, and its owner is told.
#[utoipa::path(post, path = "/api/v1/auth/reset-password", tag = "Accounts", request_body = Reset, security(()), responses(
    (status = 200, description = "The new password is set", body = Done),
    (status = 400, description = "The token was used, is over, or never was"),
))]
pub(super) async fn reset(
    State(accounts): State<Accounts>,
    peer: Peer,
    Body { input, .. }: Body<Reset>,
) -> Answer<Json<Done>> {
    let (app, clock, scope) = (accounts.app(), accounts.clock(), Scope::system());
    let not_good = || Error::new(Kind::BadRequest, "This token is not good any more; ask for another mail");
    let token = secrets::hash(&input.token);
    let mut tx = app.read().await?;
    let found = store::peek_mail_token(scope, &mut tx, Purpose::Reset, &token, clock.now()).await?;
    let (id, _) = found.ok_or_else(not_good)?;
    let account = store::by_id(scope, &mut tx, id).await?.ok_or_else(not_good)?;
    drop(tx);
    judge("password", &input.password, &names(&account))?;
    let hash = accounts.hasher().hash(&input.password).await?;
    let now = clock.now();
    let mut tx = app.write().await?;
    let answered = store::take_mail_token(scope, &mut tx, Purpose::Reset, &token, now).await?;
    let (_, key) = answered.ok_or_else(not_good)?;
    // The mail was answered: the address is theirs. One that the account has not any more resets nothing.
    if !store::set_verified(scope, &mut tx, id, &key, now).await?
        || !store::set_password(scope, &mut tx, id, &hash, now).await?
    {
        return Err(not_good().into());
    }
    let ended = everybody_else::out(&mut tx, id, None, "reset", now).await?;
    everybody_else::proved(&mut tx, &account, now).await?;
    // Whoever has the mail is the owner, and gets in from here whatever strangers try elsewhere.
    store::know_address(scope, &mut tx, id, &network(&peer), now).await?;
    letters::changed(&accounts, &mut tx, &account).await?;
    let entry = audit::Entry::of("password.reset", id, &peer).within(account.workspace_id);
    audit::record(&mut tx, clock, entry.with(ended.told())).await?;
    tx.commit().await?;
    if let Some(email) = &account.email {
        Guesses::at_login(&accounts, email, Some(&account), &peer).await?.succeeded(&accounts).await;
    }
    Ok(done("Password reset successful"))
}

/// Change my password
///
/// Every other log-in of the account is ended; this one goes on.
#[utoipa::path(post, path = "/api/v1/auth/change-password", tag = "Accounts", request_body = Change, responses(
    (status = 200, description = "The new password is set", body = Done),
    (status = 403, description = "The current password is another, or a program's key was sent"),
    (status = 409, description = "The account has no password, or it was changed by someone else meanwhile"),
    (status = 429, description = "Too many wrong passwords; Retry-After says how long to wait"),
))]
pub(super) async fn change(
    State(accounts): State<Accounts>,
    peer: Peer,
    person: Newcomer,
    Body { input, .. }: Body<Change>,
) -> Answer<Json<Done>> {
    let (app, clock, session) = (accounts.app(), accounts.clock(), person.session);
    let id = person.account.id;
    let scope = Caller::Account(person.account).scope();
    let found = store::by_id(scope, &mut app.read().await?, id).await?;
    let account = found.ok_or_else(crate::state::refused)?;
    let Some(old) = account.password_hash.as_deref() else {
        let message = "This account has no password yet; POST /api/v1/auth/forgot-password sets one by mail";
        return Err(Error::conflict(message).into());
    };
    judge("new_password", &input.new_password, &names(&account))?;
    let guesses = Guesses::at_own_password(&accounts, id);
    guesses.look(&accounts).await?;
    if !accounts.hasher().check(&input.current_password, Some(old)).await? {
        guesses.failed(&accounts).await;
        return Err(Error::new(Kind::Forbidden, "The current password is another").into());
    }
    guesses.succeeded(&accounts).await;
    let hash = accounts.hasher().hash(&input.new_password).await?;
    let now = clock.now();
    let mut tx = app.write().await?;
    if !store::keep_password(scope, &mut tx, &account, &hash, now).await? {
        return Err(Error::conflict("The password was changed by someone else meanwhile; log in again").into());
    }
    let ended = everybody_else::out(&mut tx, id, Some(session), "password", now).await?;
    letters::changed(&accounts, &mut tx, &account).await?;
    let entry = audit::Entry::of("password.changed", id, &peer).within(account.workspace_id);
    audit::record(&mut tx, clock, entry.with(ended.told())).await?;
    tx.commit().await?;
    Ok(done("Password changed successfully"))
}
