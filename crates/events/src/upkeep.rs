//! What is done about the log as a whole: figures of how far everybody has come, and forgetting.

use db::{Db, Position};
use kernel::{Clock, Result, Timestamp};

use crate::Subscribers;
use crate::store;

/// So many events are deleted in one transaction,
const BITE: u32 = 1_000;
/// and so many of these at most in one go.
const BITES: u32 = 500;

/// Sets the gauges of `/metrics`: how far each subscriber is behind, in events (a thousand and one stands for more) and seconds; how many events it
/// tries again or has set aside; and how many an open transaction holds back from all.
pub async fn gauges(db: &Db, clock: &Clock, subscribers: &Subscribers) -> Result<()> {
    let now = clock.now();
    let age = |since: Option<Timestamp>| since.map_or(0, |since| now.micros() - since.micros()).max(0) as f64 / 1e6;
    let mut tx = db.read().await?;
    let end = tx.end_of_events().await?;
    let held = tx.events_waiting(end, None).await?;
    metrics::gauge!("events_held_back").set(held.events as f64);
    metrics::gauge!("events_held_back_seconds").set(age(held.since));
    for subscription in &subscribers.0 {
        let name = subscription.name;
        let at = store::cursor(&mut tx, name).await?.unwrap_or_default();
        let behind = tx.events_waiting(at, subscription.kinds.as_deref()).await?;
        metrics::gauge!("event_subscriber_behind", "subscriber" => name).set(behind.events as f64);
        metrics::gauge!("event_subscriber_behind_seconds", "subscriber" => name).set(age(behind.since));
        for status in ["waiting", "failed"] {
            metrics::gauge!("event_retries", "subscriber" => name, "status" => status).set(0.0);
        }
    }
    for (subscriber, status, count) in store::counts(&mut tx).await? {
        metrics::gauge!("event_retries", "subscriber" => subscriber, "status" => status).set(count as f64);
    }
    Ok(())
}

/// Deletes what was written before this moment and every subscriber has passed, a bite at a time. Tells how many events these were; the rest of very
/// many has its turn with the next call.
pub async fn forget(db: &Db, before: Timestamp, subscribers: &Subscribers) -> Result<u64> {
    let mut tx = db.read().await?;
    let end = tx.end_of_events().await?;
    let least = store::least(&mut tx, subscribers.names()).await?;
    drop(tx);
    let up_to: Position = least.map_or(end, |least| least.min(end));
    let mut forgotten = 0;
    for _ in 0..BITES {
        let mut tx = db.write().await?;
        let bite = tx.forget_events(up_to, before, BITE).await?;
        tx.commit().await?;
        forgotten += bite;
        if bite < u64::from(BITE) {
            break;
        }
    }
    Ok(forgotten)
}
