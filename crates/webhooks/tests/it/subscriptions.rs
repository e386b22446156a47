//! Making, listing, changing and deleting webhooks, and what there is to subscribe to.

use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::receiver::Receiver;
use crate::world::{SECRET, World};

const ALL: &str = "/api/v1/webhooks";

#[both_engines]
async fn a_webhook_is_made_listed_and_deleted_and_its_secret_is_never_told(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let sent =
        json!({"url": "https://example.com/hooks", "events": ["user.created", "user.updated"], "secret": "whsec-1"});
    let made = world.coach().post(ALL, &sent).await;
    assert_eq!(made.status, 201);
    assert!(!made.text().contains("whsec"), "{}", made.text());
    let made = made.json();
    assert_eq!((&made["url"], &made["events"], &made["status"]), (&sent["url"], &sent["events"], &json!("enabled")));
    let list = world.coach().get(ALL).await.ok();
    assert_eq!((&list["webhooks"], &list["pagination"]["total"]), (&json!([made]), &json!(1)));
    assert_eq!(world.other().get(ALL).await.ok()["webhooks"], json!([]));
    let path = format!("{ALL}/{}", made["id"].as_str().unwrap());
    for response in [world.other().get(&path).await, world.other().delete(&path).await] {
        response.refused(404);
    }
    world.other().post(&format!("{path}/test"), &json!({})).await.refused(404);
    world.other().get(&format!("{path}/deliveries")).await.refused(404);
    assert!(world.coach().delete(&path).await.ok()["message"].is_string());
    world.coach().delete(&path).await.refused(404);
    world.coach().get(&format!("{ALL}/nonsense")).await.refused(404);
}

#[both_engines]
async fn a_generated_secret_is_told_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let made =
        world.coach().post(ALL, &json!({"url": "https://example.com", "events": ["*"], "thin": true})).await.json();
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    let path = format!("{ALL}/{}", made["id"].as_str().unwrap());
    assert!(world.coach().get(&path).await.ok().get("secret").is_none());
    let rotated = world.coach().post(&format!("{path}/rotate-secret"), &json!({})).await.ok();
    assert_ne!(rotated["secret"], made["secret"]);
    assert!(rotated["old_secret_until"].is_string());
    let given = world.coach().post(&format!("{path}/rotate-secret"), &json!({"secret": "mine"})).await.ok();
    assert!(given.get("secret").is_none());
}

#[both_engines]
async fn secrets_are_sealed_again_when_the_key_is_replaced(fresh: FreshDb) {
    let (old, new) = ([7; 32], [8; 32]);
    let mut world = World::new(fresh).await;
    let receiver = Receiver::start().await;
    let path = world.hook(&receiver.url, &json!({})).await;
    world.coach().post(&format!("{path}/rotate-secret"), &json!({"secret": "second"})).await.ok();
    world.restart(&[new, old]);
    world.later(3_600).await;
    // The old key is gone; both secrets still sign.
    world.restart(&[new]);
    world.joins(world.hub()).await;
    world.work().await;
    let seen = receiver.seen();
    assert!(seen.len() == 1 && seen[0].is_signed_by(b"second") && seen[0].is_signed_by(SECRET.as_bytes()));
    // A day later the first one signs no more, and is not kept.
    world.later(24 * 3_600).await;
    world.restart(&[old, new]);
    world.later(3_600).await;
    world.restart(&[old]);
    world.joins(world.hub()).await;
    world.work().await;
    let last = receiver.seen().pop().unwrap();
    assert!(last.is_signed_by(b"second") && !last.is_signed_by(SECRET.as_bytes()));
}

#[both_engines]
async fn every_fault_is_told_at_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let faults = async |body| world.coach().post(ALL, &body).await.faults();
    let told = faults(json!({"url": "ftp://example.com", "events": ["moon.rises"]})).await;
    assert_eq!(told, ["url", "events"]);
    assert_eq!(faults(json!({"url": "https://a:b@example.com", "events": ["*"]})).await, ["url"]);
    assert_eq!(faults(json!({"url": "https://example.com:25", "events": ["*"]})).await, ["url"]);
    assert_eq!(faults(json!({"url": "https://example.com", "events": []})).await, ["events"]);
    // What nobody may see cannot be subscribed to.
    assert_eq!(faults(json!({"url": "https://example.com", "events": ["user.erased"]})).await, ["events"]);
}

#[both_engines]
async fn a_webhook_is_changed_paused_and_enabled(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.hook("https://example.com", &json!({"description": "CRM"})).await;
    let changed = world
        .coach()
        .put(&path, &json!({"url": "https://example.org/x", "description": null, "thin": true}))
        .await
        .ok();
    assert_eq!(
        (&changed["url"], &changed["description"], &changed["thin"], &changed["events"]),
        (&json!("https://example.org/x"), &json!(null), &json!(true), &json!(["user.created"]))
    );
    world.coach().put(&path, &json!({"events": ["moon.rises"]})).await.refused(422);
    let state =
        async |what: &str| world.coach().post(&format!("{path}/{what}"), &json!({})).await.ok()["status"].clone();
    assert_eq!(
        (state("pause").await, state("pause").await, state("enable").await),
        (json!("paused"), json!("paused"), json!("enabled"))
    );
}

#[both_engines]
async fn a_hub_has_fifty_at_most(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for _ in 0..50 {
        world.hook("https://example.com", &json!({})).await;
    }
    let one_more = json!({"url": "https://example.com", "events": ["*"]});
    let made = world.coach().get(&format!("{ALL}?limit=1")).await.ok()["webhooks"][0]["id"].clone();
    world.coach().delete(&format!("{ALL}/{}", made.as_str().unwrap())).await.ok();
    // Ten ask for the last place at the same moment.
    let coach = world.coach();
    let asked = futures::future::join_all((0..10).map(|_| coach.post(ALL, &one_more))).await;
    let mut statuses: Vec<u16> = asked.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [[201].as_slice(), &[409; 9]].concat());
    world.coach().post(ALL, &one_more).await.refused(409);
    assert_eq!(world.other().post(ALL, &one_more).await.status, 201);
    let list = world.coach().get(&format!("{ALL}?limit=10&page=5")).await.ok();
    assert_eq!((list["webhooks"].as_array().unwrap().len(), &list["pagination"]["total"]), (10, &json!(50)));
}

#[both_engines]
async fn the_catalogue_shows_schemas_and_examples(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let list = world.coach().get(&format!("{ALL}/events?limit=100")).await.ok();
    let names: Vec<&str> =
        list["events"].as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert!(names.is_sorted() && names.contains(&"webhook.disabled") && !names.contains(&"user.erased"));
    let created = &list["events"][names.iter().position(|name| *name == "user.created").unwrap()];
    assert_eq!(created["example"]["event"], "user.created");
    assert_eq!(created["example"]["creator_id"], json!(world.coach.account.id));
    assert!(
        created["example"]["data"]["user_id"].is_string() && created["schema"]["properties"]["user_id"].is_object()
    );
    world.anyone.get(&format!("{ALL}/events")).await.refused(401);
}
