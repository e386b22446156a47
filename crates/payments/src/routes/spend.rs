//! Money moves: payments are processed, tried again and refunded.

use axum::extract::State;
use axum::response::Response;
use events::TxExt as _;
use http_base::idempotency::{Begun, IdempotencyKey, Once, Ticket};
use http_base::{Answer, Body, Caller, MaybeBody, Named};
use kernel::{Error, Kind, PaymentId, Result};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::must_pay;
use crate::events::{PaymentFacts, PaymentProcessing, PaymentRefunded, PaymentRefunding};
use crate::jobs::PATIENCE;
use crate::ledger::{Posting, post};
use crate::model::{AttemptKind, Payment, PaymentBody, ProcessInput, ProcessedBody, RefundInput, Status};
use crate::run::Told;
use crate::{Payments, store};

/// What became of the request's first part: something is to be asked, or the payment says it all.
enum Begin {
    Ask(Uuid, Ticket),
    Tell(PaymentId, Ticket),
    Answered(Response),
}

/// Process a payment
///
/// Through the payment provider, once: whoever asks for a payment that is being processed, or was, gets 409. The row is written before the
/// provider is asked. If its answer is lost (502), the payment stays `processing` and is settled by itself. If the provider refuses
/// the charge, the answer is 200 with `status: failed` and why.
#[utoipa::path(post, path = "/api/v1/payments/{payment_id}/process", tag = "Payments", request_body = ProcessInput,
    params(("payment_id" = String, Path, description = "The payment's id"), IdempotencyKey), responses(
    (status = 200, description = "What came of it", body = ProcessedBody),
    (status = 403, description = "You are not the brand that pays"),
    (status = 409, description = "It is being processed or was; the contract is not signed; the Idempotency-Key is another request's"),
    (status = 503, description = "No payment provider is set; the message says what to set"),
    (status = 502, description = "The payment provider failed; what was asked for is kept, and the message says what to do"),
))]
pub(super) async fn process(
    State(payments): State<Payments>,
    caller: Caller,
    name: Named,
    once: Once,
    Body { input, sent }: Body<ProcessInput>,
) -> Answer<Response> {
    spend(&payments, &caller, name.id("Payment")?, &once, (input, sent), false).await
}

/// Retry a payment
///
/// As processing does, but only where it has failed.
#[utoipa::path(post, path = "/api/v1/payments/{payment_id}/retry", tag = "Payments", request_body = Option<ProcessInput>,
    params(("payment_id" = String, Path, description = "The payment's id"), IdempotencyKey), responses(
    (status = 200, description = "What came of it", body = ProcessedBody),
    (status = 403, description = "You are not the brand that pays"),
    (status = 409, description = "It has not failed; the contract is not signed; the Idempotency-Key is another request's"),
    (status = 503, description = "No payment provider is set; the message says what to set"),
    (status = 502, description = "The payment provider failed; what was asked for is kept, and the message says what to do"),
))]
pub(super) async fn retry(
    State(payments): State<Payments>,
    caller: Caller,
    name: Named,
    once: Once,
    MaybeBody(Body { input, sent }): MaybeBody<ProcessInput>,
) -> Answer<Response> {
    spend(&payments, &caller, name.id("Payment")?, &once, (input, sent), true).await
}

async fn spend(
    payments: &Payments,
    caller: &kernel::Caller,
    id: PaymentId,
    once: &Once,
    body: (ProcessInput, Map<String, Value>),
    again: bool,
) -> Answer<Response> {
    Ok(match begin_charge(payments, caller, id, once, body, again).await? {
        Begin::Answered(answer) => answer,
        Begin::Ask(attempt, ticket) => payments.run(attempt, ticket, Told::Processed).await?,
        Begin::Tell(id, ticket) => payments.answer(id, ticket, Told::Processed).await?,
    })
}

async fn begin_charge(
    payments: &Payments,
    caller: &kernel::Caller,
    id: PaymentId,
    once: &Once,
    (input, sent): (ProcessInput, Map<String, Value>),
    again: bool,
) -> Result<Begin> {
    let (clock, scope) = (payments.app.clock(), caller.scope());
    let now = clock.now();
    let mut tx = payments.app.write().await?;
    let ticket = match once.begin(&mut tx, caller, &sent, now).await? {
        Begun::Answered(answer) => return Ok(Begin::Answered(answer)),
        Begun::Go(ticket) => ticket,
    };
    let mut payment = store::take(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Payment"))?;
    must_pay(caller)?;
    payments.gateway.is_open()?;
    if let Some(begun) = resume(scope, &mut tx, &payment, &ticket).await? {
        tx.commit().await?;
        return Ok(begun);
    }
    let was = payment.status;
    if again && was != Status::Failed {
        let message = format!("The payment is {}; only one that has failed is tried again", was.word());
        return Err(Error::conflict(message));
    }
    payment.must_stand()?;
    payment.must_not_be_frozen()?;
    payment.status = was.start()?;
    let contract = payments.contracts.find(scope, &mut tx, payment.contract_id).await?;
    if !contract.as_ref().is_some_and(|contract| contract.is_signed) {
        let status = contract.map_or("gone", |contract| contract.status);
        return Err(Error::conflict(format!("The contract is {status}; money moves only for one that is signed")));
    }
    let desk = payments.desk();
    let mut attempt = desk.attempt(&payment, AttemptKind::Charge, payment.amount);
    let details = input.payment_details.unwrap_or_default();
    for (kind, reference) in [("method", &details.card_token), ("customer", &details.customer)] {
        let Some(reference) = reference.as_deref().filter(|it| !is_everybodys(it)) else { continue };
        if !store::own_instrument(&mut tx, (payments.gateway(), kind, reference), payment.workspace_id, now).await? {
            let message = format!("This {kind} is another workspace's at the payment provider; pay by one of your own");
            return Err(Error::new(Kind::Forbidden, message));
        }
    }
    attempt.method = details.card_token;
    attempt.customer = details.customer;
    attempt.asked_with = ticket.name();
    let id = attempt.id;
    payment.attempt_id = Some(id);
    payment.provider = Some(attempt.provider.clone());
    payment.payment_method =
        input.payment_method.or(payment.payment_method).or_else(|| Some(payments.gateway().to_owned()));
    (payment.transaction_id, payment.failure_code, payment.failure) = (None, None, None);
    payment.updated_at = now;
    tx.event(PaymentProcessing(PaymentFacts::of(&payment)));
    desk.write(&mut tx, attempt, now.plus(PATIENCE)).await?;
    store::save(scope, &mut tx, &payment, was).await?;
    tx.commit().await?;
    Ok(Begin::Ask(id, ticket))
}

/// Stripe's names for its test cards, which are everybody's (docs.stripe.com/testing).
fn is_everybodys(reference: &str) -> bool {
    reference.starts_with("pm_card_") || reference.starts_with("tok_")
}

/// The same request was begun before and not answered: it goes on with what it had begun, and begins nothing.
async fn resume(scope: kernel::Scope, tx: &mut db::Tx, payment: &Payment, ticket: &Ticket) -> Result<Option<Begin>> {
    if !ticket.resumed() {
        return Ok(None);
    }
    let name = ticket.name();
    let attempts = store::attempts_of(scope, tx, payment.id).await?;
    let Some(begun) = attempts.into_iter().find(|attempt| attempt.asked_with == name) else { return Ok(None) };
    if begun.status == crate::model::AttemptStatus::Open {
        // Asked again under the same key, the provider does it once.
        return Ok(Some(Begin::Ask(begun.id, ticket.clone())));
    }
    Ok(Some(Begin::Tell(payment.id, ticket.clone())))
}

/// Refund a payment
///
/// In whole or in part, as often as something is left of it. What the creator had got already is taken back first, and the fee with it.
#[utoipa::path(post, path = "/api/v1/payments/{payment_id}/refund", tag = "Payments", request_body = Option<RefundInput>,
    params(("payment_id" = String, Path, description = "The payment's id"), IdempotencyKey), responses(
    (status = 200, description = "The payment; `refund_status` says how far it is", body = PaymentBody),
    (status = 403, description = "You are not the brand that pays"),
    (status = 409, description = "It is not completed, not so much is left of it, or a refund is under way"),
    (status = 503, description = "No payment provider is set; the message says what to set"),
    (status = 502, description = "The payment provider failed; what was asked for is kept, and the message says what to do"),
))]
pub(super) async fn refund(
    State(payments): State<Payments>,
    caller: Caller,
    name: Named,
    once: Once,
    MaybeBody(Body { input, sent }): MaybeBody<RefundInput>,
) -> Answer<Response> {
    Ok(match begin_refund(&payments, &caller, name.id("Payment")?, &once, (input, sent)).await? {
        Begin::Answered(answer) => answer,
        Begin::Ask(attempt, ticket) => payments.run(attempt, ticket, Told::Payment).await?,
        Begin::Tell(id, ticket) => payments.answer(id, ticket, Told::Payment).await?,
    })
}

async fn begin_refund(
    payments: &Payments,
    caller: &kernel::Caller,
    id: PaymentId,
    once: &Once,
    (input, sent): (RefundInput, Map<String, Value>),
) -> Result<Begin> {
    let (clock, scope) = (payments.app.clock(), caller.scope());
    let now = clock.now();
    let mut tx = payments.app.write().await?;
    let ticket = match once.begin(&mut tx, caller, &sent, now).await? {
        Begun::Answered(answer) => return Ok(Begin::Answered(answer)),
        Begun::Go(ticket) => ticket,
    };
    let mut payment = store::take(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Payment"))?;
    must_pay(caller)?;
    if let Some(begun) = resume(scope, &mut tx, &payment, &ticket).await? {
        tx.commit().await?;
        return Ok(begun);
    }
    let amount = payment.may_refund(input.amount)?;
    payment.updated_at = now;
    if payment.is_manual() {
        // Nothing is asked of anybody: it was paid outside, and goes back outside.
        payment.refunded = payment.refunded.plus(amount)?;
        tx.event(PaymentRefunded(PaymentFacts::of(&payment)));
        post(scope, &mut tx, &payment, None, &Posting::recorded_refund(amount), now).await?;
        store::save(scope, &mut tx, &payment, Status::Completed).await?;
        let answer = ticket.keep(&mut tx, axum::http::StatusCode::OK, &PaymentBody::from(payment)).await?;
        tx.commit().await?;
        return Ok(Begin::Answered(answer));
    }
    payments.gateway.is_open()?;
    let attempt = payments.desk().refund(&mut tx, &mut payment, amount, input.reason, ticket.name()).await?;
    tx.event(PaymentRefunding(PaymentFacts::of(&payment)));
    store::save(scope, &mut tx, &payment, Status::Completed).await?;
    tx.commit().await?;
    Ok(Begin::Ask(attempt, ticket))
}
