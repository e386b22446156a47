//! What an earlier version heard stays known.

use db::args;
use kernel::Clock;
use testkit::{FreshDb, both_engines};

#[both_engines]
async fn events_heard_before_an_upgrade_are_not_taken_in_again(fresh: FreshDb) {
    let now = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1).now();
    let ground = [creators::MIGRATIONS, jobs::MIGRATIONS, http_base::idempotency::MIGRATIONS].concat();
    let earlier = payments::MIGRATIONS.iter().copied().take_while(|migration| migration.id != "0052_payments_events");
    let tables: Vec<_> = ground.iter().copied().chain(earlier).collect();
    fresh.db.migrate(&tables, now).await.unwrap();
    let mut tx = fresh.db.write().await.unwrap();
    let sql = "INSERT INTO gateway_events (provider, event_id, kind, received_at) VALUES ('stripe', 'evt_1', 'x', $1)";
    tx.execute(sql, args![now]).await.unwrap();
    tx.commit().await.unwrap();
    let tables = [&ground[..], delivery::MIGRATIONS, payments::MIGRATIONS].concat();
    fresh.db.migrate(&tables, now).await.unwrap();
    let mut tx = fresh.db.write().await.unwrap();
    assert!(!delivery::inbound::first_time(&mut tx, "stripe", "evt_1", now).await.unwrap());
    assert!(delivery::inbound::first_time(&mut tx, "stripe", "evt_2", now).await.unwrap());
}
