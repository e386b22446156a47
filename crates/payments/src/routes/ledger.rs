//! The ledger, for whoever it concerns.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Caller, Offsets, Page, Params, Reader};
use input::Input;
use kernel::{Currency, Error, Kind, PaymentId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Payments;
use crate::ledger::{self, Account, Balance, Entry, Sought, Verified};

/// Which entries are wanted.
#[derive(Input)]
pub(super) struct LedgerQuery {
    /// Only in this currency.
    #[input(currency)]
    currency: Option<Currency>,
    /// Only of this account.
    #[input(word)]
    account: Option<Account>,
    /// Only of this payment.
    #[input(id)]
    payment_id: Option<PaymentId>,
    #[input(flatten)]
    offsets: Offsets,
}

/// A page of the ledger.
#[derive(Serialize, ToSchema)]
pub(super) struct LedgerPage {
    /// The newest first. The lines of one transaction sum to zero.
    entries: Vec<Entry>,
    /// What all entries of the query come to, by account and currency.
    balances: Vec<Balance>,
    #[serde(flatten)]
    page: Page,
}

/// List ledger entries
///
/// Every movement of money in lines that sum to zero, newest first, with the balances of what was asked for. A brand sees what moved for its
/// payments, a creator what came to them. Entries are never changed.
#[utoipa::path(get, path = "/api/v1/payments/ledger", tag = "Payments", params(LedgerQuery),
    responses((status = 200, description = "A page of entries, and balances", body = LedgerPage)))]
pub(super) async fn page(
    State(payments): State<Payments>,
    caller: Caller,
    Params(query): Params<LedgerQuery>,
) -> Answer<Json<LedgerPage>> {
    let sought = Sought { currency: query.currency, account: query.account, payment: query.payment_id };
    let mut tx = payments.app.db().snapshot().await?;
    let (entries, total) = ledger::entries(caller.scope(), &mut tx, &sought, query.offsets).await?;
    let balances = ledger::balances(caller.scope(), &mut tx, &sought).await?;
    Ok(Json(LedgerPage { entries, balances, page: query.offsets.page(total) }))
}

/// Verify the ledger
///
/// The whole of it, for administrators: every transaction balances, none is missing, and what payments say of themselves is what their
/// entries say. The same as `influencerflow ledger verify`.
#[utoipa::path(post, path = "/api/v1/payments/ledger/verify", tag = "Payments", responses(
    (status = 200, description = "What was found", body = Verified),
    (status = 403, description = "You are no administrator"),
))]
pub(super) async fn look_through(State(payments): State<Payments>, caller: Reader) -> Answer<Json<Verified>> {
    if !caller.is_admin() {
        return Err(Error::new(Kind::Forbidden, "The whole ledger is looked through by administrators").into());
    }
    Ok(Json(ledger::verify(payments.app.db()).await?))
}
