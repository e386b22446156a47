//! Deadlines, and what follows when they pass.

use collaborations::{ContractWish, OfferFacts};
use kernel::time::{DAY, HOUR};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::World;

#[both_engines]
async fn good_content_that_nobody_reviews_is_approved_by_itself(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.scheduled().await;
    world.submit(&path, "#summer2026").await;
    world.clock.advance(24 * HOUR);
    world.run().await;
    world.run().await;
    assert_eq!(world.happened("collaboration.deadline_near").await, 1);
    world.clock.advance(47 * HOUR);
    world.run().await;
    assert_eq!(world.happened("collaboration.deadline_near").await, 2);
    assert_eq!(world.status(&path).await, "CONTENT_SUBMITTED");
    world.clock.advance(HOUR);
    world.run().await;
    let body = world.get(&path).await;
    assert_eq!((&body["status"], &body["approved_by_silence"]), (&json!("APPROVED"), &json!(true)));
    assert_eq!(body["submissions"][0]["reviewed_by"], json!(null));
    // The business did not review it: that is its own lateness.
    assert_eq!(world.standing(&world.business_account).await.late, 1);
    // Nobody rates it: it completes all the same.
    world.clock.advance(14 * DAY);
    world.run().await;
    assert_eq!(world.status(&path).await, "COMPLETED");
    world.business.post(&format!("{path}/rate"), &json!({"rating": 1})).await.refused(409);
    assert_eq!(world.standing(&world.creator_account).await.completed, 1);
}

#[both_engines]
async fn doubtful_content_comes_before_both_and_then_before_an_administrator(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.scheduled().await;
    world.submit(&path, "no hashtag at all").await;
    world.clock.advance(72 * HOUR);
    world.run().await;
    world.run().await;
    let body = world.get(&path).await;
    assert_eq!((&body["status"], &body["waits_for"]), (&json!("CONTENT_SUBMITTED"), &json!("SETTLEMENT")));
    assert_eq!(world.happened("submission.escalated").await, 1);
    world.clock.advance(7 * DAY);
    world.run().await;
    assert_eq!(world.status(&path).await, "DISPUTED");
    // Nobody decides: the record does, half and half, for nobody can tell.
    world.clock.advance(14 * DAY);
    world.run().await;
    let body = world.get(&path).await;
    assert_eq!((&body["status"], &body["dispute"]["decision"]), (&json!("APPROVED"), &json!("split")));
    assert_eq!(body["dispute"]["creator_gets"], 750.0);
}

#[both_engines]
async fn one_rating_is_shown_when_time_is_up(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.approved().await;
    world.business.post(&format!("{path}/rate"), &json!({"rating": 2, "feedback": "Slow"})).await.ok();
    world.clock.advance(14 * DAY - HOUR);
    world.run().await;
    assert_eq!(world.creator.get(&path).await.ok()["creator_rating"], json!(null));
    world.clock.advance(HOUR);
    world.run().await;
    let body = world.creator.get(&path).await.ok();
    assert_eq!((&body["status"], &body["creator_rating"]), (&json!("COMPLETED"), &json!(2)));
    world.creator.post(&format!("{path}/rate"), &json!({"rating": 1})).await.refused(409);
}

#[both_engines]
async fn content_that_never_comes_is_late_and_then_over(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.scheduled().await;
    world.clock.advance(59 * DAY);
    world.run().await;
    let body = world.get(&path).await;
    assert_eq!((&body["status"], &body["is_late"]), (&json!("SCHEDULED"), &json!(true)));
    world.run().await;
    assert_eq!(world.happened("collaboration.late").await, 1);
    world.clock.advance(14 * DAY);
    world.run().await;
    let body = world.get(&path).await;
    assert_eq!((&body["status"], &body["cancelled_by"]), (&json!("CANCELLED"), &json!("SYSTEM")));
    let standing = world.standing(&world.creator_account).await;
    assert_eq!((standing.failed, standing.karma(world.clock.now())), (1, 0));
    assert!(standing.score < 0);
}

#[both_engines]
async fn late_content_is_taken_and_counts(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.scheduled().await;
    world.clock.advance(60 * DAY);
    world.run().await;
    let submission = world.submit(&path, "#summer2026").await;
    assert_eq!(world.creator.get(&submission).await.ok()["is_late"], true);
    world.business.post(&format!("{submission}/approve"), &json!({})).await.ok();
    assert_eq!(world.standing(&world.creator_account).await.late, 1);
}

#[both_engines]
async fn what_nobody_schedules_is_the_deadline_or_over(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.opened(ContractWish::None).await;
    let mut agreed = world.agreement(&world.business_account, &world.creator_account, ContractWish::None);
    agreed.offer = OfferFacts { content_deadline: None, ..agreed.offer };
    let without = world.open(&agreed).await;
    let required = world.opened(ContractWish::Required).await;
    world.clock.advance(7 * DAY);
    world.run().await;
    let body = world.get(&path).await;
    assert_eq!((&body["status"], &body["scheduled_date"]), (&json!("SCHEDULED"), &json!("2030-03-15T00:00:00Z")));
    assert_eq!(world.status(&without).await, "CANCELLED");
    let body = world.get(&required).await;
    assert_eq!((&body["status"], &body["money"]["contract_status"]), (&json!("CANCELLED"), &json!("cancelled")));
}

#[both_engines]
async fn after_the_last_revision_comes_a_dispute(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = world.scheduled().await;
    for version in 1..=3 {
        let submission = world.submit(&path, "no hashtag").await;
        world.business.post(&format!("{submission}/reject"), &json!({"reviewer_notes": "No"})).await.ok();
        let wanted = if version == 3 { "DISPUTED" } else { "SCHEDULED" };
        assert_eq!(world.status(&path).await, wanted);
    }
    world.creator.post("/api/v1/submissions", &World::content(&path, "#summer2026")).await.refused(409);
}
