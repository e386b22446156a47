//! Numbered changes by topic, and who is woken by them.
//!
//! A topic's version is a row that every writer of the topic counts up inside its transaction. The row's lock puts the
//! writers in order, so versions become visible one after the other. What has been committed in this process is known here
//! at once; what other processes committed is read when somebody asks for it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use kernel::Clock;
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;
use uuid::Uuid;

use crate::Listener;
use crate::fresh::PATIENCE;

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

/// SQLite: the versions of workspaces, as they were read lately or written by this process. A number never goes back, so whoever reads the
/// database while another writes it cannot bring an older one in.
#[derive(Default)]
pub(crate) struct Workspaces(RwLock<Remembered>);

#[derive(Default)]
struct Remembered {
    /// How often everything was forgotten: what was read before that is not taken in after it.
    epoch: u64,
    known: HashMap<Uuid, (i64, Instant)>,
}

/// More workspaces than this are not remembered: some 40 bytes each.
const MOST_WORKSPACES: usize = 1 << 17;

impl Workspaces {
    /// The version, if it was true [`PATIENCE`] ago at the earliest; else the epoch to [learn](Self::learn) it in.
    pub(crate) fn get(&self, workspace: Uuid) -> Result<i64, u64> {
        let remembered = self.0.read();
        match remembered.known.get(&workspace) {
            Some((version, at)) if at.elapsed() < PATIENCE => Ok(*version),
            _ => Err(remembered.epoch),
        }
    }

    /// Takes note of what the database held at this moment or later.
    pub(crate) fn learn(&self, workspace: Uuid, version: i64, at: Instant, epoch: u64) {
        let mut remembered = self.0.write();
        if remembered.epoch == epoch {
            remembered.raise(workspace, version, at);
        }
    }

    /// Takes note of what this process has committed.
    pub(crate) fn committed(&self, workspace: Uuid, version: i64) {
        self.0.write().raise(workspace, version, Instant::now());
    }
}

impl Remembered {
    fn raise(&mut self, workspace: Uuid, version: i64, at: Instant) {
        if self.known.len() >= MOST_WORKSPACES && !self.known.contains_key(&workspace) {
            self.known.clear();
            self.epoch += 1;
        }
        let known = self.known.entry(workspace).or_insert((version, at));
        if version >= known.0 {
            *known = (version, known.1.max(at));
        }
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
    pub(crate) workspaces: Arc<Workspaces>,
    pub(crate) bells: Bells,
    pub(crate) clock: Clock,
    pub(crate) listener: Option<Arc<dyn Listener>>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            versions: Versions::default(),
            workspaces: Arc::default(),
            bells: Bells::default(),
            clock: Clock::system(),
            listener: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspaces_version_never_goes_back() {
        let (workspaces, one) = (Workspaces::default(), Uuid::from_u128(1));
        let epoch = workspaces.get(one).unwrap_err();
        let begun = Instant::now();
        // Read before the commit, taken in after it.
        workspaces.committed(one, 7);
        workspaces.learn(one, 6, begun, epoch);
        assert_eq!(workspaces.get(one), Ok(7));
        workspaces.learn(one, 9, Instant::now(), epoch);
        assert_eq!(workspaces.get(one), Ok(9));
        std::thread::sleep(PATIENCE);
        assert_eq!(workspaces.get(one), Err(epoch), "another process may have written meanwhile");
    }

    #[test]
    fn what_was_read_before_all_was_forgotten_is_not_taken_in() {
        let (workspaces, one) = (Workspaces::default(), Uuid::from_u128(u128::MAX));
        let (epoch, begun) = (workspaces.get(one).unwrap_err(), Instant::now());
        workspaces.committed(one, 2);
        for other in 0..MOST_WORKSPACES as u128 {
            workspaces.committed(Uuid::from_u128(other), 1);
        }
        workspaces.learn(one, 1, begun, epoch);
        assert!(workspaces.get(one).is_err());
        assert!(workspaces.0.read().known.len() <= MOST_WORKSPACES);
    }
}
