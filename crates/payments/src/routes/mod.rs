//! The routes of payments.

mod change;
mod figures;
mod ledger;
mod payout;
mod read;
mod spend;
mod webhook;

use kernel::{Caller, Error, Kind, Result};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Payments;

/// Every route of payments.
pub fn router(payments: Payments) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(read::list))
        .routes(routes!(change::create))
        .routes(routes!(figures::summary))
        .routes(routes!(figures::dashboard))
        .routes(routes!(ledger::page))
        .routes(routes!(ledger::look_through))
        .routes(routes!(webhook::webhook))
        .routes(routes!(payout::get))
        .routes(routes!(payout::set))
        .routes(routes!(read::of_contract))
        .routes(routes!(read::get))
        .routes(routes!(change::update))
        .routes(routes!(spend::process))
        .routes(routes!(spend::retry))
        .routes(routes!(spend::refund))
        .with_state(payments)
}

/// Only who pays may move money; whoever is paid may look on.
fn must_pay(caller: &Caller) -> Result<()> {
    if caller.is_admin() || caller.workspace().is_some() {
        return Ok(());
    }
    Err(Error::new(Kind::Forbidden, "Payments are made by the brand of the contract; this account may look at them"))
}
