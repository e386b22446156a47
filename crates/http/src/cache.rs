//! Answers kept for a while, and never shown once what they were made of has changed.

use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use kernel::{Error, Result, Scope};
use metrics::Counter;
use moka::sync::Cache;
use serde::Serialize;

use crate::App;

/// Kept answers of one kind of route. Each is stamped with the versions of what it was made of. Cheap to clone.
#[derive(Clone)]
pub struct Responses(Arc<Inner>);

struct Inner {
    kept: Cache<Key, Kept>,
    hits: Counter,
    misses: Counter,
}

/// What was asked, and by whom: answers of one scope are never another's.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Key {
    /// Who may see it.
    pub scope: Scope,
    /// The path's name and the query, as sent.
    pub asked: String,
}

#[derive(Clone)]
struct Kept {
    version: Arc<[i64]>,
    body: Bytes,
}

impl Responses {
    /// A cache of at most `most_bytes` of bodies, each kept for at most `time`.
    pub fn new(name: &'static str, most_bytes: u64, time: Duration) -> Self {
        let kept = Cache::builder()
            .max_capacity(most_bytes)
            .weigher(|key: &Key, kept: &Kept| {
                u32::try_from(kept.body.len() + key.asked.len() + 150).unwrap_or(u32::MAX)
            })
            .time_to_live(time)
            .build();
        let counter =
            |outcome: &'static str| metrics::counter!("cache_lookups_total", "cache" => name, "outcome" => outcome);
        Self(Arc::new(Inner { kept, hits: counter("hit"), misses: counter("miss") }))
    }

    /// The answer to this question in JSON: the kept one, if it is still true at this version, or else what `make` comes to, which is
    /// kept from then on. The version is as many numbers as there are topics that the answer is made of; read it before this.
    pub async fn json<T, F>(
        &self,
        app: &App,
        key: Key,
        version: impl AsRef<[i64]> + Send,
        make: impl FnOnce() -> F + Send,
    ) -> Result<Response>
    where
        T: Serialize,
        F: Future<Output = Result<T>> + Send,
    {
        let text = move || async move { serde_json::to_vec(&make().await?).map_err(Error::internal) };
        let body = self.bytes(app, key, version, text).await?;
        Ok(([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response())
    }

    /// The same of bytes of any kind. What makes them is boxed, so that a kept answer does not carry the room of making one about.
    pub async fn bytes<F>(
        &self,
        app: &App,
        key: Key,
        version: impl AsRef<[i64]> + Send,
        make: impl FnOnce() -> F + Send,
    ) -> Result<Bytes>
    where
        F: Future<Output = Result<Vec<u8>>> + Send,
    {
        if app.caching()
            && let Some(body) = self.get(&key, version.as_ref())
        {
            return Ok(body);
        }
        let body = Bytes::from(Box::pin(make()).await?);
        if app.caching() {
            self.0.kept.insert(key, Kept { version: version.as_ref().into(), body: body.clone() });
        }
        Ok(body)
    }

    fn get(&self, key: &Key, version: &[i64]) -> Option<Bytes> {
        let inner = &self.0;
        let found = inner.kept.get(key).filter(|kept| *kept.version == *version).map(|kept| kept.body);
        if found.is_some() { &inner.hits } else { &inner.misses }.increment(1);
        found
    }
}
