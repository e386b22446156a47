//! Deliveries on both engines: what is wanted leaves, once if it can be known, whatever dies in between.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod crashes;
mod events;
mod fair;
mod fates;
mod news;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use db::{Db, Tx, args};
use delivery::{Channel, Courier, Delivery, Fate, NewDelivery, Outcome, Pace, Prepared, State};
use futures::FutureExt as _;
use jobs::Registry;
use kernel::{Clock, DeliveryId, Error, Result, WorkspaceId};
use parking_lot::Mutex;
use testkit_db::FreshDb;
use uuid::Uuid;

const KIND: &str = "test";

/// What a channel does with a subject.
#[derive(Clone)]
enum Act {
    /// It answers like this,
    Say(Outcome),
    /// never,
    Hang,
    /// or panics.
    Panic,
    /// It cannot be prepared.
    Unprepared,
    /// What came of it cannot be written down.
    Unwritable,
    /// It is held back.
    Withhold,
}

/// A channel that does as it is told, and remembers what it did.
#[derive(Default)]
struct Told {
    /// In turn, by subject; afterwards everything is sent.
    acts: Mutex<HashMap<Uuid, Vec<Act>>>,
    /// Of whatever stands there.
    always: Mutex<HashMap<Uuid, Act>>,
    /// What it finds out about an unanswered attempt.
    known: Mutex<HashMap<Uuid, Outcome>>,
    sent: Mutex<Vec<Delivery>>,
    fates: Mutex<Vec<(Uuid, Fate)>>,
    takes: Option<Duration>,
    running: Mutex<HashMap<DeliveryId, u32>>,
    peak: AtomicUsize,
}

impl Told {
    fn sent_of(&self, subject: Uuid) -> usize {
        self.sent.lock().iter().filter(|delivery| delivery.subject == subject).count()
    }

    fn act(&self, subject: Uuid, before: bool) -> Option<Act> {
        let in_time = |act: &Act| before == matches!(act, Act::Unprepared | Act::Withhold);
        if let Some(act) = self.always.lock().get(&subject) {
            return in_time(act).then(|| act.clone());
        }
        let mut acts = self.acts.lock();
        let turns = acts.get_mut(&subject)?;
        let due = turns.first().is_some_and(in_time);
        due.then(|| turns.remove(0))
    }
}

struct Way(Arc<Told>);

#[async_trait]
impl Channel for Way {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn pace(&self) -> Pace {
        Pace { limit: Duration::from_secs(5), ..Pace::of(8) }
    }

    async fn prepare(&self, _: &mut Tx, delivery: &Delivery) -> Result<Prepared> {
        match self.0.act(delivery.subject, true) {
            Some(Act::Unprepared) => return Err(Error::internal("cannot be prepared")),
            Some(Act::Withhold) => return Ok(Prepared::Over(Fate::Withheld("not wanted any more".into()))),
            _ => {}
        }
        let (told, delivery) = (Arc::clone(&self.0), delivery.clone());
        Ok(Prepared::Send(
            async move {
                let (id, subject) = (delivery.id, delivery.subject);
                told.sent.lock().push(delivery);
                let at_once = *told.running.lock().entry(id).and_modify(|runs| *runs += 1).or_insert(1);
                told.peak.fetch_max(at_once as usize, Ordering::SeqCst);
                if let Some(takes) = told.takes {
                    tokio::time::sleep(takes).await;
                }
                let outcome = match told.act(subject, false) {
                    Some(Act::Say(outcome)) => outcome,
                    Some(Act::Hang) => std::future::pending().await,
                    Some(Act::Panic) => panic!("as it was told"),
                    _ => Outcome::Sent { answer: Some("200 ok, token=abc".into()) },
                };
                told.running.lock().entry(id).and_modify(|runs| *runs -= 1);
                outcome
            }
            .boxed(),
        ))
    }

    async fn reconcile(&self, delivery: &Delivery) -> Option<Outcome> {
        self.0.known.lock().get(&delivery.subject).cloned()
    }

    async fn settle(&self, tx: &mut Tx, delivery: &Delivery, fate: &Fate) -> Result<()> {
        let act = self.0.always.lock().get(&delivery.subject).cloned();
        if let Some(Act::Unwritable) = act {
            // A statement that fails ends the whole transaction.
            return tx.execute("INSERT INTO nowhere VALUES (1)", args![]).await.map(drop);
        }
        self.0.fates.lock().push((delivery.subject, fate.clone()));
        Ok(())
    }
}

/// A database, a clock, and a channel that does as it is told.
struct World {
    fresh: Arc<FreshDb>,
    clock: Clock,
    told: Arc<Told>,
}

impl World {
    async fn new(fresh: FreshDb) -> Self {
        Self::with(fresh, Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 7), Told::default()).await
    }

    async fn with(fresh: FreshDb, clock: Clock, told: Told) -> Self {
        fresh.db.migrate(&[jobs::MIGRATIONS, delivery::MIGRATIONS].concat(), clock.now()).await.unwrap();
        Self { fresh: Arc::new(fresh), clock, told: Arc::new(told) }
    }

    fn db(&self) -> &Db {
        &self.fresh.db
    }

    fn registry(&self) -> Registry {
        let mut registry = Registry::new();
        registry.service(Courier::new(Way(Arc::clone(&self.told))));
        registry
    }

    fn subject(&self) -> Uuid {
        self.clock.new_id::<()>().uuid()
    }

    /// Something new, about which the channel does this in turn.
    async fn wanted(&self, acts: &[Act]) -> (Uuid, DeliveryId) {
        let subject = self.subject();
        self.told.acts.lock().insert(subject, acts.to_vec());
        (subject, self.put(NewDelivery::new(KIND, subject)).await)
    }

    async fn put(&self, new: NewDelivery) -> DeliveryId {
        let mut tx = self.db().write().await.unwrap();
        let id = delivery::enqueue(&mut tx, &self.clock, new).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// So many of a workspace.
    async fn many(&self, workspace: WorkspaceId, count: usize) {
        for bite in 0..count.div_ceil(500) {
            let mut tx = self.db().write().await.unwrap();
            for _ in bite * 500..((bite + 1) * 500).min(count) {
                let new = NewDelivery { workspace: Some(workspace), ..NewDelivery::new(KIND, self.subject()) };
                delivery::enqueue(&mut tx, &self.clock, new).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
    }

    async fn find(&self, id: DeliveryId) -> Delivery {
        delivery::find(&mut self.db().read().await.unwrap(), id).await.unwrap().unwrap()
    }

    async fn state(&self, id: DeliveryId) -> State {
        self.find(id).await.state
    }

    /// Does what is due.
    async fn run(&self) -> usize {
        jobs::run_until_idle(self.db(), &self.clock, &self.registry()).await.unwrap()
    }

    async fn hear(&self, id: DeliveryId, outcome: Outcome) -> bool {
        let mut tx = self.db().write().await.unwrap();
        let changed = delivery::hear(&mut tx, &self.clock, &Way(Arc::clone(&self.told)), id, outcome).await.unwrap();
        tx.commit().await.unwrap();
        changed
    }
}

fn sent() -> Outcome {
    Outcome::Sent { answer: None }
}

fn later(why: &str) -> Act {
    Act::Say(Outcome::Later { after: None, why: why.into() })
}

/// Waits until this holds; fails after a while.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < Duration::from_secs(30), "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
