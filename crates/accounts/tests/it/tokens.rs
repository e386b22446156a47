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
async fn a_thousand_at_once_are_answered_alike_and_whoever_comes_later_is_a_thief(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    // A second transaction locks the token's row until all requests have arrived, so that they overlap.
    let mut holding = world.db().write().await.unwrap();
    holding.execute("UPDATE refresh_tokens SET created_at = created_at", vec![]).await.unwrap();
    let all = futures::future::join_all((0..1000).map(|_| world.refresh(&ana.refresh)));
    let (all, ()) = futures::future::join(all, async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        drop(holding);
    })
    .await;
    let answers: Vec<Value> = all.iter().map(testkit::Reply::ok).collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]), "those that overlap get the same answer");
    assert_ne!(text(&answers[0], "refresh_token"), ana.refresh);
    assert_eq!((world.rows("refresh_tokens").await, world.audited("session.reuse").await), (2, 0));
    ana.me().await.ok();
    // It goes on by the new token, of which the same is true.
    let next = world.refresh(&text(&answers[0], "refresh_token")).await.ok();
    // The first was answered long ago: its use is a theft, and the family is dead.
    world.refresh(&ana.refresh).await.refused(401);
    world.refresh(&text(&next, "refresh_token")).await.refused(401);
    ana.me().await.refused(401);
    assert_eq!(world.audited("session.reuse").await, 1);
}

#[both_engines]
async fn as_soon_as_the_first_is_answered_the_old_token_is_dead(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    let next = world.refresh(&ana.refresh).await.ok();
    let replies = futures::future::join_all((0..20).map(|_| world.refresh(&ana.refresh))).await;
    assert!(replies.iter().all(|reply| reply.status == 401));
    world.refresh(&text(&next, "refresh_token")).await.refused(401);
    assert_eq!(world.audited("session.reuse").await, 1);
}

#[both_engines]
async fn two_processes_answer_those_that_overlap_alike(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let other = world.neighbour().await;
    let mut alike = 0;
    for round in 0..10 {
        let ana = world.someone(&format!("ana{round}")).await;
        let body = json!({"refresh_token": ana.refresh});
        let here = world.refresh(&ana.refresh);
        let there = other.post("/api/v1/auth/refresh", &body);
        let (here, there) = futures::future::join(here, there).await;
        match (here.status, there.status) {
            (200, 200) => {
                assert_eq!(here.json(), there.json());
                alike += 1;
            }
            // One had been answered before the other process looked: that is a reuse, and told so.
            (200, 401) | (401, 200) => {
                ana.me().await.refused(401);
            }
            both => panic!("{both:?}"),
        }
    }
    assert!(alike > 0, "none of ten pairs overlapped");
}

#[both_engines]
async fn a_whole_log_in_ends_in_its_time_however_often_it_is_refreshed(fresh: FreshDb) {
    let settings = accounts::Settings { session_days: 40, ..crate::world::settings() };
    let world = World::with(fresh, settings, http_base::Mode::Serve).await;
    let ana = world.someone("ana").await;
    let (mut refresh, mut days) = (ana.refresh.clone(), 0);
    loop {
        world.clock.advance(5 * DAY);
        days += 5;
        let reply = world.refresh(&refresh).await;
        if reply.status == 401 {
            break;
        }
        refresh = text(&reply.ok(), "refresh_token");
        assert!(days < 100, "it never ends");
    }
    assert_eq!(days, 40);
    assert_eq!(world.audited("session.reuse").await, 0, "that its time is over is no reuse");
    world.log_in("ana").await.me().await.ok();
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
