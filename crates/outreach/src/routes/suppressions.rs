//! Who gets no mail: the list, and the link in every mail that puts its receiver on it.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use db::Tx;
use events::TxExt as _;
use http_base::{Answer, App, Body, Caller, Done, ErrorBody, Named, Offsets, Page, Params, done};
use input::Input;
use kernel::{Error, Id, Kind, OutreachId, Result, Scope, Timestamp, WorkspaceId};
use maud::html;
use serde::Serialize;
use utoipa::ToSchema;

use super::workspace;
use crate::Outreach;
use crate::events::OutreachUnsubscribed;
use crate::letters;
use crate::store::suppressions::{self, Suppression, SuppressionId};
use crate::store::touches::{self, TouchId};
use crate::store::{self, sequences};
use crate::token::Purpose;

kernel::word_schema!(
    SuppressionReason,
    "Why an address gets no email.",
    "unsubscribed" | "complained" | "bounced" | "manual"
);

/// An address that gets no email.
#[derive(Serialize, ToSchema)]
#[schema(as = Suppression)]
pub(super) struct SuppressionBody {
    id: SuppressionId,
    /// The address.
    #[schema(example = "mia@example.com")]
    address: String,
    /// Why it gets none: `unsubscribed`, `complained`, `bounced` or `manual`.
    #[schema(value_type = SuppressionReason, example = "unsubscribed")]
    reason: String,
    /// A note of whoever put it on the list.
    note: Option<String>,
    created_at: Timestamp,
}

impl From<Suppression> for SuppressionBody {
    fn from(found: Suppression) -> Self {
        let Suppression { id, address, reason, note, created_at, .. } = found;
        Self { id, address, reason, note, created_at }
    }
}

/// A page of the suppression list.
#[derive(Serialize, ToSchema)]
pub(super) struct SuppressionList {
    /// The addresses of this page, the newest first.
    suppressions: Vec<SuppressionBody>,
    #[serde(flatten)]
    page: Page,
}

/// List suppressed addresses
///
/// The addresses that get no email of your workspace, the newest first.
#[utoipa::path(get, path = "/api/v1/outreach/suppressions", tag = "Outreach mail", params(Offsets),
    responses((status = 200, description = "A page of the list", body = SuppressionList)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<SuppressionList>> {
    let mut tx = app.read().await?;
    let (found, total) = suppressions::list(caller.scope(), &mut tx, workspace(&caller)?, offsets).await?;
    let suppressions = found.into_iter().map(SuppressionBody::from).collect();
    Ok(Json(SuppressionList { suppressions, page: offsets.page(total) }))
}

/// An address that is to get no email.
#[derive(Input)]
#[input(name = "SuppressAddress")]
pub(super) struct AddressInput {
    /// The address.
    #[input(email, alias = "email", example = "mia@example.com")]
    address: String,
    /// Why, for your workspace.
    #[input(any_text(2_000))]
    note: Option<String>,
}

/// Suppress an address
///
/// The address gets no more email of your workspace, including what is queued already.
#[utoipa::path(post, path = "/api/v1/outreach/suppressions", tag = "Outreach mail", request_body = AddressInput,
    responses((status = 200, description = "The address is on the list", body = SuppressionBody),
    (status = 409, description = "The address is on the list already")))]
pub(super) async fn add(
    State(app): State<App>,
    caller: Caller,
    Body { input, .. }: Body<AddressInput>,
) -> Answer<Json<SuppressionBody>> {
    let new = Suppression {
        id: app.clock().new_id(),
        workspace_id: workspace(&caller)?,
        address: input.address,
        reason: "manual".into(),
        note: input.note,
        created_at: app.clock().now(),
    };
    let mut tx = app.write().await?;
    if !suppressions::insert(caller.scope(), &mut tx, &new).await? {
        return Err(Error::conflict("The address is on the list already").into());
    }
    tx.commit().await?;
    Ok(Json(new.into()))
}

/// Remove an address from the suppression list
///
/// Only an address that bounced, or that you put there: those who unsubscribed or complained decided so themselves.
#[utoipa::path(delete, path = "/api/v1/outreach/suppressions/{suppression_id}", tag = "Outreach mail",
    params(("suppression_id" = String, Path, description = "The id of the address in the list")),
    responses((status = 200, description = "Removed from the list", body = Done),
    (status = 409, description = "They unsubscribed or complained themselves")))]
pub(super) async fn remove(State(app): State<App>, caller: Caller, name: Named) -> Answer<Json<Done>> {
    let id = name.id("Suppressed address")?;
    let mut tx = app.write().await?;
    let found = suppressions::by_id(caller.scope(), &mut tx, id).await?;
    let found = found.ok_or_else(|| Error::not_found("Suppressed address"))?;
    if !matches!(found.reason.as_str(), "bounced" | "manual")
        || !suppressions::delete(caller.scope(), &mut tx, id, &found.reason).await?
    {
        let message = "They asked for no more mails themselves; only they can change that, by writing to you";
        return Err(Error::conflict(message).into());
    }
    tx.commit().await?;
    Ok(done(format!("{} gets mails again", found.address)))
}

fn unknown() -> Error {
    Error::new(Kind::NotFound, "This link is not one of ours, or not whole; copy it from the mail once more")
}

/// Show the unsubscribe page
///
/// A page with one button, for people who follow the link of an email. Looking at it changes nothing, as programs follow links too.
#[utoipa::path(get, path = "/api/v1/outreach/unsubscribe/{token}", tag = "Outreach mail", security(()),
    params(("token" = String, Path, description = "The token of the link in the email")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"),
    (status = 404, description = "The link is not known: as JSON, or as a page for those who ask for `text/html`",
        content((ErrorBody = "application/json"), (String = "text/html")))))]
pub(super) async fn page(State(outreach): State<Outreach>, name: Named, headers: HeaderMap) -> Answer<Response> {
    told(&headers, ask(&outreach, &name.0).await)
}

async fn ask(outreach: &Outreach, token: &str) -> Result<Response> {
    // Before the transaction: the key may have to be made.
    outreach.key().await?;
    let Asked { brand, address, .. } = asked(outreach, token, &mut outreach.app().read().await?).await?;
    let address = masked(address.as_deref().unwrap_or_default());
    let body = html! {
        section.card {
            p {
                (brand) " has written to " (address) ". Press the button, and no more mails of theirs come to this address, also not \
                 what they have written already."
            }
            form method="post" { button { "No more mails of " (brand) } }
        }
        p.soft { "If you leave this page, nothing changes." }
    };
    Ok(http_base::page::page("No more mails?", &body))
}

/// What a token of an unsubscribe link is from.
struct Asked {
    /// Whose mail it was,
    workspace_id: WorkspaceId,
    /// in whose name.
    brand: String,
    /// To whom; nothing once they had their data erased.
    address: Option<String>,
    /// The entry that it belongs to; a letter belongs to none.
    entry: Option<OutreachId>,
}

/// The mail that a token is from, and whose mail it was.
async fn asked(outreach: &Outreach, token: &str, tx: &mut Tx) -> Result<Asked> {
    let (scope, key) = (Scope::system(), outreach.key().await?);
    if let Some(id) = key.read(Purpose::Letter, token) {
        let letter = letters::by_id(scope, tx, Id::from_uuid(id)).await?.ok_or_else(unknown)?;
        let letters::Stored { workspace_id, brand, address, .. } = letter;
        return Ok(Asked { workspace_id, brand, address, entry: None });
    }
    let id = key.read(Purpose::Unsubscribe, token).ok_or_else(unknown)?;
    let touch = touches::by_id(scope, tx, TouchId::from_uuid(id)).await?.ok_or_else(unknown)?;
    let entry = store::by_id(scope, tx, touch.outreach_id).await?.ok_or_else(unknown)?;
    let brand = match campaigns::find(scope, tx, &entry.campaign_id.to_string()).await {
        Ok(campaign) => campaign.brand_name,
        // The campaign is gone; that they want no more mails is not.
        Err(error) if error.kind() == Kind::NotFound => "The sender".to_owned(),
        Err(error) => return Err(error),
    };
    Ok(Asked { workspace_id: touch.workspace_id, brand, address: touch.address, entry: Some(entry.id) })
}

/// An address as it is shown to whoever has the link, or writes to it without having it: enough to know it by.
pub(super) fn masked(address: &str) -> String {
    match address.split_once('@') {
        Some((name, host)) => format!("{}…@{host}", name.chars().take(1).collect::<String>()),
        None => "your address".to_owned(),
    }
}

/// What went wrong, as a page for whoever wants one.
fn told(headers: &HeaderMap, done: Result<Response>) -> Answer<Response> {
    match done {
        Err(error) if error.kind() == Kind::NotFound && http_base::page::wants_html(headers) => {
            let body = html! {
                section.card {
                    p.bad { "This link is not one of ours, or it is not whole." }
                    p { "Copy it from the mail once more, or answer the mail and say that you want no more." }
                }
            };
            Ok(http_base::page::page_of(StatusCode::NOT_FOUND, "This link is not known", &body))
        }
        done => Ok(done?),
    }
}

/// Unsubscribe
///
/// One click, without a log-in (RFC 8058): the receiver of the email gets no more from that workspace. Doing it twice is the same as
/// once. A body is not needed, and not read.
#[utoipa::path(post, path = "/api/v1/outreach/unsubscribe/{token}", tag = "Outreach mail", security(()),
    params(("token" = String, Path, description = "The token of the link in the email")),
    responses((status = 200, description = "Unsubscribed: as JSON, or as a page for those who ask for `text/html`",
        content((Done = "application/json"), (String = "text/html"))),
    (status = 404, description = "The link is not known: as JSON, or as a page for those who ask for `text/html`",
        content((ErrorBody = "application/json"), (String = "text/html")))))]
pub(super) async fn unsubscribe(State(outreach): State<Outreach>, name: Named, headers: HeaderMap) -> Answer<Response> {
    let done = suppress(&outreach, &name.0).await;
    let wants_html = http_base::page::wants_html(&headers);
    told(
        &headers,
        done.map(|(address, brand)| {
            if !wants_html {
                let whose = address.unwrap_or_else(|| "Your address".into());
                return http_base::done(format!("{whose} gets no more of these mails")).into_response();
            }
            let address = address.map_or_else(|| "Your address".to_owned(), |address| masked(&address));
            let body = html! {
                section.card { p { (address) " gets no more mails of " (brand) " from here." } }
                p.soft { "If that was a mistake, write to them." }
            };
            http_base::page::page("Done", &body)
        }),
    )
}

/// Puts the receiver of the mail on the list; tells who that is, if it is still known, and whose mails they get no more.
async fn suppress(outreach: &Outreach, token: &str) -> Result<(Option<String>, String)> {
    // Before the transaction: the key may have to be made.
    outreach.key().await?;
    let (app, scope) = (outreach.app(), Scope::system());
    let (clock, now) = (app.clock(), app.clock().now());
    let mut tx = app.write().await?;
    let Asked { workspace_id, brand, address, entry } = asked(outreach, token, &mut tx).await?;
    // They had their data erased: no address is left to be written to.
    let Some(address) = address else { return Ok((None, brand)) };
    let new = Suppression {
        id: clock.new_id(),
        workspace_id,
        address: address.clone(),
        reason: "unsubscribed".into(),
        note: None,
        created_at: now,
    };
    let is_new = suppressions::insert(scope, &mut tx, &new).await?;
    if let Some(entry) = entry {
        if is_new {
            let entry = store::find(scope, &mut tx, entry).await?;
            tx.event(OutreachUnsubscribed((&entry).into()));
        }
        sequences::stop_of_entry(scope, &mut tx, entry, "unsubscribed", now).await?;
    }
    tx.commit().await?;
    Ok((Some(address), brand))
}
