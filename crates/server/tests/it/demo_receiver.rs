//! The demo's receiver of webhooks, and what its log shows.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use influencerflow::demo_market::{self, BRAND, PASSWORD};
use serde_json::{Value, json};
use testkit::{Client, both_engines};
use webhooks::model::secret;

use crate::world::What::{Empty, Serve};
use crate::world::{World, settings, text};

const RECEIVER: &str = "/demo/receiver";

/// The one webhook of somebody of the demo has deliveries that arrived at once, that arrived at the second attempt, and that failed.
pub(crate) async fn shows_deliveries(client: &Client) {
    let list = client.get("/api/v1/webhooks").await.ok();
    assert_eq!(list["pagination"]["total"], 1, "{list}");
    let webhook = &list["webhooks"][0];
    assert!(text(webhook, "url").ends_with(RECEIVER) && webhook["status"] == "enabled", "{webhook}");
    let path = format!("/api/v1/webhooks/{}", text(webhook, "id"));
    let log = client.get(&format!("{path}/deliveries?limit=100")).await.ok();
    let deliveries = log["deliveries"].as_array().unwrap();
    let statuses: BTreeSet<String> = deliveries.iter().map(|one| text(one, "status")).collect();
    assert!(statuses.contains("delivered") && statuses.contains("failed"), "{statuses:?}");
    let tried_again = deliveries.iter().find(|one| one["attempts"].as_u64() > Some(1) || one["status"] == "pending");
    let shown = client.get(&format!("{path}/deliveries/{}", text(tried_again.unwrap(), "id"))).await.ok();
    let first = shown["attempt_log"].as_array().unwrap().last().unwrap();
    assert_eq!(first["response_status"], 503, "{shown}");
    let failed = deliveries.iter().find(|one| one["status"] == "failed").unwrap();
    let replayed = client.post(&format!("{path}/deliveries/{}/replay", text(failed, "id")), &json!({})).await;
    assert!(replayed.status < 300, "{}", replayed.text());
}

#[both_engines(Empty)]
async fn the_brand_of_the_demo_has_deliveries(world: World) {
    demo_market::load(&world.server, &settings()).await.unwrap();
    let entered = world.client.post("/api/v1/auth/login", &json!({"email": BRAND, "password": PASSWORD})).await.ok();
    let token = format!("Bearer {}", text(&entered, "access_token"));
    shows_deliveries(&world.client.clone().with("authorization", &token)).await;
}

#[both_engines(Empty)]
async fn the_receiver_takes_what_the_demo_signed(world: World) {
    demo_market::load(&world.server, &settings()).await.unwrap();
    let sql = "SELECT value FROM installation WHERE name = 'demo_receiver'";
    let kept: String = world.db().read().await.unwrap().fetch_value(sql, vec![]).await.unwrap();
    let now = world.server.app.clock().now().micros() / 1_000_000;
    let send = async |at: i64, signed_with: &str, body: Value| {
        let signature = secret::sign([signed_with], "an id", at, &body.to_string());
        let client = world.client.clone().with("webhook-id", "an id").with("webhook-timestamp", &at.to_string());
        client.with("webhook-signature", &signature).post(RECEIVER, &body).await.status
    };
    let body = json!({"type": "user.created"});
    assert_eq!(send(now, &kept, body.clone()).await, StatusCode::NO_CONTENT);
    assert_eq!(send(now, "another secret", body.clone()).await, StatusCode::UNAUTHORIZED);
    assert_eq!(send(now - 3_600, &kept, body.clone()).await, StatusCode::UNAUTHORIZED);
    world.client.post(RECEIVER, &body).await.refused(401);
}

#[both_engines(Serve)]
async fn in_earnest_there_is_no_receiver(world: World) {
    world.client.post(RECEIVER, &json!({})).await.refused(404);
}
