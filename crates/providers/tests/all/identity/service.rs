//! A service on a real socket: it answers as it is told and remembers what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde_json::Value;

/// One request as it came.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// What the query says of this, without its encoding (the tests use plain letters).
    pub(crate) fn asked(&self, name: &str) -> Option<&str> {
        value_of(&self.query, name)
    }

    /// What the form says of this.
    pub(crate) fn sent(&self, name: &str) -> Option<&str> {
        value_of(&self.body, name)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

fn value_of<'a>(pairs: &'a str, name: &str) -> Option<&'a str> {
    pairs.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

pub(crate) struct Service {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

#[derive(Clone)]
struct Never;

impl Service {
    pub(crate) async fn start(reply: impl Fn(&Seen) -> Response + Send + Sync + 'static) -> Self {
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (log, reply) = (Arc::clone(&seen), Arc::new(reply));
        let handler = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let (log, reply) = (Arc::clone(&log), Arc::clone(&reply));
            async move {
                let request = Seen {
                    method,
                    path: uri.path().to_owned(),
                    query: uri.query().unwrap_or_default().to_owned(),
                    headers,
                    body: String::from_utf8(body.to_vec()).unwrap(),
                };
                log.lock().unwrap().push(request.clone());
                let response = reply(&request);
                if response.extensions().get::<Never>().is_some() {
                    std::future::pending::<()>().await;
                }
                response
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
        Self { url, seen }
    }

    /// Takes what it was asked so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

pub(crate) fn json(status: u16, body: &Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), body.to_string()).into_response()
}

/// An answer that is none.
pub(crate) type Trouble = fn() -> Response;

/// The ways of a service at its worst, each with what is said of it. The last one takes ten seconds.
pub(crate) fn troubles() -> Vec<(Trouble, &'static str)> {
    vec![
        (|| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "30")], "slow down").into_response(), "try again in 30 s"),
        (|| (StatusCode::INTERNAL_SERVER_ERROR, "oops").into_response(), "having trouble (500)"),
        (|| StatusCode::SERVICE_UNAVAILABLE.into_response(), "having trouble (503)"),
        (
            || (StatusCode::FOUND, [("location", "https://elsewhere.example")]).into_response(),
            "sent us to another address",
        ),
        (|| StatusCode::NOT_FOUND.into_response(), "does not know the path"),
        (|| "<html>".into_response(), "cannot be read"),
        (|| "[]".into_response(), "cannot be read"),
        (|| Body::from(vec![b' '; 1 << 20]).into_response(), "larger than is ever needed"),
        (half, "broke the connection"),
        (never, "took too long"),
    ]
}

fn half() -> Response {
    let broken = std::io::Error::other("broken off");
    Body::from_stream(stream::iter([Ok(Bytes::from_static(b"{\"id\":")), Err(broken)])).into_response()
}

fn never() -> Response {
    let mut response = Response::default();
    response.extensions_mut().insert(Never);
    response
}

/// Longer than any question may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);
