use db::{Db, Engine, Settings, args};
use kernel::Kind;
use testkit_db::{TempFolder, fresh_db};

use crate::{insert, migrate, names};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_sqlite_database_is_copied_whole() {
    let fresh = fresh_db(Engine::Sqlite).await;
    migrate(&fresh).await;
    let writer = tokio::spawn({
        let db = fresh.db.clone();
        async move {
            let clock = kernel::Clock::system();
            for turn in 0..300 {
                let mut tx = db.write().await.unwrap();
                insert(&mut tx, &clock, &format!("{turn:03} a")).await.unwrap();
                insert(&mut tx, &clock, &format!("{turn:03} b")).await.unwrap();
                tx.commit().await.unwrap();
            }
        }
    });
    let folder = TempFolder::new();
    for copy in 0..3 {
        while names(&fresh.db).await.len() < 100 * (copy + 1) {
            tokio::task::yield_now().await;
        }
        let to = folder.path().join(format!("it's copy {copy}.db"));
        fresh.db.backup(&to).await.unwrap();
        let copied = Db::open(&Settings::new(format!("sqlite:{}", to.display()))).await.unwrap();
        let there = names(&copied).await;
        assert!(there.len() >= 100 * (copy + 1));
        assert_eq!(there.len() % 2, 0, "no half transaction");
        let sound: String = copied.read().await.unwrap().fetch_value("PRAGMA integrity_check", args![]).await.unwrap();
        assert_eq!(sound, "ok");
        let error = fresh.db.backup(&to).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Conflict, "it is never overwritten: {error}");
        assert_eq!(names(&copied).await, there);
    }
    writer.await.unwrap();
    let error = fresh.db.backup(&folder.path().join("nowhere/a.db")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable, "{error}");
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("partial"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn postgresql_tells_its_own_command() {
    if !testkit_db::engines().await.contains(&Engine::Postgres) {
        return;
    }
    let fresh = fresh_db(Engine::Postgres).await;
    let url = fresh.url.replacen("postgres@", "postgres:hidden@", 1);
    let db = Db::open(&Settings::new(url)).await.unwrap();
    let error = db.backup(std::path::Path::new("a.dump")).await.unwrap_err();
    assert!(
        error.message().contains("pg_dump --format=custom") && error.message().contains("--file=a.dump"),
        "{error}"
    );
    assert!(!error.to_string().contains("hidden"), "{error}");
}
