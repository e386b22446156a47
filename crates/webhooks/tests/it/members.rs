//! What deliveries tell of members goes with them, and the log is kept for a month.

use audience::events::UserCreated;
use audience::ports::Keeper as _;
use audience::{Channel, Identity, IdentityKind, Seed, members};
use events::TxExt as _;
use serde_json::json;
use testkit::{FreshDb, both_engines};
use webhooks::Keeping;

use crate::receiver::Receiver;
use crate::world::World;

#[both_engines]
async fn what_was_sent_of_a_member_is_told_and_erased(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let receiver = Receiver::start().await;
    let path = world.hook(&receiver.url, &json!({})).await;
    let mut tx = world.write().await;
    let by = [Identity::new(IdentityKind::Phone, "+34600111222").unwrap()];
    let member =
        members::reach(&mut tx, world.hub(), Channel::Whatsapp, &by, Seed::named(Some("John Doe"))).await.unwrap();
    // Another time, so that there are several.
    tx.event(UserCreated { workspace_id: world.hub(), user_id: member.id, channel: Channel::Whatsapp });
    tx.commit().await.unwrap();
    world.joins(world.hub()).await;
    world.work().await;
    assert_eq!(receiver.count(), 3);
    let mut tx = world.write().await;
    let told = Keeping.told(&mut tx, &member).await.unwrap();
    assert_eq!((told[0].0, told[0].1.len()), ("webhook_deliveries", 2));
    assert!(told[0].1[0].to_string().contains("John Doe"));
    assert_eq!(Keeping.erase(&mut tx, &member).await.unwrap(), [("webhook_deliveries", 2)]);
    assert!(Keeping.told(&mut tx, &member).await.unwrap()[0].1.is_empty());
    tx.commit().await.unwrap();
    let list = world.coach().get(&format!("{path}/deliveries")).await.ok();
    let mut named = 0;
    for delivery in list["deliveries"].as_array().unwrap() {
        let of_one = format!("{path}/deliveries/{}", delivery["id"].as_str().unwrap());
        let details = world.coach().get(&of_one).await.ok();
        assert!(details["request"]["data"]["user_id"].is_string());
        named += usize::from(details.to_string().contains("John Doe"));
    }
    assert_eq!(named, 1, "of the other one");
}

#[both_engines]
async fn the_log_is_kept_for_thirty_days(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let receiver = Receiver::start().await;
    let path = world.hook(&receiver.url, &json!({})).await;
    world.joins(world.hub()).await;
    world.work().await;
    world.clock.advance(29 * 86_400_000_000);
    world.work().await;
    let total = async || world.coach().get(&format!("{path}/deliveries")).await.ok()["pagination"]["total"].clone();
    assert_eq!(total().await, 1);
    world.clock.advance(2 * 86_400_000_000);
    world.work().await;
    assert_eq!(total().await, 0);
    let left: u64 = world.write().await.fetch_value("SELECT count(*) FROM webhook_attempts", vec![]).await.unwrap();
    assert_eq!(left, 0);
}
