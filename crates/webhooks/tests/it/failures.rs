//! What happens when it does not arrive.

use std::time::Duration;

use ports::outward::Rules;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::receiver::Receiver;
use crate::world::World;

const HOUR: i64 = 3_600;
const WAITS: [i64; 9] = [5, 300, 1_800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

#[both_engines]
async fn it_is_tried_again_with_the_same_id_until_it_arrives(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let receiver = Receiver::start().await;
    let path = world.hook(&receiver.url, &json!({})).await;
    receiver.next(500, &[], "broken");
    receiver.next(302, &[("location", "http://169.254.169.254/")], "");
    world.joins(world.hub()).await;
    world.work().await;
    let log = world.newest(&path).await;
    assert_eq!((&log["status"], &log["response_status"], receiver.count()), (&json!("pending"), &json!(500), 1));
    assert!(log["next_attempt_at"].is_string() && log["attempt_log"][0]["response_body"] == "broken");
    world.clock.advance(4_000_000);
    world.work().await;
    assert_eq!(receiver.count(), 1);
    world.later(5).await;
    world.later(300).await;
    let seen = receiver.seen();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|one| one.id() == seen[0].id() && one.body == seen[0].body));
    assert_ne!(seen[0].header("webhook-timestamp"), seen[2].header("webhook-timestamp"));
    let log = world.newest(&path).await;
    assert_eq!((&log["status"], &log["attempts"]), (&json!("delivered"), &json!(3)));
    let statuses: Vec<&Value> =
        log["attempt_log"].as_array().unwrap().iter().map(|one| &one["response_status"]).collect();
    assert_eq!(statuses, [200, 302, 500]);
    assert_eq!(world.coach().get(&path).await.ok()["failing_since"], json!(null));
}

#[both_engines]
async fn a_busy_receiver_is_left_alone_for_as_long_as_it_asks(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let receiver = Receiver::start().await;
    world.hook(&receiver.url, &json!({})).await;
    receiver.next(429, &[("retry-after", "600")], "");
    world.joins(world.hub()).await;
    world.work().await;
    world.clock.advance(599_000_000);
    world.work().await;
    assert_eq!(receiver.count(), 1);
    world.later(200).await;
    assert_eq!(receiver.count(), 2);
}

#[both_engines]
async fn after_ten_attempts_it_is_given_up_and_can_be_replayed(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let receiver = Receiver::start().await;
    receiver.usually(404);
    let path = world.hook(&receiver.url, &json!({})).await;
    world.joins(world.hub()).await;
    world.work().await;
    let replay = |log: &Value| format!("{path}/deliveries/{}/replay", log["id"].as_str().unwrap());
    let log = world.newest(&path).await;
    world.coach().post(&replay(&log), &json!({})).await.refused(409);
    for wait in WAITS {
        world.later(wait).await;
    }
    let log = world.newest(&path).await;
    assert_eq!((&log["status"], &log["attempts"], receiver.count()), (&json!("failed"), &json!(10), 10));
    assert!(log["error"].as_str().unwrap().contains("404"), "{log}");
    receiver.usually(204);
    world.other().post(&replay(&log), &json!({})).await.refused(404);
    assert_eq!(world.coach().post(&replay(&log), &json!({})).await.status, 202);
    world.work().await;
    let again = world.newest(&path).await;
    assert_eq!((&again["status"], &again["attempts"], &again["id"]), (&json!("delivered"), &json!(11), &log["id"]));
    // What arrived can be sent once more as well.
    assert_eq!(world.coach().post(&replay(&log), &json!({})).await.status, 202);
    world.work().await;
    assert_eq!(receiver.count(), 12);
}

#[both_engines]
async fn five_days_of_failures_disable_and_everything_since_can_be_replayed(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let receiver = Receiver::start().await;
    receiver.usually(500);
    let path = world.hook(&receiver.url, &json!({})).await;
    let since = world.clock.now();
    for _ in 0..10 {
        world.joins(world.hub()).await;
        world.work().await;
        assert_eq!(world.coach().get(&path).await.ok()["status"], "enabled");
        world.clock.advance(12 * HOUR * 1_000_000);
    }
    world.joins(world.hub()).await;
    world.work().await;
    let webhook = world.coach().get(&path).await.ok();
    assert_eq!(
        (&webhook["status"], &webhook["reason"]),
        (&json!("disabled"), &json!("Nothing arrived for five days."))
    );
    let newest = world.webhooks.app().read().await.unwrap().newest_events(None, &[], 100).await.unwrap();
    assert_eq!(newest.iter().filter(|event| event.kind == "webhook.disabled").count(), 1);
    world.coach().post(&format!("{path}/test"), &json!({})).await.refused(409);
    // Nothing more is sent, and nothing new is kept.
    let before = receiver.count();
    world.joins(world.hub()).await;
    world.later(40 * HOUR).await;
    assert_eq!(receiver.count(), before);
    receiver.usually(200);
    world.coach().post(&format!("{path}/enable"), &json!({})).await.ok();
    let replayed = world.coach().post(&format!("{path}/replay"), &json!({"since": since})).await;
    assert_eq!((replayed.status, replayed.json()), (202.try_into().unwrap(), json!({"replayed": 11, "more": false})));
    world.work().await;
    let list = world.coach().get(&format!("{path}/deliveries?status=delivered")).await.ok();
    assert_eq!((&list["pagination"]["total"], receiver.count()), (&json!(11), before + 11));
}

#[both_engines]
async fn who_is_gone_is_disabled_at_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let receiver = Receiver::start().await;
    receiver.usually(410);
    let path = world.hook(&receiver.url, &json!({})).await;
    world.joins(world.hub()).await;
    world.work().await;
    let webhook = world.coach().get(&path).await.ok();
    assert_eq!((&webhook["status"], receiver.count()), (&json!("disabled"), 1));
    assert_eq!(world.newest(&path).await["status"], "failed");
}

#[both_engines]
async fn what_waits_when_it_is_paused_is_withheld(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let receiver = Receiver::start().await;
    receiver.next(500, &[], "");
    let path = world.hook(&receiver.url, &json!({})).await;
    world.joins(world.hub()).await;
    world.work().await;
    world.coach().post(&format!("{path}/pause"), &json!({})).await.ok();
    world.joins(world.hub()).await;
    world.later(5).await;
    let list = world.coach().get(&format!("{path}/deliveries")).await.ok();
    assert_eq!((&list["pagination"]["total"], &list["deliveries"][0]["status"]), (&json!(1), &json!("withheld")));
    assert_eq!(receiver.count(), 1);
    world.coach().delete(&path).await.ok();
    world.work().await;
    let left: u64 = world.write().await.fetch_value("SELECT count(*) FROM webhook_deliveries", vec![]).await.unwrap();
    assert_eq!(left, 0);
}

#[both_engines]
async fn a_process_that_dies_in_the_middle_loses_nothing(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let receiver = Receiver::start().await;
    *receiver.delay.lock().unwrap() = Duration::from_secs(60);
    let path = world.hook(&receiver.url, &json!({})).await;
    world.joins(world.hub()).await;
    // Stopped while the receiver has the request and nobody has heard its answer.
    assert!(tokio::time::timeout(Duration::from_secs(2), world.work()).await.is_err());
    assert_eq!(receiver.count(), 1);
    *receiver.delay.lock().unwrap() = Duration::ZERO;
    world.later(60).await;
    let seen = receiver.seen();
    assert_eq!((seen.len(), seen[0].id()), (2, seen[1].id()));
    assert_eq!(world.newest(&path).await["status"], "delivered");
}

#[both_engines]
async fn private_addresses_are_refused_when_they_are_asked(fresh: FreshDb) {
    let clock = kernel::Clock::mock("2026-03-02T09:00:00Z".parse().unwrap(), 7);
    let world = World::with(fresh, clock, Rules::default()).await;
    let receiver = Receiver::start().await;
    let path = world.hook(&receiver.url, &json!({})).await;
    world.joins(world.hub()).await;
    world.work().await;
    let log = world.newest(&path).await;
    assert_eq!((&log["attempt_log"][0]["fault"], receiver.count()), (&json!("refused_address"), 0));
}
