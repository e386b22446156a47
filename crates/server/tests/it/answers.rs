//! What surrounds every answer: ids, headers of caution, compression, health and figures.

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

both_engines! {
    async fn every_answer_has_the_id_of_its_request(world: Demo) {
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

    async fn every_answer_has_the_headers_of_caution(world: Demo) {
        for path in ["/", "/health", "/docs", "/api/v1/creators", "/api/v1/creators/export", "/nowhere"] {
            let reply = world.client.get(path).await;
            assert_eq!((reply.header("x-content-type-options"), reply.header("x-frame-options")), ("nosniff", "DENY"), "{path}");
            assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
            assert!(!reply.header("cache-control").is_empty() && reply.header("server").is_empty(), "{path}");
        }
    }

    async fn long_answers_are_compressed_for_those_who_can_read_it(world: Demo) {
        let plain = world.client.get("/api/v1/creators").await;
        let packed = world.client.clone().with("accept-encoding", "gzip").get("/api/v1/creators").await;
        assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), ("", "gzip"));
        assert!(packed.bytes.len() * 2 < plain.bytes.len() && packed.bytes.starts_with(&[0x1f, 0x8b]));
        let short = world.client.clone().with("accept-encoding", "gzip").get("/health").await;
        assert_eq!(short.header("content-encoding"), "");
    }

    async fn the_head_of_an_answer_can_be_asked_for_alone(world: Demo) {
        for path in ["/", "/health", "/api/v1/creators", "/api/v1/campaigns/CAMP-001"] {
            let reply = world.client.ask(Method::HEAD, path, None, Body::empty()).await;
            assert_eq!((reply.status, reply.bytes.len()), (200, 0), "{path}");
        }
    }

    async fn health_looks_at_the_parts(world: Demo) {
        assert_eq!(world.client.get("/health").await.ok(), json!({"status": "healthy", "mode": "demo"}));
        let health = world.client.get("/api/v1/health").await.ok();
        assert_eq!(health["status"], "ok");
        for part in ["database", "index", "jobs"] {
            assert_eq!(health["parts"][part]["status"], "ok", "{part}");
        }
        assert_eq!(health["parts"]["database"]["figures"]["engine"], world.db().engine().name());
        let index = &health["parts"]["index"]["figures"];
        assert_eq!(index["creators"], world.rows("creators").await);
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

    async fn the_first_page_is_for_programs_and_for_people(world: Demo) {
        let welcome = world.client.get("/").await.ok();
        assert_eq!((&welcome["status"], welcome["features"].is_array()), (&json!("active"), true));
        let page = world.client.clone().with("accept", "text/html,*/*;q=0.8").get("/").await;
        assert!(page.header("content-type").starts_with("text/html") && page.text().contains("/docs"));
    }
}
