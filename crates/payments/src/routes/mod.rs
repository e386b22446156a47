//! The routes of payments.

mod change;
mod figures;
mod ledger;
pub(crate) mod payout;
mod read;
mod spend;
mod webhook;

use http_base::routes;
use http_base::{Rate, Routes};
use kernel::{Caller, Error, Kind, Result};

use crate::Payments;

/// Every route of payments.
pub fn router(payments: Payments) -> Routes {
    Routes::new()
        .with(routes!(read::list))
        .with(routes!(change::create))
        .with(routes!(figures::summary))
        .with(routes!(figures::dashboard))
        .with(routes!(ledger::page))
        .with(routes!(ledger::look_through))
        .with(routes!(webhook::webhook).rate(Rate::Webhook).bytes(webhook::MOST_BYTES))
        .with(routes!(payout::get))
        .with(routes!(payout::set))
        .with(routes!(read::of_contract))
        .with(routes!(read::get))
        .with(routes!(change::update))
        .with(routes!(spend::process))
        .with(routes!(spend::retry))
        .with(routes!(spend::refund))
        .with_state(payments)
}

/// Only who pays may move money; whoever is paid may look on.
fn must_pay(caller: &Caller) -> Result<()> {
    if caller.is_admin() || caller.workspace().is_some() {
        return Ok(());
    }
    Err(Error::new(Kind::Forbidden, "Payments are made by the brand of the contract; this account may look at them"))
}
