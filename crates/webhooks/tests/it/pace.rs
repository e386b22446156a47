//! How fast it goes, and that nobody waits for who does not answer.

use std::time::{Duration, Instant};

use db::{Stored as _, args};
use jobs::Workers;
use kernel::Clock;
use ports::outward::Rules;
use serde_json::json;
use testkit::{FreshDb, both_engines};
use webhooks::model::{DeliveryStatus, Log, SubscriptionId};

use crate::receiver::Receiver;
use crate::world::World;

async fn until(seconds: u64, mut done: impl FnMut() -> bool) -> Option<Duration> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(seconds) {
        if done() {
            return Some(begun.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    None
}

#[both_engines]
async fn a_receiver_that_does_not_answer_slows_nobody_else(fresh: FreshDb) {
    let world = World::with(fresh, Clock::system(), Rules { loopback: true }).await;
    let (dead, alive) = (Receiver::start_at("127.0.0.1").await, Receiver::start_at("127.0.0.2").await);
    *dead.delay.lock().unwrap() = Duration::from_secs(60);
    for url in [&dead.url, &dead.url, &dead.url, &alive.url] {
        world.hook(url, &json!({})).await;
    }
    for _ in 0..50 {
        world.joins(world.hub()).await;
    }
    let (db, clock) = (world.webhooks.app().db(), &world.clock);
    events::run_until_idle(db, clock, &webhooks::subscribers(&world.webhooks)).await.unwrap();
    let workers = Workers::start(db.clone(), clock.clone(), webhooks::jobs(&world.webhooks), 2).await.unwrap();
    let took = until(10, || alive.count() == 50).await;
    assert!(took.is_some(), "{} of 50 arrived while another receiver did not answer", alive.count());
    assert!(dead.at_once() <= 4 && dead.count() <= 4, "{} at once", dead.at_once());
    drop(workers);
}

/// Run by `tools/test --all`: it wants a machine of its own.
#[both_engines]
#[ignore = "a measurement"]
async fn a_thousand_deliveries_a_second(fresh: FreshDb) {
    const HOSTS: usize = 16;
    const EACH: usize = 10_000 / HOSTS;
    let world = World::with(fresh, Clock::system(), Rules { loopback: true }).await;
    let mut receivers = Vec::new();
    for host in 1..=HOSTS {
        let receiver = Receiver::start_at(&format!("127.0.0.{host}")).await;
        world.hook(&receiver.url, &json!({})).await;
        receivers.push(receiver);
    }
    for _ in 0..EACH {
        world.joins(world.hub()).await;
    }
    let (db, clock) = (world.webhooks.app().db(), &world.clock);
    let begun = Instant::now();
    events::run_until_idle(db, clock, &webhooks::subscribers(&world.webhooks)).await.unwrap();
    let written = begun.elapsed();
    let workers = Workers::start(db.clone(), clock.clone(), webhooks::jobs(&world.webhooks), 2).await.unwrap();
    let arrived = || receivers.iter().map(Receiver::count).sum::<usize>();
    let begun = Instant::now();
    let took = until(60, || arrived() >= HOSTS * EACH).await.unwrap_or(begun.elapsed());
    let rate = arrived() as f64 / took.as_secs_f64();
    workers.stop().await;
    println!(
        "{} deliveries written in {written:?}; {} carried in {took:?}: {rate:.0} a second",
        HOSTS * EACH,
        arrived()
    );
    // The promise is one of an optimised build; without optimisation this only notices what has become much slower.
    let least = if cfg!(debug_assertions) { 100.0 } else { 1_000.0 };
    assert!(rate >= least, "{rate:.0} a second");
}

#[both_engines]
async fn a_log_of_a_hundred_thousand_is_listed_at_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.hook("https://example.com", &json!({})).await;
    let of: SubscriptionId = path.rsplit('/').next().unwrap().parse().unwrap();
    let (hub, now) = (world.hub(), world.clock.now());
    let row = |number: i64| Log {
        id: world.clock.new_id(),
        subscription_id: of,
        workspace_id: hub,
        event_id: world.clock.new_id::<()>().uuid(),
        event: if number % 1_000 == 0 { "user.updated".into() } else { "user.created".into() },
        body: "{}".into(),
        member_id: None,
        status: if number % 5_000 == 0 { DeliveryStatus::Failed } else { DeliveryStatus::Delivered },
        attempts: 1,
        rounds: 1,
        http_status: Some(200),
        error: None,
        happened_at: now,
        created_at: now.plus(number),
        next_at: None,
        settled_at: None,
    };
    let mut tx = world.write().await;
    for part in 0..100 {
        let rows: Vec<Log> = (part * 1_000..(part + 1) * 1_000).map(row).collect();
        tx.insert_all(&rows).await.unwrap();
    }
    assert_eq!(tx.fetch_value::<u64>(&format!("SELECT count(*) FROM {}", Log::TABLE), args![]).await.unwrap(), 100_000);
    tx.commit().await.unwrap();
    for (query, total) in [("", 100_000), ("?status=failed", 20), ("?event=user.updated&page=3", 100)] {
        let begun = Instant::now();
        let list = world.coach().get(&format!("{path}/deliveries{query}")).await.ok();
        assert_eq!(list["pagination"]["total"], total, "{query}");
        assert!(begun.elapsed() < Duration::from_secs(1), "{query}: {:?}", begun.elapsed());
    }
}
