//! The one name in a path: an id or a code.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use kernel::{Error, Kind, Result};

use crate::ApiError;

/// The first parameter of the path, decoded.
pub struct Named(pub String);

impl Named {
    /// As an id. What is no UUID names nothing: `thing` (`"Creator"`) is not found.
    pub fn id<T: FromStr>(&self, thing: &str) -> Result<T> {
        self.0.parse().map_err(|_| Error::not_found(thing))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let unreadable = || Error::new(Kind::BadRequest, "The path is not valid UTF-8");
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| unreadable())?;
        match params.iter().next() {
            Some((_, value)) if !value.contains('\0') => Ok(Self(value.to_owned())),
            _ => Err(unreadable().into()),
        }
    }
}

/// The two names in a path: a thing, and something of it.
pub struct Two(pub String, pub String);

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
