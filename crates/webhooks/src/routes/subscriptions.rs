//! Webhooks: made, listed, changed and deleted.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use db::Json as Column;
use http_base::{Answer, Body, Done, Member as Asking, Named, Pages, Params, Routes, done, routes};
use input::Input;
use jobs::NewJob;
use kernel::error::Fault;
use kernel::{Error, Result};
use ports::outward::target;
use serde_json::json;

use super::shapes::{WebhookBody, WebhookList, WebhookWithSecret};
use super::{CHANGED, find, no_webhook};
use crate::jobs_of_webhooks::DROP_LOG;
use crate::model::secret::{self, Sealed};
use crate::model::{ALL_EVENTS, MOST, Status, Subscription, SubscriptionId};
use crate::{Webhooks, store};

pub(super) fn router() -> Routes<Webhooks> {
    Routes::new().with(routes!(list, add)).with(routes!(get, change, delete))
}

/// A webhook to be made.
#[derive(Input)]
#[input(change = WebhookChanges)]
struct NewWebhook {
    /// Where to: `http` or `https`, without a name or password. Its host is judged when it is asked: private addresses are refused then.
    #[input(text(2048), example = "https://example.com/hooks/creator-hub")]
    url: String,
    /// Which events: see `GET /api/v1/webhooks/events`; `*` stands for all.
    #[input(texts(200, 100), example = json!(["user.created", "program.enrolled"]))]
    events: Vec<String>,
    /// What signs what is sent: `whsec_` and base64, or any other text, whose bytes are taken as they are. One is generated if none is given.
    #[input(text(secret::LONGEST), no_change)]
    secret: Option<String>,
    /// What it is for.
    #[input(text(500))]
    description: Option<String>,
    /// Are ids enough? Then nothing personal is sent.
    #[input(flag(), default = false)]
    thin: bool,
}

/// Everything that is wrong with an address and a list of events, told at once.
fn judge(webhooks: &Webhooks, url: Option<&str>, events: Option<&[String]>) -> Result<()> {
    let fault =
        |field: &str, message: String| Fault { loc: vec!["body".into(), field.into()], message, kind: "invalid" };
    let mut faults = Vec::new();
    if let Some(Err(why)) = url.map(target) {
        faults.push(fault("url", why.to_string()));
    }
    let is_known = |event: &&String| *event == ALL_EVENTS || webhooks.catalogue().find(event).is_some();
    if events.is_some_and(<[String]>::is_empty) {
        faults.push(fault("events", "must name at least one event".into()));
    }
    for unknown in events.into_iter().flatten().filter(|event| !is_known(event)).take(10) {
        let message = format!("{unknown} is no event; GET /api/v1/webhooks/events lists them");
        faults.push(fault("events", message));
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

/// Each event once, in the order in which they were named.
fn once(events: Vec<String>) -> Vec<String> {
    let mut each: Vec<String> = Vec::new();
    for event in events {
        if !each.contains(&event) {
            each.push(event);
        }
    }
    each
}

/// List webhooks
///
/// Those of the hub: of the workspace of a business, or a creator's own. Secrets are never told.
#[utoipa::path(get, path = "/api/v1/webhooks", tag = "Webhooks", operation_id = "list_webhooks", params(Pages), responses(
    (status = 200, description = "A page of webhooks", body = WebhookList)))]
async fn list(
    State(webhooks): State<Webhooks>,
    asking: Asking,
    Params(pages): Params<Pages>,
) -> Answer<Json<WebhookList>> {
    let now = webhooks.app().clock().now();
    let mut tx = webhooks.app().read().await?;
    let (rows, total) = store::subscriptions::page(asking.hub(), &mut tx, pages.limit, pages.offset()).await?;
    let list = rows.into_iter().map(|row| WebhookBody::of(row, now)).collect();
    Ok(Json(WebhookList { webhooks: list, pagination: pages.pagination(total) }))
}

/// Create a webhook
///
/// It is told of what happens from now on. Without a `secret` one is generated, and told in this answer alone.
#[utoipa::path(post, path = "/api/v1/webhooks", tag = "Webhooks", operation_id = "create_webhook", request_body = NewWebhook, responses(
    (status = 201, description = "The new webhook", body = WebhookWithSecret),
    (status = 409, description = "The hub has as many webhooks as it may")))]
async fn add(
    State(webhooks): State<Webhooks>,
    asking: Asking,
    Body { input, .. }: Body<NewWebhook>,
) -> Answer<(StatusCode, Json<WebhookWithSecret>)> {
    judge(&webhooks, Some(&input.url), Some(&input.events))?;
    let clock = webhooks.app().clock();
    let (id, now): (SubscriptionId, _) = (clock.new_id(), clock.now());
    let generated = input.secret.is_none().then(|| secret::generate(clock));
    let secret = input.secret.as_ref().or(generated.as_ref()).map_or("", String::as_str);
    let sealed = crate::model::seal(webhooks.keys(), id, secret)?;
    let made = Subscription {
        id,
        workspace_id: asking.hub(),
        account_id: asking.id,
        url: input.url,
        description: input.description,
        events: Column(once(input.events)),
        thin: input.thin,
        status: Status::Enabled,
        reason: None,
        secrets: Column(Sealed::new(sealed)),
        failing_since: None,
        failed_at: None,
        delivered_at: None,
        created_at: now,
        updated_at: now,
    };
    let mut tx = webhooks.app().write().await?;
    store::subscriptions::gate(asking.hub(), &mut tx).await?;
    if store::subscriptions::count(asking.hub(), &mut tx).await? >= MOST {
        return Err(Error::conflict(format!("There are {MOST} webhooks already; delete one first")).into());
    }
    tx.insert(&made).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(WebhookWithSecret { webhook: WebhookBody::of(made, now), secret: generated })))
}

/// Show a webhook
///
/// With how it does. Its secret is never told.
#[utoipa::path(get, path = "/api/v1/webhooks/{webhook_id}", tag = "Webhooks", operation_id = "get_webhook",
    params(("webhook_id" = SubscriptionId, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = WebhookBody)))]
async fn get(State(webhooks): State<Webhooks>, asking: Asking, name: Named) -> Answer<Json<WebhookBody>> {
    let mut tx = webhooks.app().read().await?;
    let found = find(&mut tx, asking.hub(), &name.0).await?;
    Ok(Json(WebhookBody::of(found, webhooks.app().clock().now())))
}

/// Change a webhook
///
/// What is missing stays. What waits to be sent goes to the address as it is then.
#[utoipa::path(put, path = "/api/v1/webhooks/{webhook_id}", tag = "Webhooks", operation_id = "update_webhook", request_body = WebhookChanges,
    params(("webhook_id" = SubscriptionId, Path, description = "The webhook's id")), responses(
    (status = 200, description = "The webhook, as it is now", body = WebhookBody),
    (status = 409, description = "It was changed at the same moment")))]
async fn change(
    State(webhooks): State<Webhooks>,
    asking: Asking,
    name: Named,
    Body { input, .. }: Body<WebhookChanges>,
) -> Answer<Json<WebhookBody>> {
    judge(&webhooks, input.url.as_deref(), input.events.as_deref())?;
    let now = webhooks.app().clock().now();
    let mut tx = webhooks.app().write().await?;
    let mut webhook = find(&mut tx, asking.hub(), &name.0).await?;
    let before = webhook.updated_at;
    input::set(&mut webhook.url, input.url);
    input::set(&mut webhook.events.0, input.events.map(once));
    input::set(&mut webhook.description, input.description);
    input::set(&mut webhook.thin, input.thin);
    webhook.updated_at = now;
    tx.save(&webhook).was("updated_at", before).or_conflict(CHANGED).await?;
    tx.commit().await?;
    Ok(Json(WebhookBody::of(webhook, now)))
}

/// Delete a webhook
///
/// Nothing more is sent, and its log is taken away.
#[utoipa::path(delete, path = "/api/v1/webhooks/{webhook_id}", tag = "Webhooks", operation_id = "delete_webhook",
    params(("webhook_id" = SubscriptionId, Path, description = "The webhook's id")),
    responses((status = 200, description = "Deleted", body = Done)))]
async fn delete(State(webhooks): State<Webhooks>, asking: Asking, name: Named) -> Answer<Json<Done>> {
    let id: SubscriptionId = name.id("Webhook")?;
    let mut tx = webhooks.app().write().await?;
    if !store::subscriptions::delete(asking.hub(), &mut tx, id).await? {
        return Err(no_webhook().into());
    }
    jobs::enqueue(&mut tx, webhooks.app().clock(), NewJob::new(DROP_LOG, &id)?).await?;
    tx.commit().await?;
    Ok(done("The webhook is deleted"))
}
