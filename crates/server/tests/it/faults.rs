//! Disks that are full or cannot be written, and programs that are killed: told in one clear sentence, and nothing half-written.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use axum::http::Method;
use db::{Db, Engine, Settings};
use serde_json::json;
use testkit::{Client, Reply, TempFolder, fresh_db};

use crate::program::{Running, command, run};
use crate::world::{IMPORT, What, World, creator, fitband, text};

/// Every route that writes.
const WRITES: [&str; 8] = ["add", "change", "delete", "start", "move", "select", "embed", "import"];

/// Asks one of them.
async fn write(client: &Client, what: &str, there: &str, campaign: &str) -> Reply {
    let creators = "/api/v1/creators";
    match what {
        "add" => client.post(creators, &creator("New", json!({}))).await,
        "change" => client.put(&format!("{creators}/{there}"), &json!({"name": "Renamed"})).await,
        "delete" => client.delete(&format!("{creators}/{there}")).await,
        "start" => client.post("/api/v1/campaigns", &fitband()).await,
        "move" => client.put(&format!("/api/v1/campaigns/{campaign}"), &json!({"status": "active"})).await,
        "select" => {
            client
                .post(&format!("/api/v1/campaigns/{campaign}/select-influencer"), &json!({"influencer_id": there}))
                .await
        }
        "embed" => client.post(&format!("/api/ai/embeddings/creator/{there}"), &json!({})).await,
        _ => client.raw(Method::POST, IMPORT, "text/csv", "name,platform,niche,followers\nA,tiktok,b,5\n").await,
    }
}

/// It cannot be done now, which is said in a sentence with this in it.
fn cannot(reply: &Reply, what: &str, says: &str) {
    reply.refused(503);
    assert!(reply.message().contains(says), "{what}: {}", reply.message());
    assert!(!reply.header("retry-after").is_empty(), "{what}");
}

/// Does something to the connection that writes; after a fault it is opened anew, as it was. In a transaction of its own, or
/// the next write could join it, whose end is no fault of the connection's.
async fn spoil(world: &World, pragma: &str) {
    let mut tx = world.db().write_long().await.unwrap();
    tx.fetch_all::<i64>(pragma, vec![]).await.unwrap();
}

async fn something(world: &World) -> (String, String) {
    let there = world.creator("Ana", json!({"about": "Knits"})).await;
    let campaign = world.campaign(json!({})).await;
    (text(&there, "id"), text(&campaign, "id"))
}

/// What is stored, as it is read.
async fn read(client: &Client, there: &str, campaign: &str) -> [serde_json::Value; 3] {
    [
        client.get(&format!("/api/v1/creators/{there}")).await.ok(),
        client.get(&format!("/api/v1/campaigns/{campaign}")).await.ok(),
        client.get("/api/v1/creators").await.ok(),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_disk_is_told_and_reading_goes_on() {
    let world = World::new(fresh_db(Engine::Sqlite).await, What::Empty).await;
    let (there, campaign) = something(&world).await;
    let before = read(&world.client, &there, &campaign).await;
    for what in WRITES {
        // Permissions do not bind every user that tests run as; to SQLite this is the same: SQLITE_READONLY.
        spoil(&world, "PRAGMA query_only = ON").await;
        cannot(&write(&world.client, what, &there, &campaign).await, what, "read-only");
    }
    assert_eq!(read(&world.client, &there, &campaign).await, before);
    assert_eq!(world.client.get("/health").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_nothing_is_half_written() {
    let world = World::new(fresh_db(Engine::Sqlite).await, What::Empty).await;
    let (there, campaign) = something(&world).await;
    let before = read(&world.client, &there, &campaign).await;
    let rows = world.creators().await;
    // A limit on the file's pages is to SQLite what a full disk is: SQLITE_FULL.
    let pages: i64 = world.db().read().await.unwrap().fetch_value("PRAGMA page_count", vec![]).await.unwrap();
    let full = format!("PRAGMA max_page_count = {pages}");
    let long = json!({"about": "Knits socks. ".repeat(700)});
    for number in 0..5 {
        spoil(&world, &full).await;
        let reply = world.client.post("/api/v1/creators", &creator(&format!("Long {number}"), long.clone())).await;
        cannot(&reply, "add", "disk is full");
    }
    let mut table = Vec::new();
    samples::write_csv(samples::crowd(8, 1500), &mut table).unwrap();
    spoil(&world, &full).await;
    cannot(&world.client.raw(Method::POST, IMPORT, "text/csv", table.clone()).await, "import", "disk is full");
    assert_eq!((world.creators().await, world.vectors().await), (rows, rows), "nothing is half-written");
    assert_eq!(read(&world.client, &there, &campaign).await, before);
    // Space again, and all is well.
    spoil(&world, "PRAGMA max_page_count = 1000000").await;
    world.client.raw(Method::POST, IMPORT, "text/csv", table).await.ok();
    assert_eq!(world.creators().await, rows + 1500);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_only_reads_is_told() {
    if !testkit::engines().await.contains(&Engine::Postgres) {
        return;
    }
    let world = World::new(fresh_db(Engine::Postgres).await, What::Empty).await;
    let (there, campaign) = something(&world).await;
    let mut tx = world.db().write().await.unwrap();
    let name: String = tx.fetch_value("SELECT current_database()::text", vec![]).await.unwrap();
    tx.execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on"), vec![]).await.unwrap();
    tx.commit().await.unwrap();
    let (_server, replica) = world.neighbour().await;
    let before = read(&replica, &there, &campaign).await;
    for what in WRITES {
        cannot(&write(&replica, what, &there, &campaign).await, what, "read-only");
    }
    assert_eq!(read(&replica, &there, &campaign).await, before);
}

/// How many creators and vectors a database file has, read beside whoever writes it.
async fn rows(file: &Path) -> (u64, u64) {
    let db = Db::open(&Settings::new(format!("sqlite:{}", file.display()))).await.unwrap();
    let mut tx = db.snapshot().await.unwrap();
    let (scope, model) = (kernel::Scope::system(), mind::embed::StaticModel::id());
    let creators = creators::store::count(scope, &mut tx).await.unwrap();
    let vectors = creators - creators::store::stale_count(scope, &mut tx, model).await.unwrap();
    drop(tx);
    db.close().await;
    (creators, vectors)
}

async fn is_sound(file: &Path) -> bool {
    let db = Db::open(&Settings::new(format!("sqlite:{}", file.display()))).await.unwrap();
    let sound: String = db.read().await.unwrap().fetch_value("PRAGMA integrity_check", vec![]).await.unwrap();
    db.close().await;
    sound == "ok"
}

fn write_crowd(file: &Path, seed: u64, people: usize) {
    samples::write_csv(samples::crowd(seed, people), std::fs::File::create(file).unwrap()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_import_keeps_its_finished_batches_and_is_completed_by_the_next() {
    const PEOPLE: usize = 20_000;
    let folder = TempFolder::new();
    write_crowd(&folder.path().join("crowd.csv"), 9, PEOPLE);
    let file = folder.path().join("data/influencerflow.db");
    // A table that is there, so that what is counted below can be.
    assert_eq!(run(folder.path(), &["import", "creators", "/dev/null", "--data-dir", "data"]).code, Some(1));
    let mut child = command(folder.path(), &["import", "creators", "crowd.csv", "--data-dir", "data"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while rows(&file).await.0 < 2000 {
        assert!(
            started.elapsed() < Duration::from_secs(30) && child.try_wait().unwrap().is_none(),
            "it takes in its batches"
        );
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let (creators, vectors) = rows(&file).await;
    assert_eq!((creators % 1000, vectors), (0, creators), "whole batches, each with its vectors");
    assert!((2000..PEOPLE as u64).contains(&creators), "it was killed on its way: {creators}");
    assert!(is_sound(&file).await);
    let again = run(folder.path(), &["import", "creators", "crowd.csv", "--data-dir", "data"]);
    let wanted =
        format!("{PEOPLE} rows read: {} added, 0 updated, {creators} unchanged, 0 refused", PEOPLE as u64 - creators);
    assert_eq!((again.code, again.out.trim()), (Some(0), wanted.as_str()), "{}", again.err);
    assert_eq!(rows(&file).await, (PEOPLE as u64, PEOPLE as u64));
}

/// Files cannot grow beyond a limit, as on a disk that is full.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_on_a_full_disk_answers_and_goes_on_when_there_is_space() {
    const PEOPLE: usize = 24_000;
    let folder = TempFolder::new();
    let table = folder.path().join("crowd.csv");
    write_crowd(&table, 10, PEOPLE);
    let table = std::fs::read(table).unwrap();
    let mut limited = Command::new("sh");
    // 512 bytes each; without the trap the limit would kill the program before it can say anything.
    limited.args([
        "-c",
        "trap '' XFSZ; ulimit -f 48000; exec \"$0\" demo --data-dir data --port 0",
        env!("CARGO_BIN_EXE_influencerflow"),
    ]);
    limited.current_dir(folder.path()).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    limited.stdin(Stdio::null()).stdout(Stdio::piped());
    let demo = Running::start(limited);
    let before = demo.get("/api/v1/creators")["total"].as_u64().unwrap();
    let (status, body) = demo.ask("POST", "/api/v1/creators/import", "text/csv", &table);
    assert_eq!(status, 503, "{}", body.chars().take(2_000).collect::<String>());
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    testkit::check_error_body(&body, 503).unwrap();
    assert!(text(&body["error"], "message").contains("disk"), "{body}");
    let after = demo.get("/api/v1/creators")["total"].as_u64().unwrap();
    assert!(after < before + PEOPLE as u64 && (after - before).is_multiple_of(1000), "whole batches: {before} {after}");
    assert_eq!(demo.get("/api/v1/creators?campaign_id=CAMP-001&limit=1")["total"], after, "reading goes on");
    drop(demo);
    let file = folder.path().join("data/influencerflow.db");
    assert!(is_sound(&file).await);
    let spacious = Running::demo(folder.path());
    assert_eq!(spacious.get("/api/v1/creators")["total"], after);
    let (status, body) = spacious.ask("POST", "/api/v1/creators/import", "text/csv", &table);
    assert_eq!(status, 200, "{body}");
    assert_eq!(spacious.get("/api/v1/creators")["total"], before + PEOPLE as u64);
}
