//! The page that the mail of an invitation leads to: it logs in, or signs up, and accepts.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use db::Tx;
use http_base::body::Raw;
use http_base::page::page;
use http_base::{Answer, Peer};
use input::Input;
use input::form::read_form;
use kernel::{Error, Kind, Result, Scope, UserType};
use maud::html;
use serde_json::json;

use super::input::judge;
use super::mails::confirm;
use super::pages::{LinkQuery, card, cut_off, refusal, token_of};
use crate::guesses::Guesses;
use crate::model;
use crate::workspaces::model::{Invitation, Workspace, no_invitation};
use crate::workspaces::{enter, invitations};
use crate::{AccountRow, Accounts, NewAccount, audit, secrets, store};

/// What the page's form sends.
#[derive(Input)]
#[input(name = "InvitationForm")]
pub(super) struct Accepting {
    /// The token, as it stands in the link of the mail.
    #[input(text(4096))]
    token: String,
    /// The password of the account that the invited address has; or the one that it is to have.
    #[input(model::password())]
    password: String,
}

/// The invitation of a token, and the account that its address has, if any.
async fn look(tx: &mut Tx, hash: &str, now: kernel::Timestamp) -> Result<(Invitation, Option<AccountRow>)> {
    let found = invitations::by_hash(Scope::system(), tx, hash).await?;
    let invitation = found.filter(|invitation| invitation.status(now) == "open").ok_or_else(no_invitation)?;
    let account = store::by_email(Scope::system(), tx, &invitation.email).await?;
    Ok((invitation, account))
}

/// Page: accept an invitation
///
/// Where the link of the mail leads. It logs in whoever has an account by its password, and makes one for whoever has none.
#[utoipa::path(get, path = "/invitations/accept", tag = "Pages", security(()),
    params(LinkQuery), responses(
    (status = 200, description = "A page", content_type = "text/html", body = String),
    (status = 400, description = "The link has no token, or is not good any more: a page that says so", content_type = "text/html", body = String),
))]
pub(super) async fn invited(
    State(accounts): State<Accounts>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let Some(token) = token_of(query) else { return Ok(cut_off(&headers)) };
    let mut tx = accounts.app().read().await?;
    let looked = look(&mut tx, &secrets::hash(&token), accounts.clock().now()).await;
    drop(tx);
    let (invitation, account) = match looked {
        Ok(looked) => looked,
        Err(error) => return Ok(refusal(&headers, "This invitation is not open", error.into())),
    };
    let (says, button, hint) = if account.is_some() {
        ("Log in to accept it.", "Log in and accept", "current-password")
    } else {
        ("Choose a password: an account is made for this address.", "Sign up and accept", "new-password")
    };
    let email = &invitation.email;
    let body = html! {
        section.card {
            p { "You were invited with the address " (email) ". " (says) }
            form method="post" action="/invitations/accept" {
                input type="hidden" name="token" value=(token);
                label { "E-mail address" input type="email" value=(email) autocomplete="username" readonly; }
                label { "Password" input type="password" name="password" required maxlength="128" autocomplete=(hint); }
                button { (button) }
            }
        }
    };
    Ok(page("An invitation into a workspace", &body))
}

/// Form: accept an invitation
///
/// What the page of the mailed link posts. The link shows that the address is one's own, and the password whose account it is.
#[utoipa::path(post, path = "/invitations/accept", tag = "Pages", security(()),
    request_body(content = Accepting, content_type = "application/x-www-form-urlencoded"), responses(
    (status = 200, description = "The invitation is accepted: a page", content_type = "text/html", body = String),
    (status = 400, description = "The link is not good any more: a page", content_type = "text/html", body = String),
    (status = 401, description = "The password is wrong: a page", content_type = "text/html", body = String),
    (status = 403, description = "The account is a creator's: a page", content_type = "text/html", body = String),
    (status = 422, description = "The new password is too weak: a page", content_type = "text/html", body = String),
))]
pub(super) async fn was_accepted(
    State(accounts): State<Accounts>,
    peer: Peer,
    headers: HeaderMap,
    Raw(form): Raw,
) -> Response {
    let done = async {
        let input: Accepting = read_form(&form)?;
        accept(&accounts, &input, &peer).await
    }
    .await;
    match done {
        Ok(workspace) => {
            let body = card(&format!("You are in {} now. Log in with this address and your password.", workspace.name));
            page("Welcome", &body)
        }
        Err(error) => refusal(&headers, "The invitation was not accepted", error.into()),
    }
}

async fn accept(accounts: &Accounts, input: &Accepting, peer: &Peer) -> Result<Workspace> {
    let (app, clock) = (accounts.app(), accounts.clock());
    let (hash, now) = (secrets::hash(&input.token), clock.now());
    let (invitation, known) = look(&mut app.read().await?, &hash, now).await?;
    let new_hash = if let Some(account) = &known {
        prove(accounts, account, &input.password, peer).await?;
        None
    } else {
        if accounts.backend().is_some() {
            let message = "Sign up with the invited address first, then open this link again";
            return Err(Error::conflict(message));
        }
        judge("password", &input.password, &[&invitation.email])?;
        Some(accounts.hasher().hash(&input.password).await?)
    };
    let mut tx = app.write().await?;
    let account = match (known, new_hash) {
        (Some(account), _) => {
            // The mail with the link was answered, and the password says that it is not a stranger's account.
            if !account.is_verified {
                let key = model::email_key(&invitation.email);
                store::set_verified(Scope::system(), &mut tx, account.id, &key, now).await?;
                confirm(accounts, &mut tx, account.id, peer).await?;
            }
            account
        }
        (None, password_hash) => {
            let new = NewAccount {
                email: Some(invitation.email.clone()),
                password_hash,
                is_verified: true,
                ..NewAccount::of(UserType::Business)
            };
            let made = store::insert_account(Scope::system(), &mut tx, clock, new).await?;
            let entry = audit::Entry::of("signup", made.id, peer).within(made.workspace_id);
            let detail = json!({"user_type": made.user_type, "method": "invitation"});
            audit::record(&mut tx, clock, entry.with(detail)).await?;
            made
        }
    };
    let joined = enter(&mut tx, clock, &invitation, &hash, (account.id, account.user_type), peer).await?;
    tx.commit().await?;
    Ok(joined)
}

/// Is it the account's own password? Guesses are slowed as at every log-in.
async fn prove(accounts: &Accounts, account: &AccountRow, password: &str, peer: &Peer) -> Result<()> {
    let Some(hash) = account.password_hash.as_deref() else {
        let message = "This account logs in by a provider; log in there, and accept with POST /api/v1/workspace/invitations/accept, \
                       or ask for a password by mail and open this link again";
        return Err(Error::conflict(message));
    };
    let email = account.email.as_deref().unwrap_or_default();
    let guesses = Guesses::at_login(accounts, email, Some(account), peer).await?;
    guesses.look(accounts).await?;
    if !accounts.hasher().check(password, Some(hash)).await? {
        guesses.failed(accounts).await;
        return Err(Error::new(Kind::Unauthenticated, "The password is wrong"));
    }
    guesses.succeeded(accounts).await;
    Ok(())
}
