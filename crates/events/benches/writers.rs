//! How many transactions with an event PostgreSQL takes from 32 writers of different workspaces, and from one: `cargo bench -p events`.
//!
//! Beside it the log as it was before, in the same run: every writer took the next number from one row, whose lock it held to the end of its commit. The
//! server of the tests does not wait for the disk, which hides what that costs; `TEST_DATABASE_URL` names one that does.
#![expect(clippy::expect_used, reason = "a benchmark that cannot go on has failed")]

use std::time::{Duration, Instant};

use db::{Db, Engine, Migration, Settings, Tx, args};
use events::{TxExt as _, event};
use kernel::{Clock, Result, WorkspaceId};

/// How long each line is measured.
const TIME: Duration = Duration::from_secs(4);

const TABLES: Migration = Migration {
    id: "0100_before",
    sql: "
    CREATE TABLE things (id {id} NOT NULL PRIMARY KEY, workspace {id} NOT NULL);
    CREATE TABLE numbers_before (name TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL);
    CREATE TABLE events_before (id {id} NOT NULL PRIMARY KEY, seq BIGINT NOT NULL, kind TEXT NOT NULL, subject {id} NOT NULL,
        workspace {id}, payload TEXT NOT NULL, created_at BIGINT NOT NULL);
    CREATE UNIQUE INDEX events_before_seq ON events_before (seq);
    CREATE INDEX events_before_subject ON events_before (subject, seq);
    CREATE INDEX events_before_workspace ON events_before (workspace, seq);
    ",
};

#[doc(hidden)]
#[derive(Debug)]
pub enum ThingMarker {}
/// A thing.
pub type ThingId = kernel::Id<ThingMarker>;

/// A thing was made.
#[event("thing.made", subject = thing_id)]
pub struct ThingMade {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The thing.
    pub thing_id: ThingId,
}

#[derive(Clone, Copy)]
enum Log {
    Before,
    Now,
}

/// What the log did at the end of a transaction.
async fn tell_as_before(tx: &mut Tx, clock: &Clock, event: &ThingMade) -> Result<()> {
    let sql = "INSERT INTO numbers_before (name, version) VALUES ('events', 1) ON CONFLICT (name) DO UPDATE \
               SET version = numbers_before.version + excluded.version RETURNING version";
    let seq: i64 = tx.fetch_value(sql, args![]).await?;
    let sql = "INSERT INTO events_before (id, seq, kind, subject, workspace, payload, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let payload = format!("{{\"workspace_id\":\"{}\",\"thing_id\":\"{}\"}}", event.workspace_id, event.thing_id);
    let id = clock.new_id::<()>();
    tx.execute(sql, args![id, seq, "thing.made", event.thing_id, event.workspace_id, payload, clock.now()])
        .await
        .map(drop)
}

async fn write(db: &Db, clock: &Clock, workspace: WorkspaceId, log: Log) -> Result<()> {
    let event = ThingMade { workspace_id: workspace, thing_id: clock.new_id() };
    let mut tx = db.write().await?;
    tx.execute("INSERT INTO things (id, workspace) VALUES ($1, $2)", args![event.thing_id, workspace]).await?;
    match log {
        Log::Before => tell_as_before(&mut tx, clock, &event).await?,
        Log::Now => tx.event(event),
    }
    tx.commit().await
}

/// Transactions a second, and the milliseconds that the slowest hundredth took at least.
async fn measure(db: &Db, writers: usize, log: Log) -> (f64, f64) {
    let started = Instant::now();
    let tasks: Vec<_> = (0..writers)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let clock = Clock::system();
                let (workspace, mut times) = (clock.new_id(), Vec::new());
                while started.elapsed() < TIME {
                    let begun = Instant::now();
                    write(&db, &clock, workspace, log).await.expect("a transaction");
                    times.push(begun.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a writer"));
    }
    let rate = times.len() as f64 / started.elapsed().as_secs_f64();
    times.sort_unstable();
    (rate, times[times.len() * 99 / 100].as_secs_f64() * 1e3)
}

#[tokio::main]
async fn main() {
    if !testkit_db::engines().await.contains(&Engine::Postgres) {
        println!("There is no PostgreSQL: run tools/test-postgres.sh, or set TEST_DATABASE_URL");
        return;
    }
    let fresh = testkit_db::fresh_db_with(Engine::Postgres, &[TABLES]).await;
    let settings = Settings { max_connections: 40, ..Settings::new(&fresh.url) };
    let db = Db::open(&settings).await.expect("the database opens");
    let mut tx = db.read().await.expect("a connection");
    let sql = "SELECT concat('fsync ', current_setting('fsync'), ', synchronous_commit ', current_setting('synchronous_commit'))";
    let durable: String = tx.fetch_value(sql, args![]).await.expect("how durable it is");
    drop(tx);
    println!("transactions of a row and an event, on PostgreSQL with {durable}");
    println!("{:>8} {:>14} {:>14} {:>8} {:>22}", "writers", "before [1/s]", "now [1/s]", "ratio", "slowest 1 % [ms]");
    for writers in [1, 8, 32] {
        let before = measure(&db, writers, Log::Before).await;
        let now = measure(&db, writers, Log::Now).await;
        let ratio = now.0 / before.0;
        let slowest = format!("{:.1} → {:.1}", before.1, now.1);
        println!("{writers:>8} {:>14.0} {:>14.0} {ratio:>8.1} {slowest:>22}", before.0, now.0);
    }
    db.close().await;
}
