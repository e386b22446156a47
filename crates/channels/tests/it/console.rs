//! What those who work in a hub see of a conversation at once: for whom it is, and what happened.

use channels::{PersonCalled, console};
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};
use uuid::Uuid;

use crate::chat::{Chat, web};
use crate::world::{CONVERSATIONS, World};

/// What is told of everything that happened, the oldest first.
async fn told(world: &World) -> Vec<Value> {
    let mut tx = world.channels.app().db().read().await.unwrap();
    let mut events = tx.newest_events(None, &[], 1_000).await.unwrap();
    events.reverse();
    events.retain(|event| console::KINDS.contains(&event.kind.as_str()));
    console::told(&mut tx, &events).await.unwrap().into_iter().flatten().collect()
}

#[both_engines]
async fn everything_that_is_said_is_told_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    world.writes(&id, "34612345678", "What does it cost?").await;
    world.writes(&id, "34612345678", "I want to talk to a human").await;
    let conversation = world.conversation().await;
    let path = format!("{CONVERSATIONS}/{}", conversation["id"].as_str().unwrap());
    world.of_coach().post(&format!("{path}/messages"), &json!({"text": "Hi!"})).await;
    world.of_coach().post(&format!("{path}/hand-back"), &json!({})).await.ok();
    let all = told(&world).await;
    let list = world.of_coach().get(&format!("{path}/messages")).await.ok();
    for message in list["messages"].as_array().unwrap() {
        let of: Vec<_> = all.iter().filter(|one| one["message"]["id"] == message["id"]).collect();
        assert_eq!(of.len(), 1, "{message}");
        assert_eq!(of[0]["message"], *message, "as it is read");
        let event = match message["author"].as_str().unwrap() {
            "member" => "message.received",
            "bot" => "message.answered",
            _ => "message.written",
        };
        assert_eq!(of[0]["event"], event);
    }
    assert!(all.iter().all(|one| one["conversation"]["id"] == conversation["id"] && one["latest_seq"].is_i64()));
    let calls: Vec<_> = all.iter().filter(|one| !one["escalation"].is_null()).map(|one| &one["event"]).collect();
    assert_eq!(calls, ["escalation.created", "escalation.ended"]);
    assert_eq!(all.iter().filter(|one| one["event"] == "conversation.handled").count(), 3);
    // Of a conversation whose member is gone nothing is told.
    let member = conversation["user_id"].as_str().unwrap().parse().unwrap();
    let mut tx = world.channels.app().db().write().await.unwrap();
    let (hub, keepers) = (world.coach.account.hub(), world.audience().keepers());
    audience::members::erase(&mut tx, keepers, hub, member, None).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert!(told(&world).await.is_empty());
}

#[both_engines]
async fn a_call_is_for_somebody_until_another_takes_it(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, _) = web(&world).await;
    let chat = Chat::begin(&world, &id, &json!({})).await;
    chat.write("What does it cost?").await;
    world.work().await;
    let conversation = world.conversation().await;
    assert_eq!(conversation["assignee"], Value::Null);
    let (hub, coach) = (world.coach.account.hub(), world.coach.account.id);
    let member = conversation["user_id"].as_str().unwrap().parse().unwrap();
    let call = async |assignee: Option<kernel::AccountId>| {
        let mut tx = world.channels.app().write().await.unwrap();
        let called = PersonCalled { question: "To talk", assignee, ..PersonCalled::default() };
        channels::call_person(&world.channels, &mut tx, hub, member, called).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        world.conversation().await
    };
    let list = async |query: &str| {
        let list = world.of_coach().get(&format!("{CONVERSATIONS}?{query}")).await.ok();
        list["pagination"]["total"].as_u64().unwrap()
    };
    // Somebody who does not work here is nobody's colleague: the call is anybody's.
    let called = call(Some(kernel::AccountId::from_uuid(Uuid::from_u128(5)))).await;
    assert_eq!((&called["handler"], &called["assignee"]), (&json!("queue"), &Value::Null));
    // A call that is nobody's becomes somebody's, and stays theirs.
    let called = call(Some(coach)).await;
    assert_eq!((&called["handler"], &called["assignee"]), (&json!("queue"), &json!(coach)));
    assert_eq!(call(None).await["assignee"], json!(coach));
    assert_eq!(list(&format!("assignee={coach}&handler=queue")).await, 1);
    assert_eq!(list(&format!("assignee={}", Uuid::from_u128(5))).await, 0);
    let path = format!("{CONVERSATIONS}/{}", conversation["id"].as_str().unwrap());
    assert_eq!(world.of_coach().get(&path).await.ok()["assignee"], json!(coach));
    world.of_coach().post(&format!("{path}/take-over"), &json!({})).await.ok();
    assert_eq!(list(&format!("assignee={coach}&handler=human")).await, 1);
    world.of_coach().post(&format!("{path}/hand-back"), &json!({})).await.ok();
    assert_eq!(world.conversation().await["assignee"], Value::Null);
}
