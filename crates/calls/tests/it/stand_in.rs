//! Providers as servers on this machine: they answer as they are told, and remember what they were asked.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: String,
    pub(crate) key: String,
    pub(crate) range: String,
}

/// A running provider.
#[derive(Clone)]
pub(crate) struct StandIn {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// How an answer goes wrong on the wire.
#[derive(Clone, Copy)]
pub(crate) enum Broken {
    /// It never comes.
    Never,
    /// It breaks off.
    Half,
}

pub(crate) fn answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, [("content-type", "application/json")], body.to_string()).into_response()
}

pub(crate) fn broken(how: Broken) -> Response {
    match how {
        Broken::Never => {
            let mut response = Response::default();
            response.extensions_mut().insert(NeverComes);
            response
        }
        Broken::Half => {
            let fault = std::io::Error::other("broken off");
            let parts = [Ok(Bytes::from_static(b"{\"sid\": \"CA")), Err(fault)];
            Body::from_stream(futures::stream::iter(parts)).into_response()
        }
    }
}

#[derive(Clone)]
struct NeverComes;

impl StandIn {
    pub(crate) async fn start(reply: impl Fn(&Asked) -> Response + Send + Sync + 'static) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (log, reply) = (Arc::clone(&asked), Arc::new(reply));
        let handler = move |method: Method, uri: Uri, headers: axum::http::HeaderMap, body: Bytes| {
            let (log, reply) = (Arc::clone(&log), Arc::clone(&reply));
            async move {
                let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
                let key = ["authorization", "xi-api-key", "x-goog-api-key"].map(text).concat();
                let asked = Asked {
                    method,
                    path: uri.path().to_owned(),
                    query: uri.query().unwrap_or_default().to_owned(),
                    body: String::from_utf8(body.to_vec()).unwrap(),
                    key,
                    range: text("range").to_owned(),
                };
                log.lock().unwrap().push(asked.clone());
                let response = reply(&asked);
                if response.extensions().get::<NeverComes>().is_some() {
                    std::future::pending::<()>().await;
                }
                response
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
        Self { url, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How often it was asked to ring somebody.
    pub(crate) fn rang(&self) -> usize {
        let rings = |asked: &&Asked| {
            asked.method == Method::POST
                && (asked.path.ends_with("/Calls.json") || asked.path.ends_with("/outbound-call"))
        };
        self.asked().iter().filter(rings).count()
    }
}
