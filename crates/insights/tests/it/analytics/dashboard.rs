//! The dashboard.

use insights::Figures;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use super::World;
use super::world::post;

#[both_engines]
async fn it_counts_what_the_lists_count(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let nothing = world.dashboard(&world.brand).await;
    assert_eq!(
        nothing["overview"],
        json!({"total_campaigns": 0, "active_campaigns": 0, "total_creators": 3, "total_contracts": 0,
        "total_budget_managed": 0.0})
    );
    assert_eq!(
        nothing["performance_metrics"],
        json!({"average_campaign_roi": null, "campaigns_with_roi": 0,
        "average_engagement_rate": null, "creator_satisfaction_score": null, "contract_completion_rate": null})
    );
    assert_eq!(nothing["recent_activity"], json!([]));

    let (one, two) = (world.campaign().await, world.campaign().await);
    let theirs = world.campaign_of(world.other_workspace).await;
    world.brand.put(&format!("/api/v1/campaigns/{two}"), &json!({"status": "paused"})).await.ok();
    let done = world.signed(one, 0, "USD", 100.0).await;
    world.signed(two, 1, "USD", 100.0).await;
    world.drafted(two, 2, "USD", 100.0).await;
    world.brand.post(&format!("/api/v1/contracts/{done}/complete"), &json!({})).await;
    for client in [&world.brand, &world.other, &world.admin] {
        let told = world.dashboard(client).await;
        for name in ["campaigns", "creators", "contracts"] {
            let listed = client.get(&format!("/api/v1/{name}?limit=1")).await;
            // The list of creators is not served here; the directory has three.
            let total = if name == "creators" { json!(3) } else { listed.ok()["total"].clone() };
            assert_eq!(told["overview"][format!("total_{name}")], total, "{name}");
        }
        let active = client.get("/api/v1/campaigns?status=active&limit=1").await.ok();
        assert_eq!(told["overview"]["active_campaigns"], active["total"]);
    }
    assert_eq!(world.dashboard(&world.brand).await["overview"]["total_budget_managed"], json!(30000.0));
    let completed = world.brand.get("/api/v1/contracts?status=completed&limit=1").await.ok()["total"].as_f64().unwrap();
    let rate = &world.dashboard(&world.brand).await["performance_metrics"]["contract_completion_rate"];
    assert_eq!(*rate, json!(completed / 2.0 * 100.0));
    world.brand.delete(&format!("/api/v1/campaigns/{two}")).await.ok();
    assert_eq!(world.dashboard(&world.brand).await["overview"]["total_campaigns"], 1);
    world.other.get(&format!("/api/v1/analytics/campaigns/{theirs}")).await.ok();
}

#[both_engines]
async fn returns_are_averaged_over_campaigns_that_have_one(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let earned = |minor| Figures { revenue: minor, revenue_rows: 1, ..post(1000, 50, 0, 0, 0) };
    for minor in [42_000, 15_000] {
        let campaign = world.campaign().await;
        world.pay(&world.signed(campaign, 0, "USD", 100.0).await).await;
        world.figures(campaign, &[(0, "2030-01-01", "USD", earned(minor))]).await;
    }
    // Earned, but not paid; paid, but earned in another currency.
    world.figures(world.campaign().await, &[(0, "2030-01-01", "USD", earned(5))]).await;
    let elsewhere = world.campaign().await;
    world.pay(&world.signed(elsewhere, 0, "EUR", 100.0).await).await;
    world
        .figures(elsewhere, &[(0, "2030-01-01", "USD", earned(5)), (1, "2030-01-02", "", post(0, 100, 0, 0, 0))])
        .await;
    let told = &world.dashboard(&world.brand).await["performance_metrics"];
    // (3.2 + 0.5) / 2, and 300 of 4,000
    assert_eq!((&told["average_campaign_roi"], &told["campaigns_with_roi"]), (&json!(1.85), &json!(2)));
    assert_eq!(told["average_engagement_rate"], 7.5);
    let others = &world.dashboard(&world.other).await["performance_metrics"];
    assert_eq!((&others["average_campaign_roi"], &others["average_engagement_rate"]), (&Value::Null, &Value::Null));
    assert_eq!(world.dashboard(&world.admin).await["performance_metrics"]["campaigns_with_roi"], 2);
}

#[both_engines]
async fn what_happened_last_is_told_in_words(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let campaign = world.campaign().await;
    let contract = world.signed(campaign, 0, "USD", 100.0).await;
    world.pay(&contract).await;
    let told = world.dashboard(&world.brand).await;
    let all = told["recent_activity"].as_array().unwrap();
    let said: Vec<&str> = all.iter().map(|one| one["description"].as_str().unwrap()).collect();
    assert_eq!(said[0], "Payment of USD 75.00 to Ana Ferreira completed");
    assert!(said.contains(&"Contract signed with Ana Ferreira"), "{said:?}");
    assert!(said.contains(&"Contract drafted with Ana Ferreira"), "{said:?}");
    let signed = all.iter().find(|one| one["type"] == "contract_signed").unwrap();
    assert_eq!((&signed["subject"], &signed["timestamp"]), (&json!(contract), &json!("2030-01-15T10:30:00Z")));
    assert_eq!((&signed["campaign_id"], &signed["creator_id"]), (&json!(campaign), &json!(world.creators[0])));
    assert!(all.iter().all(|one| one["type"] != "payment_processing"));
    assert_eq!(world.dashboard(&world.other).await["recent_activity"], json!([]));
    assert_eq!(world.dashboard(&world.someone).await["recent_activity"], json!([]));
    assert_eq!(world.dashboard(&world.admin).await["recent_activity"], told["recent_activity"]);
    // Twenty are enough, the newest of them.
    for _ in 0..25 {
        world.drafted(campaign, 1, "USD", 100.0).await;
    }
    let told = world.dashboard(&world.brand).await;
    let all = told["recent_activity"].as_array().unwrap();
    assert_eq!((all.len(), &all[19]["description"]), (20, &json!("Contract drafted with Ben Okafor")));
}
