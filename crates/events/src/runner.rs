//! Bringing events to the subscribers that follow the log.
//!
//! A subscriber's place is a row. Whoever moves it holds the row's lock for one short transaction, in which handlers write as well: what they did
//! and the new place are committed together, and a crash in between undoes both. So several processes share the work, and none does it twice.

use std::sync::Arc;
use std::time::{Duration, Instant};

use db::{Db, EventRow, Position};
use kernel::{Clock, Error, Kind, Result, time};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::store::{self, Failed};
use crate::subscription::{Subscribers, Subscription};

/// How often it is looked for what no bell tells of: other processes' events, and attempts that have become due.
const POLL: Duration = Duration::from_secs(1);
/// How soon it is looked again after a bell that brought nothing; twice as long each time. Another transaction may hold the event back.
const SOON: Duration = Duration::from_millis(20);
/// So many events are read at once.
const BATCH: u32 = 200;
/// So many attempts are made again before new events have their turn.
const RETRIES: u32 = 20;
/// A place that is only passed by is written down after so many events
const UNSAVED_EVENTS: usize = 1_000;
/// or so long.
const UNSAVED: Duration = Duration::from_secs(10);
/// The first back-off; each further one is twice as long.
const BACK_OFF: i64 = 5 * time::SECOND;

/// The subscribers at work in this process. Any number of processes may have theirs on one database.
pub struct Runner {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Runner {
    /// Begins to bring events to these subscribers.
    pub async fn start(db: &Db, clock: &Clock, subscribers: &Subscribers) -> Result<Self> {
        let (stop, stopping) = watch::channel(false);
        let work = begin(db, clock, subscribers).await?;
        let tasks = work.into_iter().map(|work| tokio::spawn(work.run(stopping.clone()))).collect();
        Ok(Self { stop, tasks })
    }

    /// Lets every subscriber finish what it is at.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            // A task that has panicked has ended, too.
            let _ = task.await;
        }
    }
}

async fn begin(db: &Db, clock: &Clock, subscribers: &Subscribers) -> Result<Vec<Work>> {
    let db = db.clone().with_clock(clock.clone());
    for subscription in &subscribers.0 {
        let known = store::cursor(&mut db.read().await?, subscription.name).await?;
        if known.is_none() {
            let mut tx = db.write().await?;
            let at = if subscription.from_the_beginning { Position::default() } else { tx.end_of_events().await? };
            store::begin(&mut tx, subscription.name, at, clock.now()).await?;
            tx.commit().await?;
        }
    }
    let work = |subscription: &Arc<Subscription>| Work {
        db: db.clone(),
        clock: clock.clone(),
        subscription: Arc::clone(subscription),
        seen: Position::default(),
        unsaved: 0,
        saved: Instant::now(),
    };
    Ok(subscribers.0.iter().map(work).collect())
}

/// Brings every subscriber everything there is, and tells how many events were handled. For tests: attempts that wait for their back-off are made
/// when the clock has been moved on.
pub async fn run_until_idle(db: &Db, clock: &Clock, subscribers: &Subscribers) -> Result<usize> {
    let mut handled = 0;
    for mut work in begin(db, clock, subscribers).await? {
        loop {
            let look = work.look().await?;
            handled += look.handled;
            if look.more {
                continue;
            }
            let mut tx = work.db.read().await?;
            let waiting = tx.events_waiting(work.seen, work.subscription.kinds.as_deref()).await?;
            if waiting.events == 0 {
                break;
            }
            // On a server that others use as well, an open transaction may hold events back.
            tokio::time::sleep(SOON).await;
        }
    }
    Ok(handled)
}

/// One subscriber in this process.
struct Work {
    db: Db,
    clock: Clock,
    subscription: Arc<Subscription>,
    /// Everything up to here has been handled or is for others.
    seen: Position,
    /// How many events have been passed by since the place was written down,
    unsaved: usize,
    /// and when that was.
    saved: Instant,
}

/// What a look has come to.
struct Look {
    handled: usize,
    /// Is there more to be done at once?
    more: bool,
}

impl Work {
    async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        let mut bell = self.db.bell(db::EVENTS);
        let mut wait = POLL;
        while !*stopping.borrow() {
            bell.mark_unchanged();
            match self.look().await {
                Ok(look) if look.more || look.handled > 0 => {
                    wait = SOON;
                    continue;
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(subscriber = self.subscription.name, %error, "events cannot be brought to a subscriber; trying again");
                    wait = POLL;
                }
            }
            tokio::select! {
                _ = stopping.changed() => {}
                _ = bell.changed() => wait = SOON,
                () = tokio::time::sleep(wait) => wait = (wait * 2).min(POLL),
            }
        }
    }

    /// Makes the attempts that are due, then handles the next events.
    async fn look(&mut self) -> Result<Look> {
        let tried = self.try_again().await?;
        let mut tx = self.db.read().await?;
        let stored = store::cursor(&mut tx, self.subscription.name).await?;
        let stored = stored.ok_or_else(|| Error::internal("a subscriber has no place in the log"))?;
        self.seen = self.seen.max(stored);
        let events = tx.events_after(self.seen, BATCH).await?;
        drop(tx);
        let Some((last, _)) = events.last() else {
            self.save(stored, false).await?;
            return Ok(Look { handled: tried, more: tried > 0 });
        };
        let (last, read) = (*last, events.len());
        let wanted: Vec<_> = events.into_iter().filter(|(_, event)| self.subscription.wants(&event.kind)).collect();
        let more = read == BATCH as usize;
        if wanted.is_empty() {
            self.seen = last;
            self.unsaved += read;
            self.save(stored, self.unsaved >= UNSAVED_EVENTS).await?;
            return Ok(Look { handled: tried, more: more || tried > 0 });
        }
        match self.handle(stored, &wanted, last).await? {
            Some((handled, all)) => Ok(Look { handled: handled + tried, more: more || !all }),
            // Somebody else is at it, or has done it meanwhile.
            None => Ok(Look { handled: tried, more: false }),
        }
    }

    /// Handles these events in one transaction, up to the first that fails; that one waits for its next attempt. Tells how many are dealt with, and
    /// whether these are all; nothing if somebody else has the subscriber.
    async fn handle(
        &mut self,
        stored: Position,
        events: &[(Position, EventRow)],
        last: Position,
    ) -> Result<Option<(usize, bool)>> {
        let (name, now) = (self.subscription.name, self.clock.now());
        // So many are handled, and the next one has failed.
        let (mut end, mut failed) = (events.len(), None::<String>);
        loop {
            let mut tx = self.db.write().await?;
            if store::take(&mut tx, name).await? != Some(stored) {
                return Ok(None);
            }
            let subjects: Vec<_> = events.iter().map(|(_, event)| event.subject).collect();
            let held = store::held(&mut tx, name, &subjects).await?;
            let mut fault = None;
            for (at, event) in events[..end].iter().enumerate() {
                if held.contains(&event.1.subject) {
                    store::put(&mut tx, name, event, None, now).await?;
                } else if let Err(error) = self.subscription.run(&mut tx, &event.1).await {
                    fault = Some((at, told(error)?));
                    break;
                }
            }
            // What came before it is done once more, in a transaction that is not spoiled.
            if let Some((at, error)) = fault {
                tx.abandon().await?;
                (end, failed) = (at, Some(error));
                continue;
            }
            let mut place = last;
            if let Some(error) = &failed {
                let event = &events[end];
                place = event.0;
                let next = self.failed(&event.1, 1, error);
                store::put(&mut tx, name, event, Some(&next), now).await?;
            } else if end < events.len() {
                place = events[end - 1].0;
            }
            store::move_to(&mut tx, name, place, now).await?;
            if let Err(error) = tx.commit().await {
                // A listener's fault, say. Whose event brought it about shows when each has a transaction of its own.
                let error = told(error)?;
                (end, failed) = match end {
                    0 => return Err(Error::internal(error)),
                    1 => (0, Some(error)),
                    _ => (1, None),
                };
                continue;
            }
            (self.seen, self.unsaved, self.saved) = (place, 0, Instant::now());
            metrics::counter!("events_handled_total", "subscriber" => name).increment(end as u64);
            let dealt_with = end + usize::from(failed.is_some());
            return Ok(Some((dealt_with, dealt_with == events.len())));
        }
    }

    /// Tries what failed before and is due. Tells how many of these were dealt with.
    async fn try_again(&mut self) -> Result<usize> {
        let name = self.subscription.name;
        let due = store::due(&mut self.db.read().await?, name, self.clock.now(), RETRIES).await?;
        let mut dealt_with = 0;
        for id in due {
            let mut tx = self.db.write().await?;
            if store::take(&mut tx, name).await?.is_none() {
                break;
            }
            let Some(retry) = store::waiting(&mut tx, name, id).await? else { continue };
            let mut done = self.subscription.run(&mut tx, &retry.event()).await;
            if done.is_ok() {
                store::done(&mut tx, name, id).await?;
                done = tx.commit().await;
            } else {
                tx.abandon().await?;
            }
            match done {
                Ok(()) => metrics::counter!("events_handled_total", "subscriber" => name).increment(1),
                Err(error) => {
                    let error = told(error)?;
                    let mut tx = self.db.write().await?;
                    if store::take(&mut tx, name).await?.is_none() {
                        break;
                    }
                    let next = self.failed(&retry.event(), retry.attempts + 1, &error);
                    store::failed_again(&mut tx, name, id, &next).await?;
                    tx.commit().await?;
                }
            }
            dealt_with += 1;
        }
        Ok(dealt_with)
    }

    /// What becomes of an event that has failed so often.
    fn failed(&self, event: &EventRow, attempts: u32, error: &str) -> Failed {
        let name = self.subscription.name;
        metrics::counter!("events_failed_total", "subscriber" => name).increment(1);
        let given_up = attempts >= self.subscription.attempts;
        if given_up {
            tracing::error!(subscriber = name, event = %event.id, kind = event.kind, error, "an event was set aside; it can be retried");
        } else {
            tracing::warn!(subscriber = name, event = %event.id, kind = event.kind, attempts, error, "an event failed and will be tried again");
        }
        let wait = BACK_OFF.saturating_mul(1 << attempts.saturating_sub(1).min(12));
        Failed { attempts, given_up, run_at: self.clock.now().plus(wait), error: error.to_owned() }
    }

    /// Writes down a place that was only passed by: now, or if that has not been done for a while.
    async fn save(&mut self, stored: Position, now: bool) -> Result<()> {
        if self.seen <= stored || !now && self.saved.elapsed() < UNSAVED {
            return Ok(());
        }
        let mut tx = self.db.write().await?;
        if store::take(&mut tx, self.subscription.name).await? == Some(stored) {
            store::move_to(&mut tx, self.subscription.name, self.seen, self.clock.now()).await?;
            tx.commit().await?;
        }
        (self.unsaved, self.saved) = (0, Instant::now());
        Ok(())
    }
}

/// What is wrong with the event. Where the database itself is out of order, no event is to blame.
fn told(error: Error) -> Result<String> {
    if error.kind() == Kind::Unavailable { Err(error) } else { Ok(error.to_string()) }
}
