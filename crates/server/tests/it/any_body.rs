//! Whatever JSON is sent to whatever route: no fault of ours, and both engines answer alike.

use axum::http::Method;
use db::Engine;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};
use testkit::fresh_db;

use crate::document::{Route, There, routes};
use crate::world::{What, World, encoded, fitband};

/// Bodies for each route on each engine.
const CASES: usize = 60;

fn leaf() -> impl Strategy<Value = Value> {
    let odd = vec![
        json!(null),
        json!(0),
        json!(-1),
        json!(1),
        json!(0.1),
        json!(1.005),
        json!(1e15),
        json!(1e308),
        json!(-1e308),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(""),
        json!(" "),
        json!("\u{0}"),
        json!("125K"),
        json!("1e5"),
        json!("NaN"),
        json!("instagram"),
        json!("CAMP-001"),
        json!("active"),
        json!("0190a000-0000-7000-8000-000000000000"),
        json!("ana@example.com"),
        json!("https://example.com"),
        json!("\u{10ffff}"),
    ];
    prop_oneof![
        3 => prop::sample::select(odd),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_filter_map("JSON has no such number", |number| serde_json::Number::from_f64(number).map(Value::Number)),
        2 => "\\PC{0,20}".prop_map(Value::from),
        1 => "[a-z ,;|@.-]{0,40}".prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Names that some route reads, and others.
fn key() -> impl Strategy<Value = String> {
    let known = vec![
        "name",
        "platform",
        "niche",
        "followers_count",
        "followers_count_numeric",
        "email",
        "about",
        "languages",
        "query",
        "budget_range",
        "limit",
        "offset",
        "page",
        "product_name",
        "brand_name",
        "brand",
        "total_budget",
        "status",
        "excluded_creators",
        "excluded_niches",
        "influencer_id",
        "creator_id",
        "creator_ids",
        "campaign_id",
        "match_threshold",
        "match_count",
        "match_score",
        "min_followers",
        "max_followers",
        "search",
        "key_use_cases",
        "force_update",
        "notes",
        "rating",
        "collaboration_rate",
        "avg_views",
        "engagement_rate",
        "target_audience",
    ];
    prop_oneof![6 => prop::sample::select(known).prop_map(str::to_owned), 1 => "\\PC{0,10}"]
}

/// A body that the route takes, where one is known.
fn good(route: &Route, there: &There) -> Value {
    let path = route.path.as_str();
    if path.ends_with("similaritysearch")
        || path.contains("/campaigns") && !path.contains("influencer") && !path.contains("analysis")
    {
        return fitband();
    }
    match path {
        "/api/v1/creators" => {
            json!({"name": "Ana", "platform": "tiktok", "niche": "food", "followers_count": "5K", "rating": 4, "languages": ["English"]})
        }
        "/api/v1/creators/search" => json!({"query": "food", "budget_range": [0, 100], "limit": 5}),
        "/api/ai/embeddings/batch" => json!({"creator_ids": [there.creator], "force_update": true}),
        "/api/v1/ai/campaign-similarity" => {
            json!({"campaign_id": there.campaign, "match_threshold": 0.2, "match_count": 4})
        }
        "/api/ai/matches" => {
            json!({"campaign_id": there.campaign, "creator_id": there.creator, "match_score": 5, "niche_match": 5, "audience_match": 5,
            "engagement_score": 5, "budget_fit": 5})
        }
        _ => json!({"influencer_id": there.creator, "name": "Ana", "rating": 3}),
    }
}

/// One field of a good body changed into anything, or anything at all.
fn spoil(good: Value, (whole, field, pick, anything): (bool, String, prop::sample::Index, Value)) -> Value {
    if whole {
        return anything;
    }
    let mut body = good;
    let fields = body.as_object_mut().unwrap();
    let names: Vec<String> = fields.keys().cloned().collect();
    let name = if pick.index(3) == 0 { field } else { pick.get(&names).clone() };
    fields.insert(name, anything);
    body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_body_is_a_fault_of_ours() {
    let mut worlds = Vec::new();
    for engine in testkit::engines().await {
        let world = World::new(fresh_db(engine).await, What::Demo).await;
        let there = There::of(&world).await;
        worlds.push((world, there));
    }
    let mut runner = TestRunner::deterministic();
    let parts = (prop::bool::weighted(0.3), key(), any::<prop::sample::Index>(), value());
    let mut answered = [0_usize; 2];
    for route in routes(&worlds[0].0).await.iter().filter(|route| route.takes_json()) {
        for _ in 0..CASES {
            let spoilt = parts.new_tree(&mut runner).unwrap().current();
            let mut statuses = Vec::new();
            let mut sent = Value::Null;
            for (world, there) in &worlds {
                sent = spoil(good(route, there), spoilt.clone());
                let reply = world.client.json(route.method.clone(), &route.filled(there), &sent).await;
                assert!(reply.status < 500, "{}: {} to {sent}: {}", route.label(), reply.status, reply.text());
                if reply.status < 300 {
                    reply.json();
                } else {
                    reply.error();
                }
                answered[usize::from(reply.status >= 300)] += 1;
                statuses.push(reply.status);
            }
            assert!(statuses.iter().all(|status| *status == statuses[0]), "{}: {statuses:?} to {sent}", route.label());
        }
    }
    assert!(answered[0] > 50 && answered[1] > 50, "good and bad ones were sent: {answered:?}");
    for (world, _) in &worlds {
        assert_eq!(world.client.get("/api/v1/health").await.ok()["status"], "ok");
        assert_eq!(world.client.get("/api/v1/creators?limit=100").await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_query_is_a_fault_of_ours() {
    let world = World::new(fresh_db(Engine::Sqlite).await, What::Demo).await;
    let there = There::of(&world).await;
    let mut runner = TestRunner::deterministic();
    let text = prop_oneof![
        "\\PC{0,12}",
        "-?[0-9]{0,25}",
        "[a-zA-Z-]{0,10}",
        Just("CAMP-001".to_owned()),
        Just("-followers".to_owned())
    ];
    let pairs = prop::collection::vec((key(), text), 0..4);
    let named = [
        "sort",
        "country",
        "language",
        "min_engagement",
        "max_rate",
        "min_score",
        "format",
        "status",
        "match_threshold",
    ];
    for route in routes(&world).await.iter().filter(|route| route.method == Method::GET) {
        for round in 0..40 {
            let mut pairs = pairs.new_tree(&mut runner).unwrap().current();
            if let Some((name, _)) = pairs.first_mut() {
                named[round % named.len()].clone_into(name);
            }
            let query: Vec<String> =
                pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
            let path = format!("{}?{}", route.filled(&there), query.join("&"));
            let reply = world.client.get(&path).await;
            assert!(reply.status < 500, "{path}: {}: {}", reply.status, reply.text());
            if reply.status >= 400 {
                reply.error();
            }
        }
    }
}
