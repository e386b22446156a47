//! Karma resists those who farm it.

use collaborations::ContractWish;
use kernel::time::{DAY, HOUR};
use kernel::{UserType, WorkspaceRole};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::{Made as _, World};

/// Ten accounts who deal with one another as fast and as dearly as they can, and always rate each other 5.
#[both_engines]
async fn a_ring_of_ten_does_not_reach_tier_1_in_30_days(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let businesses: Vec<_> = (0..5).map(|_| world.people.business(&world.clock)).collect();
    let creators: Vec<_> = (0..5).map(|_| world.people.creator(&world.clock)).collect();
    // Each with each, twice.
    for round in 0..10 {
        for (at, creator) in creators.iter().enumerate() {
            let business = &businesses[(at + round) % 5];
            let path = world.open(&world.agreement(business, creator, ContractWish::None)).await;
            let (paying, making) = (world.anyone.of(business), world.anyone.of(creator));
            let day = world.clock.now().plus(HOUR).to_string();
            paying.post(&format!("{path}/schedule"), &json!({"scheduled_date": day})).await.ok();
            let made = making.post("/api/v1/submissions", &World::content(&path, "#summer2026")).await.made();
            let submission = format!("/api/v1/submissions/{}", made["id"].as_str().unwrap());
            paying.post(&format!("{submission}/approve"), &json!({})).await.ok();
            for side in [&paying, &making] {
                side.post(&format!("{path}/rate"), &json!({"rating": 5})).await.ok();
            }
        }
        world.clock.advance(3 * DAY);
        for someone in businesses.iter().chain(&creators) {
            let standing = world.standing(someone).await;
            assert_eq!(standing.tier, 0, "after {} days: {standing:?}", (round + 1) * 3);
        }
    }
    for someone in businesses.iter().chain(&creators) {
        let standing = world.standing(someone).await;
        assert_eq!((standing.completed, standing.partners), (10, 5));
        assert!(standing.karma(world.clock.now()) <= 30);
    }
    assert_eq!(world.happened("karma.tier_changed").await, 0);
}

#[both_engines]
async fn honest_work_reaches_tier_1_in_the_second_month(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for _ in 0..4 {
        let business = world.people.business(&world.clock);
        let path = world.open(&world.agreement(&business, &world.creator_account, ContractWish::None)).await;
        let paying = world.anyone.of(&business);
        let day = world.clock.now().plus(HOUR).to_string();
        paying.post(&format!("{path}/schedule"), &json!({"scheduled_date": day})).await.ok();
        let submission = world.submit(&path, "#summer2026").await;
        paying.post(&format!("{submission}/approve"), &json!({})).await.ok();
        for side in [&paying, &world.creator] {
            side.post(&format!("{path}/rate"), &json!({"rating": 5})).await.ok();
        }
        world.clock.advance(13 * DAY);
    }
    let standing = world.standing(&world.creator_account).await;
    assert_eq!((standing.tier, standing.reliability()), (1, Some(100)), "{standing:?}");
    assert_eq!(world.happened("karma.tier_changed").await, 1);
}

#[both_engines]
async fn who_deals_with_oneself_earns_nothing(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let system = kernel::Scope::system();
    let mut tx = world.app.write().await.unwrap();
    let new = |user_type| accounts::NewAccount::of(user_type);
    let owner = accounts::store::insert_account(system, &mut tx, &world.clock, new(UserType::Business)).await.unwrap();
    let maker = accounts::store::insert_account(system, &mut tx, &world.clock, new(UserType::Creator)).await.unwrap();
    // The creator is a member of the workspace that pays.
    let (own, role, now) = (owner.workspace_id.unwrap(), WorkspaceRole::Manager, world.clock.now());
    accounts::workspaces::store::join(system, &mut tx, own, maker.id, role, now).await.unwrap();
    tx.commit().await.unwrap();
    let mut agreed = world.agreement(&world.business_account, &world.creator_account, ContractWish::None);
    (agreed.workspace_id, agreed.business_id, agreed.creator_id) = (own, owner.id, maker.id);
    world.open(&agreed).await;
    // Nobody hands anything in: without the server's own hand it would cost the creator karma.
    world.clock.advance(80 * DAY);
    world.run().await;
    world.clock.advance(20 * DAY);
    world.run().await;
    let mut tx = world.app.read().await.unwrap();
    let id = collaborations::store::by_application(system, &mut tx, agreed.application_id).await.unwrap().unwrap();
    let found = collaborations::store::find(system, &mut tx, id).await.unwrap().unwrap();
    assert!(found.is_own && found.status.is_over());
    let standings = collaborations::standing(&mut tx, &[owner.id, maker.id], world.clock.now()).await.unwrap();
    assert!(standings.values().all(|one| (one.score, one.completed, one.failed) == (0, 0, 0)));
    // Both are accounts, and have public profiles.
    let profile = world.creator.get(&format!("/api/v1/profiles/{}", maker.id)).await.ok();
    assert_eq!((&profile["user_type"], &profile["profile"]["rating"]), (&json!("CREATOR"), &json!(null)));
}
