//! The routes of payments.

mod change;
mod figures;
mod ledger;
mod payout;
mod read;
mod spend;
mod webhook;

use axum::extract::{FromRequest, Request};
use http_base::{ApiError, App, Body};
use input::Input;
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

/// A JSON body that may be left out.
struct Optional<T>(Body<T>);

impl<S, T> FromRequest<S> for Optional<T>
where
    App: axum::extract::FromRef<S>,
    S: Send + Sync,
    T: Input,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let limit = <App as axum::extract::FromRef<S>>::from_ref(state).limits().body_bytes;
        let bytes = axum::body::to_bytes(body, limit).await.map_err(|error| {
            Error::new(Kind::TooLarge, format!("The body is larger than {limit} bytes")).because(error)
        })?;
        let bytes = if bytes.is_empty() { bytes::Bytes::from_static(b"{}") } else { bytes };
        let request = Request::from_parts(parts, axum::body::Body::from(bytes));
        Body::from_request(request, state).await.map(Self)
    }
}
