//! The jobs table: how jobs get in, are looked at and are run again.

use std::borrow::Cow;

use db::{Db, Migration, Tx, args};
use futures::future::BoxFuture;
use kernel::{Clock, JobId, Result, Timestamp};
use serde::Serialize;

/// The tables of this crate, for [`db::Db::migrate`].
///
/// `run_at` is when somebody should look at a job: the moment it is wanted for while it is queued, the end of its worker's
/// lease while it is running. So one index finds both what is due and what was left by a worker that is gone.
pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "0002_jobs",
    sql: "
    CREATE TABLE jobs (
        id {id} NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL,
        payload TEXT NOT NULL,
        dedupe TEXT,
        status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed')),
        rerun BOOLEAN NOT NULL DEFAULT FALSE,
        run_at BIGINT NOT NULL,
        attempts BIGINT NOT NULL DEFAULT 0,
        max_attempts BIGINT NOT NULL,
        locked_by {id},
        last_error TEXT,
        created_at BIGINT NOT NULL,
        finished_at BIGINT
    );
    CREATE INDEX jobs_due ON jobs (run_at) WHERE status IN ('queued', 'running');
    CREATE UNIQUE INDEX jobs_dedupe ON jobs (dedupe, kind) WHERE status IN ('queued', 'running');
    CREATE INDEX jobs_done ON jobs (finished_at) WHERE status = 'done';
    CREATE INDEX jobs_failed ON jobs (finished_at) WHERE status = 'failed';
    CREATE TABLE schedules (
        kind TEXT NOT NULL PRIMARY KEY,
        every BIGINT NOT NULL,
        next_at BIGINT NOT NULL
    );
    ",
}];

/// The bell that is rung when a job has been enqueued.
pub(crate) const BELL: &str = "jobs";

/// A job to be done.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Which handler runs it: `match.campaign`.
    pub kind: Cow<'static, str>,
    /// What it is about, as JSON.
    pub payload: String,
    /// Jobs of one kind with the same key are the same work: while one is queued another adds nothing; while one is
    /// running, it is run once more when it has finished.
    pub dedupe: Option<String>,
    /// Not before this moment; at once if nothing is said.
    pub run_at: Option<Timestamp>,
    /// How often it may be tried before it is given up.
    pub max_attempts: u32,
}

impl NewJob {
    /// A job for now, tried up to ten times (about two hours of back-off).
    pub fn new(kind: impl Into<Cow<'static, str>>, payload: &impl Serialize) -> Result<Self> {
        let payload = serde_json::to_string(payload).map_err(kernel::Error::internal)?;
        Ok(Self { kind: kind.into(), payload, dedupe: None, run_at: None, max_attempts: 10 })
    }

    /// The same work as others with this key; see [`NewJob::dedupe`].
    #[must_use]
    pub fn dedupe(mut self, key: impl Into<String>) -> Self {
        self.dedupe = Some(key.into());
        self
    }

    /// Not before this moment.
    #[must_use]
    pub fn at(mut self, moment: Timestamp) -> Self {
        self.run_at = Some(moment);
        self
    }

    /// Tried at most so often.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }
}

/// A job, as it stands.
#[derive(Clone, Debug, PartialEq, db::Row)]
#[row(table = "jobs")]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// Which handler runs it.
    pub kind: String,
    /// What it is about, as JSON.
    pub payload: String,
    /// Which work it is; see [`NewJob::dedupe`].
    pub dedupe: Option<String>,
    /// `queued`, `running`, `done` or `failed`.
    pub status: String,
    /// When it is due; while it runs, when its worker's lease ends.
    pub run_at: Timestamp,
    /// How often it has been started.
    pub attempts: u32,
    /// How often it may be started.
    pub max_attempts: u32,
    /// Why it last failed.
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// When it was done or given up.
    pub finished_at: Option<Timestamp>,
}

/// Writes a job, to be run once this transaction is committed. Answers its id, or that of the job that is the same work already.
pub fn enqueue<'a>(tx: &'a mut Tx, clock: &'a Clock, job: NewJob) -> BoxFuture<'a, Result<JobId>> {
    Box::pin(async move {
        let now = clock.now();
        let id = tx
            .fetch_value(
                "INSERT INTO jobs (id, kind, payload, dedupe, status, run_at, max_attempts, created_at) \
                 VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7) \
                 ON CONFLICT (kind, dedupe) WHERE status IN ('queued', 'running') \
                 DO UPDATE SET rerun = (jobs.status = 'running') RETURNING id",
                args![
                    clock.new_id::<()>(),
                    job.kind,
                    job.payload,
                    job.dedupe,
                    job.run_at.unwrap_or(now),
                    job.max_attempts,
                    now
                ],
            )
            .await?;
        tx.ring(BELL);
        Ok(id)
    })
}

/// The job with this id.
pub async fn find(tx: &mut Tx, id: JobId) -> Result<Option<JobRow>> {
    tx.fetch_optional(&format!("SELECT {} FROM jobs WHERE id = $1", JobRow::COLUMNS), args![id]).await
}

/// Queues a job that was given up once more, with all its attempts. Tells whether it was there to be replayed.
///
/// Where the same work has been queued again meanwhile, that one stands for it and nothing is changed.
pub async fn replay(tx: &mut Tx, clock: &Clock, id: JobId) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE jobs SET status = 'queued', attempts = 0, run_at = $2, finished_at = NULL, locked_by = NULL \
             WHERE id = $1 AND status = 'failed' AND NOT EXISTS (SELECT 1 FROM jobs AS same \
             WHERE same.kind = jobs.kind AND same.dedupe = jobs.dedupe AND same.status IN ('queued', 'running'))",
            args![id, clock.now()],
        )
        .await?;
    tx.ring(BELL);
    Ok(changed == 1)
}

/// How many jobs there are of each status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Waiting for their moment or for a worker.
    pub queued: u64,
    /// Of those, waiting for a worker: their moment has come.
    pub due: u64,
    /// Being run.
    pub running: u64,
    /// Done, and not [purged](purge) yet.
    pub done: u64,
    /// Given up.
    pub failed: u64,
}

/// How many jobs there are of each status, for the metrics and `/health`.
pub async fn counts(db: &Db, now: Timestamp) -> Result<Counts> {
    // Each from an index of its own, so that a long history costs little.
    let sql = "SELECT (SELECT count(*) FROM jobs WHERE status IN ('queued', 'running')), \
               (SELECT count(*) FROM jobs WHERE status IN ('queued', 'running') AND status = 'running'), \
               (SELECT count(*) FROM jobs WHERE status IN ('queued', 'running') AND status = 'queued' AND run_at <= $1), \
               (SELECT count(*) FROM jobs WHERE status = 'done'), \
               (SELECT count(*) FROM jobs WHERE status = 'failed')";
    let (open, running, due, done, failed): (u64, u64, u64, u64, u64) =
        db.read().await?.fetch_one(sql, args![now]).await?;
    Ok(Counts { queued: open - running, due, running, done, failed })
}

/// Forgets jobs that were done before this moment; what was given up is kept. Tells how many.
pub async fn purge(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    // In bites, so that the one writer of SQLite is never held for long.
    tx.execute(
        "DELETE FROM jobs WHERE id IN \
         (SELECT id FROM jobs WHERE status = 'done' AND finished_at < $1 ORDER BY finished_at LIMIT 1000)",
        args![before],
    )
    .await
}
