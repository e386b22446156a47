use std::collections::BTreeSet;
use std::time::Duration;

use db::args;
use testkit_db::{FreshDb, both_engines};

use crate::{migrate, names};

#[both_engines]
async fn versions_count_commits_only(fresh: FreshDb) {
    migrate(&fresh).await;
    let db = &fresh.db;
    assert_eq!(db.current_version("creators").await.unwrap(), 0);
    let mut tx = db.write().await.unwrap();
    assert_eq!(tx.next_version("creators").await.unwrap(), 1);
    drop(tx);
    let changes = db.versions().changes();
    let mut tx = db.write().await.unwrap();
    assert_eq!(tx.next_version("creators").await.unwrap(), 1);
    assert_eq!(tx.next_version("campaigns").await.unwrap(), 1);
    assert_eq!(tx.next_version("creators").await.unwrap(), 2);
    assert_eq!(db.versions().get("creators"), 0, "not before the commit");
    assert!(!changes.has_changed().unwrap());
    tx.commit().await.unwrap();
    assert_eq!((db.versions().get("creators"), db.versions().get("campaigns")), (2, 1));
    assert!(changes.has_changed().unwrap());
    assert_eq!(db.current_version("creators").await.unwrap(), 2);
}

#[both_engines]
async fn another_process_is_noticed(fresh: FreshDb) {
    migrate(&fresh).await;
    let other = fresh.reopen().await;
    for version in 1..=3 {
        let mut tx = other.write().await.unwrap();
        tx.next_version("creators").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(other.versions().get("creators"), version, "one's own at once");
        if fresh.db.engine() == db::Engine::Sqlite {
            tokio::time::sleep(Duration::from_millis(110)).await;
        }
        assert_eq!(fresh.db.current_version("creators").await.unwrap(), version);
    }
}

#[both_engines]
async fn whoever_reads_after_a_number_misses_nothing(fresh: FreshDb) {
    migrate(&fresh).await;
    let writers: Vec<_> = (0..6)
        .map(|writer| {
            let db = fresh.db.clone();
            tokio::spawn(async move {
                let clock = kernel::Clock::system();
                for turn in 0..15 {
                    let mut tx = db.write().await.unwrap();
                    let seq = tx.next_version("things").await.unwrap();
                    tx.execute(
                        "INSERT INTO things (id, name, number) VALUES ($1, $2, $3)",
                        args![clock.new_id::<()>(), format!("{writer} {turn}"), seq],
                    )
                    .await
                    .unwrap();
                    if turn % 4 == 3 { drop(tx) } else { tx.commit().await.unwrap() }
                }
            })
        })
        .collect();
    let (db, mut seen, mut last) = (fresh.db.clone(), BTreeSet::new(), 0);
    let mut read = async || {
        let rows: Vec<(i64, String)> = db
            .read()
            .await
            .unwrap()
            .fetch_all("SELECT number, name FROM things WHERE number > $1 ORDER BY number", args![last])
            .await
            .unwrap();
        for (number, name) in rows {
            last = number;
            seen.insert(name);
        }
        seen.len()
    };
    while writers.iter().any(|writer| !writer.is_finished()) {
        read().await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    read().await;
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), names(&fresh.db).await);
}

#[both_engines]
async fn many_askers_are_answered(fresh: FreshDb) {
    migrate(&fresh).await;
    let askers: Vec<_> = (0..50)
        .map(|_| {
            let db = fresh.db.clone();
            tokio::spawn(async move {
                for _ in 0..20 {
                    let mut tx = db.write().await.unwrap();
                    let mine = tx.next_version("creators").await.unwrap();
                    tx.commit().await.unwrap();
                    let told = db.current_version("creators").await.unwrap();
                    assert!(told >= mine, "{told} after {mine} was committed");
                }
            })
        })
        .collect();
    for asker in askers {
        asker.await.unwrap();
    }
    assert_eq!(fresh.db.current_version("creators").await.unwrap(), 1000);
}
