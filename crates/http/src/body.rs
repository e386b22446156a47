//! Bodies and queries as handlers take them.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use bytes::Bytes;
use futures::future::BoxFuture;
use input::form::read_query;
use input::{Fields, Input, json};
use kernel::{Error, Kind};
use serde_json::{Map, Value};

use crate::pace::fault_of;
use crate::policy::Policy;
use crate::{ApiError, App};

/// A JSON body, read field by field. `sent` is what came, for answers that repeat it.
pub struct Body<T> {
    /// What was read.
    pub input: T,
    /// What was sent.
    pub sent: Map<String, Value>,
}

/// A JSON body that may be missing: then it is as if it were empty.
pub struct MaybeBody<T>(pub Body<T>);

/// A body as it is, whatever it calls itself; as much as its route takes.
pub struct Raw(pub Bytes);

/// The query, read field by field.
pub struct Params<T>(pub T);

impl<S, T> FromRequest<S> for Body<T>
where
    App: axum::extract::FromRef<S>,
    S: Send + Sync,
    T: Input,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let app = <App as axum::extract::FromRef<S>>::from_ref(state);
        Self::of(read_fields(request, &app, false).await?)
    }
}

impl<S, T> FromRequest<S> for MaybeBody<T>
where
    App: axum::extract::FromRef<S>,
    S: Send + Sync,
    T: Input,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let app = <App as axum::extract::FromRef<S>>::from_ref(state);
        Body::of(read_fields(request, &app, true).await?).map(Self)
    }
}

impl<T: Input> Body<T> {
    fn of(fields: Fields) -> Result<Self, ApiError> {
        let sent = fields.all().clone();
        Ok(Self { input: fields.read()?, sent })
    }
}

impl<S> FromRequest<S> for Raw
where
    App: axum::extract::FromRef<S>,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let app = <App as axum::extract::FromRef<S>>::from_ref(state);
        whole(&app, request).await.map(Self).map_err(ApiError)
    }
}

/// Boxed, so that it is compiled once and not for every body.
fn read_fields(request: Request, app: &App, may_be_missing: bool) -> BoxFuture<'_, Result<Fields, ApiError>> {
    Box::pin(async move {
        let bytes = json_text(app, request).await?;
        if may_be_missing && bytes.trim_ascii().is_empty() {
            return Ok(Fields::of_body(Value::Object(Map::new()))?);
        }
        Ok(Fields::of_body(json::parse(&bytes)?)?)
    })
}

/// The body of a request, if it does not say that it is something else than JSON.
pub async fn json_text(app: &App, request: Request) -> Result<Bytes, Error> {
    let given = request.headers().get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?").to_ascii_lowercase());
    if let Some(given) = given.filter(|given| !is_json(given)) {
        let message = format!("The body must be JSON (Content-Type: application/json), not {given}");
        return Err(Error::new(Kind::UnsupportedMediaType, message));
    }
    whole(app, request).await
}

/// All of a request's body; as much as its route takes. More is 413, and a body that breaks off 400.
pub fn whole(app: &App, request: Request) -> BoxFuture<'_, Result<Bytes, Error>> {
    let policy = request.extensions().get::<Policy>().copied().unwrap_or_default();
    let most = policy.takes.whole(app.limits());
    Box::pin(async move {
        axum::body::to_bytes(request.into_body(), most).await.map_err(|error| {
            let mut source: &dyn std::error::Error = &error;
            while let Some(deeper) = source.source() {
                source = deeper;
            }
            if source.to_string().contains("length limit") {
                return Error::new(Kind::TooLarge, format!("The body is larger than {most} bytes"));
            }
            let fault = fault_of(&error);
            match fault.kind() {
                Kind::BadRequest => {
                    Error::new(Kind::BadRequest, "The body ended before it was complete").because(error)
                }
                _ => fault,
            }
        })
    })
}

fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    media_type == "application/json" || media_type.ends_with("+json")
}

impl<S, T> FromRequestParts<S> for Params<T>
where
    S: Send + Sync,
    T: Input,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self(read_query(parts.uri.query().unwrap_or_default())?))
    }
}
