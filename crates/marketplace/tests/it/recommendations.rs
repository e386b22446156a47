//! Who hears of a new offer.

use axum::http::Method;
use kernel::UserType;
use kernel::time::DAY;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::World;

#[both_engines]
async fn those_whom_it_fits_hear_of_it_unless_they_do_not_want_to(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.entry("mia", json!({})).await;
    world.entry("leo", json!({"niche": "cars", "about": "Engines and races", "engagement_rate": 0.01, "collaboration_rate": 90_000})).await;
    let quiet = world.anyone.of(&world.register(UserType::Creator, "quiet").await);
    world.entry("quiet", json!({})).await;
    assert_eq!(quiet.get("/api/v1/offers/me/preferences").await.ok()["recommendations"], true);
    let off = json!({"recommendations": false});
    quiet.json(Method::PUT, "/api/v1/offers/me/preferences", &off).await.ok();
    world.business.json(Method::PUT, "/api/v1/offers/me/preferences", &off).await.refused(403);
    assert_eq!(quiet.get("/api/v1/offers/me/preferences").await.ok()["recommendations"], false);
    world.published(&World::open_to_all(&json!({}))).await;
    world.run().await;
    assert_eq!(world.happened("offer.recommended").await, 1, "one whom it fits and who wants to hear of it");
    // The second wave tells nobody twice.
    world.clock.advance(DAY + 1);
    world.run().await;
    assert_eq!(world.happened("offer.recommended").await, 1);
    // What is not public is recommended to nobody.
    world.published(&World::open_to_all(&json!({"is_public": false}))).await;
    world.run().await;
    assert_eq!(world.happened("offer.recommended").await, 1);
    // Two a day at most.
    for _ in 0..4 {
        world.published(&World::open_to_all(&json!({}))).await;
    }
    world.run().await;
    assert_eq!(world.happened("offer.recommended").await, 3);
}
