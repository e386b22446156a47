//! What belongs to members: notes, identities, badges.

use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::World;

#[both_engines]
async fn notes_are_written_changed_and_deleted(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let made = world.add("john", "web", json!({})).await;
    let path = format!("/api/v1/users/{}/notes", made["id"].as_str().unwrap());
    let first = world.coach().post(&path, &json!({"content": "Likes mornings"})).await;
    assert_eq!(first.status, 201);
    let first = first.json();
    assert_eq!(first["author_id"], json!(world.coach.account.id));
    world.clock.advance(1_000_000);
    world.coach().post(&path, &json!({"content": "🏃‍♀️ مرحبا"})).await;
    let list = world.coach().get(&path).await.ok();
    assert_eq!((&list["notes"][0]["content"], &list["pagination"]["total"]), (&json!("🏃‍♀️ مرحبا"), &json!(2)));
    let note = format!("{path}/{}", first["id"].as_str().unwrap());
    let changed = world.coach().put(&note, &json!({"content": "Likes evenings"})).await.ok();
    assert_eq!((&changed["content"], &changed["created_at"]), (&json!("Likes evenings"), &first["created_at"]));
    world.other().put(&note, &json!({"content": "x"})).await.refused(404);
    let another = world.add("jane", "web", json!({})).await;
    let foreign = format!("/api/v1/users/{}/notes/{}", another["id"].as_str().unwrap(), first["id"].as_str().unwrap());
    world.coach().put(&foreign, &json!({"content": "x"})).await.refused(404);
    world.coach().delete(&note).await.ok();
    world.coach().delete(&note).await.refused(404);
    assert_eq!(world.coach().post(&path, &json!({"content": "  "})).await.faults(), ["content"]);
}

#[both_engines]
async fn an_identity_is_one_members(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let john = world.add("john", "web", json!({})).await;
    let jane = world.add("jane", "web", json!({})).await;
    let of = |body: &serde_json::Value| format!("/api/v1/users/{}/identities", body["id"].as_str().unwrap());
    let phone = json!({"channel": "whatsapp", "kind": "phone", "value": "+34 600 111 222"});
    let added = world.coach().post(&of(&john), &phone).await;
    assert_eq!(added.status, 201);
    assert_eq!(added.json()["identities"].as_array().unwrap().len(), 2);
    world.coach().post(&of(&john), &phone).await;
    world.coach().post(&of(&jane), &phone).await.refused(409);
    assert_eq!(world.reach("34600111222", "x").await.id.to_string(), john["id"].as_str().unwrap());
    let nobody = json!({"channel": "whatsapp", "kind": "phone", "value": "none"});
    assert_eq!(world.coach().post(&of(&jane), &nobody).await.faults(), ["value"]);
    let query = "channel=whatsapp&kind=phone&value=34600111222";
    world.coach().delete(&format!("{}?{query}", of(&jane))).await.refused(404);
    world.coach().delete(&format!("{}?{query}", of(&john))).await.ok();
    assert_eq!(world.coach().post(&of(&jane), &phone).await.status, 201);
}

#[both_engines]
async fn badges_are_earned(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let john = world.add("john", "web", json!({})).await;
    let path = format!("/api/v1/users/{}", john["id"].as_str().unwrap());
    let badge = world.coach().post("/api/v1/badges", &json!({"name": "First Week Complete"})).await;
    assert_eq!(badge.status, 201);
    let badge = badge.json();
    world.coach().post("/api/v1/badges", &json!({"name": "first week COMPLETE"})).await.refused(409);
    let given = json!({"badge_id": badge["id"]});
    for _ in 0..2 {
        let shown = world.coach().post(&format!("{path}/badges"), &given).await.ok();
        assert_eq!(shown["badges_earned"][0]["badge_name"], "First Week Complete");
        assert_eq!(shown["badges_earned"].as_array().unwrap().len(), 1);
        world.clock.advance(1_000_000);
    }
    assert_eq!(world.coach().get(&path).await.ok()["recent_interactions"].as_array().unwrap().len(), 1);
    let list = world.coach().get("/api/v1/badges").await.ok();
    assert_eq!(list["badges"][0]["earned_count"], 1);
    let one = format!("/api/v1/badges/{}", badge["id"].as_str().unwrap());
    let renamed = world.coach().put(&one, &json!({"name": "Week one", "description": "For a start"})).await.ok();
    assert_eq!((&renamed["name"], &renamed["earned_count"]), (&json!("Week one"), &json!(1)));
    world.other().post(&format!("{path}/badges"), &given).await.refused(404);
    world.other().put(&one, &json!({"name": "x"})).await.refused(404);
    world.other().delete(&one).await.refused(404);
    assert_eq!(world.other().get("/api/v1/badges").await.ok()["badges"], json!([]));
    let foreign = world.other().post("/api/v1/badges", &json!({"name": "Theirs"})).await.json();
    world.coach().post(&format!("{path}/badges"), &json!({"badge_id": foreign["id"]})).await.refused(404);
    world.coach().delete(&format!("{path}/badges/{}", badge["id"].as_str().unwrap())).await.ok();
    world.coach().delete(&format!("{path}/badges/{}", badge["id"].as_str().unwrap())).await.refused(404);
    world.coach().post(&format!("{path}/badges"), &given).await.ok();
    world.coach().delete(&one).await.ok();
    assert_eq!(world.coach().get(&path).await.ok()["badges_earned"], json!([]));
}

#[both_engines]
async fn tags_are_few_and_plain(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let john = world.add("john", "web", json!({})).await;
    let path = format!("/api/v1/users/{}/tags", john["id"].as_str().unwrap());
    let told = world.coach().post(&path, &json!({"tags": ["VIP", "vip", "Señal", "👍"]})).await.ok();
    assert_eq!(told["tags"].as_array().unwrap().len(), 3, "{told}");
    for wrong in [json!([]), json!(["a,b"]), json!(["x".repeat(51)]), json!("vip"), json!([5])] {
        assert!(!world.coach().post(&path, &json!({"tags": wrong})).await.faults().is_empty());
    }
    let many: Vec<String> = (0..50).map(|place| format!("t{place}")).collect();
    world.coach().post(&path, &json!({"tags": many})).await.ok();
    let more: Vec<String> = (0..50).map(|place| format!("u{place}")).collect();
    world.coach().post(&path, &json!({"tags": more})).await.refused(409);
    assert_eq!(world.coach().get(&path).await.ok()["tags"].as_array().unwrap().len(), 53);
    let given = json!({"external_id": "jane", "channel": "web", "tags": ["VIP"]});
    assert_eq!(world.coach().post("/api/v1/users", &given).await.json()["tags"], json!(["VIP"]));
    let list = world.coach().get("/api/v1/users?tag=vip").await.ok();
    assert_eq!(list["pagination"]["total"], 2);
}
