//! Paths with two names.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use http_base::ApiError;
use kernel::{Error, Kind};

/// The two names in a path: a contract, and something of it.
pub(super) struct Two(pub(super) String, pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Two {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let unreadable = || Error::new(Kind::BadRequest, "The path is not valid UTF-8");
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| unreadable())?;
        let mut values = params.iter().map(|(_, value)| value.to_owned());
        match (values.next(), values.next()) {
            (Some(one), Some(other)) => Ok(Self(one, other)),
            _ => Err(unreadable().into()),
        }
    }
}
