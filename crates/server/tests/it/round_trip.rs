//! What the directory writes out, an import takes in again as it was.

use std::fmt::Write;

use axum::http::Method;
use db::Engine;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use testkit::fresh_db;

use crate::world::{IMPORT, What, World};

/// Any text that may be stored, with more than its share of what tables trip over.
fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z ]{1,8}",
        2 => "\\PC{1,4}",
        2 => prop::sample::select(vec!["\"", ",", ";", "\t", "\n", "\r\n", "\r", "'", "\\", "|", "  ", "\"\"", "é", "e\u{301}", "日本", "🎸", "=1+1", "\u{feff}"])
            .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

/// A text that says something.
fn name() -> impl Strategy<Value = String> {
    words().prop_map(|words| format!("N{words}"))
}

fn creator() -> impl Strategy<Value = Value> {
    let list = || prop::collection::vec(words(), 0..3);
    let texts = (name(), words(), words(), words(), words(), name());
    let figures = (0_u64..3_000_000, 0_u32..10_000, 0_u64..10_000_000, 0_u64..1_000_000, 0_u32..50, any::<[bool; 8]>());
    (texts, list(), list(), figures, prop::sample::select(vec!["instagram", "youtube", "tiktok", "twitter"])).prop_map(
        |((name, about, country, location, audience, niche), languages, brands, figures, platform)| {
            let (followers, engagement, views, rate, rating, given) = figures;
            let some = |place: usize, value: Value| if given[place] { value } else { Value::Null };
            json!({
                "name": name, "platform": platform, "niche": niche, "followers_count_numeric": followers,
                "about": some(0, json!(about)), "country": some(1, json!(country)), "location": some(2, json!(location)),
                "audience_type": some(3, json!(audience)), "engagement_rate": some(4, json!(f64::from(engagement) / 100.0)),
                "avg_views": some(5, json!(views)), "collaboration_rate": some(6, json!(rate as f64 / 100.0)),
                "rating": some(7, json!(f64::from(rating) / 10.0)), "languages": languages, "previous_brands": brands,
            })
        },
    )
}

/// The whole directory, each entry without its id, as it is written in this form.
async fn exported(world: &World, format: &str) -> (String, Vec<Value>) {
    let table = world.client.get(&format!("/api/v1/creators/export?format={format}")).await;
    assert_eq!(table.status, 200);
    let lines = world.client.get("/api/v1/creators/export?format=jsonl").await.text();
    let entries = lines.lines().map(|line| {
        let mut entry: Value = serde_json::from_str(line).unwrap();
        entry.as_object_mut().unwrap().remove("id");
        entry
    });
    let mut entries: Vec<Value> = entries.collect();
    // Ids of one moment are in no order, and it is by ids that a table is written.
    entries.sort_by_key(|entry| entry["channel_name"].to_string());
    (table.text(), entries)
}

/// Takes these creators in, writes them out in this form, takes that into a fresh directory: both are the same.
async fn there_and_back(engine: Engine, creators: &[Value], format: &str) -> Result<(), TestCaseError> {
    let (one, other) =
        (World::new(fresh_db(engine).await, What::Empty).await, World::new(fresh_db(engine).await, What::Empty).await);
    let mut lines = String::new();
    for (number, creator) in creators.iter().enumerate() {
        let mut creator = creator.clone();
        creator["channel_name"] = json!(format!("@handle{number}"));
        writeln!(lines, "{creator}").unwrap();
    }
    let report = one.client.raw(Method::POST, IMPORT, "application/jsonl", lines).await.ok();
    prop_assert_eq!(&report["added"], creators.len(), "{}", report);
    let (table, before) = exported(&one, format).await;
    let media_type = if format == "csv" { "text/csv" } else { "application/x-ndjson" };
    let report = other.client.raw(Method::POST, IMPORT, media_type, table.clone()).await.ok();
    prop_assert_eq!(&report["added"], creators.len(), "{}\n{}", report, table);
    let (_, after) = exported(&other, format).await;
    prop_assert_eq!(&after, &before, "{}", table);
    // And into the directory that it came from, where it changes nothing.
    let report = one.client.raw(Method::POST, IMPORT, media_type, table).await.ok();
    prop_assert_eq!(&report["unchanged"], creators.len(), "{}", report);
    Ok(())
}

async fn holds(engine: Engine, format: &'static str, cases: u32) {
    let runtime = tokio::runtime::Handle::current();
    let run = move || {
        let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
        let creators = prop::collection::vec(creator(), 1..12);
        runner.run(&creators, |creators| runtime.block_on(there_and_back(engine, &creators, format)))
    };
    if let Err(fault) = tokio::task::spawn_blocking(run).await.unwrap() {
        panic!("{fault}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn csv_comes_back_as_it_was() {
    holds(Engine::Sqlite, "csv", 60).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_lines_come_back_as_they_were() {
    holds(Engine::Sqlite, "jsonl", 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_too() {
    if testkit::engines().await.contains(&Engine::Postgres) {
        holds(Engine::Postgres, "csv", 4).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_comes_back_as_it_was() {
    let world = World::new(fresh_db(Engine::Sqlite).await, What::Demo).await;
    for (format, media_type) in [("csv", "text/csv; charset=utf-8"), ("jsonl", "application/x-ndjson")] {
        let table = world.client.get(&format!("/api/v1/creators/export?format={format}")).await;
        assert_eq!(table.header("content-type"), media_type);
        assert!(table.header("content-disposition").contains(&format!("creators.{format}")));
        let report = world.import(&format!("creators.{format}"), &table.bytes).await;
        assert_eq!(report["unchanged"], report["processed"], "{report}");
        assert!(report["processed"].as_u64().unwrap() >= 60);
    }
    assert_eq!(world.client.get("/api/v1/creators/export?format=xlsx").await.faults(), ["format"]);
}
