//! Every route that takes a file takes a large one, as a form and as the body itself, up to what the settings say.

use std::fmt::Write as _;

use axum::http::Method;
use db::Engine;
use kernel::UserType;
use serde_json::{Value, json};
use testkit::{Form, fresh_db};

use crate::authorisation::{by, someone};
use crate::world::{IMPORT, What, World, settings};

const LARGE: usize = 30 << 20;

/// A table of this head, with the same row until it is large.
fn table(head: &str, row: &str) -> Vec<u8> {
    let mut table = format!("{head}\n").into_bytes();
    table.extend(format!("{row}\n").repeat(LARGE / row.len()).into_bytes());
    table
}

fn recording(size: usize) -> Vec<u8> {
    let mut bytes = b"ID3\x04\0\0\0\0\0\0".to_vec();
    bytes.resize(size, 0);
    bytes
}

/// A call whose log entry waits for what came of it.
async fn call(world: &World) -> String {
    let creator = world.creator("Ana", json!({"channel_name": "@ana"})).await;
    let campaign = world.campaign(json!({})).await;
    let body =
        json!({"creator_id": creator["id"], "campaign_id": campaign["id"], "scheduled_time": "2030-01-16T14:00:00Z"});
    let made = world.client.post("/api/v1/outreach/call/schedule", &body).await.ok();
    made["call_id"].as_str().unwrap().to_owned()
}

/// The routes that take a file, by what the document says of them.
async fn documented(world: &World) -> Vec<String> {
    let document = world.client.get("/openapi.json").await.ok();
    let mut paths: Vec<String> = Vec::new();
    for (path, routes) in document["paths"].as_object().unwrap() {
        for route in routes.as_object().unwrap().values() {
            if route["requestBody"]["content"]
                .as_object()
                .is_some_and(|content| content.contains_key("multipart/form-data"))
            {
                paths.push(path.clone());
            }
        }
    }
    paths.sort();
    paths
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_megabytes_go_through_every_upload() {
    let world = World::new(fresh_db(Engine::Sqlite).await, What::Empty).await;
    assert_eq!(
        documented(&world).await,
        [
            "/api/v1/analytics/campaigns/{campaign_id}/metrics/csv",
            "/api/v1/analytics/conversions/csv",
            // Larger ones are handed in by a test of that crate, which has collaborations.
            "/api/v1/collaborations/{collaboration_id}/files",
            "/api/v1/creators/import",
            "/api/v1/knowledge-bases/{knowledge_base_id}/documents",
            "/api/v1/messages/attachments",
            "/api/v1/outreach/call/complete",
            "/api/v1/outreach/call/{call_id}/recording",
            "/api/v1/users/import",
        ],
        "a new upload belongs into this test"
    );
    let client = &world.client;
    let creator = world.creator("Bea", json!({"channel_name": "@bea"})).await;
    let campaign = world.campaign(json!({})).await;
    let metrics = format!("/api/v1/analytics/campaigns/{}/metrics/csv?dry_run=true", campaign["id"].as_str().unwrap());
    let padding = "x".repeat(20_000);
    let day = format!("{},p1,2026-01-15,5,{padding}", creator["id"].as_str().unwrap());
    for (path, table) in [
        (
            IMPORT,
            table("name,platform,niche,followers,handle,note", &format!("Bea,instagram,fitness,5K,@bea,{padding}")),
        ),
        (metrics.as_str(), table("creator_id,post_id,date,views,note", &day)),
        ("/api/v1/analytics/conversions/csv?dry_run=true", table("order_id,code,note", &format!("1,NONE,{padding}"))),
    ] {
        let by_form = client.upload(path, &Form::new().file("file", "large.csv", &table)).await.ok();
        let by_body = client.raw(Method::POST, path, "text/csv", table).await.ok();
        for report in [by_form, by_body] {
            assert!(report["processed"].as_u64().unwrap() > 1_400, "{path}: {}", report["processed"]);
        }
    }
    let writer = by(&world, &someone(&world, "writer", UserType::Business).await.token);
    let form = Form::new().file("file", "talk.mp3", recording(24 << 20));
    let made = writer.upload("/api/v1/messages/attachments", &form).await;
    assert_eq!((made.status, &made.json()["bytes"]), (201, &json!(24 << 20)));
    let base = writer.post("/api/v1/knowledge-bases", &json!({"name": "Handbooks"})).await.json();
    let documents = format!("/api/v1/knowledge-bases/{}/documents", base["id"].as_str().unwrap());
    let form = Form::new().file("file", "large.txt", "word ".repeat((24 << 20) / 5));
    let made = writer.upload(&documents, &form).await;
    assert_eq!((made.status, &made.json()["file_size_bytes"]), (201, &json!((24 << 20) / 5 * 5)));
    let members = table("external_id,channel,profile_note", &format!("m1,web,{padding}"));
    let made = writer.raw(Method::POST, "/api/v1/users/import", "text/csv", members).await;
    assert_eq!(made.status, 202, "{}", made.text());
    let id = call(&world).await;
    let path = format!("/api/v1/outreach/call/{id}/recording");
    client.upload(&path, &Form::new().file("recording", "call.mp3", recording(LARGE))).await.ok();
    client.raw(Method::POST, &path, "audio/mpeg", recording(LARGE)).await.ok();
    let form =
        Form::new().text("call_id", &id).text("status", "completed").file("recording", "call.mp3", recording(LARGE));
    client.upload("/api/v1/outreach/call/complete", &form).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_larger_than_the_settings_say_is_refused() {
    let mut settings = settings();
    settings.limits.upload_bytes = 3 << 20;
    let world = World::set(fresh_db(Engine::Sqlite).await, What::Empty, &settings).await;
    let mut table = String::from("name,platform,niche,followers,handle\n");
    for number in 0..120_000 {
        writeln!(table, "Ana {number},instagram,fitness,5K,@ana{number}").unwrap();
    }
    let form = Form::new().file("file", "large.csv", &table);
    let told: Value = world.client.upload(IMPORT, &form).await.refused(413);
    assert_eq!(told["status_code"], 413);
    world.client.raw(Method::POST, IMPORT, "text/csv", table).await.refused(413);
}
