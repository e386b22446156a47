//! Logging in, staying in, logging out.

use axum::Json;
use axum::body::HttpBody as _;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use http_base::caller::bearer;
use http_base::{Answer, Body, Newcomer, Peer};
use kernel::{Error, Kind, Result, Scope};
use serde_json::json;

use super::input::{Credentials, Refresh};
use super::{Done, done};
use crate::guesses::Guesses;
use crate::identity::supabase;
use crate::passwords::Fit;
use crate::session::{self, Opened, Tokens};
use crate::{AccountRow, Accounts, audit, store};

/// Log in
///
/// Whether it was the address or the password that was wrong is not told. Whoever is wrong again and again has to wait.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "Accounts", request_body = Credentials, security(()), responses(
    (status = 200, description = "The tokens of the log-in, and who it is", body = Opened),
    (status = 403, description = "The account is suspended; the message says why"),
    (status = 429, description = "Too many wrong passwords; Retry-After says how long to wait"),
    (status = 502, description = "The service that keeps the passwords failed"),
))]
pub(super) async fn log_in(
    State(accounts): State<Accounts>,
    peer: Peer,
    Body { input, .. }: Body<Credentials>,
) -> Answer<Json<Opened>> {
    let app = accounts.app();
    let found = store::by_email(Scope::system(), &mut app.read().await?, &input.email).await?;
    let guesses = Guesses::at_login(&accounts, &input.email, found.as_ref(), &peer).await?;
    guesses.look(&accounts).await?;
    // An account with a password of its own keeps it.
    if let Some(backend) =
        accounts.backend().filter(|_| found.as_ref().is_none_or(|account| account.password_hash.is_none()))
    {
        let entered = supabase::log_in(&accounts, backend, (&input.email, &input.password), &peer).await;
        match &entered {
            Ok(_) => guesses.succeeded(&accounts).await,
            Err(error) if error.kind() == Kind::Unauthenticated => {
                guesses.failed(&accounts).await;
                note_failure(&accounts, found.as_ref(), &peer).await?;
            }
            Err(_) => {}
        }
        return Ok(Json(entered?));
    }
    let hash = found.as_ref().and_then(|account| account.password_hash.as_deref());
    let fit = accounts.hasher().fit(&input.password, hash).await?;
    let Some(account) = found.as_ref().filter(|_| fit != Fit::Not) else {
        guesses.failed(&accounts).await;
        note_failure(&accounts, found.as_ref(), &peer).await?;
        return Err(wrong().into());
    };
    guesses.succeeded(&accounts).await;
    let opened = open(&accounts, account, (&input.password, fit), &peer).await?;
    Ok(Json(opened))
}

async fn open(accounts: &Accounts, account: &AccountRow, (password, fit): (&str, Fit), peer: &Peer) -> Result<Opened> {
    let outdated =
        fit == Fit::AsTyped || account.password_hash.as_deref().is_some_and(|hash| accounts.hasher().is_outdated(hash));
    let rehashed = if outdated { Some(accounts.hasher().hash(password).await?) } else { None };
    let now = accounts.clock().now();
    let mut tx = accounts.app().write().await?;
    if !store::touch(Scope::system(), &mut tx, account, now).await? {
        return Err(wrong());
    }
    if let Some(hash) = rehashed {
        store::keep_password(Scope::system(), &mut tx, account, &hash, now).await?;
    }
    let opened = session::open(accounts, &mut tx, account, "password", peer).await?;
    tx.commit().await?;
    Ok(opened)
}

/// The same is written for an address that is nobody's: it takes as long. What was typed there is not kept; it may be a password.
async fn note_failure(accounts: &Accounts, found: Option<&AccountRow>, peer: &Peer) -> Result<()> {
    let entry = audit::Entry {
        kind: "login.failed",
        account: found.map(|account| account.id),
        workspace: found.and_then(|account| account.workspace_id),
        peer: peer.clone(),
        detail: json!({"method": "password"}),
        ..audit::Entry::default()
    };
    let mut tx = accounts.app().write().await?;
    audit::record(&mut tx, accounts.clock(), entry).await?;
    tx.commit().await
}

fn wrong() -> Error {
    Error::new(Kind::Unauthenticated, "The e-mail address or the password is wrong")
}

/// Refresh tokens
///
/// The token comes as `Authorization: Bearer …` or as `refresh_token` in the body. It is good once: the answer has another. Requests
/// that overlap in time get the same answer; using a token after it was answered is taken for theft, and ends the log-in it belongs to.
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "Accounts", request_body = Option<Refresh>, security((), ("bearer" = [])),
    responses((status = 200, description = "New tokens", body = Tokens),
    (status = 403, description = "The account is suspended; the message says why"), (status = 502, description = "The service that keeps the passwords failed")))]
pub(super) async fn refresh(State(accounts): State<Accounts>, peer: Peer, request: Request) -> Answer<Json<Tokens>> {
    let (parts, body) = request.into_parts();
    let sent = bearer(&parts)?.map(str::to_owned);
    let token = match sent {
        Some(token) if session::is_refresh(&token) || body.is_end_stream() => token,
        None if body.is_end_stream() => {
            let message = "Send the refresh token as a bearer token, or as refresh_token in a JSON body";
            return Err(Error::new(Kind::Unauthenticated, message).into());
        }
        // An access token that is over may stand in the header all the same.
        _ => Body::<Refresh>::from_request(Request::from_parts(parts, body), &accounts).await?.input.refresh_token,
    };
    Ok(Json(session::refresh(&accounts, &token, &peer).await?))
}

/// Log out
///
/// Ends this log-in at once: its access token and its refresh token are no good any more, anywhere.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "Accounts", responses(
    (status = 200, description = "Logged out", body = Done),
    (status = 403, description = "A program's key is no log-in"),
))]
pub(super) async fn log_out(
    State(accounts): State<Accounts>,
    peer: Peer,
    person: Newcomer,
    headers: HeaderMap,
) -> Answer<Json<Done>> {
    let whose = (person.account.id, person.session);
    session::end(&accounts, Scope::system(), whose, "logout", &peer).await?;
    let token =
        headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.split_once(' '));
    supabase::log_out(&accounts, token.map(|(_, token)| token.trim())).await;
    Ok(done("Logged out successfully"))
}
