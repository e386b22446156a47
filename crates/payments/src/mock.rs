//! The stand-in for a payment provider: no money moves, and it says so.

use async_trait::async_trait;
use kernel::{Error, Kind, Result};
use ports::gateway::{Event, Fault, Gateway, Order, Outcome, Wanted, What};
use ports::webhook::{Closed, Scheme};

const SILENT: Closed = Closed {
    kind: Kind::NotFound,
    message: "The mock gateway sends no events; set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET",
};

/// A gateway that moves no money. What it answers follows from the order alone, so that asking again changes nothing:
///
/// | the card's token contains | what comes of a charge |
/// |---|---|
/// | `decline` | refused: `card_declined` |
/// | `insufficient` | refused: `insufficient_funds` |
/// | `action` | under way until the payer confirms it, which nobody does |
/// | `slow` | under way; done as soon as it is looked for |
/// | `outage` | no answer; done as soon as it is looked for |
/// | anything else, or no token | done |
#[derive(Clone, Copy, Debug, Default)]
pub struct MockGateway;

#[async_trait]
impl Gateway for MockGateway {
    fn name(&self) -> &'static str {
        "mock"
    }

    async fn ask(&self, order: &Order) -> Result<Outcome, Fault> {
        let token = token(order);
        let says = |word: &str| token.contains(word);
        if says("outage") {
            let message = "The mock gateway gave no answer, as its test token asks";
            return Err(Fault::Unknown(Error::new(Kind::Provider, message)));
        }
        let refused = |code: &str, message: &str| {
            let reference = Some(reference(order));
            Ok(Outcome::Refused { reference, code: code.into(), message: message.into() })
        };
        if says("decline") {
            return refused("card_declined", "The card was declined: try again with another one");
        }
        if says("insufficient") {
            return refused("insufficient_funds", "The card has not enough money: try again with another one");
        }
        if says("action") {
            let wanted = Some(Wanted { client_secret: Some("mock_secret".into()), url: None });
            return Ok(Outcome::Underway { reference: reference(order), wanted });
        }
        if says("slow") {
            return Ok(Outcome::Underway { reference: reference(order), wanted: None });
        }
        Ok(Outcome::Done { reference: reference(order) })
    }

    async fn cancel(&self, order: &Order) -> Result<Option<Outcome>, Fault> {
        let message = "The charge was cancelled: process the payment to try again";
        Ok(Some(Outcome::Refused {
            reference: Some(reference(order)),
            code: "canceled".into(),
            message: message.into(),
        }))
    }

    async fn find(&self, order: &Order) -> Result<Option<Outcome>, Fault> {
        if ["slow", "outage"].iter().any(|word| token(order).contains(word)) {
            return Ok(Some(Outcome::Done { reference: reference(order) }));
        }
        self.ask(order).await.map(Some)
    }

    fn scheme(&self) -> &dyn Scheme {
        &SILENT
    }

    fn event(&self, _: &[u8]) -> Result<Event> {
        Err(Error::new(SILENT.kind, SILENT.message))
    }

    fn usual_account(&self) -> Option<String> {
        Some("acct_mock".into())
    }
}

fn token(order: &Order) -> &str {
    match &order.what {
        What::Charge { method, .. } => method.as_deref().unwrap_or_default(),
        _ => "",
    }
}

/// Its name says that it is none, and follows from the order's key.
fn reference(order: &Order) -> String {
    let kind = match &order.what {
        What::Charge { .. } => "txn",
        What::Payout { .. } => "tr",
        What::TakeBack { .. } => "trr",
        What::Refund { .. } => "re",
    };
    format!("{kind}_mock_{}", order.key.replace('-', ""))
}
