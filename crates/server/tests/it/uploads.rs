//! Uploads whose clients are slow, or many: they hold up nobody else.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Method;
use db::Engine;
use futures::StreamExt as _;
use serde_json::json;
use testkit::{Form, both_engines, fresh_db};

use crate::world::What::Empty;
use crate::world::{IMPORT, What, World, settings};

const TABLE: &str = "name,platform,niche,followers\nAna,instagram,food,5K\n";

/// Begins with these bytes, and never ends.
fn endless(begins: &str) -> Body {
    let first = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from(begins.to_owned()))]);
    Body::from_stream(first.chain(futures::stream::pending()))
}

#[both_engines(Empty)]
async fn slow_uploads_stop_nobody_and_end_with_their_requests(world: World) {
    // More than there are threads for blocking work: the rest is told so.
    let mut tasks = Vec::new();
    for _ in 0..600 {
        let client = world.client.clone();
        tasks.push(tokio::spawn(async move { client.raw(Method::POST, IMPORT, "text/csv", endless(TABLE)).await }));
    }
    let told = tokio::time::timeout(Duration::from_secs(20), async {
        let mut told = Vec::new();
        while told.len() < 600 - settings().limits.uploads_of_address {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let (over, under_way): (Vec<_>, Vec<_>) = tasks.drain(..).partition(tokio::task::JoinHandle::is_finished);
            tasks = under_way;
            for task in over {
                told.push(task.await.unwrap());
            }
        }
        told
    });
    for reply in told.await.unwrap() {
        reply.refused(429);
    }
    let written = tokio::time::timeout(Duration::from_secs(10), world.creator("Bo", json!({}))).await;
    assert_eq!(written.unwrap()["name"], "Bo");
    world.client.raw(Method::POST, IMPORT, "text/csv", TABLE).await.refused(429);
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
    for task in tasks {
        assert!(task.await.is_err());
    }
    assert_eq!(world.import("a.csv", TABLE).await["added"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sends_too_slowly_is_cut_off_and_nothing_goes_in() {
    let mut settings = settings();
    settings.limits.patience.most = Duration::from_millis(300);
    let world = World::set(fresh_db(Engine::Sqlite).await, What::Empty, &settings).await;
    let reply = world.client.raw(Method::POST, IMPORT, "text/csv", endless(TABLE)).await;
    assert!(reply.message().contains("too slowly"), "{}", reply.message());
    reply.refused(504);
    let form = Form::new().file("file", "a.csv", TABLE);
    let bytes = form.bytes();
    let half = std::str::from_utf8(&bytes[..bytes.len() - 40]).unwrap();
    world.client.raw(Method::POST, IMPORT, &form.media_type(), endless(half)).await.refused(504);
    assert_eq!(world.creators().await, 0);
}

#[both_engines(Empty)]
async fn forms_take_what_the_settings_say(world: World) {
    // Thirty megabytes, as every browser sends them.
    let mut table = TABLE.to_owned();
    while table.len() < 30 << 20 {
        table.push_str("Ana,instagram,food,5K");
        table.push_str(&" ".repeat(1 << 16));
        table.push('\n');
    }
    let report = world.import("large.csv", &table).await;
    assert!(report["processed"].as_u64().unwrap() > 400, "{report}");
}
