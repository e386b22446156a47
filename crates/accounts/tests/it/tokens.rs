//! Access and refresh tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::time::{DAY, MINUTE};
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{World, text};

#[both_engines]
async fn refreshing_rotates_and_reuse_ends_the_log_in(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    let tablet = world.log_in("ana").await;
    let second = world.refresh(&ana.refresh).await.ok();
    assert_eq!((text(&second, "token_type"), second["expires_in"].as_i64()), ("bearer".into(), Some(1800)));
    let by_header = world.client.clone().with("authorization", &format!("Bearer {}", text(&second, "refresh_token")));
    let third =
        by_header.ask(axum::http::Method::POST, "/api/v1/auth/refresh", None, axum::body::Body::empty()).await.ok();
    let client = world.client.clone().with("authorization", &format!("Bearer {}", text(&third, "access_token")));
    assert_eq!(text(&client.get("/api/v1/auth/me").await.ok(), "id"), ana.id);
    // The second one was used up: whoever has it has stolen it, or was stolen from.
    world.refresh(&text(&second, "refresh_token")).await.refused(401);
    world.refresh(&text(&third, "refresh_token")).await.refused(401);
    client.get("/api/v1/auth/me").await.refused(401);
    tablet.me().await.ok();
    assert_eq!(world.audited("session.reuse").await, 1);
}

#[both_engines]
async fn of_a_thousand_at_once_one_wins(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    let all = futures::future::join_all((0..1000).map(|_| world.refresh(&ana.refresh))).await;
    let won: Vec<_> = all.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(won.len(), 1);
    assert_eq!(all.iter().filter(|reply| reply.status == 401).count(), 999);
    // The others were reuse: the family is dead, the winner's tokens too.
    world.refresh(&text(&won[0].json(), "refresh_token")).await.refused(401);
    ana.me().await.refused(401);
    assert_eq!((world.rows("refresh_tokens").await, world.audited("session.reuse").await), (2, 1));
}

#[both_engines]
async fn tokens_are_over_in_their_time(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    world.clock.advance(30 * MINUTE - 1);
    ana.me().await.ok();
    world.clock.advance(1);
    let told = ana.me().await;
    told.refused(401);
    assert!(told.message().contains("expired"));
    let fresh = world.refresh(&ana.refresh).await.ok();
    world.clock.advance(30 * DAY);
    world.refresh(&text(&fresh, "refresh_token")).await.refused(401);
    assert_eq!(world.audited("session.reuse").await, 0, "a token that is over is no reuse");
}

#[both_engines]
async fn one_kind_of_token_is_not_the_other(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    world.refresh(&ana.access).await.refused(401);
    let as_access = world.client.clone().with("authorization", &format!("Bearer {}", ana.refresh));
    as_access.get("/api/v1/auth/me").await.refused(401);
    let empty = async |client: &testkit::Client| {
        client.ask(axum::http::Method::POST, "/api/v1/auth/refresh", None, axum::body::Body::empty()).await
    };
    empty(&world.client).await.refused(401);
    empty(&ana.client).await.refused(401);
    world.refresh("not-a-token").await.refused(401);
    assert_eq!(world.client.post("/api/v1/auth/refresh", &json!({})).await.faults(), ["refresh_token"]);
    // A client may send its old access token along.
    let body = json!({"refresh_token": ana.refresh}).to_string();
    ana.client.raw(axum::http::Method::POST, "/api/v1/auth/refresh", "application/json", body).await.ok();
}

#[both_engines]
async fn forged_tokens_are_refused(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    let eve = world.someone("eve").await;
    let parts: Vec<&str> = ana.access.split('.').collect();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    let refused = async |token: String| {
        let client = world.client.clone().with("authorization", &format!("Bearer {token}"));
        client.get("/api/v1/auth/me").await.refused(401);
    };
    for alg in ["none", "RS256", "HS384", "HS512"] {
        let head = part(&json!({"typ": "JWT", "alg": alg}));
        refused(format!("{head}.{}.", parts[1])).await;
        refused(format!("{head}.{}.{}", parts[1], parts[2])).await;
    }
    claims["user_type"] = json!("ADMIN");
    refused(format!("{}.{}.{}", parts[0], part(&claims), parts[2])).await;
    let sign = |claims: &Value, key: &[u8], alg: jsonwebtoken::Algorithm| {
        jsonwebtoken::encode(&jsonwebtoken::Header::new(alg), claims, &jsonwebtoken::EncodingKey::from_secret(key))
            .unwrap()
    };
    refused(sign(&claims, b"another key, as long as it should be", jsonwebtoken::Algorithm::HS256)).await;
    refused(sign(&claims, crate::world::SECRET.as_bytes(), jsonwebtoken::Algorithm::HS512)).await;
    // Even with the right key, a log-in is its owner's alone, and what a token says of its rights is not believed.
    let good = sign(&claims, crate::world::SECRET.as_bytes(), jsonwebtoken::Algorithm::HS256);
    let client = world.client.clone().with("authorization", &format!("Bearer {good}"));
    client.get("/api/v1/auth/me").await.ok();
    client.get("/api/v1/auth/admin-only").await.refused(403);
    claims["sub"] = json!(eve.id);
    refused(sign(&claims, crate::world::SECRET.as_bytes(), jsonwebtoken::Algorithm::HS256)).await;
    refused("ifk_nonsense".into()).await;
}
