//! How deliveries stand, for the metrics.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use db::Db;
use kernel::{Result, Timestamp};

use crate::store::{Counts, counts};

/// Gauges of every kind of delivery. They remember which kinds there were, so that what is done reads 0 and not as it last was.
#[derive(Default)]
pub struct Gauges(Mutex<BTreeMap<String, Counts>>);

impl Gauges {
    /// Brings them up to date: `deliveries` by kind and state, and for how long the oldest has been waiting.
    pub async fn refresh(&self, db: &Db, now: Timestamp) -> Result<()> {
        let counted = counts(db, now).await?;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (kind, last) in known.iter_mut() {
            *last = Counts { kind: kind.clone(), ..Counts::default() };
        }
        known.extend(counted.into_iter().map(|counts| (counts.kind.clone(), counts)));
        for (kind, counts) in &*known {
            for (state, count) in [("queued", counts.queued), ("sending", counts.sending), ("failed", counts.failed)] {
                metrics::gauge!("deliveries", "kind" => kind.clone(), "state" => state).set(count as f64);
            }
            let seconds = |micros: u64| micros as f64 / 1e6;
            metrics::gauge!("delivery_overdue_seconds", "kind" => kind.clone()).set(seconds(counts.overdue));
            metrics::gauge!("delivery_oldest_seconds", "kind" => kind.clone()).set(seconds(counts.oldest));
        }
        Ok(())
    }
}
