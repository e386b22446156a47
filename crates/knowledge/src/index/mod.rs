//! What is found, in memory: a lexicon for each base that was asked, as new as the base's version says.
//!
//! - It is built of the chunks when a base is asked for the first time, and then follows it: documents whose revision has moved are taken out
//!   and put in again.
//! - It keeps no texts: those of the passages that may answer are read when they are wanted.
//! - The version is a number of the base's row, which whoever asks has read anyway. (A topic for each base would be read by every process with
//!   all topics, however many bases there are.)
//! - All indices of a process together take up to `KNOWLEDGE_INDEX_BYTES`; what was not asked for longest goes first.
//! - Vectors are of the embedded model, which is the same in every process: an index is never of another model than its questions.

mod build;
mod built;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use db::Db;
use kernel::Result;
use parking_lot::{Mutex, RwLock};

pub use built::{Built, Slot, Source};

use crate::blocking;
use crate::model::{Base, BaseId};

/// The indices of this process.
pub struct Indices {
    db: Db,
    most_bytes: u64,
    held: Mutex<HashMap<BaseId, Arc<Held>>>,
    /// Counts what is asked: who was asked last has the highest number.
    asked: AtomicU64,
}

/// The index of a base.
struct Held {
    /// Who brings it up to date; others wait for that.
    updating: tokio::sync::Mutex<()>,
    built: Arc<RwLock<Built>>,
    /// The version of what was built: known without waiting for whoever changes it.
    version: AtomicI64,
    used: AtomicU64,
    bytes: AtomicU64,
}

impl Indices {
    /// None yet.
    pub fn new(db: Db, most_bytes: u64) -> Self {
        Self { db, most_bytes, held: Mutex::default(), asked: AtomicU64::new(0) }
    }

    /// How many there are, and how much memory they take.
    pub fn held(&self) -> (usize, u64) {
        let held = self.held.lock();
        (held.len(), held.values().map(|one| one.bytes.load(Ordering::Relaxed)).sum())
    }

    /// Forgets the index of a base.
    pub fn forget(&self, base: BaseId) {
        self.held.lock().remove(&base);
    }

    /// Asks the indices of bases, as they are now or later, on a thread where nobody waits for it.
    pub async fn ask<T: Send + 'static>(
        &self,
        bases: &[Base],
        question: impl FnOnce(&[&Built]) -> T + Send + 'static,
    ) -> Result<T> {
        let mut held = Vec::with_capacity(bases.len());
        for base in bases {
            held.push(self.fresh(base).await?);
        }
        blocking(move || {
            let built: Vec<_> = held.iter().map(|held| held.built.read()).collect();
            question(&built.iter().map(|built| &**built).collect::<Vec<_>>())
        })
        .await
    }

    async fn fresh(&self, base: &Base) -> Result<Arc<Held>> {
        let held = {
            let mut all = self.held.lock();
            let new = || {
                Arc::new(Held {
                    updating: tokio::sync::Mutex::new(()),
                    built: Arc::default(),
                    version: AtomicI64::new(0),
                    used: AtomicU64::new(0),
                    bytes: AtomicU64::new(0),
                })
            };
            Arc::clone(all.entry(base.id).or_insert_with(new))
        };
        held.used.store(self.asked.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        let is_fresh = || held.version.load(Ordering::Acquire) >= base.version;
        if is_fresh() {
            return Ok(held);
        }
        let turn = held.updating.lock().await;
        if !is_fresh() {
            let updated = build::update(&self.db, base.id, &held.built).await?;
            held.version.store(updated.version, Ordering::Release);
            held.bytes.store(updated.bytes, Ordering::Relaxed);
            self.make_room(base.id);
        }
        drop(turn);
        Ok(held)
    }

    /// Forgets what was not asked for longest, until the rest fits; but never the one that was asked just now.
    fn make_room(&self, but: BaseId) {
        let mut held = self.held.lock();
        let mut bytes: u64 = held.values().map(|one| one.bytes.load(Ordering::Relaxed)).sum();
        while bytes > self.most_bytes {
            let others = held.iter().filter(|(id, _)| **id != but);
            let Some(oldest) = others.min_by_key(|(_, one)| one.used.load(Ordering::Relaxed)).map(|(id, _)| *id) else {
                return;
            };
            if let Some(gone) = held.remove(&oldest) {
                bytes -= gone.bytes.load(Ordering::Relaxed);
            }
        }
    }
}
