//! Payments made and changed by hand.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use events::TxExt as _;
use http_base::idempotency::{Begun, IdempotencyKey, Once};
use http_base::{Answer, Body, Caller, Named};
use kernel::{Error, Money};

use super::must_pay;
use crate::events::{PaymentCompleted, PaymentCreated, PaymentDue, PaymentFacts, PaymentFailed, PaymentProcessing};
use crate::ledger::{Posting, post};
use crate::model::{Changes, NewPayment, Payment, PaymentBody, Status, must_be_exact};
use crate::{Payments, store};

/// Create a payment
///
/// Beside those that signing a contract makes from its schedule. The currency is the contract's.
#[utoipa::path(post, path = "/api/v1/payments", tag = "Payments", request_body = NewPayment, params(IdempotencyKey),
    responses(
        (status = 200, description = "The new payment, pending", body = PaymentBody),
        (status = 403, description = "You are not the brand that pays"),
        (status = 404, description = "The contract is not there, or not yours"),
        (status = 409, description = "The contract was called off, or the Idempotency-Key is another request's"),
    ))]
pub(super) async fn create(
    State(payments): State<Payments>,
    caller: Caller,
    once: Once,
    Body { input, sent }: Body<NewPayment>,
) -> Answer<Response> {
    let (clock, scope) = (payments.app.clock(), caller.scope());
    let now = clock.now();
    let mut tx = payments.app.write().await?;
    let ticket = match once.begin(&mut tx, &caller, &sent, now).await? {
        Begun::Answered(answer) => return Ok(answer),
        Begun::Go(ticket) => ticket,
    };
    let contract = payments.contracts.find(scope, &mut tx, input.contract_id).await?;
    let contract = contract.ok_or_else(|| Error::not_found("Contract"))?;
    must_pay(&caller)?;
    if contract.is_off {
        let message = format!("The contract is {}; no payment is made for it any more", contract.status);
        return Err(Error::conflict(message).into());
    }
    if input.currency.is_some_and(|said| said != contract.currency) {
        let message = format!("must be the contract's, {}; or leave it out", contract.currency);
        return Err(Error::invalid_field("currency", message).into());
    }
    let amount = Money::new(input.amount, contract.currency);
    must_be_exact(amount)?;
    let there = store::of_contract(scope, &mut tx, contract.id).await?;
    let due_at = input.due_date.unwrap_or(now);
    let whose = (contract.workspace_id, contract.id, contract.campaign_id, contract.creator_id);
    let payment = Payment {
        name: input.milestone,
        position: there.iter().map(|payment| payment.position + 1).max().unwrap_or(0),
        due_at: Some(due_at),
        due_told: due_at <= now,
        ..Payment::pending(clock.new_id(), whose, amount, now)
    };
    store::insert(scope, &mut tx, std::slice::from_ref(&payment)).await?;
    tx.event(PaymentCreated(PaymentFacts::of(&payment)));
    if payment.due_told {
        tx.event(PaymentDue(PaymentFacts::of(&payment)));
    }
    let answer = ticket.keep(&mut tx, StatusCode::OK, &PaymentBody::from(payment)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Change a payment
///
/// Fields that are left out stay as they are. With `status: completed` it is recorded as paid outside of a gateway (by bank transfer,
/// say), and stands in the ledger as that. What is paid stays paid.
#[utoipa::path(put, path = "/api/v1/payments/{payment_id}", tag = "Payments", request_body = Changes,
    params(("payment_id" = String, Path, description = "The payment's id")), responses(
    (status = 200, description = "The payment as it is now", body = PaymentBody),
    (status = 403, description = "You are not the brand that pays"),
    (status = 409, description = "It may not move there: it is completed, or at the payment provider"),
))]
pub(super) async fn update(
    State(payments): State<Payments>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<Changes>,
) -> Answer<Json<PaymentBody>> {
    let (clock, scope) = (payments.app.clock(), caller.scope());
    let id = name.id("Payment")?;
    let mut tx = payments.app.write().await?;
    let mut payment = store::take(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Payment"))?;
    must_pay(&caller)?;
    payment.must_not_be_frozen()?;
    let was = payment.status;
    let paid = input.apply(&mut payment, clock.now())?;
    if payment.status != was {
        let facts = PaymentFacts::of(&payment);
        match payment.status {
            Status::Completed => tx.event(PaymentCompleted(facts)),
            Status::Processing => tx.event(PaymentProcessing(facts)),
            Status::Failed => tx.event(PaymentFailed(facts)),
            // Nothing becomes that again.
            Status::Pending => {}
        }
    }
    if paid {
        let posting = Posting::recorded(payment.amount);
        post(scope, &mut tx, &payment, None, &posting, clock.now()).await?;
    }
    store::save(scope, &mut tx, &payment, was).await?;
    tx.commit().await?;
    Ok(Json(payment.into()))
}
