//! The pages that mailed links open: confirming an address, setting a new password, asking for one. They do what the routes beside
//! them do for programs. Reading one changes nothing, because programs that look through mails follow every link.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use http_base::body::Raw;
use http_base::page::{page, page_of, wants_html};
use http_base::{Answer, ApiError, Body, Peer};
use input::Input;
use input::form::read_form;
use kernel::{Error, Kind, Result};
use maud::{Markup, html};
use serde_json::Map;

use super::input::{Address, Mailed, Reset};
use super::{mails, passwords};
use crate::Accounts;

/// What the query of a link holds.
#[derive(Input)]
pub(super) struct LinkQuery {
    /// The token of the mail that the link stands in.
    #[input(text(4096))]
    token: Option<String>,
}

/// The most that a page's form sends.
pub(super) const FORM_BYTES: usize = 16 << 10;

/// The token in a link's query; a link that was cut off has none.
pub(super) fn token_of(query: Option<String>) -> Option<String> {
    let read: Result<LinkQuery> = input::form::read_query(&query.unwrap_or_default());
    read.ok()?.token
}

/// A card with one sentence.
pub(super) fn card(text: &str) -> Markup {
    html! { section.card { p { (text) } } }
}

pub(super) fn cut_off(headers: &HeaderMap) -> Response {
    if !wants_html(headers) {
        return ApiError(Error::new(Kind::BadRequest, "The link has no token; copy all of it from the mail"))
            .into_response();
    }
    let body = card("The link is not whole. Copy all of it from the mail, or ask for another mail.");
    page_of(StatusCode::BAD_REQUEST, "This link is not whole", &body)
}

/// What was wrong, with what to do about it; programs get the one error body.
pub(super) fn refusal(headers: &HeaderMap, title: &str, error: ApiError) -> Response {
    if !wants_html(headers) {
        return error.into_response();
    }
    let faults = error.0.faults().iter().map(|fault| {
        let field = fault.loc.last().map(String::as_str).unwrap_or_default();
        format!("{field}: {}", fault.message)
    });
    let told: Vec<String> =
        if error.0.faults().is_empty() { vec![error.0.message().to_owned()] } else { faults.collect() };
    let body = html! {
        section.card {
            @for line in &told { p.bad { (line) } }
            p.soft { "Go back to try again, or " a href="/forgot-password" { "ask for another mail" } "." }
        }
    };
    page_of(http_base::error::status_and_code(error.0.kind()).0, title, &body)
}

fn body_of<T>(input: T) -> Body<T> {
    Body { input, sent: Map::new() }
}

/// Page: verify an email address
///
/// Where the link of the mail leads. It confirms nothing by itself: it has the button that does.
#[utoipa::path(get, path = "/verify-email", tag = "Pages", security(()),
    params(LinkQuery), responses(
    (status = 200, description = "A page", content_type = "text/html", body = String),
    (status = 400, description = "The link has no token: a page that says so", content_type = "text/html", body = String),
))]
pub(super) async fn verify(headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let Some(token) = token_of(query) else { return cut_off(&headers) };
    let body = html! {
        section.card {
            p { "Confirm that this address is yours. If you did not sign up, close this page." }
            form method="post" action="/verify-email" {
                input type="hidden" name="token" value=(token);
                label {
                    "The password that you chose (leave it out if somebody else signed up with your address)"
                    input type="password" name="password" maxlength="128" autocomplete="current-password";
                }
                button { "Confirm" }
            }
        }
    };
    page("Confirm your e-mail address", &body)
}

/// Form: verify an email address
///
/// What the page of the mailed link posts; the token is valid once.
#[utoipa::path(post, path = "/verify-email", tag = "Pages", security(()),
    request_body(content = Mailed, content_type = "application/x-www-form-urlencoded"), responses(
    (status = 200, description = "Confirmed: a page", content_type = "text/html", body = String),
    (status = 400, description = "The token was used, is over, or never was: a page", content_type = "text/html", body = String),
))]
pub(super) async fn verified(
    State(accounts): State<Accounts>,
    peer: Peer,
    headers: HeaderMap,
    Raw(form): Raw,
) -> Response {
    let done: Answer<_> = async {
        let input: Mailed = read_form(&form)?;
        Ok(mails::by_token(&accounts, &peer, &input).await?)
    }
    .await;
    match done {
        Ok(told) => {
            let body = html! {
                section.card {
                    p { "This address is yours. " (told) "." }
                    p { "You can close this page." }
                }
            };
            page("Confirmed", &body)
        }
        Err(error) => refusal(&headers, "This could not be confirmed", error),
    }
}

/// Page: reset a password
///
/// Where the link of the mail leads.
#[utoipa::path(get, path = "/reset-password", tag = "Pages", security(()),
    params(LinkQuery), responses(
    (status = 200, description = "A page", content_type = "text/html", body = String),
    (status = 400, description = "The link has no token: a page that says so", content_type = "text/html", body = String),
))]
pub(super) async fn reset(headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let Some(token) = token_of(query) else { return cut_off(&headers) };
    let body = html! {
        section.card {
            form method="post" action="/reset-password" {
                input type="hidden" name="token" value=(token);
                label {
                    "New password"
                    input type="password" name="password" required minlength="8" maxlength="128" autocomplete="new-password";
                }
                button { "Set the new password" }
            }
            p.soft { "Every device on which you are logged in will have to log in again." }
        }
    };
    page("A new password", &body)
}

/// Form: reset a password
///
/// What the page of the mailed link posts. Every session of the account ends with it.
#[utoipa::path(post, path = "/reset-password", tag = "Pages", security(()),
    request_body(content = Reset, content_type = "application/x-www-form-urlencoded"), responses(
    (status = 200, description = "The new password is set: a page", content_type = "text/html", body = String),
    (status = 400, description = "The token was used, is over, or never was: a page", content_type = "text/html", body = String),
    (status = 422, description = "The password is too weak: a page", content_type = "text/html", body = String),
))]
pub(super) async fn was_reset(
    State(accounts): State<Accounts>,
    peer: Peer,
    headers: HeaderMap,
    Raw(form): Raw,
) -> Response {
    let done: Answer<_> = async {
        let input: Reset = read_form(&form)?;
        passwords::reset(State(accounts), peer, body_of(input)).await
    }
    .await;
    match done {
        Ok(_) => page("Done", &card("Your new password is set. Log in with it.")),
        Err(error) => refusal(&headers, "The password was not set", error),
    }
}

/// Page: request a password reset
///
/// A form for the e-mail address.
#[utoipa::path(get, path = "/forgot-password", tag = "Pages", security(()),
    responses((status = 200, description = "A page", content_type = "text/html", body = String)))]
pub(super) async fn forgot() -> Response {
    let body = html! {
        section.card {
            form method="post" action="/forgot-password" {
                label { "Your e-mail address" input type="email" name="email" required autocomplete="email"; }
                button { "Send me a link" }
            }
        }
    };
    page("A new password", &body)
}

/// Form: request a password reset
///
/// The answer is the same whether there is such an account or not.
#[utoipa::path(post, path = "/forgot-password", tag = "Pages", security(()),
    request_body(content = Address, content_type = "application/x-www-form-urlencoded"), responses(
    (status = 200, description = "If the address is somebody's, a mail is on its way: a page", content_type = "text/html", body = String),
    (status = 422, description = "That is no e-mail address: a page", content_type = "text/html", body = String),
))]
pub(super) async fn asked(
    State(accounts): State<Accounts>,
    peer: Peer,
    headers: HeaderMap,
    Raw(form): Raw,
) -> Response {
    let done: Answer<_> = async {
        let input: Address = read_form(&form)?;
        passwords::forgot(State(accounts), peer, body_of(input)).await
    }
    .await;
    match done {
        Ok(_) => page("Look into your mail", &card("If the address is known here, a mail with a link is on its way.")),
        Err(error) => refusal(&headers, "No mail was sent", error),
    }
}
