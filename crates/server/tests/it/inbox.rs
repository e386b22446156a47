//! The inbox in the server: who is told of what, and streams that end with real log-ins.

use kernel::UserType;
use serde_json::{Value, json};
use testkit::{Stream, both_engines};
use uuid::Uuid;

use crate::authorisation::{by, someone};
use crate::world::What::Serve;
use crate::world::{World, text};

/// What happens on the marketplace, as its events tell it.
async fn happens(world: &World, kind: &str, payload: Value) {
    let mut tx = world.server.app.db().write().await.unwrap();
    tx.append_event(kind, Uuid::from_u128(1), None, Ok(payload.to_string()));
    tx.commit().await.unwrap();
}

#[both_engines(Serve)]
async fn what_happens_is_told_to_whom_it_concerns(world: World) {
    let brand = by(&world, &someone(&world, "brand", UserType::Business).await.token);
    let ana = by(&world, &someone(&world, "ana", UserType::Creator).await.token);
    let id = async |client: &testkit::Client| text(&client.get("/api/v1/auth/me").await.ok(), "id");
    let (brand_id, ana_id) = (id(&brand).await, id(&ana).await);
    let two = |more: Value| {
        let mut payload = json!({"business_id": brand_id, "creator_id": ana_id, "offer_id": Uuid::from_u128(2),
            "application_id": Uuid::from_u128(3)});
        payload.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        payload
    };
    let told = async |client: &testkit::Client| {
        let list = client.get("/api/v1/notifications").await.ok();
        list["notifications"].as_array().unwrap().iter().map(|row| text(row, "type")).collect::<Vec<_>>()
    };
    happens(&world, "application.received", two(json!({}))).await;
    let list = brand.get("/api/v1/notifications").await.ok();
    let row = &list["notifications"][0];
    assert_eq!((&row["type"], &row["content"]), (&json!("APPLICATION_RECEIVED"), &json!("ana applied to your offer")));
    assert_eq!(row["related_application_id"], json!(Uuid::from_u128(3)));
    assert_eq!(row["related_offer_id"], json!(Uuid::from_u128(2)));
    assert!(told(&ana).await.is_empty());
    // Whoever accepts knows it; the other one is told.
    happens(&world, "application.accepted", two(json!({"by": brand_id}))).await;
    assert_eq!(told(&ana).await, ["APPLICATION_ACCEPTED"]);
    happens(&world, "collaboration.scheduled", two(json!({"by": "CREATOR", "scheduled_date": "2026-03-01T10:00:00Z"})))
        .await;
    happens(&world, "collaboration.rated", two(json!({"by": "CREATOR"}))).await;
    assert_eq!(told(&brand).await.len(), 3);
    assert_eq!(told(&ana).await.len(), 2, "a rating is told to whoever was rated");
    happens(&world, "application.shortlisted", two(json!({"shortlisted": false}))).await;
    assert_eq!(told(&ana).await.len(), 2, "to be taken off the list is no news");
    for (was, tier) in [(1, 2), (2, 1), (1, 1)] {
        let payload = json!({"account_id": ana_id, "was": was, "tier": tier, "name": "PRO"});
        happens(&world, "karma.tier_changed", payload).await;
    }
    let all = told(&ana).await;
    assert!(all.contains(&"TIER_UPGRADED".to_owned()) && all.contains(&"TIER_DOWNGRADED".to_owned()), "{all:?}");
    assert_eq!(all.len(), 4);
    // Of flooding applications some are shown, and the rest as one.
    for _ in 0..30 {
        happens(&world, "application.received", two(json!({}))).await;
    }
    let list = brand.get("/api/v1/notifications?type=APPLICATION_RECEIVED").await.ok();
    assert_eq!((&list["total"], &list["notifications"][0]["count"]), (&json!(21), &json!(11)));
}

/// A stream of the server.
async fn stream(client: &testkit::Client) -> Stream {
    let stream = client.clone().with("accept-encoding", "gzip").stream("/api/v1/live", None).await.unwrap();
    assert_eq!(stream.header("content-encoding"), "", "a compressor would hold it back");
    stream
}

#[both_engines(Serve)]
async fn a_stream_ends_when_its_log_in_does(world: World) {
    let (one, other) =
        (someone(&world, "one", UserType::Creator).await, someone(&world, "other", UserType::Business).await);
    let (client, other) = (by(&world, &one.token), by(&world, &other.token));
    let mut live = stream(&client).await;
    let mut others = stream(&other).await;
    assert_eq!(live.next().await.unwrap().name, "hello");
    let id = text(&client.get("/api/v1/auth/me").await.ok(), "id");
    let sent = other.post("/api/v1/messages", &json!({"recipient_id": id, "content": "Hola, ¿qué tal?"})).await;
    assert_eq!(sent.status, 201, "{}", sent.text());
    assert_eq!(live.find("message").await.data["content"], "Hola, ¿qué tal?");
    client.post("/api/v1/auth/logout", &json!({})).await.ok();
    assert_eq!(live.find("closed").await.data["reason"], "signed_out");
    others.find("message").await;
    let made = other.post("/api/v1/live/tickets", &json!({})).await;
    assert_eq!(made.status, 201);
    world.server.inbox.hub().close();
    assert_eq!(others.find("closed").await.data["reason"], "stopping");
}

#[both_engines(Serve)]
async fn messages_are_kept_from_the_feeds_of_workspaces(world: World) {
    let brand = someone(&world, "brand", UserType::Business).await;
    let ana = by(&world, &someone(&world, "ana", UserType::Creator).await.token);
    let admin = by(&world, &someone(&world, "admin", UserType::Admin).await.token);
    let id = text(&by(&world, &brand.token).get("/api/v1/auth/me").await.ok(), "id");
    ana.post("/api/v1/messages", &json!({"recipient_id": id, "content": "between the two of us"})).await;
    let dashboard = admin.get("/api/v1/analytics/dashboard").await.text();
    assert!(!dashboard.contains("message"), "{dashboard}");
    assert_eq!(admin.get("/api/v1/messages").await.ok()["total"], 0);
    admin.get(&format!("/api/v1/messages/{id}")).await.ok();
}
