//! Campaigns: codes, moves, brands, and whom they exclude.

use futures::future::join_all;
use serde_json::{Value, json};
use testkit::{Client, both_engines};

use crate::world::What::{Demo, Empty};
use crate::world::{World, encoded, fitband, text, texts, with};

async fn ids(client: &Client, path: &str, list: &str) -> Vec<String> {
    texts(&client.get(path).await.ok()[list], "id")
}

#[both_engines(Empty)]
async fn fifty_at_once_get_fifty_codes(world: World) {
    let made = join_all((0..50).map(|_| world.campaign(json!({})))).await;
    let mut codes: Vec<_> = made.iter().map(|campaign| text(campaign, "campaign_code")).collect();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 50);
    for campaign in &made {
        let code = text(campaign, "campaign_code");
        assert!(code.len() == 8 && code.starts_with("CAMP-0"), "{code}");
        let same = world.client.get(&format!("/api/v1/campaigns/{}", code.to_lowercase())).await.ok();
        assert_eq!(same["id"], campaign["id"]);
    }
    assert_eq!(world.client.get("/api/v1/campaigns").await.ok()["total"], 50);
}

#[both_engines(Empty)]
async fn a_status_moves_where_it_may(world: World) {
    for (from, to, may) in [
        ("draft", "active", true),
        ("draft", "PAUSED", true),
        ("active", "active", true),
        ("active", "paused", true),
        ("paused", "active", true),
        ("active", "completed", true),
        ("active", "draft", false),
        ("paused", "draft", false),
        ("completed", "active", false),
        ("completed", "draft", false),
        ("completed", "paused", false),
    ] {
        let campaign = world.campaign(json!({"status": from})).await;
        let path = format!("/api/v1/campaigns/{}", text(&campaign, "id"));
        let moved = world.client.put(&path, &json!({"status": to, "product_name": "Renamed"})).await;
        let after = world.client.get(&path).await.ok();
        if may {
            assert_eq!(
                (moved.ok()["status"].clone(), &after["product_name"]),
                (json!(to.to_lowercase()), &json!("Renamed"))
            );
        } else {
            assert!(!moved.refused(409)["detail"].as_str().unwrap().is_empty());
            assert_eq!(
                (&after["status"], &after["product_name"]),
                (&json!(from), &json!("FitBand Pro")),
                "nothing is half-written"
            );
        }
    }
    let campaign = world.campaign(json!({})).await;
    let faults = world
        .client
        .put(&format!("/api/v1/campaigns/{}", text(&campaign, "id")), &json!({"status": "archived"}))
        .await
        .faults();
    assert_eq!(faults, ["status"]);
}

#[both_engines(Empty)]
async fn a_brand_is_found_without_case_and_accents(world: World) {
    let own = world.campaign(json!({"brand_name": "L'Oréal Niñas"})).await;
    let other: Value = world
        .client
        .post("/api/v1/campaigns", &with(fitband(), json!({"brand_name": null, "brand": "L'oreal niñas"})))
        .await
        .ok();
    world.campaign(json!({"brand_name": "L'Oréal"})).await;
    for brand in ["L'Oréal Niñas", "l'oreal ninas", "L'OREAL NIÑAS"] {
        let list = world.client.get(&format!("/api/v1/campaigns/brand/{}", encoded(brand))).await.ok();
        assert_eq!(list["total"], 2, "{brand}");
        assert_eq!(texts(&list["campaigns"], "id"), [text(&other, "id"), text(&own, "id")], "the newest first");
    }
    let none = world.client.get("/api/v1/campaigns/brand/nobody%27s%20%25").await.ok();
    assert_eq!(
        (&none["campaigns"], &none["total"], &none["page"], &none["total_pages"]),
        (&json!([]), &json!(0), &json!(1), &json!(0))
    );
}

#[both_engines(Empty)]
async fn what_is_left_out_of_a_change_stays_and_null_clears(world: World) {
    let campaign = world.campaign(json!({"excluded_niches": ["gambling"], "excluded_countries": ["France"]})).await;
    let path = format!("/api/v1/campaigns/{}", text(&campaign, "campaign_code"));
    let change = json!({"target_audience": null, "key_usecases": ["one", "two"], "excluded_niches": null, "total_budget": 99.99});
    let changed = world.client.put(&path, &change).await.ok();
    let wanted = with(
        campaign.clone(),
        json!({"target_audience": null, "key_use_cases": "one, two", "excluded_niches": [],
        "total_budget": 99.99, "updated_at": changed["updated_at"]}),
    );
    assert_eq!(changed, wanted);
    assert_eq!(world.client.get(&path).await.ok(), changed);
    let faults =
        world.client.put(&path, &json!({"product_name": null, "brand_name": " ", "total_budget": 0})).await.faults();
    assert_eq!(faults, ["product_name", "brand_name", "total_budget"]);
    assert_eq!(world.client.get(&path).await.ok(), changed, "nothing is half-written");
}

#[both_engines(Empty)]
async fn a_deleted_campaign_is_gone_and_its_code_is_not_given_again(world: World) {
    let first = world.campaign(json!({})).await;
    let path = format!("/api/v1/campaigns/{}", text(&first, "id"));
    assert!(text(&world.client.delete(&path).await.ok(), "message").contains("FitBand Pro"));
    world.client.delete(&path).await.refused(404);
    world.client.get(&path).await.refused(404);
    world.client.put(&path, &json!({"status": "active"})).await.refused(404);
    world.client.get("/api/v1/campaigns/CAMP-001").await.refused(404);
    assert_eq!(world.client.get("/api/v1/campaigns").await.ok()["total"], 0);
    assert_eq!(world.campaign(json!({})).await["campaign_code"], "CAMP-002");
}

#[both_engines(Empty)]
async fn all_that_a_campaign_lacks_is_told_at_once(world: World) {
    let mut faults =
        world.client.post("/api/v1/campaigns", &json!({"status": "open", "excluded_creators": ["me"]})).await.faults();
    faults.sort();
    assert_eq!(faults, ["brand_name", "excluded_creators.0", "product_name", "status", "total_budget"]);
    for budget in [json!(0), json!(-5), json!(1.234), json!("100"), json!(1e30), json!([1]), json!(null)] {
        let faults =
            world.client.post("/api/v1/campaigns", &with(fitband(), json!({"total_budget": budget}))).await.faults();
        assert_eq!(faults, ["total_budget"], "{budget}");
    }
    assert_eq!(world.client.get("/api/v1/campaigns").await.ok()["total"], 0);
    let cents = world.campaign(json!({"total_budget": 0.1})).await;
    assert_eq!(cents["total_budget"], 0.1);
}

#[both_engines(Demo)]
async fn lists_page_and_filter_by_status(world: World) {
    let all = world.client.get("/api/v1/campaigns?limit=100").await.ok();
    let total = all["total"].as_u64().unwrap();
    assert!(total >= 8, "{total}");
    let mut paged = Vec::new();
    for offset in (0..total).step_by(3) {
        let page = world.client.get(&format!("/api/v1/campaigns?limit=3&offset={offset}")).await.ok();
        assert_eq!((&page["page"], &page["total_pages"]), (&json!(offset / 3 + 1), &json!(total.div_ceil(3))));
        paged.extend(texts(&page["campaigns"], "id"));
    }
    assert_eq!(paged, texts(&all["campaigns"], "id"));
    let mut counted = 0;
    for status in ["active", "DRAFT", "completed", "paused"] {
        let list = world.client.get(&format!("/api/v1/campaigns?status={status}&limit=100")).await.ok();
        assert!(texts(&list["campaigns"], "status").iter().all(|own| *own == status.to_lowercase()));
        counted += list["total"].as_u64().unwrap();
    }
    assert_eq!(counted, total);
    assert_eq!(world.client.get("/api/v1/campaigns?status=open").await.faults(), ["status"]);
}

#[both_engines(Demo)]
async fn whom_a_campaign_excludes_is_in_none_of_its_lists(world: World) {
    let everyone = world.client.get("/api/v1/creators?limit=100").await.ok();
    let creators = everyone["creators"].as_array().unwrap();
    let brands = world.creator("Branded", json!({"previous_brands": ["Évian", "Nike"]})).await;
    let profile_of =
        async |id: &str, code: &str| world.client.get(&format!("/api/v1/creators/{id}?campaign_id={code}")).await.ok();
    for (field, value, is_excluded) in [
        (
            "excluded_platforms",
            json!(["YOUTUBE"]),
            &(|creator: &Value| creator["platform"] == "youtube") as &dyn Fn(&Value) -> bool,
        ),
        ("excluded_niches", json!(["FITNESS"]), &|creator| text(creator, "niche").eq_ignore_ascii_case("fitness")),
        ("excluded_countries", json!(["United States"]), &|creator| {
            creator["country"] == "US" || creator["country"] == "USA"
        }),
        ("excluded_brands", json!(["evian"]), &|creator| creator["id"] == brands["id"]),
        ("excluded_creators", json!([creators[0]["id"], creators[5]["id"]]), &|creator| {
            creator["id"] == creators[0]["id"] || creator["id"] == creators[5]["id"]
        }),
    ] {
        let code = text(&world.campaign(json!({field: value})).await, "campaign_code");
        let list = world.client.get(&format!("/api/v1/creators?limit=100&campaign_id={code}")).await.ok();
        let shown = texts(&list["creators"], "id");
        let excluded: Vec<_> = creators
            .iter()
            .chain([&brands])
            .filter(|creator| is_excluded(creator))
            .map(|creator| text(creator, "id"))
            .collect();
        assert!(!excluded.is_empty(), "{field} excludes somebody");
        assert_eq!(shown.len(), creators.len() + 1 - excluded.len(), "{field}: nobody else is left out");
        let sorted =
            ids(&world.client, &format!("/api/v1/creators?limit=100&sort=rate&campaign_id={code}"), "creators").await;
        let path = format!("/api/v1/ai/campaign/{code}/matches?match_threshold=0&match_count=100");
        let matches = ids(&world.client, &path, "matches").await;
        let body = json!({"campaign_id": code, "match_threshold": 0, "match_count": 100});
        let similarity = texts(&world.client.post("/api/v1/ai/campaign-similarity", &body).await.ok()["matches"], "id");
        let asked = with(fitband(), json!({field: value, "limit": 100}));
        let searched = texts(&world.client.post("/api/v1/ai/similaritysearch", &asked).await.ok()["matches"], "id");
        for (place, ids) in [
            ("list", shown),
            ("sorted", sorted),
            ("matches", matches),
            ("similarity", similarity),
            ("search", searched),
        ] {
            assert!(!ids.is_empty(), "{field} {place}");
            assert!(excluded.iter().all(|id| !ids.contains(id)), "{field}: {place} shows whom it excludes");
        }
        assert_eq!(profile_of(&excluded[0], &code).await["campaign_match"]["excluded"], true, "{field}");
    }
}
