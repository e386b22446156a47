//! Showing that an e-mail address is one's own.

use axum::Json;
use axum::extract::State;
use db::Tx;
use http_base::{Answer, Body, Newcomer, Peer};
use kernel::{AccountId, Caller, Error, Kind, Result, Scope};
use serde_json::json;

use super::input::Mailed;
use super::{Done, done};
use crate::guesses::Guesses;
use crate::store::{self, Purpose};
use crate::{AccountRow, Accounts, ConfirmWants, audit, everybody_else, guesses, letters, secrets};

/// Verify an email address
///
/// By the token that was mailed there; it is good once. A creator's entries in the directory that have this address and are
/// nobody's yet become theirs to change, and those that are added later, too. Whatever was open before ends: log-ins (log in again),
/// keys, linked providers, mailed links.
#[utoipa::path(post, path = "/api/v1/auth/verify-email", tag = "Accounts", request_body = Mailed, security(()), responses(
    (status = 200, description = "Confirmed", body = Done),
    (status = 400, description = "The token was used, is over, or never was"),
    (status = 403, description = "A password was given, and it is another"),
    (status = 429, description = "Too many wrong passwords; Retry-After says how long to wait"),
))]
pub(super) async fn verify(
    State(accounts): State<Accounts>,
    peer: Peer,
    Body { input, .. }: Body<Mailed>,
) -> Answer<Json<Done>> {
    Ok(done(by_token(&accounts, &peer, &input).await?))
}

/// Confirms an address by its token; says what came of it.
pub(super) async fn by_token(accounts: &Accounts, peer: &Peer, input: &Mailed) -> Result<&'static str> {
    let (app, scope, now) = (accounts.app(), Scope::system(), accounts.clock().now());
    let hash = secrets::hash(&input.token);
    let mut tx = app.read().await?;
    // What was made up is refused without taking the writer.
    let found = store::peek_mail_token(scope, &mut tx, Purpose::Verify, &hash, now).await?;
    let (id, _) = found.ok_or_else(not_good)?;
    let account = store::by_id(scope, &mut tx, id).await?.ok_or_else(not_good)?;
    let here = store::is_known_address(scope, &mut tx, id, &guesses::network(peer)).await?;
    drop(tx);
    let keeps = keeps_password(accounts, &account, input.password.as_deref(), here, peer).await?;
    let mut tx = app.write().await?;
    let taken = store::take_mail_token(scope, &mut tx, Purpose::Verify, &hash, now).await?;
    let (id, key) = taken.ok_or_else(not_good)?;
    if !store::set_verified(scope, &mut tx, id, &key, now).await? {
        return Err(not_good());
    }
    confirm(accounts, &mut tx, id, peer).await?;
    if !keeps {
        store::forget_password(scope, &mut tx, id, now).await?;
        letters::reset(accounts, &mut tx, &account).await?;
    }
    tx.commit().await?;
    Ok(if keeps {
        "Email verified successfully"
    } else {
        "Email verified successfully. The password was chosen elsewhere and does not count any more: a mail has the link to choose yours"
    })
}

/// Is it plain that whoever confirms the address for the first time is who chose the password? A stranger may have registered it.
async fn keeps_password(
    accounts: &Accounts,
    account: &AccountRow,
    given: Option<&str>,
    here: bool,
    peer: &Peer,
) -> Result<bool> {
    let Some(hash) = account.password_hash.as_deref().filter(|_| !account.is_verified) else { return Ok(true) };
    let Some(given) = given else {
        return Ok(match accounts.settings().confirm_wants {
            ConfirmWants::Nothing => true,
            ConfirmWants::PasswordElsewhere => here,
            ConfirmWants::Password => false,
        });
    };
    let email = account.email.as_deref().unwrap_or_default();
    let guesses = Guesses::at_login(accounts, email, Some(account), peer).await?;
    guesses.look(accounts).await?;
    if !accounts.hasher().check(given, Some(hash)).await? {
        guesses.failed(accounts).await;
        let message = "The password is another; leave it out if somebody else signed up with your address";
        return Err(Error::new(Kind::Forbidden, message));
    }
    guesses.succeeded(accounts).await;
    Ok(true)
}

/// What follows from an address that was just proved for the first time. Commit before anything of it is told.
pub(crate) async fn confirm(accounts: &Accounts, tx: &mut Tx, id: AccountId, peer: &Peer) -> Result<()> {
    let (clock, now) = (accounts.clock(), accounts.clock().now());
    let account = store::by_id(Scope::system(), tx, id).await?.ok_or_else(not_good)?;
    let ended = everybody_else::out(tx, id, None, "verified", now).await?;
    let claimed = everybody_else::proved(tx, &account, now).await?;
    if ended.anything() {
        letters::confirmed(accounts, tx, &account).await?;
    }
    let mut detail = ended.told();
    detail["claimed"] = json!(claimed);
    let entry = audit::Entry::of("email.verified", id, peer).within(account.workspace_id);
    audit::record(tx, clock, entry.with(detail)).await.map(drop)
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
pub(super) async fn resend(State(accounts): State<Accounts>, person: Newcomer) -> Answer<Json<Done>> {
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
