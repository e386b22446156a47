//! Asking the server's own routes, in the process, as whoever called.
//!
//! The caller's token goes to our own router and nowhere else, so that every rule, scope, limit and word of the log holds as if they had
//! asked by themselves.

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_base::{Peer, idempotency};
use kernel::{Account, Error, Result};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// The largest answer that is read, in bytes. What is larger is a file.
const ANSWER: usize = 8 << 20;
/// What is handed on of the caller's request: from where it comes, and for whom it is.
const HANDED_ON: [HeaderName; 7] = [
    AUTHORIZATION,
    HOST,
    USER_AGENT,
    HeaderName::from_static("forwarded"),
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-real-ip"),
];

/// Who called, and by which request.
#[derive(Clone, Debug)]
pub(crate) struct Guest {
    /// Their account.
    pub(crate) account: Account,
    /// From where.
    pub(crate) peer: Peer,
    /// May they only read, by their token or by their own wish (`X-MCP-Readonly`)?
    pub(crate) read_only: bool,
    headers: HeaderMap,
    connection: Option<ConnectInfo<SocketAddr>>,
}

impl Guest {
    /// Of a request that was let in.
    pub(crate) fn new(account: Account, head: &Parts, trusted_proxies: usize) -> Self {
        let mut headers = HeaderMap::new();
        for name in HANDED_ON {
            for value in head.headers.get_all(&name) {
                headers.append(name.clone(), value.clone());
            }
        }
        let connection = head.extensions.get::<ConnectInfo<SocketAddr>>().copied();
        let wish = head.headers.get("x-mcp-readonly").and_then(|value| value.to_str().ok());
        let read_only = account.read_only || wish.is_some_and(|word| word.trim().eq_ignore_ascii_case("true"));
        Self { account, read_only, peer: Peer::of(head, trusted_proxies), headers, connection }
    }
}

/// A request to one of our routes.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    /// The path with its query.
    pub(crate) address: String,
    pub(crate) body: Option<Value>,
    /// By which a repeated request is known.
    pub(crate) key: Option<String>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

/// Asks.
pub(crate) async fn ask(router: &Router, guest: &Guest, asked: &Asked) -> Result<Answered> {
    let body = asked.body.as_ref().map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let mut request = Request::new(body);
    *request.method_mut() = asked.method.clone();
    *request.uri_mut() = asked.address.parse().map_err(Error::internal)?;
    *request.headers_mut() = guest.headers.clone();
    if asked.body.is_some() {
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Some(key) = asked.key.as_deref().and_then(|key| HeaderValue::from_str(key).ok()) {
        request.headers_mut().insert(idempotency::HEADER, key);
    }
    if let Some(connection) = guest.connection {
        request.extensions_mut().insert(connection);
    }
    let Ok(response) = router.clone().oneshot(request).await;
    let (head, body) = response.into_parts();
    let media_type =
        head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let is_text = media_type.contains("json") || media_type.starts_with("text/");
    if !is_text && !media_type.is_empty() {
        let about = "This is a file: fetch it over HTTP, at this path, with the same token.";
        return Ok(Answered {
            status: head.status,
            body: json!({"media_type": media_type, "path": asked.address, "note": about}),
        });
    }
    let bytes = to_bytes(body, ANSWER).await.map_err(|_| {
        Error::new(
            kernel::Kind::TooLarge,
            "The answer is too large for an assistant; ask for less of it, or fetch it over HTTP",
        )
    })?;
    let body = match serde_json::from_slice(&bytes) {
        Ok(value) => value,
        Err(_) if bytes.is_empty() => Value::Null,
        Err(_) => String::from_utf8_lossy(&bytes).into(),
    };
    Ok(Answered { status: head.status, body })
}
