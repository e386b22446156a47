//! No payment provider: nothing is charged, and it is said what to set.

use async_trait::async_trait;
use kernel::{Error, Kind, Result};
use ports::gateway::{Event, Fault, Gateway, Order, Outcome};
use ports::webhook::{self, Scheme};

const MESSAGE: &str =
    "No payment provider is set: set STRIPE_SECRET_KEY, or PAYMENTS=mock to try payments out without any money";

const SILENT: webhook::Closed = webhook::Closed { kind: Kind::NotFound, message: MESSAGE };

/// The gateway of a server that has none: what wants money to move is refused (503) before anything is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClosedGateway;

fn closed() -> Error {
    Error::new(Kind::Unavailable, MESSAGE)
}

#[async_trait]
impl Gateway for ClosedGateway {
    fn name(&self) -> &'static str {
        "none"
    }

    fn is_open(&self) -> Result<()> {
        Err(closed())
    }

    async fn ask(&self, _: &Order) -> Result<Outcome, Fault> {
        Err(Fault::NotDone(closed()))
    }

    async fn find(&self, _: &Order) -> Result<Option<Outcome>, Fault> {
        Err(Fault::Unknown(closed()))
    }

    fn scheme(&self) -> &dyn Scheme {
        &SILENT
    }

    fn event(&self, _: &[u8]) -> Result<Event> {
        Err(closed())
    }
}
