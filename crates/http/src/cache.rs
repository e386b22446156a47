//! Answers kept for a while, and never shown once what they were made of has changed.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kernel::Scope;
use metrics::Counter;
use moka::sync::Cache;

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

    /// The answer, if it is kept and still true at this version: as many numbers as there are topics that it is made of.
    pub fn get(&self, key: &Key, version: impl AsRef<[i64]>) -> Option<Bytes> {
        let inner = &self.0;
        let found = inner.kept.get(key).filter(|kept| *kept.version == *version.as_ref()).map(|kept| kept.body);
        if found.is_some() { &inner.hits } else { &inner.misses }.increment(1);
        found
    }

    /// Keeps an answer made of what was there at this version (read the version before the data).
    pub fn put(&self, key: Key, version: impl AsRef<[i64]>, body: Bytes) {
        self.0.kept.insert(key, Kept { version: version.as_ref().into(), body });
    }
}
