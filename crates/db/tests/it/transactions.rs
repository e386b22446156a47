use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use db::{Db, Settings, args};
use kernel::Kind;
use testkit_db::{FreshDb, both_engines};

use crate::{clock, insert, migrate, names};

#[both_engines]
async fn a_dropped_transaction_leaves_nothing(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    let mut tx = fresh.db.write().await.unwrap();
    insert(&mut tx, &clock, "lost").await.unwrap();
    drop(tx);
    let mut tx = fresh.db.write().await.unwrap();
    insert(&mut tx, &clock, "kept").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(names(&fresh.db).await, ["kept"]);
}

#[both_engines]
async fn a_failed_statement_ends_the_transaction(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    let mut tx = fresh.db.write().await.unwrap();
    insert(&mut tx, &clock, "first").await.unwrap();
    assert!(insert(&mut tx, &clock, "first").await.is_err());
    assert!(insert(&mut tx, &clock, "second").await.is_err(), "nothing goes on after a failure");
    assert!(tx.commit().await.is_err(), "and nothing of it is kept");
    assert_eq!(names(&fresh.db).await, Vec::<String>::new());
}

#[both_engines]
async fn on_conflict_goes_on_and_a_conflict_is_told(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    let mut tx = fresh.db.write().await.unwrap();
    let sql = "INSERT INTO things (id, name) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    assert_eq!(tx.execute(sql, args![clock.new_id::<()>(), "a"]).await.unwrap(), 1);
    assert_eq!(tx.execute(sql, args![clock.new_id::<()>(), "a"]).await.unwrap(), 0);
    let returned: Vec<String> =
        tx.fetch_all("UPDATE things SET number = $1 WHERE name = $2 RETURNING name", args![5, "a"]).await.unwrap();
    assert_eq!(returned, ["a"]);
    tx.commit().await.unwrap();
    // RETURNING read by its first row alone still changes them all.
    let mut tx = fresh.db.write().await.unwrap();
    insert(&mut tx, &clock, "b").await.unwrap();
    tx.fetch_one::<String>("UPDATE things SET number = $1 RETURNING name", args![6]).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fresh.db.write().await.unwrap();
    assert_eq!(tx.fetch_value::<i64>("SELECT count(*) FROM things WHERE number = $1", args![6]).await.unwrap(), 2);
    drop(tx);
    let mut tx = fresh.db.write().await.unwrap();
    let error = tx
        .execute_or_conflict(
            "INSERT INTO things (id, name) VALUES ($1, $2)",
            args![clock.new_id::<()>(), "a"],
            "That name is taken",
        )
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.message()), (Kind::Conflict, "That name is taken"));
    drop(tx);
    let mut tx = fresh.db.write().await.unwrap();
    let error = tx.execute_or_conflict("INSERT INTO nowhere (id) VALUES ($1)", args![1], "x").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Internal);
    assert!(error.context().unwrap().contains("INSERT INTO nowhere"), "the log has the statement");
}

#[both_engines]
async fn a_snapshot_sees_one_moment(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    let count = "SELECT count(*) FROM things";
    let mut snapshot = fresh.db.snapshot().await.unwrap();
    assert_eq!(snapshot.fetch_value::<i64>(count, args![]).await.unwrap(), 0);
    let mut read = fresh.db.read().await.unwrap();
    let mut tx = fresh.db.write().await.unwrap();
    insert(&mut tx, &clock, "new").await.unwrap();
    assert_eq!(read.fetch_value::<i64>(count, args![]).await.unwrap(), 0, "not before the commit");
    tx.commit().await.unwrap();
    assert_eq!(snapshot.fetch_value::<i64>(count, args![]).await.unwrap(), 0);
    assert_eq!(read.fetch_value::<i64>(count, args![]).await.unwrap(), 1);
    drop((snapshot, read));
    // The connection that had the snapshot is fit for reading again, whichever one is taken.
    let mut reads = Vec::new();
    for _ in 0..4 {
        let mut read = fresh.db.read().await.unwrap();
        assert_eq!(read.fetch_value::<i64>(count, args![]).await.unwrap(), 1);
        reads.push(read);
    }
}

#[both_engines]
async fn hooks_run_once_and_only_on_commit(fresh: FreshDb) {
    migrate(&fresh).await;
    let ran = Arc::new(AtomicU32::new(0));
    let hook = |by: u32| {
        let ran = Arc::clone(&ran);
        move || {
            ran.fetch_add(by, Ordering::SeqCst);
        }
    };
    let mut bell = fresh.db.bell("test");
    let mut tx = fresh.db.write().await.unwrap();
    tx.after_commit(hook(1));
    tx.ring("test");
    drop(tx);
    let mut tx = fresh.db.write().await.unwrap();
    tx.after_commit(hook(10));
    tx.after_commit(|| panic!("a hook that panics harms nobody"));
    tx.after_commit(hook(100));
    assert!(!bell.has_changed().unwrap());
    tx.ring("test");
    tx.commit().await.unwrap();
    assert_eq!(ran.load(Ordering::SeqCst), 110, "they have run when the commit is told");
    assert!(bell.has_changed().unwrap());
    bell.mark_unchanged();
}

#[both_engines]
async fn figures_tell_what_is_in_use(fresh: FreshDb) {
    migrate(&fresh).await;
    fresh.db.analyze().await.unwrap();
    let held = (fresh.db.read().await.unwrap(), fresh.db.snapshot().await.unwrap());
    let figures = db::gauges(&fresh.db).await;
    assert!(figures.connections_in_use >= 2 && figures.connections_in_use <= figures.connections_most, "{figures:?}");
    drop(held);
    let on_sqlite = fresh.db.path().is_some();
    assert_eq!(figures.file_bytes > 0 && figures.wal_bytes > 0 && figures.commits > 0, on_sqlite, "{figures:?}");
}

#[both_engines]
async fn a_panicking_or_cancelled_writer_is_no_trouble_to_others(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    for round in 0..20 {
        let (db, other) = (fresh.db.clone(), clock.clone());
        let panicking = tokio::spawn(async move {
            let mut tx = db.write().await.unwrap();
            insert(&mut tx, &other, "panic").await.unwrap();
            panic!("a handler's fault");
        });
        let (db, other) = (fresh.db.clone(), clock.clone());
        let hanging = tokio::spawn(async move {
            let mut tx = db.write().await.unwrap();
            insert(&mut tx, &other, "hang").await.unwrap();
            std::future::pending::<()>().await;
        });
        tokio::time::sleep(Duration::from_millis(round)).await;
        hanging.abort();
        assert!(panicking.await.unwrap_err().is_panic());
        let _ = hanging.await;
        let mut tx = fresh.db.write().await.unwrap();
        insert(&mut tx, &clock, &format!("kept {round:02}")).await.unwrap();
        tx.commit().await.unwrap();
    }
    let expected: Vec<String> = (0..20).map(|round| format!("kept {round:02}")).collect();
    assert_eq!(names(&fresh.db).await, expected);
}

const COUNTING: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i FROM n";

/// It is broken off as a short one, and begun anew as a long one.
async fn a_long_read_answers_every_row_once(db: &Db) {
    let expected: Vec<i64> = (1..=200_000).collect();
    for mut tx in [db.read().await.unwrap(), db.snapshot().await.unwrap()] {
        for _ in 0..3 {
            assert_eq!(tx.fetch_all::<i64>(COUNTING, args![]).await.unwrap(), expected);
        }
        let mut seen = Vec::new();
        tx.for_each::<i64>(&format!("{COUNTING} "), args![], |number| {
            seen.push(number);
            Ok(())
        })
        .await
        .unwrap();
        assert_eq!(seen, expected);
        let sum = format!("SELECT CAST(sum(i) AS BIGINT) FROM ({COUNTING}) AS n");
        assert_eq!(tx.fetch_value::<i64>(&sql_twice(&sum), args![]).await.unwrap(), 2 * 200_000 * 200_001 / 2);
    }
}

fn sql_twice(sql: &str) -> String {
    format!("SELECT ({sql}) + ({sql})")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_read_of_sqlite_lets_others_go_on() {
    let fresh = testkit_db::fresh_db(db::Engine::Sqlite).await;
    a_long_read_answers_every_row_once(&fresh.db).await;
    // Both threads of the runtime could be taken by these; none is.
    let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000) SELECT count(*) FROM n";
    let long: Vec<_> = (0..3)
        .map(|_| {
            let db = fresh.db.clone();
            tokio::spawn(async move { db.read().await.unwrap().fetch_value::<i64>(endless, args![]).await.unwrap() })
        })
        .collect();
    let mut turns = 0;
    while !long.iter().all(tokio::task::JoinHandle::is_finished) {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let mut tx = fresh.db.write().await.unwrap();
        assert_eq!(tx.fetch_value::<i64>("SELECT 1", args![]).await.unwrap(), 1);
        tx.commit().await.unwrap();
        turns += 1;
    }
    for one in long {
        assert_eq!(one.await.unwrap(), 10_000_000);
    }
    assert!(turns > 5, "{turns}");
}

#[tokio::test]
async fn a_long_read_of_sqlite_works_on_one_thread_too() {
    let fresh = testkit_db::fresh_db(db::Engine::Sqlite).await;
    a_long_read_answers_every_row_once(&fresh.db).await;
}

#[tokio::test]
async fn a_reader_of_sqlite_cannot_write() {
    let fresh = testkit_db::fresh_db(db::Engine::Sqlite).await;
    migrate(&fresh).await;
    let mut tx = fresh.db.read().await.unwrap();
    let error = insert(&mut tx, &clock(), "x").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Internal, "it is a fault of ours, and not of the disk: {error}");
    assert_eq!(tx.fetch_value::<i64>("SELECT 1", args![]).await.unwrap(), 1);
}

#[tokio::test]
async fn who_waits_too_long_for_the_writer_is_told() {
    let folder = testkit_db::TempFolder::new();
    let url = format!("sqlite:{}/a.db", folder.path().display());
    let db = Db::open(&Settings { wait: Duration::from_millis(50), readers: 1, ..Settings::new(url) }).await.unwrap();
    let held = db.write().await.unwrap();
    let busy = db.write().await.err().unwrap();
    assert_eq!(busy.kind(), Kind::Unavailable);
    assert!(busy.message().contains("try again"), "{busy}");
    held.commit().await.unwrap();
    db.write().await.unwrap().commit().await.unwrap();

    let held = db.read().await.unwrap();
    assert_eq!(db.read().await.err().unwrap().kind(), Kind::Unavailable);
    drop(held);
    assert!(db.read().await.is_ok());
}

#[tokio::test]
async fn a_closed_database_says_so() {
    let fresh = testkit_db::fresh_db(db::Engine::Sqlite).await;
    fresh.db.close().await;
    assert_eq!(fresh.db.write().await.err().unwrap().kind(), Kind::Unavailable);
}
