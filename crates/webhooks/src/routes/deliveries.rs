//! The log of a webhook.

use axum::Json;
use axum::extract::State;
use http_base::path::Two;
use http_base::{Answer, Member as Asking, Named, Pages, Params, Routes, routes};
use input::Input;
use kernel::Error;

use super::find;
use super::shapes::{DeliveryBody, WebhookDeliveryDetails, WebhookDeliveryList};
use crate::model::{DeliveryId, DeliveryStatus, SubscriptionId};
use crate::{Webhooks, store};

/// So many attempts are shown.
const ATTEMPTS: u32 = 100;

pub(super) fn router() -> Routes<Webhooks> {
    Routes::new().with(routes!(list)).with(routes!(get))
}

/// Which deliveries.
#[derive(Input)]
struct WebhookDeliveryFilter {
    /// Only those that stand so.
    #[input(word_of_query())]
    status: Option<DeliveryStatus>,
    /// Only those of this event.
    #[input(text(100), example = "user.created")]
    event: Option<String>,
    /// Which page.
    #[input(flatten)]
    pages: Pages,
}

/// List a webhook's deliveries
///
/// The newest first. The log is kept for 30 days.
#[utoipa::path(get, path = "/api/v1/webhooks/{webhook_id}/deliveries", tag = "Webhooks", operation_id = "list_webhook_deliveries",
    params(("webhook_id" = SubscriptionId, Path, description = "The webhook's id"), WebhookDeliveryFilter),
    responses((status = 200, description = "A page of deliveries", body = WebhookDeliveryList)))]
async fn list(
    State(webhooks): State<Webhooks>,
    asking: Asking,
    name: Named,
    Params(filter): Params<WebhookDeliveryFilter>,
) -> Answer<Json<WebhookDeliveryList>> {
    let pages = filter.pages;
    let mut tx = webhooks.app().read().await?;
    let of = find(&mut tx, asking.hub(), &name.0).await?;
    let wanted = (filter.status, filter.event.as_deref());
    let (rows, total) = store::deliveries::page(&of, &mut tx, wanted, pages.limit, pages.offset()).await?;
    let deliveries = rows.iter().map(DeliveryBody::of).collect();
    Ok(Json(WebhookDeliveryList { deliveries, pagination: pages.pagination(total) }))
}

/// Show a webhook's delivery
///
/// With what was sent, what was answered, and every attempt.
#[utoipa::path(get, path = "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}", tag = "Webhooks", operation_id = "get_webhook_delivery",
    params(("webhook_id" = SubscriptionId, Path, description = "The webhook's id"), ("delivery_id" = DeliveryId, Path, description = "The delivery's id")),
    responses((status = 200, description = "The delivery", body = WebhookDeliveryDetails)))]
async fn get(State(webhooks): State<Webhooks>, asking: Asking, two: Two) -> Answer<Json<WebhookDeliveryDetails>> {
    let mut tx = webhooks.app().read().await?;
    let of = find(&mut tx, asking.hub(), &two.0).await?;
    let no_delivery = || Error::not_found("Delivery");
    let id: DeliveryId = two.1.parse().map_err(|_| no_delivery())?;
    let log = store::deliveries::find(&of, &mut tx, id).await?.ok_or_else(no_delivery)?;
    let attempts = store::attempts::of(&log, &mut tx, ATTEMPTS).await?;
    Ok(Json(WebhookDeliveryDetails::of(&log, attempts, !asking.read_only)))
}
