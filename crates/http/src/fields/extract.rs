//! Bodies and queries as handlers take them.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use futures::future::BoxFuture;
use kernel::{Error, Kind};
use serde_json::{Map, Value};

use super::{Fields, Input};
use crate::app::Limits;
use crate::{ApiError, App, json};

/// A JSON body, read field by field. `sent` is what came, for answers that repeat it.
pub struct Body<T> {
    /// What was read.
    pub input: T,
    /// What was sent.
    pub sent: Map<String, Value>,
}

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
        let fields = read_fields(request, &app).await?;
        let sent = fields.all().clone();
        Ok(Self { input: fields.read()?, sent })
    }
}

/// Boxed, so that it is compiled once and not for every body.
fn read_fields(request: Request, app: &App) -> BoxFuture<'_, Result<Fields, ApiError>> {
    Box::pin(async {
        let bytes = read_body(request, app.limits()).await?;
        Ok(Fields::of_body(json::parse(&bytes)?)?)
    })
}

async fn read_body(request: Request, limits: &Limits) -> Result<bytes::Bytes, ApiError> {
    let given = request.headers().get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?").to_ascii_lowercase());
    if let Some(given) = given.filter(|given| !is_json(given)) {
        let message = format!("The body must be JSON (Content-Type: application/json), not {given}");
        return Err(Error::new(Kind::UnsupportedMediaType, message).into());
    }
    axum::body::to_bytes(request.into_body(), limits.body_bytes).await.map_err(|error| {
        let mut source: &dyn std::error::Error = &error;
        while let Some(deeper) = source.source() {
            source = deeper;
        }
        if source.to_string().contains("length limit") {
            Error::new(Kind::TooLarge, format!("The body is larger than {} bytes", limits.body_bytes)).into()
        } else {
            Error::new(Kind::BadRequest, "The body ended before it was complete").because(error).into()
        }
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

/// Reads a query as it stands in the address: for handlers that look into a cache before.
pub fn read_query<T: Input>(query: &str) -> Result<T, Error> {
    Fields::of_text("query", form_pairs(query)?).read()
}

/// Reads what a page's form sends (`application/x-www-form-urlencoded`).
pub fn read_form<T: Input>(body: &[u8]) -> Result<T, Error> {
    let text = std::str::from_utf8(body).map_err(|_| Error::new(Kind::BadRequest, "The form is not valid UTF-8"))?;
    Fields::of_text("form", form_pairs(text)?).read()
}

/// The pairs of `a=1&b=2`, decoded; text that is no UTF-8 is a fault of the request.
fn form_pairs(query: &str) -> Result<Vec<(String, String)>, Error> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decoded(name)?, decoded(value)?))
        })
        .collect()
}

fn decoded(text: &str) -> Result<String, Error> {
    let spaced = text.replace('+', " ");
    let mut bytes = Vec::with_capacity(spaced.len());
    let mut rest = spaced.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = (byte == b'%' && after.len() >= 2)
            .then(|| std::str::from_utf8(&after[..2]).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok()))
            .flatten();
        bytes.push(code.unwrap_or(byte));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    let text = String::from_utf8(bytes).map_err(|_| Error::new(Kind::BadRequest, "The query is not valid UTF-8"))?;
    if text.contains('\0') {
        return Err(Error::new(Kind::BadRequest, "The query must not contain a NUL character"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_decoded() {
        let pairs = form_pairs("search=Jos%C3%A9+P%25&x&y=%zz").unwrap();
        assert_eq!(pairs[0], ("search".into(), "José P%".into()));
        assert_eq!(pairs[1], ("x".into(), String::new()));
        assert_eq!(pairs[2], ("y".into(), "%zz".into()));
        assert!(form_pairs("a=%ff").is_err() && form_pairs("a=%00").is_err());
    }
}
