//! Taking a job, running it, and writing down what became of it.

use std::time::{Duration, Instant};

use db::{Db, Engine, Sql, args};
use kernel::{Clock, JobId, Result, Timestamp, time};
use tracing::Instrument as _;

use crate::Registry;
use crate::registry::{Context, Failure, Handler, Outcome, Payload};

/// How long a worker may be silent before its job is taken from it: what a process that was killed had begun waits for so long. The clocks of
/// processes that share a database may differ by the difference between this and [`RENEW`].
pub(crate) const LEASE: i64 = 15 * time::SECOND;
/// How often a worker tells that it is still at it.
const RENEW: Duration = Duration::from_secs(5);
/// The first back-off; each further one is twice as long,
const BACK_OFF: i64 = 5 * time::SECOND;
/// up to this.
const LONGEST_BACK_OFF: i64 = time::HOUR;
/// No more than this of an error is kept.
const LONGEST_ERROR: usize = 2_000;

/// Who holds jobs: one per [`crate::Workers`].
pub(crate) type WorkerId = kernel::Id<()>;

/// A job that this worker has taken.
#[derive(db::Row)]
pub(crate) struct Claimed {
    pub(crate) id: JobId,
    pub(crate) kind: String,
    pub(crate) payload: String,
    pub(crate) attempts: u32,
    pub(crate) max_attempts: u32,
}

/// Takes up to so many jobs that are due or were left behind, the longest due first.
pub(crate) async fn claim(
    db: &Db,
    clock: &Clock,
    registry: &Registry,
    worker: WorkerId,
    most: usize,
) -> Result<Vec<Claimed>> {
    let now = clock.now();
    let mut due = Sql::new("SELECT id FROM jobs WHERE status IN ('queued', 'running') AND run_at <= ");
    due.bind(now).push(" AND kind IN ").bind_list(registry.kinds()).push(" ORDER BY run_at, id LIMIT ").bind(most);

    // Most looks find nothing: only one that finds something asks for the writer.
    if db.read().await?.fetch_optional::<JobId>(&due.text, due.args.clone()).await?.is_none() {
        return Ok(Vec::new());
    }

    let lock = if db.engine() == Engine::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
    // MATERIALIZED: PostgreSQL may otherwise run the inner query more than once, and take more than was asked for.
    let mut sql = Sql { text: format!("WITH due AS MATERIALIZED ({}{lock}) ", due.text), args: due.args };
    sql.push("UPDATE jobs SET status = 'running', attempts = attempts + 1, locked_by = ").bind(worker);
    sql.push(", run_at = ").bind(now.plus(LEASE)).push(" WHERE id IN (SELECT id FROM due) RETURNING ");
    sql.push(Claimed::COLUMNS);
    let mut tx = db.write().await?;
    let mut jobs: Vec<Claimed> = tx.fetch_all(&sql.text, sql.args).await?;
    tx.commit().await?;
    jobs.sort_by_key(|job| job.id);
    Ok(jobs)
}

/// Runs a job that was taken, and writes down what became of it.
pub(crate) async fn run(db: Db, clock: Clock, registry: &Registry, worker: WorkerId, job: Claimed) {
    let Some(handler) = registry.handlers.get(job.kind.as_str()).cloned() else { return };
    let span = tracing::info_span!("job", id = %job.id, kind = %job.kind, attempt = job.attempts);
    async move {
        let started = Instant::now();
        let outcome = if job.attempts > job.max_attempts {
            Some(Err(Failure::GiveUp("its worker was lost at every attempt".to_owned())))
        } else {
            work(&db, &clock, &handler, worker, &job).await
        };
        let label = match &outcome {
            None => "taken away",
            Some(Ok(())) => "done",
            Some(Err(Failure::Retry { .. })) if job.attempts < job.max_attempts => "retry",
            Some(Err(_)) => "failed",
        };
        metrics::counter!("jobs_finished_total", "kind" => job.kind.clone(), "outcome" => label).increment(1);
        metrics::histogram!("job_seconds", "kind" => job.kind.clone()).record(started.elapsed().as_secs_f64());
        let Some(outcome) = outcome else {
            tracing::warn!("another worker has taken the job: this one was silent for too long");
            return;
        };
        if let Err(error) = finish(&db, &clock, worker, &job, outcome).await {
            // It stays running; when the lease ends, it is run again.
            tracing::error!(%error, "what became of a job could not be written down");
        }
    }
    .instrument(span)
    .await;
}

/// What the handler answers; nothing if the job was taken away meanwhile.
async fn work(db: &Db, clock: &Clock, handler: &Handler, worker: WorkerId, job: &Claimed) -> Option<Outcome> {
    let context = Context {
        db: db.clone(),
        clock: clock.clone(),
        id: job.id,
        attempt: job.attempts,
        max_attempts: job.max_attempts,
    };
    // In a task of its own, so that a panic ends the handler and nothing else.
    let mut task =
        Abort(tokio::spawn((handler.run)(context, Payload(job.payload.clone())).instrument(tracing::Span::current())));
    let deadline = tokio::time::sleep(handler.limit);
    tokio::pin!(deadline);
    let mut renewal = tokio::time::interval_at(tokio::time::Instant::now() + RENEW, RENEW);
    loop {
        tokio::select! {
            answer = &mut task.0 => return Some(match answer {
                Ok(outcome) => outcome,
                Err(panic) => Err(Failure::retry(format!("the handler panicked: {panic}"))),
            }),
            () = &mut deadline => {
                return Some(Err(Failure::retry(format!("it took longer than {} s", handler.limit.as_secs()))));
            }
            _ = renewal.tick() => match renew(db, clock, worker, job).await {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => tracing::warn!(%error, "a job's lease could not be renewed"),
            },
        }
    }
}

/// A task that ends with whoever waits for it.
struct Abort(tokio::task::JoinHandle<Outcome>);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn renew(db: &Db, clock: &Clock, worker: WorkerId, job: &Claimed) -> Result<bool> {
    let mut tx = db.write().await?;
    let changed = tx
        .execute(
            "UPDATE jobs SET run_at = $4 WHERE id = $1 AND status = 'running' AND locked_by = $2 AND attempts = $3",
            args![job.id, worker, job.attempts, clock.now().plus(LEASE)],
        )
        .await?;
    tx.commit().await?;
    Ok(changed == 1)
}

async fn finish(db: &Db, clock: &Clock, worker: WorkerId, job: &Claimed, outcome: Outcome) -> Result<()> {
    let now = clock.now();
    let mine = " WHERE id = $1 AND status = 'running' AND locked_by = $2 AND attempts = $3";
    let mut tx = db.write().await?;
    let changed = match outcome {
        Ok(()) => {
            let sql = format!(
                "UPDATE jobs SET status = CASE WHEN rerun THEN 'queued' ELSE 'done' END, \
                 attempts = CASE WHEN rerun THEN 0 ELSE attempts END, finished_at = CASE WHEN rerun THEN NULL ELSE \
                 $4 END, run_at = $4, rerun = FALSE, locked_by = NULL, last_error = NULL{mine}"
            );
            tx.execute(&sql, args![job.id, worker, job.attempts, now]).await?
        }
        Err(Failure::Retry { after, why }) if job.attempts < job.max_attempts => {
            let wait = match after {
                Some(after) => i64::try_from(after.as_micros()).unwrap_or(i64::MAX),
                None => back_off(clock, job.attempts),
            };
            tracing::warn!(why, "a job failed and will be tried again");
            let sql = format!(
                "UPDATE jobs SET status = 'queued', run_at = $4, last_error = $5, rerun = FALSE, locked_by = NULL{mine}"
            );
            tx.execute(&sql, args![job.id, worker, job.attempts, now.plus(wait), cut(&why)]).await?
        }
        Err(Failure::Retry { why, .. } | Failure::GiveUp(why)) => {
            tracing::error!(why, "a job has been given up; it can be replayed");
            // Whoever asked for the same work while this was running still gets it.
            let sql = format!(
                "UPDATE jobs SET status = CASE WHEN rerun THEN 'queued' ELSE 'failed' END, \
                 attempts = CASE WHEN rerun THEN 0 ELSE attempts END, run_at = $4, \
                 finished_at = CASE WHEN rerun THEN NULL ELSE $4 END, last_error = $5, rerun = FALSE, \
                 locked_by = NULL{mine}"
            );
            tx.execute(&sql, args![job.id, worker, job.attempts, now, cut(&why)]).await?
        }
    };
    if changed == 0 {
        tracing::warn!("the job had been taken by another worker when it was finished");
    }
    // Whoever wanted it run again is served at once.
    tx.ring(crate::job::BELL);
    tx.commit().await
}

/// Gives back what this worker still holds, for others to take at once; the broken-off attempt does not count.
pub(crate) async fn release(db: &Db, clock: &Clock, worker: WorkerId) -> Result<u64> {
    let mut tx = db.write().await?;
    let released = tx
        .execute(
            "UPDATE jobs SET status = 'queued', run_at = $2, attempts = attempts - 1, locked_by = NULL, rerun = FALSE \
             WHERE locked_by = $1 AND status = 'running'",
            args![worker, clock.now()],
        )
        .await?;
    tx.commit().await?;
    Ok(released)
}

/// 5 s, 10 s, 20 s, … up to an hour, each a quarter more or less, so that what failed together does not come back together.
fn back_off(clock: &Clock, attempts: u32) -> i64 {
    let plain = BACK_OFF.saturating_mul(1 << attempts.saturating_sub(1).min(20)).min(LONGEST_BACK_OFF);
    let mut random = [0; 2];
    clock.fill(&mut random);
    plain * 3 / 4 + plain / 2 * i64::from(u16::from_le_bytes(random)) / i64::from(u16::MAX)
}

fn cut(text: &str) -> String {
    // PostgreSQL's text holds no NUL.
    text.chars().filter(|&character| character != '\0').take(LONGEST_ERROR).collect()
}

/// When the next job of these kinds is due, if any is queued or running.
pub(crate) async fn next_due(db: &Db, registry: &Registry) -> Result<Option<Timestamp>> {
    let mut sql = Sql::new("SELECT run_at FROM jobs WHERE status IN ('queued', 'running') AND kind IN ");
    sql.bind_list(registry.kinds()).push(" ORDER BY run_at LIMIT 1");
    db.read().await?.fetch_optional(&sql.text, sql.args).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_doubles_up_to_an_hour() {
        let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1);
        for (attempt, plain) in [(1, 5), (2, 10), (3, 20), (10, 2560), (11, 3600), (60, 3600)] {
            let seconds = back_off(&clock, attempt) as f64 / time::SECOND as f64;
            let plain = f64::from(plain);
            assert!((plain * 0.75..=plain * 1.25).contains(&seconds), "{attempt}: {seconds}");
        }
    }
}
