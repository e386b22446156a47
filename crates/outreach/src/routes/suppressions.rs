//! Who gets no mail: the list, and the link in every mail that puts its receiver on it.

use axum::Json;
use axum::extract::State;
use axum::response::Html;
use http_base::fields::rule;
use http_base::{Answer, App, Body, Caller, Fields, Input, Named, Offsets, Page, Params};
use kernel::{Error, Kind, Scope, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::templates::Done;
use super::workspace;
use crate::Outreach;
use crate::store::sequences;
use crate::store::suppressions::{self, Suppression, SuppressionId};
use crate::store::touches::{self, TouchId};
use crate::token::Purpose;

/// An address that gets no mail.
#[derive(Serialize, ToSchema)]
pub(super) struct SuppressionBody {
    id: SuppressionId,
    #[schema(example = "mia@example.com")]
    address: String,
    /// `unsubscribed`, `complained`, `bounced` or `manual`.
    reason: String,
    note: Option<String>,
    created_at: Timestamp,
}

impl From<Suppression> for SuppressionBody {
    fn from(found: Suppression) -> Self {
        let Suppression { id, address, reason, note, created_at, .. } = found;
        Self { id, address, reason, note, created_at }
    }
}

/// A page of the list.
#[derive(Serialize, ToSchema)]
pub(super) struct SuppressionList {
    suppressions: Vec<SuppressionBody>,
    #[serde(flatten)]
    page: Page,
}

/// List suppressed addresses
#[utoipa::path(get, path = "/api/v1/outreach/suppressions", tag = "Outreach mail", params(Offsets),
    responses((status = 200, description = "A page of the list, the newest first", body = SuppressionList)))]
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

/// An address. Only for the documentation.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `AddressInput` reads")]
pub(super) struct AddressDocument {
    /// The address; `email` is taken too.
    address: String,
    /// Why.
    note: Option<String>,
}

pub(super) struct AddressInput {
    address: String,
    note: Option<String>,
}

impl Input for AddressInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let address = fields.required_as(&["address", "email"], rule::email());
        let note = fields.optional("note", rule::any_text(2_000));
        Some(Self { address: address?, note })
    }
}

/// Suppress an address
///
/// It gets no more mail of this workspace, also not what is queued already.
#[utoipa::path(post, path = "/api/v1/outreach/suppressions", tag = "Outreach mail", request_body = AddressDocument,
    responses((status = 200, description = "Suppressed", body = SuppressionBody),
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

/// Take an address off the list
///
/// Only one that bounced or that you put there: whoever unsubscribed or complained has said so themselves.
#[utoipa::path(delete, path = "/api/v1/outreach/suppressions/{suppression_id}", tag = "Outreach mail",
    params(("suppression_id" = String, Path, description = "Its id in the list")),
    responses((status = 200, description = "Taken off", body = Done),
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
    Ok(Json(Done { message: format!("{} gets mails again", found.address) }))
}

fn unknown() -> Error {
    Error::new(Kind::NotFound, "This link is not one of ours, or not whole; copy it from the mail once more")
}

/// Ask whether to unsubscribe
///
/// A page with one button, for people who follow the link. To look at it changes nothing: programs follow links, too.
#[utoipa::path(get, path = "/api/v1/outreach/unsubscribe/{token}", tag = "Outreach mail", security(()),
    params(("token" = String, Path, description = "The token in the mail")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html")))]
pub(super) async fn page(State(outreach): State<Outreach>, name: Named) -> Answer<Html<&'static str>> {
    outreach.key().await?.read(Purpose::Unsubscribe, &name.0).ok_or_else(unknown)?;
    Ok(Html(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Unsubscribe</title>\
         <h1>No more mails?</h1><form method=\"post\"><button>Unsubscribe</button></form></html>",
    ))
}

/// Unsubscribe
///
/// One click, without a login (RFC 8058): the receiver of the mail gets no more of that workspace. Twice is the same as once.
#[utoipa::path(post, path = "/api/v1/outreach/unsubscribe/{token}", tag = "Outreach mail", security(()),
    params(("token" = String, Path, description = "The token in the mail")),
    responses((status = 200, description = "Unsubscribed", body = Done)))]
pub(super) async fn unsubscribe(State(outreach): State<Outreach>, name: Named) -> Answer<Json<Done>> {
    let id = outreach.key().await?.read(Purpose::Unsubscribe, &name.0).ok_or_else(unknown)?;
    let (app, scope) = (outreach.app(), Scope::system());
    let (clock, now) = (app.clock(), app.clock().now());
    let mut tx = app.write().await?;
    let touch = touches::by_id(scope, &mut tx, TouchId::from_uuid(id)).await?.ok_or_else(unknown)?;
    let address = touch.address.clone().ok_or_else(unknown)?;
    let new = Suppression {
        id: clock.new_id(),
        workspace_id: touch.workspace_id,
        address: address.clone(),
        reason: "unsubscribed".into(),
        note: None,
        created_at: now,
    };
    if suppressions::insert(scope, &mut tx, &new).await? {
        let payload = serde_json::json!({"touch_id": touch.id}).to_string();
        tx.event("outreach.unsubscribed", touch.outreach_id, Some(touch.workspace_id), payload, clock.new_id(), now);
    }
    sequences::stop_of_entry(scope, &mut tx, touch.outreach_id, "unsubscribed", now).await?;
    tx.commit().await?;
    Ok(Json(Done { message: format!("{address} gets no more of these mails") }))
}
