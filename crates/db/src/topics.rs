//! Numbered changes by topic, and who is woken by them.
//!
//! A topic's version is a row that every writer of the topic counts up inside its transaction. The row's lock puts the
//! writers in order, so versions become visible one after the other. What has been committed in this process is known here
//! at once; what other processes committed is read when somebody asks for it.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::Clock;
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;

use crate::Listener;

/// The newest committed version of every topic, as far as this process knows. Cheap to clone; clones share one state.
#[derive(Clone, Debug)]
pub struct Versions(Arc<Known>);

#[derive(Debug)]
struct Known {
    topics: RwLock<HashMap<String, i64>>,
    changes: watch::Sender<u64>,
}

impl Default for Versions {
    fn default() -> Self {
        Self(Arc::new(Known { topics: RwLock::default(), changes: watch::Sender::new(0) }))
    }
}

impl Versions {
    /// The newest version that this process knows to be committed; 0 where there is none.
    pub fn get(&self, topic: &str) -> i64 {
        self.0.topics.read().get(topic).copied().unwrap_or_default()
    }

    /// Marked as changed whenever any topic has moved on.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// Takes note of a committed version; an older one than known changes nothing.
    pub(crate) fn raise(&self, topic: &str, version: i64) {
        let mut topics = self.0.topics.write();
        match topics.get_mut(topic) {
            Some(known) if *known >= version => return,
            Some(known) => *known = version,
            None => {
                topics.insert(topic.to_owned(), version);
            }
        }
        drop(topics);
        self.0.changes.send_modify(|count| *count = count.wrapping_add(1));
    }
}

/// Wake-ups by name, within this process.
#[derive(Clone, Default)]
pub(crate) struct Bells(Arc<Mutex<HashMap<&'static str, watch::Sender<u64>>>>);

impl Bells {
    pub(crate) fn listen(&self, name: &'static str) -> watch::Receiver<u64> {
        self.0.lock().entry(name).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    pub(crate) fn ring(&self, name: &'static str) {
        if let Some(bell) = self.0.lock().get(name) {
            bell.send_modify(|count| *count = count.wrapping_add(1));
        }
    }
}

/// What every transaction shares with its [`crate::Db`].
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) versions: Versions,
    pub(crate) bells: Bells,
    pub(crate) clock: Clock,
    pub(crate) listener: Option<Arc<dyn Listener>>,
}

impl Default for Shared {
    fn default() -> Self {
        Self { versions: Versions::default(), bells: Bells::default(), clock: Clock::system(), listener: None }
    }
}
