//! Payments, read.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Caller, Named, Offsets, Page, Params};
use input::Input;
use kernel::{ContractId, Currency, Error, Result, Scope};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Payments;
use crate::model::{PaymentBody, Status};
use crate::store::{self, Wanted};

/// Which payments are wanted.
#[derive(Input)]
pub(super) struct PaymentQuery {
    /// Only of this contract.
    #[input(id)]
    contract_id: Option<ContractId>,
    /// Only of this status.
    #[input(word)]
    status: Option<Status>,
    /// Only in this currency.
    #[input(currency)]
    currency: Option<Currency>,
    #[input(flatten)]
    offsets: Offsets,
}

/// A page of payments.
#[derive(Serialize, ToSchema)]
pub(super) struct PaymentList {
    payments: Vec<PaymentBody>,
    #[serde(flatten)]
    page: Page,
}

async fn page(payments: &Payments, scope: Scope, wanted: &Wanted, offsets: Offsets) -> Result<PaymentList> {
    let mut tx = payments.app.read().await?;
    if let Some(id) = wanted.contract {
        payments.contracts.find(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Contract"))?;
    }
    let (rows, total) = store::list(scope, &mut tx, wanted, offsets).await?;
    Ok(PaymentList { payments: rows.into_iter().map(Into::into).collect(), page: offsets.page(total) })
}

/// List payments
///
/// Newest first; those of one contract in the order of its schedule. A creator sees what they are paid.
#[utoipa::path(get, path = "/api/v1/payments", tag = "Payments", params(PaymentQuery),
    responses(
        (status = 200, description = "A page of payments", body = PaymentList),
        (status = 404, description = "The contract is not there, or not yours"),
    ))]
pub(super) async fn list(
    State(payments): State<Payments>,
    caller: Caller,
    Params(query): Params<PaymentQuery>,
) -> Answer<Json<PaymentList>> {
    let wanted =
        Wanted { contract: query.contract_id, status: query.status, currency: query.currency, ..Wanted::default() };
    Ok(Json(page(&payments, caller.scope(), &wanted, query.offsets).await?))
}

/// List the payments of a contract
///
/// In the order of its schedule.
#[utoipa::path(get, path = "/api/v1/payments/contract/{contract_id}", tag = "Payments",
    params(("contract_id" = String, Path, description = "The contract's id"), Offsets),
    responses((status = 200, description = "A page of its payments", body = PaymentList)))]
pub(super) async fn of_contract(
    State(payments): State<Payments>,
    caller: Caller,
    name: Named,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<PaymentList>> {
    let wanted = Wanted { contract: Some(name.id("Contract")?), ..Wanted::default() };
    Ok(Json(page(&payments, caller.scope(), &wanted, offsets).await?))
}

/// Read a payment
///
/// One payment, with its milestone, what it came to at the provider, and its refunds.
#[utoipa::path(get, path = "/api/v1/payments/{payment_id}", tag = "Payments",
    params(("payment_id" = String, Path, description = "The payment's id")),
    responses((status = 200, description = "The payment", body = PaymentBody)))]
pub(super) async fn get(State(payments): State<Payments>, caller: Caller, name: Named) -> Answer<Json<PaymentBody>> {
    let id = name.id("Payment")?;
    let mut tx = payments.app.read().await?;
    let payment = store::by_id(caller.scope(), &mut tx, id).await?.ok_or_else(|| Error::not_found("Payment"))?;
    Ok(Json(payment.into()))
}
