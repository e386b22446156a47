//! A provider that does not answer for a while.

use kernel::time;
use ports::messaging::Messengers;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::faulty::Faulty;
use crate::world::{World, process};

const BERTA: &str = "34612345678";

#[both_engines]
async fn a_provider_that_is_down_for_an_hour_costs_only_time(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    let messengers = Messengers { whatsapp: Faulty::down(world.whatsapp.clone()), ..world.messengers() };
    let down = process(
        world.fresh.db.clone(),
        &world.clock,
        &world.people,
        &world.assistant,
        messengers,
        channels::Settings::default(),
    );
    let others = ["34600000001", "34600000002", "34600000003"];
    for minute in 0..60 {
        // Somebody writes at the beginning, in the middle and at the end, and Berta each time.
        if minute % 25 == 0 {
            world.tell_text(&id, BERTA, "How much does it cost?").await;
            world.tell_text(&id, others[minute / 25], "How much does it cost?").await;
        }
        jobs::run_until_idle(down.app().db(), &world.clock, &channels::jobs(&down)).await.unwrap();
        world.clock.advance(time::MINUTE);
    }
    assert_eq!(world.whatsapp.given().len(), 0, "nobody was reached");
    // It answers again. Whatever waits does so for at most as long as it was tried in vain, and an hour more.
    for _ in 0..180 {
        world.work().await;
        world.clock.advance(time::MINUTE);
    }
    let list = world.of_coach().get("/api/v1/conversations?limit=100").await.ok();
    let rows = list["conversations"].as_array().unwrap();
    assert_eq!(rows.len(), 4, "{list}");
    for row in rows {
        let said = world.said(row).await;
        let (asked, answers): (Vec<_>, Vec<_>) = said.iter().partition(|one| one.2 == "received");
        assert!(answers.iter().all(|one| one.2 == "sent"), "{said:?}");
        assert_eq!(answers.len(), asked.len(), "each question is answered once: {said:?}");
    }
    let given = world.whatsapp.given();
    let keys: std::collections::HashSet<_> = given.iter().map(|one| &one.message.key).collect();
    assert_eq!((given.len(), keys.len()), (6, 6), "and each answer is sent once");
    assert_eq!(world.of_coach().get(&format!("/api/v1/channels/{id}")).await.ok()["status"], json!("active"));
}
