//! What channels keep about people: told to them, taken away, and joined.

use http_base::data::Holder;
use kernel::{Scope, UserType};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{CONVERSATIONS, World};

#[both_engines]
async fn a_member_is_told_everything_and_forgotten_with_it(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    world.writes(&id, "34600000001", "What does it cost? My name is Zacharias").await;
    world.clock.advance(kernel::time::SECOND);
    world.writes(&id, "34600000002", "hello").await;
    let list = world.of_coach().get(CONVERSATIONS).await.ok();
    let member = list["conversations"][1]["user_id"].as_str().unwrap().to_owned();
    let audience = world.audience().clone();
    let mut tx = world.channels.app().write().await.unwrap();
    let hub = world.coach.account.hub();
    let erased = audience::members::erase(&mut tx, audience.keepers(), hub, member.parse().unwrap(), None)
        .await
        .unwrap()
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(erased.ended.took.0["channel_messages"], 2, "{:?}", erased.ended.took);
    let list = world.of_coach().get(CONVERSATIONS).await.ok();
    assert_eq!(list["pagination"]["total"], 1);
    let mut tx = world.channels.app().read().await.unwrap();
    let left: u64 =
        tx.fetch_value("SELECT count(*) FROM channel_messages WHERE body LIKE '%Zacharias%'", vec![]).await.unwrap();
    assert_eq!(left, 0);
}

#[both_engines]
async fn an_account_is_forgotten_with_its_channels(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    world.writes(&id, "34600000001", "What does it cost?").await;
    let data = channels::slice(&world.channels).data;
    let holder = Holder::of(world.coach.account.id, UserType::Creator);
    let mut tx = world.channels.app().write().await.unwrap();
    for section in &data.sections {
        let told = section.fetch(Scope::system(), &mut tx, &holder, 0).await.unwrap();
        assert!(!told.is_empty() || section.name() == "channel_notes", "{}", section.name());
        assert!(!json!(told).to_string().contains("EAAG"), "no secret is told");
    }
    for eraser in &data.erasers {
        eraser.erase(Scope::system(), &mut tx, &holder, world.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut tx = world.channels.app().read().await.unwrap();
    for table in [
        "channels",
        "channel_conversations",
        "channel_messages",
        "channel_days",
        "channel_member_days",
        "channel_inbound",
    ] {
        let left: u64 = tx.fetch_value(&format!("SELECT count(*) FROM {table}"), vec![]).await.unwrap();
        assert_eq!(left, 0, "{table}");
    }
}
