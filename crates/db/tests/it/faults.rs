use std::path::Path;

use db::{Db, Engine, Settings, args};
use kernel::{Error, Kind};
use testkit_db::{TempFolder, fresh_db};

use crate::{insert, migrate, names};

async fn refusal(url: String) -> Error {
    let settings = Settings { wait: std::time::Duration::from_secs(3), ..Settings::new(url) };
    let error = Db::open(&settings).await.err().unwrap();
    assert_eq!(error.kind(), Kind::Unavailable, "{error}");
    error
}

fn sqlite(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_says_why() {
    let folder = TempFolder::new();
    let path = folder.path();
    let error = refusal(sqlite(&path.join("missing/a.db"))).await;
    assert!(error.message().contains("does not exist"), "{error}");
    assert!(refusal(sqlite(path)).await.message().contains("is a folder"));
    std::fs::write(path.join("text.db"), "This is no database at all, but quite a long text. ".repeat(100)).unwrap();
    assert!(refusal(sqlite(&path.join("text.db"))).await.message().contains("not a SQLite database"));
    assert!(refusal(sqlite(&path.join("text.db/a.db"))).await.message().contains("is not a folder"));
    assert!(refusal("mysql://x".into()).await.message().contains("DATABASE_URL"));
}

#[tokio::test]
async fn a_server_that_does_not_answer_says_so_without_the_password() {
    for url in [
        "postgres://someone:s3cret@127.0.0.1:1/data",
        "postgres://someone:s3cret@no.such.host.invalid/data",
        "postgres://someone:s3cret@localhost:notaport/data",
        "postgres://someone:s3cret@localhost/data?host=/nowhere/at/all",
    ] {
        let error = refusal(url.into()).await;
        assert!(!error.to_string().contains("s3cret"), "{error}");
        assert!(error.message().contains("DATABASE_URL"), "{error}");
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_says_so() {
    if !testkit_db::engines().await.contains(&Engine::Postgres) {
        return;
    }
    let fresh = fresh_db(Engine::Postgres).await;
    let name = fresh.url.split('/').nth(3).unwrap().split('?').next().unwrap().to_owned();
    let error = refusal(fresh.url.replacen(&name, "nobody_made_it", 1)).await;
    assert!(error.message().contains("createdb"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_fails_the_whole_group_and_nothing_else() {
    let fresh = fresh_db(Engine::Sqlite).await;
    migrate(&fresh).await;
    let clock = kernel::Clock::system();
    let mut tx = fresh.db.write().await.unwrap();
    insert(&mut tx, &clock, "before").await.unwrap();
    tx.commit().await.unwrap();

    // One neighbour has done its work and waits for the group when the disk is full.
    let small = |name: &'static str| {
        let (db, clock) = (fresh.db.clone(), clock.clone());
        tokio::spawn(async move {
            let mut tx = db.write().await?;
            insert(&mut tx, &clock, name).await?;
            tx.commit().await
        })
    };
    let mut failures = 0;
    for round in 0..10 {
        let mut held = fresh.db.write().await.unwrap();
        // A limit on the file's pages is to SQLite what a full disk is: SQLITE_FULL. It lasts as long as the connection.
        let pages: i64 = held.fetch_value("PRAGMA page_count", args![]).await.unwrap();
        held.fetch_value::<i64>(&format!("PRAGMA max_page_count = {}", pages + 10), args![]).await.unwrap();
        let first = small("first");
        tokio::task::yield_now().await;
        let (db, clock) = (fresh.db.clone(), clock.clone());
        let big = tokio::spawn(async move {
            let mut tx = db.write().await?;
            insert(&mut tx, &clock, &"x".repeat(1_000_000)).await?;
            tx.commit().await
        });
        drop(held);
        let error = big.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable);
        assert!(error.message().contains("disk is full"), "{error}");
        let told = first.await.unwrap();
        let there = names(&fresh.db).await;
        match told {
            Ok(()) => {
                assert_eq!(there, ["before", "first"], "round {round}");
                let mut tx = fresh.db.write().await.unwrap();
                tx.execute("DELETE FROM things WHERE name = $1", args!["first"]).await.unwrap();
                tx.commit().await.unwrap();
            }
            Err(error) => {
                assert_eq!(error.kind(), Kind::Unavailable, "{error}");
                assert_eq!(there, ["before"], "round {round}");
                failures += 1;
            }
        }
    }
    assert!(failures > 0, "no group was ever caught by the full disk, so this test tested nothing");

    // Space again, and all is well.
    let mut tx = fresh.db.write().await.unwrap();
    tx.fetch_value::<i64>("PRAGMA max_page_count = 1000000", args![]).await.unwrap();
    insert(&mut tx, &clock, "after").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(names(&fresh.db).await, ["after", "before"]);
}

#[tokio::test]
async fn another_programs_write_is_waited_for() {
    let fresh = fresh_db(Engine::Sqlite).await;
    migrate(&fresh).await;
    let other = fresh.reopen().await;
    let clock = kernel::Clock::system();
    let mut held = other.write().await.unwrap();
    insert(&mut held, &clock, "other").await.unwrap();
    let waiting = tokio::spawn({
        let (db, clock) = (fresh.db.clone(), clock.clone());
        async move {
            let mut tx = db.write().await?;
            insert(&mut tx, &clock, "mine").await?;
            tx.commit().await
        }
    });
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(!waiting.is_finished());
    held.commit().await.unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(names(&fresh.db).await, ["mine", "other"]);
}
