//! Asking the gateway, outside of every transaction, and writing down what came of it.

use axum::http::StatusCode;
use axum::response::Response;
use http_base::idempotency::Ticket;
use kernel::{Error, Kind, PaymentId, Result, Scope};
use ports::gateway::{Fault, Outcome, Wanted};
use serde::Serialize;
use uuid::Uuid;

use crate::model::{AttemptStatus, Payment, PaymentBody, ProcessedBody};
use crate::settle::{Desk, Settled};
use crate::{Payments, store};

/// How long a payer may take to go on with a charge.
const PAYER_TIME: i64 = kernel::time::DAY;

/// What a request is answered with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Told {
    /// What came of processing.
    Processed,
    /// The payment.
    Payment,
}

impl Told {
    async fn keep(self, ticket: Ticket, tx: &mut db::Tx, payment: Payment, wanted: Option<Wanted>) -> Result<Response> {
        match self {
            Self::Processed => keep(ticket, tx, ProcessedBody::new(payment, wanted)).await,
            Self::Payment => keep(ticket, tx, PaymentBody::from(payment)).await,
        }
    }
}

async fn keep(ticket: Ticket, tx: &mut db::Tx, body: impl Serialize + Send + Sync) -> Result<Response> {
    ticket.keep(tx, StatusCode::OK, &body).await
}

impl Payments {
    /// With what attempts are made and settled.
    pub(crate) fn desk(&self) -> Desk<'_> {
        Desk {
            clock: self.app.clock(),
            gateway: &*self.gateway,
            settings: self.settings,
            contracts: &*self.contracts,
            fees: &*self.fees,
        }
    }

    /// Has an attempt (and what follows from it) done for a request, whose answer is kept in the transaction of the outcome. Goes on to its
    /// end also when nobody waits for it any more.
    pub(crate) async fn run(&self, attempt: Uuid, ticket: Ticket, told: Told) -> Result<Response> {
        let payments = self.clone();
        tokio::spawn(async move { payments.run_on(attempt, ticket, told).await }).await.map_err(Error::internal)?
    }

    async fn run_on(self, first: Uuid, ticket: Ticket, told: Told) -> Result<Response> {
        let mut id = first;
        loop {
            let mut tx = self.app.read().await?;
            let attempt = store::attempt(Scope::system(), &mut tx, id).await?;
            drop(tx);
            let attempt = attempt.ok_or_else(|| Error::internal("an attempt that was just made is not there"))?;
            if attempt.status != AttemptStatus::Open {
                return self.answer(attempt.payment_id, ticket, told).await;
            }
            let (outcome, fault) = match self.gateway.ask(&attempt.order()?).await {
                Ok(outcome) => (outcome, None),
                Err(Fault::NotDone(error)) => (not_done(&error), Some(error)),
                Err(Fault::Unknown(error)) => {
                    let mut tx = self.app.write().await?;
                    ticket.release(&mut tx).await?;
                    tx.commit().await?;
                    return Err(left_open(&error));
                }
            };
            let wanted = match &outcome {
                Outcome::Underway { wanted, .. } => wanted.clone(),
                _ => None,
            };
            let mut tx = self.app.write().await?;
            let Settled { payment, next } = self.desk().settle(&mut tx, id, outcome).await?;
            if let Some(error) = fault {
                ticket.release(&mut tx).await?;
                tx.commit().await?;
                return Err(error);
            }
            if let Some(next) = next {
                tx.commit().await?;
                id = next;
                continue;
            }
            if wanted.as_ref().is_some_and(|wanted| wanted.client_secret.is_some()) {
                // The payer's secret is nowhere stored: the same request asks the provider again, which answers the same.
                let answer = ticket.tell(&mut tx, StatusCode::OK, &ProcessedBody::new(payment, wanted)).await?;
                tx.commit().await?;
                return Ok(answer);
            }
            let answer = told.keep(ticket, &mut tx, payment, wanted).await?;
            tx.commit().await?;
            return Ok(answer);
        }
    }

    /// Answers with the payment as it is.
    pub(crate) async fn answer(&self, payment: PaymentId, ticket: Ticket, told: Told) -> Result<Response> {
        let mut tx = self.app.write().await?;
        let payment = store::by_id(Scope::system(), &mut tx, payment).await?;
        let payment = payment.ok_or_else(|| Error::not_found("Payment"))?;
        let answer = told.keep(ticket, &mut tx, payment, None).await?;
        tx.commit().await?;
        Ok(answer)
    }

    /// Looks after an attempt of which nothing is known: what came of it is asked for, and if the provider has never heard of it, it is
    /// asked to do it. Tells whether it is settled now.
    pub(crate) async fn look_after(&self, id: Uuid, last: bool) -> Result<bool, Fault> {
        let unknown = Fault::Unknown;
        let mut tx = self.app.read().await.map_err(unknown)?;
        let attempt = store::attempt(Scope::system(), &mut tx, id).await.map_err(unknown)?;
        drop(tx);
        let Some(attempt) = attempt.filter(|attempt| attempt.status == AttemptStatus::Open) else { return Ok(true) };
        if attempt.provider != self.gateway.name() {
            let message = format!("The attempt is at {}, which is not the gateway any more", attempt.provider);
            return Err(Fault::Unknown(Error::new(Kind::Unavailable, message)));
        }
        let order = attempt.order().map_err(unknown)?;
        let outcome = match self.gateway.find(&order).await {
            Ok(Some(outcome)) => outcome,
            Ok(None) if self.is_forgotten(&attempt) => Outcome::Refused {
                reference: None,
                code: "never_arrived".into(),
                message: "The payment provider never heard of it: try again".into(),
            },
            Ok(None) => match self.gateway.ask(&order).await {
                Ok(outcome) => outcome,
                Err(Fault::NotDone(error)) if last => not_done(&error),
                Err(fault) => return Err(fault),
            },
            Err(fault) => return Err(fault),
        };
        let outcome = match outcome {
            Outcome::Underway { wanted: Some(_), .. } if self.payer_has_left(&attempt) => {
                self.gateway.cancel(&order).await?.unwrap_or(outcome)
            }
            other => other,
        };
        let settled = !matches!(outcome, Outcome::Underway { .. });
        let mut tx = self.app.write().await.map_err(unknown)?;
        self.desk().settle(&mut tx, id, outcome).await.map_err(unknown)?;
        tx.commit().await.map_err(unknown)?;
        Ok(settled)
    }

    /// Has the payer been waited for long enough? Then the charge is taken back, and the payment can be begun anew.
    fn payer_has_left(&self, attempt: &crate::model::Attempt) -> bool {
        attempt.created_at.plus(PAYER_TIME) < self.app.clock().now()
    }

    /// Is it so old that the provider may have forgotten its key? Then asking again could do it twice.
    fn is_forgotten(&self, attempt: &crate::model::Attempt) -> bool {
        attempt.created_at.plus(20 * kernel::time::HOUR) < self.app.clock().now()
    }
}

fn not_done(error: &Error) -> Outcome {
    Outcome::Refused { reference: None, code: "provider_error".into(), message: error.message().to_owned() }
}

/// The answer was lost: what was asked for is kept, and is settled without anybody's doing.
fn left_open(error: &Error) -> Error {
    let message = format!(
        "{}. Nobody knows yet whether it was done: it is kept as processing and is settled by itself; do not pay it again",
        error.message().trim_end_matches('.')
    );
    Error::new(Kind::Provider, message).because(error)
}
