//! Who is answered: in earnest nobody without a token, in the demo nobody but this machine.

use axum::body::Body;
use axum::http::{HeaderValue, Method};
use serde_json::json;
use testkit::{Client, both_engines};

use crate::document::routes;
use crate::world::What::{Demo, Serve};
use crate::world::{World, settings};

/// What may stand where a token should, and is none.
const BAD: [&str; 6] =
    ["Bearer nonsense", "Bearer ", "bearer eyJhbGciOiJub25lIn0.e30.", "Basic YTpi", "x", "Bearer a b"];

#[both_engines(Serve)]
async fn in_earnest_every_route_wants_a_token(world: World) {
    let mut looked_at = 0;
    for route in routes(&world).await {
        let path = route.path.replace(['{', '}'], "");
        let send = async |client: &Client| client.ask(route.method.clone(), &path, None, Body::empty()).await;
        let reply = send(&world.client).await;
        if route.is_public() {
            assert_eq!(reply.status, 200, "{}", route.label());
            continue;
        }
        if route.lets_everybody_in() || ["token", "webhook"].contains(&route.kind()) {
            assert!(reply.status < 500, "{}: {}", route.label(), reply.text());
            continue;
        }
        reply.refused(401);
        assert_eq!(reply.header("www-authenticate"), "Bearer", "{}", route.label());
        for token in BAD {
            send(&world.client.clone().with("authorization", token)).await.refused(401);
        }
        looked_at += 1;
    }
    assert!(looked_at >= 22, "{looked_at}");
    for page in ["/docs", "/redoc", "/openapi.json"] {
        assert_eq!(world.client.get(page).await.status, 200, "{page}");
    }
    assert_eq!(world.client.get("/health").await.ok()["mode"], "production");
}

#[both_engines(Demo)]
async fn in_the_demo_a_bad_token_is_refused_and_none_is_fine(world: World) {
    for token in BAD {
        world.client.clone().with("authorization", token).get("/api/v1/creators").await.refused(401);
    }
    assert_eq!(world.client.get("/api/v1/creators").await.status, 200);
    assert_eq!(world.client.get("/health").await.ok()["mode"], "demo");
}

#[both_engines(Demo)]
async fn the_demo_answers_this_machine_alone(world: World) {
    let strangers = [
        ("host", "demo.example.com"),
        ("host", "192.168.1.7:8000"),
        ("host", "localhost.evil.example"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-host", "demo.example.com"),
        ("forwarded", "for=203.0.113.9"),
        ("x-real-ip", "203.0.113.9"),
        ("cf-connecting-ip", "203.0.113.9"),
    ];
    let before = world.creators().await;
    for route in routes(&world).await {
        let path = route.path.replace(['{', '}'], "");
        for (name, value) in strangers {
            let stranger = world.client.clone().before_routes().with(name, value);
            stranger.json(route.method.clone(), &path, &json!({})).await.refused(403);
        }
    }
    for page in ["/docs", "/redoc", "/openapi.json"] {
        world.client.clone().with("host", "demo.example.com").get(page).await.refused(403);
    }
    for (name, value) in [
        ("host", "127.0.0.1:8000"),
        ("host", "[::1]"),
        ("origin", "http://localhost:3000"),
        ("origin", "http://127.0.0.1"),
    ] {
        assert_eq!(world.client.clone().with(name, value).get("/api/v1/creators").await.status, 200, "{name}: {value}");
    }
    assert_eq!(world.creators().await, before);
}

#[both_engines(Serve)]
async fn in_earnest_any_name_and_proxy_will_do(world: World) {
    let proxied = world.client.clone().with("host", "api.example.com").with("x-forwarded-for", "203.0.113.9");
    assert_eq!(proxied.get("/health").await.status, 200);
    proxied.get("/api/v1/creators").await.refused(401);
}

#[both_engines(Serve)]
async fn browsers_of_the_named_origins_may_call(world: World) {
    let origins = [HeaderValue::from_static("https://app.example.com")];
    let about = world.server.about(&settings(), None);
    let client = Client::new(world.server.service(about, &origins).unwrap());
    let asked = async |origin: &str| {
        let client = client
            .clone()
            .with("origin", origin)
            .with("access-control-request-method", "POST")
            .with("access-control-request-headers", "authorization,content-type");
        client.ask(Method::OPTIONS, "/api/v1/creators", None, Body::empty()).await
    };
    let allowed = asked("https://app.example.com").await;
    assert_eq!((allowed.status, allowed.header("access-control-allow-origin")), (200, "https://app.example.com"));
    assert!(allowed.header("access-control-allow-headers").contains("authorization"));
    assert_eq!(asked("https://evil.example").await.header("access-control-allow-origin"), "");
    let real = client.clone().with("origin", "https://app.example.com").get("/api/v1/creators").await;
    assert_eq!((real.status, real.header("access-control-allow-origin")), (401, "https://app.example.com"));
}
