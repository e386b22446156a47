//! A provider that does not answer for a while.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::time;
use ports::messaging::{
    Account, Bounds, Decision, Hook, Media, MediaFault, Messenger, Messengers, Outgoing, SendFault, Sent, Standing, To,
};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{World, process};

const BERTA: &str = "34612345678";

/// A provider behind a line that is cut: everything that is asked times out.
struct Down(Arc<dyn Messenger>);

fn cut() -> SendFault {
    SendFault::ours(Decision::Later(None), "timeout", "The provider did not answer in time")
}

#[async_trait]
impl Messenger for Down {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn is_real(&self) -> bool {
        self.0.is_real()
    }

    fn bounds(&self) -> Bounds {
        self.0.bounds()
    }

    async fn send(&self, _: &Account, _: &Outgoing) -> Result<Sent, SendFault> {
        Err(cut())
    }

    async fn check(&self, account: &Account) -> Standing {
        self.0.check(account).await
    }

    async fn set_webhook(&self, _: &Account, _: &Hook) -> Result<(), SendFault> {
        Err(cut())
    }

    async fn remove_webhook(&self, _: &Account) -> Result<(), SendFault> {
        Err(cut())
    }

    async fn media(&self, account: &Account, id: &str, most_bytes: usize) -> Result<Media, MediaFault> {
        self.0.media(account, id, most_bytes).await
    }

    async fn seen(&self, _: &Account, _: &To, _: &str, _: bool) -> Result<(), SendFault> {
        Err(cut())
    }

    async fn acknowledge(&self, _: &Account, _: &str) -> Result<(), SendFault> {
        Err(cut())
    }

    async fn delete(&self, _: &Account, _: &str) -> Result<(), SendFault> {
        Err(cut())
    }
}

#[both_engines]
async fn a_provider_that_is_down_for_an_hour_costs_only_time(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    let messengers = Messengers { whatsapp: Arc::new(Down(world.whatsapp.clone())), ..world.messengers() };
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
