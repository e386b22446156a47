//! How many small transactions a second SQLite takes with `synchronous=FULL`, and how long a point read takes.
//!
//! `cargo bench -p db --bench writes`. The figures that matter are the ratios, taken within one run.
#![expect(clippy::expect_used, reason = "a bench that cannot go on says so and stops")]

use std::time::{Duration, Instant};

use db::{Db, Migration, Settings, Tx, args};
use kernel::{Clock, CreatorId};
use testkit_db::TempFolder;

const TIME: Duration = Duration::from_secs(3);

const THINGS: Migration = Migration {
    id: "0100_things",
    sql: "CREATE TABLE things (id {id} NOT NULL PRIMARY KEY, name {text} NOT NULL, niche TEXT, followers BIGINT, \
          rate BIGINT, engagement DOUBLE PRECISION, created_at BIGINT NOT NULL);
          CREATE INDEX things_name ON things (name)",
};

/// What is read.
#[derive(db::Row)]
struct Thing {
    id: CreatorId,
    name: String,
    niche: Option<String>,
    followers: i64,
    rate: i64,
    engagement: f64,
    created_at: kernel::Timestamp,
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let folder = TempFolder::new();
        let url = format!("sqlite:{}", folder.path().join("bench.db").display());
        let db = Db::open(&Settings::new(url)).await.expect("a database");
        let clock = Clock::system();
        db.migrate(&[THINGS], clock.now()).await.expect("its tables");

        let single = writes(&db, &clock, 1, false).await;
        println!(" 1 writer:   {single:>8.0} transactions/s, each with its own sync");
        let alone = writes(&db, &clock, 32, true).await;
        println!("32 writers:  {alone:>8.0} transactions/s, each with its own sync");
        let before = db::gauges(&db).await;
        let grouped = writes(&db, &clock, 32, false).await;
        let after = db::gauges(&db).await;
        let group = (after.transactions - before.transactions) as f64 / (after.commits - before.commits) as f64;
        println!(
            "32 writers:  {grouped:>8.0} transactions/s, {group:.1} to a sync: {:.2} times as many",
            grouped / alone
        );

        let before = db::gauges(&db).await;
        let started = Instant::now();
        let real = writes_of_four(&db, &clock, 32, started).await;
        let after = db::gauges(&db).await;
        let group = (after.transactions - before.transactions) as f64 / (after.commits - before.commits) as f64;
        println!("32 writers:  {real:>8.0} transactions/s of four statements, {group:.1} to a sync");

        let started = Instant::now();
        import(&db, &clock).await;
        println!("an import:   {:>8.0} rows/s, 1,000 to a transaction", 100_000.0 / started.elapsed().as_secs_f64());
        let started = Instant::now();
        println!(
            "a load:      {:>8.0} rows/s, all rows read one by one",
            load(&db).await / started.elapsed().as_secs_f64()
        );

        for readers in [1, 4, 32] {
            let (each, per_second) = reads(&db, readers).await;
            println!("{readers:>2} readers:  {per_second:>8.0} point reads/s, {each:.1} µs each as a reader sees it");
        }
    });
}

async fn insert(tx: &mut Tx, clock: &Clock) {
    tx.execute(
        "INSERT INTO things (id, name, niche, followers, rate, engagement, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![clock.new_id::<()>(), "Somebody", Some("fitness"), 125_000, 50_000, 4.5, clock.now()],
    )
    .await
    .expect("a row");
}

/// Transactions a second of so many clients, each waiting for its own before it begins the next.
async fn writes(db: &Db, clock: &Clock, clients: usize, alone: bool) -> f64 {
    let started = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..clients {
        let (db, clock) = (db.clone(), clock.clone());
        tasks.push(tokio::spawn(async move {
            let mut count = 0_u32;
            while started.elapsed() < TIME {
                let tx = if alone { db.write_long().await } else { db.write().await };
                let mut tx = tx.expect("the writer");
                insert(&mut tx, &clock).await;
                tx.commit().await.expect("a commit");
                count += 1;
            }
            count
        }));
    }
    let mut count = 0;
    for task in tasks {
        count += task.await.expect("a client");
    }
    f64::from(count) / started.elapsed().as_secs_f64()
}

/// Like a request that creates something: a version, a row and an event, which is two statements of its own.
async fn writes_of_four(db: &Db, clock: &Clock, clients: usize, started: Instant) -> f64 {
    let mut tasks = Vec::new();
    for _ in 0..clients {
        let (db, clock) = (db.clone(), clock.clone());
        tasks.push(tokio::spawn(async move {
            let mut count = 0_u32;
            while started.elapsed() < TIME {
                let mut tx = db.write().await.expect("the writer");
                tx.next_version("things").await.expect("a version");
                insert(&mut tx, &clock).await;
                tx.append_event("thing.created", clock.request_id(), None, Ok("{}".into()));
                tx.commit().await.expect("a commit");
                count += 1;
            }
            count
        }));
    }
    let mut count = 0;
    for task in tasks {
        count += task.await.expect("a client");
    }
    f64::from(count) / started.elapsed().as_secs_f64()
}

async fn import(db: &Db, clock: &Clock) {
    for _ in 0..100 {
        let rows = (0..1000)
            .map(|_| args![clock.new_id::<()>(), "Somebody", Some("fitness"), 125_000, 50_000, 4.5, clock.now()])
            .collect();
        let mut tx = db.write_long().await.expect("the writer");
        let insert = "INSERT INTO things (id, name, niche, followers, rate, engagement, created_at)";
        tx.insert_rows(insert, "", rows).await.expect("rows");
        tx.commit().await.expect("a commit");
    }
}

/// Reads every row and tells how many there were.
async fn load(db: &Db) -> f64 {
    let mut count = 0.0;
    let mut tx = db.read().await.expect("a connection");
    let sql = format!("SELECT {} FROM things", Thing::COLUMNS);
    tx.for_each::<Thing>(&sql, args![], |thing| {
        count += f64::from(thing.followers > 0);
        Ok(())
    })
    .await
    .expect("rows");
    count
}

/// Microseconds of a point read, and how many a second all readers do together.
async fn reads(db: &Db, readers: u32) -> (f64, f64) {
    let ids: Vec<CreatorId> = db
        .read()
        .await
        .expect("a connection")
        .fetch_all("SELECT id FROM things ORDER BY name LIMIT 1000", args![])
        .await
        .expect("ids");
    let sql = format!("SELECT {} FROM things WHERE id = $1", Thing::COLUMNS);
    let started = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..readers {
        let (db, ids, sql) = (db.clone(), ids.clone(), sql.clone());
        tasks.push(tokio::spawn(async move {
            let (mut count, mut sum) = (0_u32, 0.0);
            while started.elapsed() < TIME / 2 {
                let id = ids[count as usize % ids.len()];
                let mut tx = db.read().await.expect("a connection");
                let thing: Thing = tx.fetch_one(&sql, args![id]).await.expect("a row");
                assert!(
                    thing.id == id && thing.name.len() > 1 && thing.niche.is_some() && thing.created_at.micros() > 0
                );
                sum += thing.engagement + (thing.followers + thing.rate) as f64;
                count += 1;
            }
            assert!(sum > 0.0, "what is read is used");
            count
        }));
    }
    let mut count = 0;
    for task in tasks {
        count += task.await.expect("a reader");
    }
    let seconds = started.elapsed().as_secs_f64();
    (seconds * 1e6 * f64::from(readers) / f64::from(count), f64::from(count) / seconds)
}
