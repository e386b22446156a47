//! Webhooks in the server: which events there are, what they carry beyond ids, and whom both sides' events reach.

use kernel::{UserType, WorkspaceId};
use serde_json::{Value, json};
use testkit::{Client, both_engines};
use uuid::Uuid;

use crate::authorisation::{by, someone};
use crate::world::What::{Empty, Serve};
use crate::world::{World, text};

const ALL: &str = "/api/v1/webhooks";
/// Nobody listens there: what would arrive is read in the log.
const NOBODY: &str = "http://127.0.0.1:59999/hook";

async fn work(world: &World) {
    let app = &world.server.app;
    events::run_until_idle(app.db(), app.clock(), &world.server.subscribers).await.unwrap();
    jobs::run_until_idle(app.db(), app.clock(), &world.server.jobs.clone().unscheduled()).await.unwrap();
}

async fn subscribe(client: &Client, events: &[&str]) -> String {
    let made = client.post(ALL, &json!({"url": NOBODY, "events": events})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    format!("{ALL}/{}", text(&made.json(), "id"))
}

/// What was sent to a webhook, or was to be, by event.
async fn sent(client: &Client, path: &str, event: &str) -> Value {
    let list = client.get(&format!("{path}/deliveries?event={event}")).await.ok();
    assert_eq!(list["pagination"]["total"], 1, "{event}: {list}");
    let id = text(&list["deliveries"][0], "id");
    client.get(&format!("{path}/deliveries/{id}")).await.ok()["request"].clone()
}

#[both_engines(Empty)]
async fn both_sides_are_told_with_what_they_may_see(world: World) {
    let creator = someone(&world, "ana", UserType::Creator).await;
    let business = someone(&world, "brand", UserType::Business).await;
    let (ana, brand) = (by(&world, &creator.token), by(&world, &business.token));
    let (ana_id, brand_id, workspace) = (creator.row.id, business.row.id, business.row.workspace_id.unwrap());
    work(&world).await;
    let anas = subscribe(&ana, &["user.created", "application.received", "webhook.disabled"]).await;
    let brands = subscribe(&brand, &["*"]).await;
    let member = json!({"external_id": "john", "channel": "web", "profile_data": {"name": "John Doe"}});
    assert_eq!(ana.post("/api/v1/users", &member).await.status, 201);
    let mut tx = world.server.app.db().write().await.unwrap();
    let payload = json!({"workspace_id": workspace, "business_id": brand_id, "creator_id": ana_id,
        "offer_id": Uuid::from_u128(2), "application_id": Uuid::from_u128(3)});
    tx.append_event("application.received", Uuid::from_u128(3), Some(workspace), Ok(payload.to_string()));
    tx.commit().await.unwrap();
    work(&world).await;
    let joined = sent(&ana, &anas, "user.created").await;
    assert_eq!((&joined["event"], &joined["creator_id"]), (&json!("user.created"), &json!(ana_id)));
    assert_eq!(joined["data"]["profile_data"]["name"], "John Doe");
    assert_eq!(joined["data"]["channel"], "web");
    assert_eq!(sent(&ana, &anas, "application.received").await["creator_id"], json!(ana_id));
    assert_eq!(sent(&brand, &brands, "application.received").await["creator_id"], json!(workspace));
    // Another one's audience is nobody else's business.
    assert_eq!(brand.get(&format!("{brands}/deliveries?event=user.created")).await.ok()["pagination"]["total"], 0);
    let log = ana.get(&format!("{anas}/deliveries?limit=1")).await.ok();
    assert_eq!(log["deliveries"][0]["status"], "pending");
}

#[both_engines(Empty)]
async fn every_event_of_the_document_can_be_subscribed_to(world: World) {
    let ana = by(&world, &someone(&world, "ana", UserType::Creator).await.token);
    let mut names = Vec::new();
    for page in 1.. {
        let list = ana.get(&format!("{ALL}/events?limit=100&page={page}")).await.ok();
        let events = list["events"].as_array().unwrap();
        names.extend(events.iter().map(|event| text(event, "event")));
        if events.len() < 100 {
            break;
        }
    }
    for wanted in [
        "user.created",
        "user.updated",
        "program.enrolled",
        "program.completed",
        "message.received",
        "escalation.created",
        "contract.signed",
        "payment.completed",
        "outreach.replied",
        "application.received",
    ] {
        assert!(names.iter().any(|name| name == wanted), "{wanted}");
    }
    for hidden in ["notification.created", "moderation.reported", "payout_account.changed", "message.sent"] {
        assert!(!names.iter().any(|name| name == hidden), "{hidden}");
    }
}

#[both_engines(Empty)]
async fn the_owner_of_a_disabled_webhook_is_told(world: World) {
    let creator = someone(&world, "ana", UserType::Creator).await;
    let (ana, hub) = (by(&world, &creator.token), WorkspaceId::from_uuid(creator.row.id.uuid()));
    let mut tx = world.server.app.db().write().await.unwrap();
    let payload = json!({"workspace_id": hub, "webhook_id": Uuid::from_u128(5), "reason": "failing"});
    tx.append_event("webhook.disabled", Uuid::from_u128(5), Some(hub), Ok(payload.to_string()));
    tx.commit().await.unwrap();
    let list = ana.get("/api/v1/notifications?type=ACCOUNT_NOTICE").await.ok();
    assert_eq!(list["notifications"][0]["title"], "A webhook was disabled", "{list}");
}

#[both_engines(Serve)]
async fn in_earnest_a_secret_wants_a_key_to_be_kept_with(world: World) {
    let ana = by(&world, &someone(&world, "ana", UserType::Creator).await.token);
    let refused = ana.post(ALL, &json!({"url": "https://example.com", "events": ["*"]})).await;
    assert_eq!(refused.status, 503);
    assert!(refused.text().contains("SECRETS_KEY"), "{}", refused.text());
}
