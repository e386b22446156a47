//! The log: who sees it, what it takes, where entries may go.

use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{World, text};

const NOTHING: &str = "0190a000-0000-7000-8000-000000000000";

#[both_engines]
async fn an_entry_is_opened_read_and_moved(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let sent = world.body(
        json!({"channel": "EMAIL", "message_type": "outreach", "content": {"text": "Hello"}, "status": "initiated"}),
    );
    let entry = world.client.post("/api/v1/outreach", &sent).await.ok();
    assert_eq!(
        (&entry["channel"], &entry["status"], &entry["stage"]),
        (&json!("email"), &json!("initiated"), &json!("selected"))
    );
    assert_eq!(entry["influencer_id"], world.creator);
    let id = text(&entry["id"]);
    let by_code = json!({"campaign_id": "camp-001", "influencer_id": world.creator});
    assert_eq!(world.client.post("/api/v1/outreach", &by_code).await.ok()["campaign_id"], world.campaign);
    let list = world.client.get("/api/v1/outreach?campaign_id=CAMP-001&channel=email").await.ok();
    assert_eq!((&list["total"], &list["page"], &list["outreach_logs"][0]["id"]), (&json!(1), &json!(1), &json!(id)));
    for path in [format!("campaign/{}", world.campaign), format!("creator/{}", world.creator)] {
        assert_eq!(world.client.get(&format!("/api/v1/outreach/{path}")).await.ok()["total"], 2, "{path}");
    }
    let path = format!("/api/v1/outreach/{id}");
    world.clock.advance(kernel::time::SECOND);
    let moved =
        world.client.put(&path, &json!({"channel": "message", "content": null, "status": "completed"})).await.ok();
    assert_eq!(
        (&moved["status"], &moved["content"], &moved["stage"]),
        (&json!("completed"), &json!(null), &json!("contacted"))
    );
    world.client.put(&path, &json!({"status": "initiated"})).await.refused(409);
    world.client.put(&path, &json!({"stage": "agreed"})).await.ok();
    world.client.put(&path, &json!({"stage": "replied"})).await.refused(409);
    assert_eq!(
        world.client.put(&path, &json!({"message_type": "shout", "status": null})).await.faults(),
        ["message_type", "status"]
    );
    let history = world.touches(&id).await;
    let told: Vec<_> = history.iter().map(|touch| (text(&touch["kind"]), text(&touch["status"]))).collect();
    assert_eq!(told, [("email".into(), "initiated".into()), ("message".into(), "completed".into())]);
    assert_eq!(history[0]["by"], json!(world.owner.account.id));
    world.check_tallies().await;
}

#[both_engines]
async fn what_is_anothers_is_not_there(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = text(&world.client.post("/api/v1/outreach", &world.body(json!({}))).await.ok()["id"]);
    for path in [
        id.clone(),
        format!("{id}/touches"),
        format!("{id}/contract-draft"),
        format!("call/{id}/transcript"),
        format!("campaign/{}", world.campaign),
    ] {
        world.stranger.get(&format!("/api/v1/outreach/{path}")).await.refused(404);
    }
    world.stranger.put(&format!("/api/v1/outreach/{id}"), &json!({"notes": "mine"})).await.refused(404);
    world.stranger.post("/api/v1/outreach", &world.body(json!({}))).await.refused(404);
    world
        .stranger
        .post("/api/v1/outreach/email", &world.body(json!({"subject": "a", "message": "b"})))
        .await
        .refused(404);
    world.stranger.post("/api/v1/outreach/call/complete", &json!({"call_id": id})).await.refused(404);
    assert_eq!(world.stranger.get("/api/v1/outreach").await.ok()["total"], 0);
    assert_eq!(world.stranger.get("/api/v1/outreach/dashboard").await.ok()["summary"]["total_contacts"], 0);
    for path in ["", "/dashboard", "/templates", "/suppressions", "/pipeline"] {
        world.anyone.get(&format!("/api/v1/outreach{path}")).await.refused(401);
    }
    for path in [
        format!("/api/v1/outreach/{NOTHING}"),
        format!("/api/v1/outreach/creator/{NOTHING}"),
        "/api/v1/outreach?campaign_id=CAMP-999".into(),
        "/api/v1/outreach/call/none/recording".into(),
    ] {
        world.client.get(&path).await.refused(404);
    }
    let faulty = world.client.post("/api/v1/outreach", &json!({"channel": "pigeon"})).await;
    assert_eq!(faulty.faults(), ["campaign_id", "creator_id", "channel"]);
}
