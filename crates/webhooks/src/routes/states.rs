//! Webhooks: paused, enabled, and their secrets.

use axum::Json;
use axum::extract::State;
use http_base::body::MaybeBody;
use http_base::{Answer, Body, Member as Asking, Named, Routes, routes};
use input::Input;

use super::shapes::{WebhookBody, WebhookWithSecret};
use super::{CHANGED, find};
use crate::model::{Status, SubscriptionId, secret};
use crate::{Webhooks, store};

pub(super) fn router() -> Routes<Webhooks> {
    Routes::new().with(routes!(pause)).with(routes!(enable)).with(routes!(rotate))
}

async fn stand(webhooks: &Webhooks, asking: &Asking, name: &Named, status: Status) -> Answer<Json<WebhookBody>> {
    let now = webhooks.app().clock().now();
    let mut tx = webhooks.app().write().await?;
    let mut webhook = find(&mut tx, asking.hub(), &name.0).await?;
    // Pausing what is disabled would hide why it is.
    let stays = webhook.status == status || status == Status::Paused && webhook.status == Status::Disabled;
    if !stays {
        let before = webhook.updated_at;
        (webhook.status, webhook.reason, webhook.updated_at) = (status, None, now);
        tx.save(&webhook).was("updated_at", before).or_conflict(CHANGED).await?;
        if status == Status::Enabled {
            store::subscriptions::forgive(&mut tx, webhook.id).await?;
            webhook.failing_since = None;
        }
        tx.commit().await?;
    }
    Ok(Json(WebhookBody::of(webhook, now)))
}

/// Pause a webhook
///
/// Nothing is sent until it is enabled. What happens meanwhile is not kept for it; what waited to be sent can be replayed.
#[utoipa::path(post, path = "/api/v1/webhooks/{webhook_id}/pause", tag = "Webhooks", operation_id = "pause_webhook",
    params(("webhook_id" = SubscriptionId, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook, as it is now", body = WebhookBody)))]
async fn pause(State(webhooks): State<Webhooks>, asking: Asking, name: Named) -> Answer<Json<WebhookBody>> {
    stand(&webhooks, &asking, &name, Status::Paused).await
}

/// Enable a webhook
///
/// It is told of what happens from now on. What failed can be replayed.
#[utoipa::path(post, path = "/api/v1/webhooks/{webhook_id}/enable", tag = "Webhooks", operation_id = "enable_webhook",
    params(("webhook_id" = SubscriptionId, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook, as it is now", body = WebhookBody)))]
async fn enable(State(webhooks): State<Webhooks>, asking: Asking, name: Named) -> Answer<Json<WebhookBody>> {
    stand(&webhooks, &asking, &name, Status::Enabled).await
}

/// Another secret for a webhook.
#[derive(Input)]
#[input(name = "NewWebhookSecret")]
struct Rotation {
    /// The new secret, in any form; one is generated if none is given.
    #[input(text(secret::LONGEST))]
    secret: Option<String>,
}

/// Rotate a webhook's secret
///
/// For 24 hours both secrets sign what is sent. A generated secret is told in this answer alone.
#[utoipa::path(post, path = "/api/v1/webhooks/{webhook_id}/rotate-secret", tag = "Webhooks", operation_id = "rotate_webhook_secret",
    request_body = Rotation, params(("webhook_id" = SubscriptionId, Path, description = "The webhook's id")), responses(
    (status = 200, description = "The webhook, as it is now", body = WebhookWithSecret),
    (status = 409, description = "It was changed at the same moment")))]
async fn rotate(
    State(webhooks): State<Webhooks>,
    asking: Asking,
    name: Named,
    MaybeBody(Body { input, .. }): MaybeBody<Rotation>,
) -> Answer<Json<WebhookWithSecret>> {
    let clock = webhooks.app().clock();
    let now = clock.now();
    let given = input.secret;
    let generated = given.is_none().then(|| secret::generate(clock));
    let mut tx = webhooks.app().write().await?;
    let mut webhook = find(&mut tx, asking.hub(), &name.0).await?;
    let before = webhook.updated_at;
    let new = given.as_ref().or(generated.as_ref()).map_or("", String::as_str);
    webhook.rotate(webhooks.keys(), new, now)?;
    webhook.updated_at = now;
    tx.save(&webhook).was("updated_at", before).or_conflict(CHANGED).await?;
    tx.commit().await?;
    Ok(Json(WebhookWithSecret { webhook: WebhookBody::of(webhook, now), secret: generated }))
}
