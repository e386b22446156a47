//! What the payment provider tells by itself.

use axum::Json;
use axum::extract::State;
use delivery::inbound::first_time;
use http_base::{Answer, Signed, Webhook};
use kernel::Result;
use ports::gateway::Event;
use ports::webhook::Scheme;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Payments;

/// The payment provider's webhook.
pub(super) struct FromProvider;

impl Webhook<Payments> for FromProvider {
    const MOST_BYTES: usize = MOST_BYTES;

    fn scheme(payments: &Payments) -> &dyn Scheme {
        payments.gateway.scheme()
    }
}

/// The most that an event of the provider takes.
pub(super) const MOST_BYTES: usize = 2 << 20;

/// It has arrived.
#[derive(Serialize, ToSchema)]
pub(super) struct Received {
    /// Always true.
    received: bool,
}

/// Receive an event of the payment provider
///
/// For Stripe (set its webhook to this address, with the events `payment_intent.*`, `refund.*`, `charge.refunded`, `charge.dispute.*` and
/// `transfer.*`): let in by the signature alone. The same event may come more than once, and events in any order. Refunds and reversals that are
/// made in Stripe's dashboard, and payers' disputes, move the payment and the ledger as what is ordered here does.
#[utoipa::path(post, path = "/api/v1/payments/webhook", tag = "Payments", security(()),
    request_body(content = String, content_type = "application/json", description = "The event, as the provider signed it"),
    params(("Stripe-Signature" = String, Header, description = "The provider's signature of the body")), responses(
    (status = 200, description = "It has arrived, and need not be told again", body = Received),
    (status = 400, description = "It cannot be read"),
    (status = 401, description = "The signature is missing, wrong or too old"),
    (status = 409, description = "It does not fit what is known (yet); told again later, it may"),
    (status = 404, description = "No such events are taken: the mock gateway is used, or STRIPE_WEBHOOK_SECRET is not set"),
))]
pub(super) async fn webhook(State(payments): State<Payments>, request: Signed<FromProvider>) -> Answer<Json<Received>> {
    let event = payments.gateway.event(&request.body)?;
    take_in(&payments, event).await?;
    Ok(Json(Received { received: true }))
}

async fn take_in(payments: &Payments, event: Event) -> Result<()> {
    let now = payments.app.clock().now();
    let mut tx = payments.app.write().await?;
    if first_time(&mut tx, payments.gateway(), &event.id, now).await? {
        for news in event.news {
            payments.desk().hear(&mut tx, &event.id, news).await?;
        }
    }
    tx.commit().await
}
