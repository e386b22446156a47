//! What happens by the clock.

use kernel::time::DAY;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::World;

#[both_engines]
async fn a_contract_expires_and_can_be_offered_again(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.draft(json!({})).await;
    world.business.post(&format!("{path}/send"), &json!({})).await.ok();
    assert_eq!(world.get(&path).await["expires_at"], "2030-02-14T10:30:00Z");
    world.clock.advance(30 * DAY);
    // Before the job has come by, it is over all the same.
    world.business.post(&format!("{path}/sign"), &json!({})).await.refused(409);
    let token = world.tokens().await.pop().unwrap();
    world.anyone.post(&format!("/api/v1/contracts/sign/{token}"), &json!({"name": "Ana"})).await.refused(409);
    world.run().await;
    assert_eq!(world.check(&path).await["status"], "expired");
    assert_eq!(world.happened("contract.expired").await, 1);
    world.run().await;
    assert_eq!(world.happened("contract.expired").await, 1);
    world.business.post(&format!("{path}/sign"), &json!({})).await.refused(409);
    let again = world.business.put(&path, &json!({"status": "draft"})).await.ok();
    assert_eq!((&again["status"], &again["version"]), (&json!("draft"), &json!(2)));
    world.business.put(&path, &json!({"status": "sent"})).await.ok();
    world.business.post(&format!("{path}/sign"), &json!({})).await.ok();
    world.check(&path).await;
}

#[both_engines]
async fn who_does_not_sign_is_reminded_three_times(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.draft(json!({})).await;
    world.business.post(&format!("{path}/send"), &json!({})).await.ok();
    for mails in [2, 3, 4, 4, 4] {
        world.clock.advance(3 * DAY);
        world.run().await;
        world.run().await;
        assert_eq!(world.mails().await.len(), mails);
    }
    // Any of the links is good for the one signature.
    let tokens = world.tokens().await;
    world.anyone.post(&format!("/api/v1/contracts/sign/{}", tokens[1]), &json!({"name": "Ana"})).await.ok();
    world.anyone.post(&format!("/api/v1/contracts/sign/{}", tokens[0]), &json!({"name": "Ana"})).await.refused(409);
    assert_eq!(world.business.post(&format!("{path}/sign"), &json!({})).await.ok()["status"], "signed");
    world.check(&path).await;
}

#[both_engines]
async fn what_is_not_handed_in_is_late_and_may_still_come(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let draft = world.draft(json!({})).await;
    let path = world.signed(json!({})).await;
    world.clock.advance(60 * DAY);
    world.run().await;
    world.run().await;
    assert_eq!(world.get(&draft).await["deliverables_status"][0]["status"], "pending", "nothing of a draft is late");
    let late = world.check(&path).await["deliverables_status"][0].clone();
    assert_eq!(late["status"], "late");
    assert_eq!(world.happened("deliverable.late").await, 1);
    let place = format!("{path}/deliverables/{}", late["id"].as_str().unwrap());
    assert_eq!(world.creator.put(&place, &json!({"status": "submitted"})).await.ok()["status"], "submitted");
}
