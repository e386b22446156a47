//! Bodies that may be left out, and paths with two names.

use axum::extract::{FromRef, FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use http_base::{ApiError, App};
use input::{Fields, Input, json};
use kernel::{Error, Kind};
use serde_json::{Map, Value};

/// A JSON body in which every field may be missing, and which may be missing itself.
pub(super) struct Optional<T>(pub(super) T);

impl<S, T> FromRequest<S> for Optional<T>
where
    App: FromRef<S>,
    S: Send + Sync,
    T: Input,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let most = App::from_ref(state).limits().body_bytes;
        let too_large = || Error::new(Kind::TooLarge, format!("The body is larger than {most} bytes"));
        let bytes =
            axum::body::to_bytes(request.into_body(), most).await.map_err(|error| too_large().because(error))?;
        let sent = if bytes.trim_ascii().is_empty() { Value::Object(Map::new()) } else { json::parse(&bytes)? };
        Ok(Self(Fields::of_body(sent)?.read()?))
    }
}

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
