//! What arrives: who is told of what, how it looks, and how it is signed.

use audience::Channel;
use audience::events::{UserUpdated, UsersImported};
use events::TxExt as _;
use kernel::Id;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::receiver::{Receiver, Seen};
use crate::world::{SECRET, World};

#[both_engines]
async fn an_event_arrives_signed_and_in_the_form_of_the_document(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let receiver = Receiver::start().await;
    // What happened before is none of its business.
    world.joins(world.hub()).await;
    world.work().await;
    world.clock.advance(1_000_000);
    let path = world.hook(&receiver.url, &json!({})).await;
    let member = world.joins(world.hub()).await;
    world.joins(world.other.account.hub()).await;
    world.work().await;
    let seen = receiver.seen();
    assert_eq!(seen.len(), 1);
    assert!(seen[0].is_signed_by(SECRET.as_bytes()));
    assert_eq!(seen[0].header("content-type"), "application/json");
    let hub = json!(world.coach.account.id);
    let expected = json!({
        "type": "user.created", "event": "user.created", "timestamp": "2026-03-02T09:00:01Z", "creator_id": hub,
        "data": {"workspace_id": hub, "user_id": member, "channel": "web", "profile_data": {"name": "John Doe"}},
    });
    assert_eq!(seen[0].json(), expected);
    let log = world.newest(&path).await;
    assert_eq!(
        (&log["status"], &log["attempts"], &log["response_status"]),
        (&json!("delivered"), &json!(1), &json!(200))
    );
    assert_eq!((log["id"].as_str().unwrap(), &log["request"]), (seen[0].id(), &expected));
    assert_eq!(log["attempt_log"][0]["response_body"], "fine");
    // Nothing is brought twice.
    world.later(100).await;
    assert_eq!(receiver.count(), 1);
}

#[both_engines]
async fn who_wants_ids_gets_ids_and_what_is_too_large_is_cut(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (thin, whole) = (Receiver::start().await, Receiver::start().await);
    world.hook(&thin.url, &json!({"thin": true})).await;
    world.hook(&whole.url, &json!({"events": ["user.updated"]})).await;
    let (hub, user_id) = (world.hub(), world.joins(world.hub()).await);
    let mut tx = world.write().await;
    tx.event(UserUpdated { workspace_id: hub, user_id, channel: Channel::Web });
    tx.commit().await.unwrap();
    world.work().await;
    assert_eq!(thin.seen()[0].json()["data"], json!({"workspace_id": hub, "user_id": user_id}));
    let cut = &whole.seen()[0];
    assert!(cut.body.len() < 1_000);
    assert_eq!(cut.json()["data"], json!({"workspace_id": hub, "user_id": user_id, "is_cut": true}));
}

#[both_engines]
async fn both_sides_are_told_and_each_only_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (owner, other) = (Receiver::start().await, Receiver::start().await);
    let all = |url: &str| json!({"url": url, "events": ["*", "user.imported"]});
    let brand = world.anyone.of(&world.brand);
    assert_eq!(brand.post("/api/v1/webhooks", &all(&owner.url)).await.status, 201);
    assert_eq!(world.other().post("/api/v1/webhooks", &all(&other.url)).await.status, 201);
    let mut tx = world.write().await;
    let import_id = Id::from_uuid(world.other.account.id.uuid());
    tx.event(UsersImported { workspace_id: world.brand.account.hub(), import_id, added: 1, updated: 0 });
    tx.commit().await.unwrap();
    world.work().await;
    let (owner, other) = (owner.seen(), other.seen());
    assert_eq!((owner.len(), other.len()), (1, 1));
    assert_eq!(owner[0].json()["creator_id"], json!(world.brand.account.hub()));
    assert_eq!(other[0].json()["creator_id"], json!(world.other.account.id));
    assert_ne!(owner[0].id(), other[0].id());
}

#[both_engines]
async fn after_a_rotation_both_secrets_sign_for_a_day(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let receiver = Receiver::start().await;
    let path = world.hook(&receiver.url, &json!({})).await;
    let rotated = world.coach().post(&format!("{path}/rotate-secret"), &json!({"secret": "whsec_AAECAwQ="})).await;
    rotated.ok();
    let signed = async || {
        world.joins(world.hub()).await;
        world.work().await;
        let last = receiver.seen().pop().unwrap();
        (last.is_signed_by(SECRET.as_bytes()), last.is_signed_by(&[0, 1, 2, 3, 4]))
    };
    assert_eq!(signed().await, (true, true));
    world.clock.advance(24 * 3_600_000_000 - 1);
    assert_eq!(signed().await, (true, true));
    world.clock.advance(1);
    assert_eq!(signed().await, (false, true));
}

#[both_engines]
async fn a_test_is_sent_and_says_that_it_is_one(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let receiver = Receiver::start().await;
    let path = world.hook(&receiver.url, &json!({})).await;
    let test = async |body| world.coach().post(&format!("{path}/test"), &body).await;
    assert_eq!(test(json!({})).await.status, 202);
    assert_eq!(test(json!({"event": "user.merged"})).await.status, 202);
    test(json!({"event": "moon.rises"})).await.refused(422);
    world.work().await;
    let bodies: Vec<_> = receiver.seen().iter().map(Seen::json).collect();
    assert!(bodies.iter().all(|body| body["test"] == true));
    let mut events: Vec<_> = bodies.iter().map(|body| body["event"].as_str().unwrap()).collect();
    events.sort_unstable();
    assert_eq!(events, ["user.merged", "webhook.test"]);
    let list = world.coach().get(&format!("{path}/deliveries?event=user.merged&status=delivered")).await.ok();
    assert_eq!(list["pagination"]["total"], 1);
}
