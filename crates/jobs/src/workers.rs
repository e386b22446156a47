//! Who runs the jobs.

use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use db::Db;
use kernel::{Clock, Result, time};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::claim::{self, WorkerId};
use crate::job::{BELL, purge};
use crate::{Registry, schedule};

/// How often it is looked for what no bell tells of: other processes' jobs, and what has become due.
const POLL: Duration = Duration::from_secs(1);
/// How long running jobs may go on when the server stops.
const GRACE: Duration = Duration::from_secs(20);
/// How long a job that was done is remembered,
const REMEMBERED: i64 = 7 * time::DAY;
/// and how often it is looked for what can be forgotten.
const PURGE: Duration = Duration::from_hours(1);

/// A number of workers in this process. Any number of processes may have theirs on one database.
pub struct Workers {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    db: Db,
    clock: Clock,
    worker: WorkerId,
}

impl Workers {
    /// Starts running jobs, at most `most` at once, and every [service](Registry::service).
    pub async fn start(db: Db, clock: Clock, mut registry: Registry, most: usize) -> Result<Self> {
        let db = db.with_clock(clock.clone());
        schedule::store(&db, &clock, &registry).await?;
        let worker = clock.new_id();
        let (stop, stopping) = watch::channel(false);
        let mut tasks = Vec::new();
        for service in mem::take(&mut registry.services) {
            tasks.push(tokio::spawn(service.run(db.clone(), clock.clone(), stopping.clone())));
        }
        let dispatcher = Dispatcher {
            db: db.clone(),
            clock: clock.clone(),
            registry: Arc::new(registry),
            worker,
            most: most.max(1),
            stopping,
            running: JoinSet::new(),
            purged: None,
        };
        tasks.push(tokio::spawn(dispatcher.run()));
        Ok(Self { stop, tasks, db, clock, worker })
    }

    /// Takes no more jobs, waits a while for the running ones, and gives back what is still not done.
    pub async fn stop(self) {
        self.stop_within(GRACE).await;
    }

    /// Like [`Workers::stop`], with a patience of one's own.
    pub async fn stop_within(mut self, grace: Duration) {
        self.stop.send_replace(true);
        if tokio::time::timeout(grace, futures::future::join_all(&mut self.tasks)).await.is_ok() {
            return;
        }
        // With a dispatcher go its jobs' tasks.
        for task in &self.tasks {
            task.abort();
        }
        for task in &mut self.tasks {
            if !task.is_finished() {
                let _ = task.await;
            }
        }
        match claim::release(&self.db, &self.clock, self.worker).await {
            Ok(0) => {}
            Ok(released) => tracing::warn!(released, "jobs were broken off; they will be run again"),
            Err(error) => tracing::error!(%error, "jobs were broken off; they will be run again when their lease ends"),
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        // Without `stop` they end as if the process had crashed: their jobs are run again when the lease ends.
        for task in &self.tasks {
            task.abort();
        }
    }
}

struct Dispatcher {
    db: Db,
    clock: Clock,
    registry: Arc<Registry>,
    worker: WorkerId,
    most: usize,
    stopping: watch::Receiver<bool>,
    running: JoinSet<()>,
    purged: Option<Instant>,
}

impl Dispatcher {
    async fn run(mut self) {
        let mut bell = self.db.bell(BELL);
        while !*self.stopping.borrow() {
            bell.mark_unchanged();
            let wait = match self.look().await {
                Ok(wait) => wait,
                Err(error) => {
                    tracing::error!(%error, "jobs cannot be looked for; trying again");
                    POLL
                }
            };
            tokio::select! {
                _ = self.stopping.changed() => {}
                // With all hands busy only an end of a job makes room.
                _ = bell.changed(), if self.running.len() < self.most => {}
                Some(_) = self.running.join_next() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
        while self.running.join_next().await.is_some() {}
    }

    /// Starts what is due, and tells how long nothing else will be.
    async fn look(&mut self) -> Result<Duration> {
        while self.running.try_join_next().is_some() {}
        schedule::enqueue_due(&self.db, &self.clock, &self.registry).await?;
        self.forget().await?;
        let free = self.most - self.running.len().min(self.most);
        if free == 0 {
            return Ok(POLL);
        }
        let jobs = claim::claim(&self.db, &self.clock, &self.registry, self.worker, free).await?;
        let all_busy = jobs.len() == free;
        for job in jobs {
            let (db, clock) = (self.db.clone(), self.clock.clone());
            let (registry, worker) = (Arc::clone(&self.registry), self.worker);
            self.running.spawn(async move { claim::run(db, clock, &registry, worker, job).await });
        }
        if all_busy {
            return Ok(POLL);
        }
        let next = claim::next_due(&self.db, &self.registry).await?;
        let until = next.map_or(time::HOUR, |next| next.micros() - self.clock.now().micros());
        Ok(Duration::from_micros(until.max(1_000).unsigned_abs()).min(POLL))
    }

    async fn forget(&mut self) -> Result<()> {
        if self.purged.is_some_and(|purged| purged.elapsed() < PURGE) {
            return Ok(());
        }
        let before = self.clock.now().plus(-REMEMBERED);
        loop {
            let mut tx = self.db.write().await?;
            let forgotten = purge(&mut tx, before).await?;
            tx.commit().await?;
            if forgotten == 0 {
                break;
            }
        }
        self.purged = Some(Instant::now());
        Ok(())
    }
}

/// Runs everything that is due by this clock, one after the other, and what that enqueues, until nothing more is due. Tells how many ran.
///
/// For tests and the demo: what failed and waits for its back-off stays queued until the clock has been moved on.
pub async fn run_until_idle(db: &Db, clock: &Clock, registry: &Registry) -> Result<usize> {
    let db = &db.clone().with_clock(clock.clone());
    schedule::store(db, clock, registry).await?;
    let worker = clock.new_id();
    let mut ran = 0;
    loop {
        schedule::enqueue_due(db, clock, registry).await?;
        let before = ran;
        if let Some(job) = claim::claim(db, clock, registry, worker, 1).await?.pop() {
            claim::run(db.clone(), clock.clone(), registry, worker, job).await;
            ran += 1;
            continue;
        }
        for service in &registry.services {
            ran += Arc::clone(service).run_due(db.clone(), clock.clone()).await?;
        }
        if ran == before {
            return Ok(ran);
        }
    }
}
