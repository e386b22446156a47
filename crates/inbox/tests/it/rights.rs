//! What is told to people of themselves, and what is left when they go.

use http_base::data::{Eraser as _, Holder, Section as _};
use inbox::NotificationType;
use kernel::Scope;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{World, notice};

async fn told(world: &World, holder: &Holder) -> Value {
    let mut tx = world.inbox.app().db().read().await.unwrap();
    let mut all = json!({});
    for section in inbox::data::SECTIONS {
        all[section.name()] = json!(section.fetch(Scope::system(), &mut tx, holder, 0).await.unwrap());
    }
    all
}

#[both_engines]
async fn people_are_told_what_is_kept_and_may_have_it_taken_away(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (brand, ana) = (&world.business, &world.creator);
    world.send(brand, ana, "from the brand").await;
    world.send(ana, brand, "secret of ana").await;
    world.notify(vec![notice(ana, NotificationType::ContractSigned, "a")]).await;
    let creator = world.of(ana);
    let other = world.someone("other");
    creator.post(&format!("/api/v1/messages/{}/block", other.account.id), &json!({})).await.ok();
    creator.put("/api/v1/notifications/preferences", &json!({"time_zone": "Europe/Madrid"})).await.ok();
    let holder = Holder::of(ana.account.id, ana.account.user_type);
    let kept = told(&world, &holder).await;
    assert_eq!(kept["messages_sent"][0]["content"], "secret of ana");
    assert_eq!(kept["messages_received"][0]["content"], "from the brand");
    for (section, count) in [("notifications", 2), ("blocked_accounts", 1), ("notification_preferences", 1)] {
        assert_eq!(kept[section].as_array().unwrap().len(), count, "{section}");
    }
    let stranger = told(&world, &Holder::of(other.account.id, other.account.user_type)).await;
    assert!(!stranger.to_string().contains("secret"), "{stranger}");

    let mut tx = world.inbox.app().db().write().await.unwrap();
    inbox::data::Erasing.erase(Scope::system(), &mut tx, &holder, world.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let kept = told(&world, &holder).await;
    for section in ["notifications", "blocked_accounts", "notification_preferences"] {
        assert_eq!(kept[section], json!([]), "{section}");
    }
    let chat = world.of(brand).get(&format!("/api/v1/messages/{}", ana.account.id)).await.ok();
    assert_eq!(chat["total"], 2, "the other one sees that there was something");
    assert!(!chat.to_string().contains("secret"), "{chat}");
    assert_eq!(world.of(brand).get("/api/v1/messages").await.ok()["conversations"][0]["last_message"], "");
}
