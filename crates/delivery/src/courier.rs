//! Who carries deliveries.

use std::sync::Arc;
use std::time::Duration;

use db::{Db, Engine};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jobs::Service;
use kernel::{Clock, Result};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval_at};

use crate::channel::Channel;
use crate::desk::Desk;
use crate::model::{Delivery, Outcome};
use crate::store::BELL;

/// How often it is looked for what no bell tells of: other processes' deliveries, and what has become due.
const POLL: Duration = Duration::from_secs(1);
/// The shortest wait where something is due that may not be taken yet.
const PAUSE: Duration = Duration::from_millis(50);
/// How often a courier tells that it is still at it.
const RENEW: Duration = Duration::from_secs(20);
/// How long what is under way may go on when the server stops.
const GRACE: Duration = Duration::from_secs(15);

/// How many hands share one transaction on PostgreSQL, where several write at once: more make larger transactions, fewer make more of them.
/// SQLite has one writer: there all hands share it.
const HANDS_OF_A_DESK: usize = 16;

/// Carries the deliveries of one channel. Register it with [`jobs::Registry::service`]; any number of processes may have theirs.
pub struct Courier(Arc<dyn Channel>);

impl Courier {
    /// A courier for this channel.
    pub fn new(channel: impl Channel) -> Arc<Self> {
        Arc::new(Self(Arc::new(channel)))
    }
}

impl Service for Courier {
    fn run(self: Arc<Self>, db: Db, clock: Clock, stopping: watch::Receiver<bool>) -> BoxFuture<'static, ()> {
        let pace = self.0.pace();
        let desks = if db.engine() == Engine::Postgres { pace.hands.div_ceil(HANDS_OF_A_DESK) } else { 1 };
        let desks = (0..desks).map(|number| {
            let desk = Desk::new(db.clone(), clock.clone(), Arc::clone(&self.0), pace.part(number, desks));
            run(desk, db.clone(), clock.clone(), stopping.clone())
        });
        futures::future::join_all(desks).map(drop).boxed()
    }

    fn run_due(self: Arc<Self>, db: Db, clock: Clock) -> BoxFuture<'static, Result<usize>> {
        let pace = self.0.pace();
        run_due(Desk::new(db, clock, Arc::clone(&self.0), pace)).boxed()
    }
}

async fn run(mut desk: Desk, db: Db, clock: Clock, mut stopping: watch::Receiver<bool>) {
    let mut bell = db.bell(BELL);
    let mut tasks: JoinSet<(Delivery, Outcome)> = JoinSet::new();
    let mut renewal = interval_at(Instant::now() + RENEW, RENEW);
    while !*stopping.borrow() {
        bell.mark_unchanged();
        let wait = match look(&mut desk, &clock, &mut tasks).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::error!(%error, "deliveries cannot be looked for; trying again");
                POLL
            }
        };
        let free = desk.free() > 0;
        tokio::select! {
            _ = stopping.changed() => {}
            _ = bell.changed(), if free => {}
            Some(ended) = tasks.join_next() => take_in(&mut desk, ended),
            () = tokio::time::sleep(wait) => {}
            _ = renewal.tick() => renew(&desk).await,
        }
        while let Some(ended) = tasks.try_join_next() {
            take_in(&mut desk, ended);
        }
    }
    if tokio::time::timeout(GRACE, finish(&mut desk, &mut tasks)).await.is_err() {
        tasks.abort_all();
        match desk.release().await {
            Ok(released) => tracing::warn!(released, "deliveries were broken off; they will be looked after again"),
            Err(error) => tracing::error!(%error, "deliveries were broken off; they wait for their lease to end"),
        }
    }
}

/// Writes down what has ended, starts what is due, and tells how long nothing else will be.
async fn look(desk: &mut Desk, clock: &Clock, tasks: &mut JoinSet<(Delivery, Outcome)>) -> Result<Duration> {
    let round = desk.round(desk.free()).await?;
    for started in round.started {
        tasks.spawn(desk.attempt(started));
    }
    if desk.owes() {
        // Either there was more than one transaction takes, or writing it down failed and is tried again.
        return Ok(if round.taken > 0 { Duration::ZERO } else { PAUSE });
    }
    if desk.free() == 0 {
        return Ok(POLL);
    }
    if round.taken > 0 {
        return Ok(Duration::ZERO);
    }
    let Some(next) = desk.next_due().await? else { return Ok(POLL) };
    let until = Duration::from_micros(u64::try_from(next.micros() - clock.now().micros()).unwrap_or_default());
    Ok(until.clamp(PAUSE, POLL))
}

fn take_in(desk: &mut Desk, ended: std::result::Result<(Delivery, Outcome), tokio::task::JoinError>) {
    match ended {
        Ok((delivery, outcome)) => desk.ended(delivery, outcome),
        // Panics are caught within; what else ends a task leaves the delivery to its lease.
        Err(error) => tracing::error!(%error, "a delivery's task ended without an answer"),
    }
}

async fn renew(desk: &Desk) {
    if desk.is_sending()
        && let Err(error) = desk.renew().await
    {
        tracing::warn!(%error, "the lease of deliveries could not be renewed");
    }
}

/// Waits for what is under way and writes it down; nothing more is begun.
async fn finish(desk: &mut Desk, tasks: &mut JoinSet<(Delivery, Outcome)>) {
    loop {
        while let Some(ended) = tasks.try_join_next() {
            take_in(desk, ended);
        }
        if desk.owes()
            && let Err(error) = desk.round(0).await
        {
            tracing::error!(%error, "what came of deliveries could not be written down; trying again");
            tokio::time::sleep(POLL).await;
        }
        if desk.owes() {
            continue;
        }
        match tasks.join_next().await {
            Some(ended) => take_in(desk, ended),
            None => return,
        }
    }
}

async fn run_due(mut desk: Desk) -> Result<usize> {
    let mut ran = 0;
    loop {
        let round = desk.round(desk.free()).await?;
        if round.taken == 0 && !desk.owes() {
            return Ok(ran);
        }
        ran += round.taken;
        for started in round.started {
            let (delivery, outcome) = desk.attempt(started).await;
            desk.ended(delivery, outcome);
        }
    }
}
