//! What payments do by themselves.

use std::time::Duration;

use events::TxExt as _;
use jobs::{Context, Failure, Outcome, Payload, Registry};
use kernel::{Result, Scope, time};
use ports::gateway::Fault;
use uuid::Uuid;

use crate::events::{PaymentDue, PaymentFacts};
use crate::settle::see_to;
use crate::{Payments, store};

/// Looks after one attempt.
pub(crate) const ATTEMPT: &str = "payments.attempt";
/// Asks what went back of a charge.
pub(crate) const REFUNDS: &str = "payments.refunds";
/// Passes on what waited for a payout account to be good.
pub(crate) const PAYOUTS: &str = "payments.payouts";
const RECONCILE: &str = "payments.reconcile";
const DUE: &str = "payments.due";

/// A request asks for itself; the job looks only once it must have ended.
pub(crate) const PATIENCE: i64 = 90 * time::SECOND;
/// So many rows at once.
const BITE: u32 = 500;

/// The jobs of payments: attempts of which nothing was heard, and payments that become due.
pub fn jobs(payments: &Payments) -> Registry {
    let mut registry = Registry::new();
    let on = payments.clone();
    registry.on(ATTEMPT, move |context, payload| look_after(on.clone(), context, payload));
    let on = payments.clone();
    registry.on(REFUNDS, move |_, payload| look_at_refunds(on.clone(), payload));
    let on = payments.clone();
    registry.on(PAYOUTS, move |_, payload| pay_waiting(on.clone(), payload));
    let on = payments.clone();
    registry.on(RECONCILE, move |_, _| reconcile(on.clone()));
    let on = payments.clone();
    registry.on(DUE, move |_, _| become_due(on.clone()));
    registry.every(Duration::from_mins(5), RECONCILE);
    registry.every(Duration::from_mins(1), DUE);
    registry
}

async fn pay_waiting(payments: Payments, payload: Payload) -> Outcome {
    Ok(crate::routes::payout::pay_waiting(&payments, payload.read()?).await?)
}

async fn look_after(payments: Payments, context: Context, payload: Payload) -> Outcome {
    let id: Uuid = payload.read()?;
    match payments.look_after(id, context.attempt >= context.max_attempts).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::retry("the payment provider has not come to an end with it")),
        Err(Fault::NotDone(error) | Fault::Unknown(error)) => Err(error.into()),
    }
}

/// Something went back of a charge, and the provider did not say by what: each refund of it is taken in.
async fn look_at_refunds(payments: Payments, payload: Payload) -> Outcome {
    let charge: String = payload.read()?;
    let found = payments.gateway.refunds(&charge).await.map_err(|fault| match fault {
        Fault::NotDone(error) | Fault::Unknown(error) => error,
    })?;
    let mut tx = payments.app.write().await?;
    for news in found {
        payments.desk().hear(&mut tx, &charge, news).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Attempts whose job was given up, or was lost, get another one.
async fn reconcile(payments: Payments) -> Outcome {
    let (clock, mut after) = (payments.app.clock(), Uuid::nil());
    let before = clock.now().plus(-2 * PATIENCE);
    loop {
        let mut tx = payments.app.read().await?;
        let open = store::open_attempts(Scope::system(), &mut tx, before, after, BITE).await?;
        drop(tx);
        let Some(last) = open.last().copied() else { return Ok(()) };
        let mut tx = payments.app.write().await?;
        for id in open {
            see_to(&mut tx, clock, id, clock.now()).await?;
        }
        tx.commit().await?;
        after = last;
    }
}

async fn become_due(payments: Payments) -> Outcome {
    Ok(tell_due(&payments).await?)
}

async fn tell_due(payments: &Payments) -> Result<()> {
    let clock = payments.app.clock();
    loop {
        let mut tx = payments.app.write().await?;
        let due = store::tell_due(Scope::system(), &mut tx, clock.now(), BITE).await?;
        for payment in &due {
            tx.event(PaymentDue(PaymentFacts::of(payment)));
        }
        tx.commit().await?;
        if due.is_empty() {
            return Ok(());
        }
    }
}
