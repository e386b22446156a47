//! The routes of payments.

mod change;
mod figures;
mod ledger;
mod payout;
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
        .add(routes!(read::list))
        .add(routes!(change::create))
        .add(routes!(figures::summary))
        .add(routes!(figures::dashboard))
        .add(routes!(ledger::page))
        .add(routes!(ledger::look_through))
        .add(routes!(webhook::webhook).rate(Rate::Webhook).bytes(webhook::MOST_BYTES))
        .add(routes!(payout::get))
        .add(routes!(payout::set))
        .add(routes!(read::of_contract))
        .add(routes!(read::get))
        .add(routes!(change::update))
        .add(routes!(spend::process))
        .add(routes!(spend::retry))
        .add(routes!(spend::refund))
        .with_state(payments)
}

/// Only who pays may move money; whoever is paid may look on.
fn must_pay(caller: &Caller) -> Result<()> {
    if caller.is_admin() || caller.workspace().is_some() {
        return Ok(());
    }
    Err(Error::new(Kind::Forbidden, "Payments are made by the brand of the contract; this account may look at them"))
}
