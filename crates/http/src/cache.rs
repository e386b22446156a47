//! Answers kept for a while, and never shown once what they were made of has changed.

use std::time::Duration;

use bytes::Bytes;
use moka::sync::Cache;

/// Kept answers of one kind of route. Each is stamped with the versions of what it was made of.
#[derive(Clone)]
pub struct Responses {
    kept: Cache<Key, Kept>,
    name: &'static str,
}

/// What was asked, and by whom: answers of one scope are never another's.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Key {
    /// Who may see it: the debug text of a scope is enough to tell them apart.
    pub scope: String,
    /// The path's name and the query, as sent.
    pub asked: String,
}

#[derive(Clone)]
struct Kept {
    version: [i64; 3],
    body: Bytes,
}

impl Responses {
    /// A cache of at most `most_bytes` of bodies, each kept for at most `time`.
    pub fn new(name: &'static str, most_bytes: u64, time: Duration) -> Self {
        let kept = Cache::builder()
            .max_capacity(most_bytes)
            .weigher(|key: &Key, kept: &Kept| {
                u32::try_from(kept.body.len() + key.asked.len() + key.scope.len() + 100).unwrap_or(u32::MAX)
            })
            .time_to_live(time)
            .build();
        Self { kept, name }
    }

    /// The answer, if it is kept and still true at this version.
    pub fn get(&self, key: &Key, version: [i64; 3]) -> Option<Bytes> {
        let found = self.kept.get(key).filter(|kept| kept.version == version).map(|kept| kept.body);
        let outcome = if found.is_some() { "hit" } else { "miss" };
        metrics::counter!("cache_lookups_total", "cache" => self.name, "outcome" => outcome).increment(1);
        found
    }

    /// Keeps an answer made of what was there at this version (read the version before the data).
    pub fn put(&self, key: Key, version: [i64; 3], body: Bytes) {
        self.kept.insert(key, Kept { version, body });
    }
}
