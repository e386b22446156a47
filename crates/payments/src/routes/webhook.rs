//! What the payment provider tells by itself.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use http_base::Answer;
use kernel::{Error, Kind, Result, Scope};
use ports::gateway::{Event, News};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Payments, store};

/// It has arrived.
#[derive(Serialize, ToSchema)]
pub(super) struct Received {
    /// Always true.
    received: bool,
}

/// Events of the payment provider
///
/// For Stripe (set its webhook to this address, with `payment_intent.*`, `refund.*` and `transfer.*` events): let in by the signature alone.
/// The same event may come more than once, and events in any order.
#[utoipa::path(post, path = "/api/v1/payments/webhook", tag = "Payments", security(()),
    request_body(content = String, content_type = "application/json", description = "The event, as the provider signed it"),
    params(("Stripe-Signature" = String, Header, description = "The provider's signature of the body")), responses(
    (status = 200, description = "It has arrived, and need not be told again", body = Received),
    (status = 400, description = "It cannot be read"),
    (status = 401, description = "The signature is missing, wrong or too old"),
    (status = 404, description = "No such events are taken: the mock gateway is used, or STRIPE_WEBHOOK_SECRET is not set"),
))]
pub(super) async fn webhook(
    State(payments): State<Payments>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<Json<Received>> {
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let now = payments.app.clock().now();
    let event = payments.gateway.event(signature, &body, now)?;
    take_in(&payments, event).await?;
    Ok(Json(Received { received: true }))
}

async fn take_in(payments: &Payments, event: Event) -> Result<()> {
    let now = payments.app.clock().now();
    let mut tx = payments.app.write().await?;
    let news = event.news;
    if store::first_time(Scope::system(), &mut tx, payments.gateway(), &event.id, &event.kind, now).await?
        && let Some(news) = news
    {
        hear(payments, &mut tx, news).await?;
    }
    tx.commit().await
}

async fn hear(payments: &Payments, tx: &mut db::Tx, news: News) -> Result<()> {
    // What another program does with the same account of the provider is not ours.
    let Ok(id) = news.key.parse::<Uuid>() else { return Ok(()) };
    let Some(attempt) = store::attempt(Scope::system(), tx, id).await? else {
        tracing::info!(%id, "an event of the payment provider is about an attempt that is not ours");
        return Ok(());
    };
    let order = attempt.order();
    if (order.units, order.currency.as_str()) != (news.units, news.currency.as_str()) {
        let message = "The event is about another amount than was asked for; it was not taken in";
        let told =
            format!("attempt {id}: {} {} asked, {} {} told", order.units, order.currency, news.units, news.currency);
        return Err(Error::new(Kind::Conflict, message).because(told));
    }
    payments.desk().settle(tx, id, news.outcome).await.map(drop)
}
