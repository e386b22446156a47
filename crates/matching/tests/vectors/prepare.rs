//! Who compares: what is chosen, what is there, and what is said where it is not.

use creators::vectors::{Backend, Choice, prepare};
use db::{Db, Engine, args};
use kernel::Kind;
use testkit_db::fresh_db_with;

use crate::world::{both, crowd, has_extension, import, local, migrations, postgres, with_pgvector};

async fn spelled(db: &Db) -> u64 {
    creators::testing::spelled(&mut db.read().await.unwrap(), 256).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_fill_what_was_there_before_the_column() {
    let Some(fresh) = with_pgvector().await else { return };
    assert_eq!(prepare(&fresh.db, Choice::Memory).await.unwrap(), Backend::Memory);
    import(&local(fresh.db.clone(), Backend::Memory), crowd(2_500)).await;
    // Rows that no program of ours would have written do not keep the others from starting.
    let mut tx = fresh.db.write().await.unwrap();
    assert_eq!(creators::testing::spoil_a_vector(&mut tx).await.unwrap(), 1);
    tx.commit().await.unwrap();

    let (one, two, three) = (fresh.reopen().await, fresh.reopen().await, fresh.reopen().await);
    let (one, two, three) =
        tokio::join!(prepare(&one, Choice::Auto), prepare(&two, Choice::Auto), prepare(&three, Choice::Pgvector));
    for backend in [one, two, three] {
        assert_eq!(backend.unwrap(), Backend::Pgvector);
    }
    assert_eq!(spelled(&fresh.db).await, 2_499);
    let afar = local(fresh.db.clone(), Backend::Pgvector);
    afar.warm().await.unwrap();
    assert_eq!((afar.catalogue().read().len(), afar.catalogue().read().vector_count()), (2_500, 2_499));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn back_and_forth_between_backends() {
    let Some(fresh) = with_pgvector().await else { return };
    let [here, _] = both(&fresh).await;
    import(&here, crowd(1_200)).await;
    assert_eq!(spelled(&fresh.db).await, 0, "who compares in memory does not spell");
    assert_eq!(prepare(&fresh.db, Choice::Memory).await.unwrap(), Backend::Memory);
    assert_eq!(prepare(&fresh.db, Choice::Auto).await.unwrap(), Backend::Pgvector);
    assert_eq!(spelled(&fresh.db).await, 1_200);
}

#[tokio::test]
async fn sqlite_compares_in_memory() {
    let fresh = fresh_db_with(Engine::Sqlite, &migrations()).await;
    for choice in [Choice::Auto, Choice::Memory] {
        assert_eq!(prepare(&fresh.db, choice).await.unwrap(), Backend::Memory);
    }
    let error = prepare(&fresh.db, Choice::Pgvector).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.message().contains("SQLite"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_extension_memory_does() {
    let Some(fresh) = postgres().await else { return };
    let (db, advice) = if has_extension(&fresh.db).await {
        // Who may not create it is as badly off as who has none.
        let mut tx = fresh.db.write().await.unwrap();
        let role = format!("limited_{}", std::process::id());
        for sql in [
            format!("DROP ROLE IF EXISTS {role}"),
            format!("CREATE ROLE {role} LOGIN"),
            format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"),
        ] {
            tx.execute(&sql, args![]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let url = fresh.url.replacen("postgres://postgres@", &format!("postgres://{role}@"), 1);
        assert_ne!(url, fresh.url, "a server whose users need passwords: run without TEST_DATABASE_URL");
        (Db::open(&db::Settings::new(url)).await.unwrap(), "superuser run CREATE EXTENSION vector")
    } else {
        (fresh.reopen().await, "install pgvector")
    };
    assert_eq!(prepare(&db, Choice::Auto).await.unwrap(), Backend::Memory);
    let error = prepare(&db, Choice::Pgvector).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.message().contains(advice), "{error}");
    let here = local(db.clone(), Backend::Memory);
    import(&here, crowd(50)).await;
    assert_eq!(here.catalogue().read().vector_count(), 50);
    db.close().await;
    let mut tx = fresh.db.write().await.unwrap();
    let role = format!("limited_{}", std::process::id());
    let there = "SELECT count(*) FROM pg_roles WHERE rolname = $1";
    if tx.fetch_value::<i64>(there, args![&role]).await.unwrap() == 1 {
        tx.execute(&format!("DROP OWNED BY {role}"), args![]).await.unwrap();
        tx.execute(&format!("DROP ROLE {role}"), args![]).await.unwrap();
    }
    tx.commit().await.unwrap();
}
