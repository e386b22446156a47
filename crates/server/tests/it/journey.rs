//! From a product to a ranked and explained list, and on to the outreach.

use futures::future::join_all;
use serde_json::json;
use testkit::both_engines;

use crate::world::What::Demo;
use crate::world::{World, fitband, text};

#[both_engines(Demo)]
async fn a_brand_comes_from_its_product_to_an_outreach_entry(world: World) {
    let client = &world.client;
    let campaign = client.post("/api/v1/campaigns", &fitband()).await.ok();
    assert_eq!(campaign["status"], "draft");
    assert_eq!(campaign["influencer_count"], 0);
    assert_eq!(campaign["key_use_cases"], "workout tracking, sleep analysis");
    let code = text(&campaign, "campaign_code");

    let list = client.get(&format!("/api/v1/creators?campaign_id={code}&limit=100")).await.ok();
    let creators = list["creators"].as_array().unwrap();
    let matches: Vec<f64> = creators.iter().map(|creator| creator["match_percentage"].as_f64().unwrap()).collect();
    assert!(matches.is_sorted_by(|one, next| one >= next), "{matches:?}");
    let best = &creators[0];
    let niche = text(best, "niche").to_lowercase();
    assert!(niche.contains("fitness") || niche.contains("tech"), "the best of all is about {niche}");
    let id = text(best, "id");

    let profile = client.get(&format!("/api/v1/creators/{id}?campaign_id={code}")).await.ok();
    let own = &profile["campaign_match"];
    assert_eq!(own["percentage"], best["match_percentage"]);
    assert_eq!(own["status"], best["match_status"]);
    assert_eq!(own["excluded"], false);
    assert!(!own["reasons"].as_array().unwrap().is_empty());

    let path = format!("/api/v1/campaigns/{code}/ai-match-analysis");
    let analysis = client.post(&path, &json!({"influencer_id": id})).await.ok();
    assert_eq!(analysis["match_percentage"], best["match_percentage"]);
    assert!(analysis["reasons"].as_array().unwrap().len() >= 3, "{analysis}");

    let path = format!("/api/v1/campaigns/{code}/select-influencer");
    let selection = client.post(&path, &json!({"influencer_id": id, "notes": "Just right"})).await.ok();
    assert_eq!(selection["status"], "selected_for_outreach");
    assert_eq!(selection["outreach_entry_created"], true);
    assert_eq!(selection["next_step"], "outreach_management");
    assert_eq!(selection["campaign_id"], campaign["id"]);

    let entry = client.get(&format!("/api/v1/outreach/{}", text(&selection, "outreach_id"))).await.ok();
    assert_eq!(entry["campaign_id"], campaign["id"]);
    assert_eq!((&entry["creator_id"], &entry["influencer_id"]), (&best["id"], &best["id"]));
    assert_eq!((&entry["status"], &entry["notes"]), (&json!("pending"), &json!("Just right")));
    let after = client.get(&format!("/api/v1/campaigns/{code}")).await.ok();
    assert_eq!(after["influencer_count"], 1);
}

#[both_engines(Demo)]
async fn to_select_twice_is_told_and_not_doubled(world: World) {
    let campaign = world.campaign(json!({})).await;
    let creator = world.creator("Ana", json!({})).await;
    let path = format!("/api/v1/campaigns/{}/select-influencer", text(&campaign, "id"));
    let entries = world.entries().await;
    let first = world.client.post(&path, &json!({"influencer_id": creator["id"]})).await.ok();
    let second = world.client.post(&path, &json!({"creator_id": creator["id"], "notes": "again"})).await.ok();
    assert_eq!((&first["outreach_entry_created"], &second["outreach_entry_created"]), (&json!(true), &json!(false)));
    assert_eq!(first["outreach_id"], second["outreach_id"]);
    assert!(text(&second, "message").contains("before"), "{second}");
    assert_eq!(world.entries().await, entries + 1);
}

#[both_engines(Demo)]
async fn twenty_who_select_at_once_open_one_entry(world: World) {
    let campaign = world.campaign(json!({})).await;
    let creator = world.creator("Ana", json!({})).await;
    let path = format!("/api/v1/campaigns/{}/select-influencer", text(&campaign, "campaign_code"));
    let entries = world.entries().await;
    let body = json!({"influencer_id": creator["id"]});
    let selections: Vec<_> =
        join_all((0..20).map(|_| world.client.post(&path, &body))).await.iter().map(testkit::Reply::ok).collect();
    let created = selections.iter().filter(|selection| selection["outreach_entry_created"] == true).count();
    assert_eq!(created, 1);
    assert!(selections.iter().all(|selection| selection["outreach_id"] == selections[0]["outreach_id"]));
    assert_eq!(world.entries().await, entries + 1);
    let after = world.client.get(&format!("/api/v1/campaigns/{}", text(&campaign, "id"))).await.ok();
    assert_eq!(after["influencer_count"], 1);
}

#[both_engines(Demo)]
async fn nobody_is_selected_for_what_is_over_or_not_there(world: World) {
    let campaign = world.campaign(json!({"status": "completed"})).await;
    let creator = world.creator("Ana", json!({})).await;
    let at = format!("/api/v1/campaigns/{}", text(&campaign, "id"));
    let before = (world.entries().await, world.client.get(&at).await.ok());
    let body = json!({"influencer_id": creator["id"]});
    let path = format!("/api/v1/campaigns/{}/select-influencer", text(&campaign, "id"));
    world.client.post(&path, &body).await.refused(409);
    world.client.post("/api/v1/campaigns/CAMP-9999/select-influencer", &body).await.refused(404);
    let nobody = json!({"influencer_id": "0190a000-0000-7000-8000-000000000000"});
    world.client.post("/api/v1/campaigns/CAMP-001/select-influencer", &nobody).await.refused(404);
    assert_eq!((world.entries().await, world.client.get(&at).await.ok()), before, "nothing half-written");
}
