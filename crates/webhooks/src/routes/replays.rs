//! Sending something to be tried out, and sending something once more.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use http_base::body::MaybeBody;
use http_base::path::Two;
use http_base::{Answer, Body, Member as Asking, Named, Rate, Routes, routes};
use input::Input;
use kernel::{Error, Result, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::find;
use super::shapes::DeliveryBody;
use crate::follow::{self, What};
use crate::model::{DeliveryId, Status, Subscription, SubscriptionId};
use crate::{Webhooks, compose, store};

/// The event of a test that names none.
const TEST: &str = "webhook.test";
/// How often a delivery may be begun, replays included.
const MOST_ROUNDS: u64 = 20;
/// So many are replayed at once.
const MOST_AT_ONCE: u32 = 500;

pub(super) fn router() -> Routes<Webhooks> {
    // Each of these has the server ask somebody else.
    Routes::new()
        .with(routes!(test).rate(Rate::Upload))
        .with(routes!(replay).rate(Rate::Upload))
        .with(routes!(replay_failed).rate(Rate::Upload))
}

/// Only what is enabled is sent anything.
fn must_be_enabled(webhook: &Subscription) -> Result<()> {
    match webhook.status {
        Status::Enabled => Ok(()),
        Status::Paused => Err(Error::conflict("The webhook is paused; enable it first")),
        Status::Disabled => Err(Error::conflict("The webhook is disabled; see its reason, and enable it first")),
    }
}

/// What is to be tried out.
#[derive(Input)]
#[input(name = "WebhookTest")]
struct Trial {
    /// Which event is sent, with its example; `webhook.test` if none is named.
    #[input(text(100), example = "user.created")]
    event: Option<String>,
}

/// Send a webhook a test event
///
/// It is signed and sent as others are, with `"test": true`, and stands in the log.
#[utoipa::path(post, path = "/api/v1/webhooks/{webhook_id}/test", tag = "Webhooks", operation_id = "test_webhook", request_body = Trial,
    params(("webhook_id" = SubscriptionId, Path, description = "The webhook's id")), responses(
    (status = 202, description = "The delivery, which is on its way", body = DeliveryBody),
    (status = 409, description = "The webhook is paused or disabled")))]
async fn test(
    State(webhooks): State<Webhooks>,
    asking: Asking,
    name: Named,
    MaybeBody(Body { input, .. }): MaybeBody<Trial>,
) -> Answer<(StatusCode, Json<DeliveryBody>)> {
    let clock = webhooks.app().clock();
    let now = clock.now();
    let mut tx = webhooks.app().write().await?;
    let webhook = find(&mut tx, asking.hub(), &name.0).await?;
    must_be_enabled(&webhook)?;
    let event = input.event.unwrap_or_else(|| TEST.to_owned());
    let data = if event == TEST { Some(of_test(&webhook)) } else { example(&webhooks, &event) };
    let data =
        data.ok_or_else(|| Error::invalid_field("event", "is no event; GET /api/v1/webhooks/events lists them"))?;
    let body = compose::body(&event, now, webhook.workspace_id, &data, true);
    let what = What { event_id: clock.new_id::<()>().uuid(), event: &event, at: now };
    let said = compose::Composed { body, member_id: None };
    let log = follow::write(&webhooks, &mut tx, &webhook, what, said).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(DeliveryBody::of(&log))))
}

fn of_test(webhook: &Subscription) -> Map<String, Value> {
    Map::from_iter([("webhook_id".to_owned(), json!(webhook.id))])
}

fn example(webhooks: &Webhooks, event: &str) -> Option<Map<String, Value>> {
    webhooks.catalogue().find(event)?.example.as_object().cloned()
}

/// Replay a webhook's delivery
///
/// It is sent once more, whether it arrived or not, with the same `webhook-id`.
#[utoipa::path(post, path = "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", tag = "Webhooks", operation_id = "replay_webhook_delivery",
    params(("webhook_id" = SubscriptionId, Path, description = "The webhook's id"), ("delivery_id" = DeliveryId, Path, description = "The delivery's id")), responses(
    (status = 202, description = "The delivery, which is on its way", body = DeliveryBody),
    (status = 409, description = "It is on its way already, was replayed too often, or the webhook is paused or disabled")))]
async fn replay(
    State(webhooks): State<Webhooks>,
    asking: Asking,
    two: Two,
) -> Answer<(StatusCode, Json<DeliveryBody>)> {
    let now = webhooks.app().clock().now();
    let mut tx = webhooks.app().write().await?;
    let webhook = find(&mut tx, asking.hub(), &two.0).await?;
    must_be_enabled(&webhook)?;
    let no_delivery = || Error::not_found("Delivery");
    let id: DeliveryId = two.1.parse().map_err(|_| no_delivery())?;
    let mut log = store::deliveries::find(&webhook, &mut tx, id).await?.ok_or_else(no_delivery)?;
    if log.rounds >= MOST_ROUNDS {
        return Err(Error::conflict(format!("It was sent {MOST_ROUNDS} times over; nothing more comes of it")).into());
    }
    let round = store::deliveries::again(&webhook, &mut tx, id, now).await?;
    let round = round.ok_or_else(|| Error::conflict("It is on its way already"))?;
    follow::send(&webhooks, &mut tx, &webhook, id, round).await?;
    log = store::deliveries::find(&webhook, &mut tx, id).await?.ok_or_else(no_delivery)?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(DeliveryBody::of(&log))))
}

/// From when on deliveries that did not arrive are replayed.
#[derive(Input)]
#[input(name = "WebhookReplay")]
struct Since {
    /// Those that were written down since then.
    #[input(moment(), example = "2026-01-15T10:30:00Z")]
    since: Timestamp,
}

/// How many are sent once more.
#[derive(Serialize, ToSchema)]
struct WebhookReplayed {
    /// How many are on their way now.
    replayed: u64,
    /// Are there more? Then ask once more.
    more: bool,
}

/// Replay what did not arrive at a webhook
///
/// Everything since then that was given up or withheld, the oldest first, 500 at once.
#[utoipa::path(post, path = "/api/v1/webhooks/{webhook_id}/replay", tag = "Webhooks", operation_id = "replay_failed_webhook_deliveries", request_body = Since,
    params(("webhook_id" = SubscriptionId, Path, description = "The webhook's id")), responses(
    (status = 202, description = "How many are on their way", body = WebhookReplayed),
    (status = 409, description = "The webhook is paused or disabled")))]
async fn replay_failed(
    State(webhooks): State<Webhooks>,
    asking: Asking,
    name: Named,
    Body { input, .. }: Body<Since>,
) -> Answer<(StatusCode, Json<WebhookReplayed>)> {
    let now = webhooks.app().clock().now();
    let mut tx = webhooks.app().write().await?;
    let webhook = find(&mut tx, asking.hub(), &name.0).await?;
    must_be_enabled(&webhook)?;
    let all = store::deliveries::failed_since(&webhook, &mut tx, input.since, MOST_AT_ONCE + 1).await?;
    let more = all.len() > MOST_AT_ONCE as usize;
    let mut replayed = 0;
    for id in all.into_iter().take(MOST_AT_ONCE as usize) {
        if let Some(round) = store::deliveries::again(&webhook, &mut tx, id, now).await? {
            follow::send(&webhooks, &mut tx, &webhook, id, round).await?;
            replayed += 1;
        }
    }
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(WebhookReplayed { replayed, more })))
}
