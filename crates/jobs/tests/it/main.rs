//! Jobs on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod clocked;
mod running;
mod schedules;

use db::{Db, args};
use jobs::{JobRow, NewJob, enqueue};
use kernel::{Clock, JobId, Timestamp};
use testkit_db::FreshDb;

fn start() -> Timestamp {
    "2026-01-15T10:30:00Z".parse().unwrap()
}

fn clock() -> Clock {
    Clock::mock(start(), 1)
}

async fn migrate(fresh: &FreshDb) {
    fresh.db.migrate(jobs::MIGRATIONS, start()).await.unwrap();
}

async fn put(db: &Db, clock: &Clock, job: NewJob) -> JobId {
    let mut tx = db.write().await.unwrap();
    let id = enqueue(&mut tx, clock, job).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn job(db: &Db, id: JobId) -> JobRow {
    jobs::find(&mut db.read().await.unwrap(), id).await.unwrap().unwrap()
}

async fn statuses(db: &Db) -> Vec<(String, u64)> {
    let sql = "SELECT status, count(*) FROM jobs GROUP BY status ORDER BY status";
    db.read().await.unwrap().fetch_all(sql, args![]).await.unwrap()
}

fn plain(kind: &'static str, payload: &impl serde::Serialize) -> NewJob {
    NewJob::new(kind, payload).unwrap()
}
