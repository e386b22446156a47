//! The routes that compare by meaning: the same scores everywhere, and what they are made of.

use std::collections::HashMap;

use serde_json::{Value, json};
use testkit::both_engines;

use crate::world::What::Demo;
use crate::world::{World, creator, fitband, text, texts, with};

const NOBODY: &str = "0190a000-0000-7000-8000-000000000000";

fn percent(shown: &Value) -> f64 {
    shown
        .as_str()
        .and_then(|shown| shown.strip_suffix('%'))
        .and_then(|number| number.parse().ok())
        .unwrap_or_else(|| panic!("{shown} is no percentage"))
}

/// The matches of an answer: who, and with which score.
fn scores(list: &Value) -> Vec<(String, f64)> {
    list["matches"].as_array().unwrap().iter().map(|own| (text(own, "id"), percent(&own["match_score"]))).collect()
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 0.005
}

#[both_engines(Demo)]
async fn one_score_is_told_everywhere(world: World) {
    let campaign = world.campaign(json!({})).await;
    let (id, code) = (text(&campaign, "id"), text(&campaign, "campaign_code"));
    let list = world.client.get(&format!("/api/v1/creators?campaign_id={id}&limit=100")).await.ok();
    let listed: HashMap<String, f64> = list["creators"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| (text(own, "id"), own["match_percentage"].as_f64().unwrap()))
        .collect();
    let path = format!("/api/v1/ai/campaign/{code}/matches?match_threshold=0&match_count=100");
    let matches = world.client.get(&path).await.ok();
    let body = json!({"campaign_id": code, "match_threshold": 0, "match_count": 100});
    let posted = world.client.post("/api/v1/ai/campaign-similarity", &body).await.ok();
    let searched = world.client.post("/api/v1/ai/similaritysearch", &with(fitband(), json!({"limit": 100}))).await.ok();
    let paged = world.client.post("/api/ai/similaritysearch", &with(fitband(), json!({"limit": 100}))).await.ok();
    for (place, answer) in
        [("matches", &matches), ("campaign-similarity", &posted), ("search", &searched), ("search by page", &paged)]
    {
        let scores = scores(answer);
        assert!(scores.len() >= 60, "{place}: {}", scores.len());
        assert!(scores.is_sorted_by(|one, next| one.1 >= next.1), "{place}");
        for (who, score) in &scores {
            assert!(close(*score, listed[who]), "{place}: {score}, but the list says {}", listed[who]);
        }
    }
    assert_eq!((&matches["total_matches"], &posted["total_matches"]), (&json!(listed.len()), &json!(listed.len())));
    for own in matches["matches"].as_array().unwrap() {
        let parts = ["niche_match", "audience_match", "engagement_score", "budget_fit"]
            .map(|part| percent(&own["detailed_scores"][part]));
        let [niche, audience, engagement, budget] = parts;
        let whole = 0.35 * niche + 0.25 * audience + 0.25 * engagement + 0.15 * budget;
        assert!((whole - percent(&own["match_score"])).abs() < 0.011, "{own}: {whole}");
        assert!(parts.iter().all(|part| (0.0..=100.0).contains(part)), "{own}");
    }
    for who in listed.keys().take(15) {
        let profile = world.client.get(&format!("/api/v1/creators/{who}?campaign_id={code}")).await.ok();
        let analysis = world
            .client
            .post(&format!("/api/v1/campaigns/{id}/ai-match-analysis"), &json!({"creator_id": who}))
            .await
            .ok();
        let (one, other) =
            (profile["campaign_match"]["percentage"].as_f64().unwrap(), analysis["match_percentage"].as_f64().unwrap());
        assert!(close(one, listed[who]) && close(other, listed[who]), "{one}, {other}, {}", listed[who]);
        let status = if listed[who] >= 75.0 {
            "high"
        } else if listed[who] >= 50.0 {
            "medium"
        } else {
            "low"
        };
        assert_eq!((&profile["campaign_match"]["status"], &analysis["match_status"]), (&json!(status), &json!(status)));
    }
}

#[both_engines(Demo)]
async fn a_threshold_lets_through_whoever_reaches_it(world: World) {
    let all =
        scores(&world.client.get("/api/v1/ai/campaign/CAMP-001/matches?match_threshold=0&match_count=100").await.ok());
    for threshold in [0.0, 0.25, 0.5, 0.6123, 0.75, 1.0] {
        let answer = world
            .client
            .get(&format!("/api/v1/ai/campaign/CAMP-001/matches?match_threshold={threshold}&match_count=100"))
            .await
            .ok();
        let wanted: Vec<_> = all.iter().filter(|(_, score)| *score + 0.004 >= threshold * 100.0).cloned().collect();
        assert_eq!((scores(&answer), &answer["total_matches"]), (wanted.clone(), &json!(wanted.len())), "{threshold}");
        let few = json!({"campaign_id": "camp-001", "match_threshold": threshold, "match_count": 3});
        let few = world.client.post("/api/v1/ai/campaign-similarity", &few).await.ok();
        assert_eq!(
            (scores(&few), &few["total_matches"]),
            (wanted[..wanted.len().min(3)].to_vec(), &json!(wanted.len()))
        );
    }
    assert!(
        all.iter().any(|(_, score)| *score >= 50.0) && all.iter().any(|(_, score)| *score < 50.0),
        "a threshold of a half divides"
    );
    for (query, field) in [
        ("match_threshold=1.01", "match_threshold"),
        ("match_threshold=-0.1", "match_threshold"),
        ("match_count=0", "match_count"),
        ("match_count=101", "match_count"),
    ] {
        assert_eq!(world.client.get(&format!("/api/v1/ai/campaign/CAMP-001/matches?{query}")).await.faults(), [field]);
    }
    world.client.get("/api/v1/ai/campaign/CAMP-999/matches").await.refused(404);
    world.client.post("/api/v1/ai/campaign-similarity", &json!({"campaign_id": NOBODY})).await.refused(404);
    assert_eq!(world.client.post("/api/v1/ai/campaign-similarity", &json!({})).await.faults(), ["campaign_id"]);
}

#[both_engines(Demo)]
async fn pages_make_the_whole_ranking(world: World) {
    let whole =
        scores(&world.client.post("/api/v1/ai/similaritysearch", &with(fitband(), json!({"limit": 100}))).await.ok());
    for (path, pages) in [("/api/v1/ai/similaritysearch", false), ("/api/ai/similaritysearch", true)] {
        let mut paged = Vec::new();
        for page in 1..=whole.len().div_ceil(9) + 1 {
            let answer = world.client.post(path, &with(fitband(), json!({"limit": 9, "page": page}))).await.ok();
            if pages {
                assert_eq!(
                    (&answer["page"], &answer["pages"], &answer["total"]),
                    (&json!(page), &json!(whole.len().div_ceil(9)), &json!(whole.len()))
                );
            }
            paged.extend(scores(&answer));
        }
        assert_eq!(paged, whole, "{path}");
    }
    let answer = world.client.post("/api/v1/ai/similaritysearch", &fitband()).await.ok();
    assert_eq!((answer["matches"].as_array().unwrap().len(), &answer["search_parameters"]), (10, &fitband()));
}

#[both_engines(Demo)]
async fn filters_narrow_whom_it_is_compared_with(world: World) {
    for (filter, holds) in [
        (json!({"platform": "YOUTUBE"}), &(|own: &Value| own["platform"] == "youtube") as &dyn Fn(&Value) -> bool),
        (json!({"min_followers": 200_000}), &|own| own["followers_count_numeric"].as_u64().unwrap() >= 200_000),
        (json!({"max_followers": 50_000}), &|own| own["followers_count_numeric"].as_u64().unwrap() <= 50_000),
        (json!({"min_engagement": 5}), &|own| percent(&own["engagement"]) >= 5.0),
    ] {
        for path in ["/api/v1/ai/similaritysearch", "/api/ai/similaritysearch"] {
            let answer =
                world.client.post(path, &with(with(fitband(), json!({"limit": 100})), filter.clone())).await.ok();
            let matches = answer["matches"].as_array().unwrap();
            assert!(!matches.is_empty() && matches.len() < 60, "{filter}: {}", matches.len());
            assert!(matches.iter().all(holds), "{filter}: {answer}");
        }
    }
    for wrong in [
        json!({"min_followers": 5, "max_followers": 1}),
        json!({"platform": "myspace"}),
        json!({"limit": 0}),
        json!({"page": 0}),
        json!({"min_engagement": 101}),
    ] {
        world.client.post("/api/ai/similaritysearch", &with(fitband(), wrong)).await.refused(422);
    }
    assert_eq!(world.client.post("/api/v1/ai/similaritysearch", &json!({"limit": 5})).await.faults(), ["product_name"]);
}

#[both_engines(Demo)]
async fn the_same_niche_is_near_and_an_unrelated_one_far(world: World) {
    let wish = json!({"product_name": "Glaze set", "product_description": "Glazes and clay for home pottery", "product_niche": "pottery", "limit": 100});
    let potter = world
        .creator("Potter", json!({"niche": "Pottery", "about": "Throws bowls and mixes glazes in a home studio"}))
        .await;
    let answer = world.client.post("/api/v1/ai/similaritysearch", &wish).await.ok();
    let niche = |who: &str| {
        let own = answer["matches"].as_array().unwrap().iter().find(|own| own["id"] == who).unwrap();
        percent(&own["detailed_scores"]["niche_match"])
    };
    assert_eq!(answer["matches"][0]["id"], potter["id"]);
    assert!(niche(&text(&potter, "id")) >= 70.0);
    let gamer = world.names("search=tech%20mike").await;
    assert_eq!(gamer, ["Tech Mike"]);
    let mike = world.client.get("/api/v1/creators?search=tech%20mike").await.ok()["creators"][0].clone();
    assert!(niche(&text(&mike, "id")) <= 30.0, "{}", niche(&text(&mike, "id")));
}

#[both_engines(Demo)]
async fn more_like_this_one_are_its_like(world: World) {
    let one = world.creator("One", json!({"niche": "beekeeping", "about": "Keeps bees and sells their honey"})).await;
    let other = world
        .creator(
            "Other",
            json!({"niche": "beekeeping", "about": "Hives, honey and the life of bees", "platform": "youtube"}),
        )
        .await;
    let path = format!("/api/v1/creators/{}/similar", text(&one, "id"));
    let near = world.client.get(&path).await.ok();
    assert_eq!(
        (near["creators"].as_array().unwrap().len(), &near["total"], &near["creators"][0]["id"]),
        (10, &json!(10), &other["id"])
    );
    assert!(!texts(&near["creators"], "id").contains(&text(&one, "id")));
    let cosines: Vec<f64> =
        near["creators"].as_array().unwrap().iter().map(|own| own["similarity"].as_f64().unwrap()).collect();
    assert!(cosines.is_sorted_by(|one, next| one >= next) && cosines[0] > 0.5, "{cosines:?}");
    let tube = world.client.get(&format!("{path}?platform=youtube&limit=3")).await.ok();
    assert!(texts(&tube["creators"], "platform").iter().all(|platform| platform == "youtube"));
    assert_eq!(world.client.get(&format!("{path}?limit=101")).await.faults(), ["limit"]);
}

#[both_engines(Demo)]
async fn vectors_are_made_on_request(world: World) {
    let ana = text(&world.creator("Ana", json!({"about": "Knits"})).await, "id");
    let made = world.client.post(&format!("/api/v1/ai/creator/{ana}/generate-embedding"), &json!({})).await.ok();
    assert_eq!(made["status"], "success");
    let told = world.client.post(&format!("/api/ai/embeddings/creator/{ana}"), &json!({})).await.ok();
    assert_eq!((&told["creator_id"], &told["embedding_updated"]), (&json!(ana), &json!(true)));
    assert!(told["embedding_dimensions"].as_u64().unwrap() > 0 && !text(&told, "model").is_empty());
    let batch = json!({"creator_ids": [ana, NOBODY, "nonsense", ana]});
    let done = world.client.post("/api/ai/embeddings/batch", &batch).await.ok();
    assert_eq!((&done["processed"], &done["successful"], &done["failed"]), (&json!(4), &json!(2), &json!(2)));
    assert_eq!(texts(&done["details"], "status"), ["success", "failed", "failed", "success"]);
    let forced = world.client.post("/api/ai/embeddings/batch", &with(batch, json!({"force_update": true}))).await.ok();
    assert_eq!(forced["successful"], 2);
    for wrong in [
        json!({}),
        json!({"creator_ids": "x"}),
        json!({"creator_ids": [1]}),
        json!({"creator_ids": [], "force_update": "yes"}),
    ] {
        world.client.post("/api/ai/embeddings/batch", &wrong).await.refused(422);
    }
    world.client.post(&format!("/api/ai/embeddings/creator/{NOBODY}"), &json!({})).await.refused(404);
    world.client.post("/api/v1/ai/creator/nonsense/generate-embedding", &json!({})).await.refused(404);
    assert_eq!(world.client.get(&format!("/api/v1/creators/{ana}/similar")).await.ok()["total"], 10);
}

#[both_engines(Demo)]
async fn saved_matches_are_kept_once_each_and_listed_best_first(world: World) {
    let creators = texts(&world.client.get("/api/v1/creators?limit=3").await.ok()["creators"], "id");
    let campaign = world.campaign(json!({})).await;
    let (id, code) = (text(&campaign, "id"), text(&campaign, "campaign_code"));
    let body = |creator: &str, score: f64| {
        json!({"campaign_id": code, "creator_id": creator, "match_score": score, "niche_match": 91.6,
        "audience_match": 43, "engagement_score": 82.0, "budget_fit": 100})
    };
    let first = world.client.post("/api/ai/matches", &body(&creators[0], 78.31)).await.ok();
    assert_eq!(
        (&first["campaign_id"], &first["match_score"], &first["niche_match"]),
        (&json!(id), &json!(78.31), &json!(91.6))
    );
    world.client.post("/api/ai/matches", &body(&creators[1], 20.5)).await.ok();
    world.client.post("/api/ai/matches", &body(&creators[2], 99.99)).await.ok();
    let again = world.client.post("/api/ai/matches", &body(&creators[0], 12.0)).await.ok();
    assert_eq!(
        (&again["id"], &again["created_at"]),
        (&first["id"], &first["created_at"]),
        "saved again, it is the same"
    );
    let list = world.client.get(&format!("/api/ai/matches/{id}")).await.ok();
    assert_eq!(texts(&list["matches"], "match_score"), ["99.99%", "20.50%", "12.00%"]);
    assert_eq!((&list["total"], &list["page"], &list["total_pages"]), (&json!(3), &json!(1), &json!(1)));
    let some = world.client.get(&format!("/api/ai/matches/{code}?min_score=20.5&limit=1&offset=1")).await.ok();
    assert_eq!((texts(&some["matches"], "creator_id"), &some["total"]), (vec![creators[1].clone()], &json!(2)));
    for wrong in [
        json!({"match_score": 100.01}),
        json!({"budget_fit": -1}),
        json!({"creator_id": "x"}),
        json!({"niche_match": null}),
    ] {
        world.client.post("/api/ai/matches", &with(body(&creators[0], 1.0), wrong)).await.refused(422);
    }
    world.client.post("/api/ai/matches", &body(NOBODY, 1.0)).await.refused(404);
    world.client.get("/api/ai/matches/CAMP-999").await.refused(404);
    assert_eq!(world.client.get(&format!("/api/ai/matches/{id}")).await.ok()["total"], 3);
}

#[both_engines(Demo)]
async fn who_has_no_words_to_compare_is_told_so(world: World) {
    let silent = world.client.post("/api/v1/creators", &creator("日本", json!({"niche": "日本"}))).await.ok();
    let path = format!("/api/v1/creators/{}", text(&silent, "id"));
    let similar = world.client.get(&format!("{path}/similar")).await;
    assert!(similar.status == 409 || similar.status == 200, "{}", similar.text());
    let profile = world.client.get(&format!("{path}?campaign_id=CAMP-001")).await.ok();
    assert_eq!(profile["campaign_match"]["status"], "low");
}

/// Both engines have the same people and give them the same scores.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_rank_alike() {
    use db::Engine;
    use testkit::fresh_db;

    use crate::world::What;
    if !testkit::engines().await.contains(&Engine::Postgres) {
        return;
    }
    let one = World::new(fresh_db(Engine::Sqlite).await, What::Demo).await;
    let other = World::new(fresh_db(Engine::Postgres).await, What::Demo).await;
    for campaign in 1..=8 {
        let path = format!("/api/v1/creators?campaign_id=CAMP-{campaign:03}&limit=100");
        let ranking = async |world: &World| {
            let list = world.client.get(&path).await.ok();
            let mut shown: Vec<_> = list["creators"]
                .as_array()
                .unwrap()
                .iter()
                .map(|own| (own["match_percentage"].to_string(), text(own, "name")))
                .collect();
            shown.sort();
            shown
        };
        assert_eq!(ranking(&one).await, ranking(&other).await, "{path}");
    }
}
