//! Disputes: opened, argued, decided.

use kernel::time::DAY;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::{Made as _, World};

#[both_engines]
async fn both_say_their_part_and_an_administrator_decides(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.scheduled().await;
    world.submit(&path, "no hashtag").await;
    let (dispute, statements) = (format!("{path}/dispute"), format!("{path}/dispute/statements"));
    world.creator.post(&statements, &json!({"text": "Too early"})).await.refused(409);
    world.other_creator.post(&dispute, &json!({"reason": "x"})).await.refused(404);
    world.admin.post(&dispute, &json!({"reason": "x"})).await.refused(403);
    let opened = world.creator.post(&dispute, &json!({"reason": "They ask for what was not agreed"})).await.made();
    world.business.post(&dispute, &json!({"reason": "Again"})).await.refused(409);
    world.business.post(&statements, &json!({"text": "It was agreed"})).await.made();
    // Nothing else moves meanwhile.
    let submission = world.get(&path).await["submissions"][0]["id"].as_str().unwrap().to_owned();
    world.business.post(&format!("/api/v1/submissions/{submission}/approve"), &json!({})).await.refused(409);
    world.creator.post(&format!("{path}/cancel"), &json!({"reason": "x"})).await.refused(409);
    world.clock.advance(6 * DAY);
    world.creator.post(&statements, &json!({"text": "Too late"})).await.refused(409);
    let decide = format!("/api/v1/admin/disputes/{}/decide", opened["id"].as_str().unwrap());
    let verdict = json!({"decision": "refunded", "reason": "The brief asked for it"});
    world.creator.post(&decide, &verdict).await.refused(403);
    world.business.post(&decide, &verdict).await.refused(403);
    world.business.get("/api/v1/admin/disputes").await.refused(403);
    assert_eq!(world.admin.get("/api/v1/admin/disputes?open=true").await.ok()["total"], 1);
    world.admin.post(&decide, &json!({"decision": "split", "reason": "x"})).await.refused(422);
    world.admin.post(&decide, &json!({"decision": "split", "creator_gets": 1500, "reason": "x"})).await.refused(422);
    let decided = world.admin.post(&decide, &verdict).await.ok();
    assert_eq!((&decided["decision"], decided["statements"].as_array().unwrap().len()), (&json!("refunded"), 1));
    world.admin.post(&decide, &verdict).await.refused(409);
    let body = world.get(&path).await;
    assert_eq!((&body["status"], &body["submissions"][0]["status"]), (&json!("CANCELLED"), &json!("REJECTED")));
    assert_eq!(world.standing(&world.creator_account).await.failed, 1);
    assert_eq!(world.happened("collaboration.dispute_decided").await, 1);
    assert_eq!(world.admin.get("/api/v1/admin/disputes?open=true").await.ok()["total"], 0);
}

#[both_engines]
async fn a_dispute_that_is_paid_goes_on_to_the_ratings(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.scheduled().await;
    world.submit(&path, "#summer2026").await;
    let opened = world.business.post(&format!("{path}/dispute"), &json!({"reason": "Not what we wanted"})).await.made();
    let decide = format!("/api/v1/admin/disputes/{}/decide", opened["id"].as_str().unwrap());
    world.admin.post(&decide, &json!({"decision": "paid", "reason": "It meets the brief"})).await.ok();
    assert_eq!(world.status(&path).await, "APPROVED");
    world.creator.post(&format!("{path}/rate"), &json!({"rating": 1})).await.ok();
    assert_eq!(world.business.post(&format!("{path}/rate"), &json!({"rating": 3})).await.ok()["status"], "COMPLETED");
    assert_eq!(world.standing(&world.business_account).await.failed, 1);
}
