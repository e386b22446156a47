//! What surrounds every answer: ids, headers of caution, compression, health and figures.

use axum::body::Body;
use axum::http::Method;
use serde_json::json;
use testkit::both_engines;

use crate::world::What::Demo;
use crate::world::World;

#[both_engines(Demo)]
async fn every_answer_has_the_id_of_its_request(world: World) {
    let own = world.client.get("/api/v1/creators").await.header("x-request-id").to_owned();
    let next = world.client.get("/api/v1/creators").await.header("x-request-id").to_owned();
    assert!(own.len() >= 8 && own != next);
    let given = world.client.clone().with("x-request-id", "my-request_0042").get("/nowhere").await;
    assert_eq!(given.refused(404)["error"]["request_id"], "my-request_0042");
    for strange in ["short", &"x".repeat(65), "with space", "a\"b\"c<script>"] {
        let reply = world.client.clone().with("x-request-id", strange).get("/nowhere").await;
        assert_ne!(reply.refused(404)["error"]["request_id"], strange, "what is no id is not repeated");
    }
}

#[both_engines(Demo)]
async fn every_answer_has_the_headers_of_caution(world: World) {
    for path in ["/", "/health", "/docs", "/api/v1/creators", "/api/v1/creators/export", "/nowhere"] {
        let reply = world.client.get(path).await;
        assert_eq!(
            (reply.header("x-content-type-options"), reply.header("x-frame-options")),
            ("nosniff", "DENY"),
            "{path}"
        );
        assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(!reply.header("cache-control").is_empty() && reply.header("server").is_empty(), "{path}");
    }
}

#[both_engines(Demo)]
async fn long_answers_are_compressed_for_those_who_can_read_it(world: World) {
    let plain = world.client.get("/api/v1/creators").await;
    let packed = world.client.clone().with("accept-encoding", "gzip").get("/api/v1/creators").await;
    assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), ("", "gzip"));
    assert!(packed.bytes.len() * 2 < plain.bytes.len() && packed.bytes.starts_with(&[0x1f, 0x8b]));
    let short = world.client.clone().with("accept-encoding", "gzip").get("/health").await;
    assert_eq!(short.header("content-encoding"), "");
}

#[both_engines(Demo)]
async fn what_did_not_change_is_not_sent_again_and_a_write_is_seen_at_once(world: World) {
    for path in [
        "/api/v1/creators?limit=5",
        "/api/v1/campaigns",
        "/api/v1/campaigns/CAMP-001",
        "/api/v1/contracts",
        "/openapi.json",
    ] {
        let first = world.client.get(path).await;
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with("W/\"") && first.status == 200, "{path}: {tag}");
        assert!(first.header("cache-control").contains("no-cache") || path == "/openapi.json", "{path}");
        let again = world.client.clone().with("if-none-match", &tag).get(path).await;
        assert_eq!((again.status, again.bytes.len(), again.header("etag")), (304, 0, tag.as_str()), "{path}");
        let packed = world.client.clone().with("accept-encoding", "gzip").with("if-none-match", &tag).get(path).await;
        assert_eq!((packed.status, packed.bytes.len()), (304, 0), "{path}: compressed");
        let other = world.client.clone().with("if-none-match", "W/\"0123\"").get(path).await;
        assert_eq!((other.status, &other.bytes), (200, &first.bytes), "{path}");
    }
    let path = "/api/v1/campaigns/CAMP-001";
    let tag = world.client.get(path).await.header("etag").to_owned();
    world.client.put(path, &json!({"campaign_goal": "Told apart by its tag"})).await.ok();
    let after = world.client.clone().with("if-none-match", &tag).get(path).await;
    assert_eq!(after.ok()["campaign_goal"], "Told apart by its tag");
    let refused = world.client.clone().with("if-none-match", "*").get("/api/v1/campaigns/CAMP-999").await;
    assert_eq!((refused.status, refused.header("etag")), (404, ""), "a refusal has no tag");
}

#[both_engines(Demo)]
async fn the_head_of_an_answer_can_be_asked_for_alone(world: World) {
    for path in ["/", "/health", "/api/v1/creators", "/api/v1/campaigns/CAMP-001"] {
        let reply = world.client.ask(Method::HEAD, path, None, Body::empty()).await;
        assert_eq!((reply.status, reply.bytes.len()), (200, 0), "{path}");
    }
}

#[both_engines(Demo)]
async fn health_looks_at_the_parts(world: World) {
    assert_eq!(world.client.get("/health").await.ok(), json!({"status": "healthy", "mode": "demo"}));
    let health = world.client.get("/api/v1/health").await.ok();
    assert_eq!(health["status"], "ok");
    for part in ["database", "index", "jobs"] {
        assert_eq!(health["parts"][part]["status"], "ok", "{part}");
    }
    assert_eq!(health["parts"]["database"]["figures"]["engine"], world.db().engine().name());
    let index = &health["parts"]["index"]["figures"];
    assert_eq!(index["creators"], world.creators().await);
    let info = world.client.get("/api/v1/info").await.ok();
    assert_eq!((&info["health"], &info["environment"]), (&json!("operational"), &json!("demo")));
    world.db().close().await;
    let sick = world.client.get("/health").await;
    assert_eq!((sick.status, sick.json()["status"].clone()), (503, json!("unhealthy")));
    assert_eq!(world.client.get("/api/v1/health").await.json()["parts"]["database"]["status"], "failed");
    let down = world.client.get("/api/v1/creators/0190a000-0000-7000-8000-000000000000").await;
    down.refused(503);
    assert!(!down.header("retry-after").is_empty());
}

#[both_engines(Demo)]
async fn the_first_page_is_for_programs_and_for_people(world: World) {
    let welcome = world.client.get("/").await.ok();
    assert_eq!((&welcome["status"], welcome["features"].is_array()), (&json!("active"), true));
    let page = world.client.clone().with("accept", "text/html,*/*;q=0.8").get("/").await;
    assert!(page.header("content-type").starts_with("text/html") && page.text().contains("/docs"));
}
