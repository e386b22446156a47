//! The database on both engines: one story each, run twice.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod backup;
mod bulk;
mod crash;
mod events;
mod faults;
mod group_commit;
mod migrations;
mod stored;
mod transactions;
mod values;
mod versions;

use db::{Migration, args};
use kernel::{Clock, Timestamp};
use testkit_db::FreshDb;

const THINGS: Migration = Migration {
    id: "0100_things",
    sql: "CREATE TABLE things (id {id} NOT NULL PRIMARY KEY, name {text} NOT NULL, number BIGINT);
          CREATE UNIQUE INDEX things_name ON things (name);",
};

fn start() -> Timestamp {
    "2026-01-15T10:30:00Z".parse().unwrap()
}

fn clock() -> Clock {
    Clock::mock(start(), 1)
}

async fn migrate(fresh: &FreshDb) {
    fresh.db.migrate(&[THINGS], start()).await.unwrap();
}

async fn names(db: &db::Db) -> Vec<String> {
    db.read().await.unwrap().fetch_all("SELECT name FROM things ORDER BY name", args![]).await.unwrap()
}

async fn insert(tx: &mut db::Tx, clock: &Clock, name: &str) -> kernel::Result<u64> {
    tx.execute(
        "INSERT INTO things (id, name, number) VALUES ($1, $2, $3)",
        args![clock.new_id::<()>(), name, name.len()],
    )
    .await
}
