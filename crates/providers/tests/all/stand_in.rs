//! A provider's stand-in: an HTTP server that answers as it is told and remembers what it was asked.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use futures::stream;
use providers::{EmbedderSettings, Limits, LlmSettings};
use serde_json::Value;

/// The key in these tests: wherever it turns up but in its header, a test fails.
pub(crate) const KEY: &str = "sk-do-not-show-me";

/// One request as it came.
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    pub(crate) at: Instant,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// A running stand-in; it ends with the test's runtime.
pub(crate) struct StandIn {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// Marks an answer that never comes.
#[derive(Clone)]
struct Never;

pub(crate) fn never() -> Response {
    let mut response = Response::default();
    response.extensions_mut().insert(Never);
    response
}

/// An answer that breaks off in the middle.
pub(crate) fn half(start: &'static str) -> Response {
    let broken = std::io::Error::other("broken off");
    Body::from_stream(stream::iter([Ok(Bytes::from_static(start.as_bytes())), Err(broken)])).into_response()
}

/// A JSON answer.
pub(crate) fn json(body: &Value) -> Response {
    body.to_string().into_response()
}

impl StandIn {
    /// Starts one; `reply` gets the number of the request, from 0, and the request.
    pub(crate) async fn start(reply: impl Fn(usize, &Seen) -> Response + Send + Sync + 'static) -> Self {
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (log, reply) = (Arc::clone(&seen), Arc::new(reply));
        let handler = move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let (log, reply) = (Arc::clone(&log), Arc::clone(&reply));
            async move {
                let body = serde_json::from_slice(&body).expect("requests are JSON");
                let request = Seen { path: uri.path().to_owned(), headers, body, at: Instant::now() };
                let response = {
                    let mut log = log.lock().unwrap();
                    let response = reply(log.len(), &request);
                    log.push(request);
                    response
                };
                if response.extensions().get::<Never>().is_some() {
                    std::future::pending::<()>().await;
                }
                response
            }
        };
        let app = Router::new().fallback(handler).layer(axum::extract::DefaultBodyLimit::disable());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, seen }
    }

    /// Takes what it was asked so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

/// Limits for tests: no fault costs more than a moment.
pub(crate) fn quick() -> Limits {
    Limits {
        connect: Duration::from_secs(2),
        read: Duration::from_secs(5),
        total: Duration::from_secs(10),
        attempts: 3,
        first_pause: Duration::from_millis(5),
        max_answer_bytes: 1 << 20,
    }
}

/// An OpenAI embedder's settings for a stand-in: 4 parts.
pub(crate) fn embedder(url: &str) -> EmbedderSettings {
    EmbedderSettings { base_url: url.into(), dims: 4, limits: quick(), ..EmbedderSettings::openai(KEY) }
}

/// A language model's settings for a stand-in.
pub(crate) fn llm(url: &str) -> LlmSettings {
    LlmSettings { base_url: url.into(), limits: quick(), ..LlmSettings::openai(KEY) }
}
