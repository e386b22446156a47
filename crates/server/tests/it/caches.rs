//! Answers are kept, and never shown to anyone who has written since.

use std::time::Duration;

use db::Engine;
use futures::future::join_all;
use serde_json::json;
use testkit::{Client, both_engines};

use crate::world::What::{Demo, Empty};
use crate::world::{World, creator, text, texts};

/// Changes one creator again and again, and looks at once wherever it is shown.
async fn write_and_look(client: &Client, who: usize, rounds: usize) {
    let mine = client.post("/api/v1/creators", &creator(&format!("Writer {who} begins"), json!({}))).await.ok();
    let path = format!("/api/v1/creators/{}", text(&mine, "id"));
    for round in 0..rounds {
        let name = format!("Writer {who} round {round}");
        let followers = 1000 + round;
        client.put(&path, &json!({"name": name, "followers_count_numeric": followers})).await.ok();
        let list = client.get(&format!("/api/v1/creators?search=Writer%20{who}%20&limit=100")).await.ok();
        assert_eq!(texts(&list["creators"], "name"), std::slice::from_ref(&name), "the list of writer {who}");
        assert_eq!(list["creators"][0]["followers_count_numeric"], followers);
        let profile = client.get(&path).await.ok();
        assert_eq!((&profile["name"], &profile["followers_numeric"]), (&json!(name), &json!(followers)));
    }
}

/// On PostgreSQL at once; on SQLite within a fifth of a second.
async fn let_the_news_come(world: &World) {
    if world.db().engine() == Engine::Sqlite {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[both_engines(Empty)]
async fn a_writer_sees_what_it_wrote_in_every_list_and_profile(world: World) {
    join_all((0..4).map(|who| write_and_look(&world.client, who, 50))).await;
}

#[both_engines(Empty)]
async fn a_writer_sees_its_campaigns_in_their_list(world: World) {
    for round in 1..=100 {
        let campaign = world.campaign(json!({"product_name": format!("Product {round}")})).await;
        let list = world.client.get("/api/v1/campaigns?limit=2").await.ok();
        assert_eq!((&list["total"], &list["campaigns"][0]["id"]), (&json!(round), &campaign["id"]));
        let path = format!("/api/v1/campaigns/{}", text(&campaign, "id"));
        world.client.put(&path, &json!({"status": "active"})).await.ok();
        let active = world.client.get("/api/v1/campaigns?status=active&limit=1").await.ok();
        assert_eq!((&active["total"], &active["campaigns"][0]["id"]), (&json!(round), &campaign["id"]));
    }
}

#[both_engines(Demo)]
async fn a_ranking_follows_its_campaign_at_once(world: World) {
    let campaign = world.campaign(json!({})).await;
    let id = text(&campaign, "id");
    let ranking = format!("/api/v1/creators?campaign_id={id}&limit=100");
    // The same question, spelled otherwise.
    let spelled = format!("/api/v1/creators?c%61mpaign%5Fid={id}&limit=100");
    world.client.get(&spelled).await.ok();
    let top = world.client.get(&ranking).await.ok()["creators"][0].clone();
    let profile = format!("/api/v1/creators/{}?campaign_id={id}", text(&top, "id"));
    let before = world.client.get(&profile).await.ok()["campaign_match"].clone();
    let change = json!({"product_name": "Ceramic glaze set", "product_description": "Glazes for pottery at home", "target_audience": "Hobby potters",
        "key_use_cases": "pottery", "product_niche": "pottery", "excluded_platforms": [top["platform"]]});
    world.client.put(&format!("/api/v1/campaigns/{id}"), &change).await.ok();
    let after = world.client.get(&profile).await.ok()["campaign_match"].clone();
    assert_eq!(after["excluded"], true);
    assert!(after["percentage"].as_f64().unwrap() < before["percentage"].as_f64().unwrap(), "{before} {after}");
    for spelled in [&ranking, &spelled] {
        let list = world.client.get(spelled).await.ok();
        assert!(!texts(&list["creators"], "platform").contains(&text(&top, "platform")), "{spelled}");
    }
    let list = world.client.get(&ranking).await.ok();
    assert!(!texts(&list["creators"], "platform").contains(&text(&top, "platform")));
    assert!(list["total"].as_u64().unwrap() > 0);
}

#[both_engines(Demo)]
async fn what_another_process_writes_is_seen_here(world: World) {
    let (_server, other) = world.neighbour().await;
    let campaign = world.campaign(json!({})).await;
    let named = "/api/v1/creators?search=passer-by";
    let campaigns = "/api/v1/campaigns?limit=1";
    for round in 0..5 {
        let name = format!("Passer-by {round}");
        let body = creator(&name, json!({"about": format!("Repairs antique clocks and barometers, part {round}")}));
        let new = other.post("/api/v1/creators", &body).await.ok();
        let second = other.post("/api/v1/campaigns", &crate::world::fitband()).await.ok();
        let_the_news_come(&world).await;
        assert_eq!(texts(&world.client.get(named).await.ok()["creators"], "name"), std::slice::from_ref(&name));
        assert_eq!(world.client.get(campaigns).await.ok()["campaigns"][0]["id"], second["id"]);
        let profile = format!("/api/v1/creators/{}", text(&new, "id"));
        assert_eq!(world.client.get(&profile).await.ok()["name"], name);

        other.put(&profile, &json!({"name": "Passer-by, renamed"})).await.ok();
        let_the_news_come(&world).await;
        assert_eq!(world.client.get(&profile).await.ok()["name"], "Passer-by, renamed");
        let query = json!({"product_description": "antique clocks and barometers", "product_niche": "antiques"});
        let found = world.client.post("/api/v1/ai/similaritysearch", &query).await.ok();
        assert!(texts(&found["matches"], "id").contains(&text(&new, "id")), "{found}");

        other.delete(&profile).await.ok();
        let_the_news_come(&world).await;
        world.client.get(&profile).await.refused(404);
        assert!(texts(&world.client.get(named).await.ok()["creators"], "name").is_empty());
    }
    let seen = other.get(&format!("/api/v1/campaigns/{}", text(&campaign, "campaign_code"))).await.ok();
    assert_eq!(seen["id"], campaign["id"]);
}

#[both_engines(Empty)]
async fn two_processes_give_codes_that_never_meet(world: World) {
    let (_server, other) = world.neighbour().await;
    let made = join_all((0..20).map(|number| {
        let client = if number % 2 == 0 { &world.client } else { &other };
        async move { client.post("/api/v1/campaigns", &crate::world::fitband()).await.ok() }
    }))
    .await;
    let mut codes: Vec<_> = made.iter().map(|campaign| text(campaign, "campaign_code")).collect();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 20);
}
