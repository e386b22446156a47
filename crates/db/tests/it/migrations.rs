use db::{Migration, args};
use kernel::Kind;
use testkit_db::{FreshDb, both_engines};

use crate::{THINGS, start};

const SECOND: Migration = Migration {
    id: "0101_second",
    sql: "CREATE TABLE second (a BIGINT); INSERT INTO second (a) VALUES (1); INSERT INTO second (a) VALUES (2)",
};

#[both_engines]
async fn each_step_runs_once(fresh: FreshDb) {
    let steps = [THINGS];
    assert_eq!(fresh.db.migrate(&steps, start()).await.unwrap(), 3);
    assert_eq!(fresh.db.migrate(&steps, start()).await.unwrap(), 0);
    let more = [THINGS, SECOND];
    assert_eq!(fresh.db.migrate(&more, start()).await.unwrap(), 1);
    let mut tx = fresh.db.read().await.unwrap();
    let at: i64 =
        tx.fetch_value("SELECT applied_at FROM schema_migrations WHERE id = '0101_second'", args![]).await.unwrap();
    assert_eq!(at, start().micros());
}

#[both_engines]
async fn eight_at_once(fresh: FreshDb) {
    let mut all = Vec::new();
    for _ in 0..8 {
        let db = fresh.reopen().await;
        all.push(tokio::spawn(async move { db.migrate(&[THINGS, SECOND], start()).await }));
    }
    let mut ran = 0;
    for one in all {
        ran += one.await.unwrap().unwrap();
    }
    assert_eq!(ran, 4, "each of four steps by exactly one of them");
    let rows: i64 = fresh.db.read().await.unwrap().fetch_value("SELECT count(*) FROM second", args![]).await.unwrap();
    assert_eq!(rows, 2);
}

#[both_engines]
async fn a_step_that_fails_leaves_nothing(fresh: FreshDb) {
    let broken = Migration { id: "0101_broken", sql: "CREATE TABLE half (a BIGINT); CREATE TABLE half (a BIGINT)" };
    let steps = [broken];
    let error = fresh.db.migrate(&steps, start()).await.unwrap_err();
    assert!(error.to_string().contains("0101_broken"), "{error}");
    let mended = Migration { sql: "CREATE TABLE half (a BIGINT)", ..broken };
    assert_eq!(fresh.db.migrate(&[mended], start()).await.unwrap(), 1);
}

#[both_engines]
async fn what_this_program_does_not_know_is_refused(fresh: FreshDb) {
    fresh.db.migrate(&[THINGS, SECOND], start()).await.unwrap();
    let error = fresh.db.migrate(&[THINGS], start()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.message().contains("newer program") && error.message().contains("0101_second"), "{error}");
    let other = Migration { sql: "CREATE TABLE second (b BIGINT)", ..SECOND };
    let error = fresh.db.migrate(&[THINGS, other], start()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.message().contains("is not the one this program knows"), "{error}");
    assert!(fresh.db.migrate(&[THINGS, SECOND, SECOND], start()).await.is_err(), "two of one name");
}
