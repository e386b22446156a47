//! Webhooks out: from what happens to the receivers who are told, one of whom never answers.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use serde_json::json;

use crate::Result;
use crate::child::Running;
use crate::client::Client;
use crate::load;
use crate::table::{Promise, Table};

/// So many receivers, each at an address of its own, as many as the server asks at once at four requests each.
const RECEIVERS: u8 = 16;
/// So many members join; every receiver is told of each.
const MEMBERS: usize = 1_250;
/// At once, so many deliveries must arrive in a second.
const RATE: f64 = 1_000.0;
const PATIENCE: Duration = Duration::from_secs(300);
/// A PostgreSQL to measure on, which has to be empty, instead of a SQLite file.
const DATABASE: &str = "BENCH_DATABASE_URL";

/// Members join an audience, and receivers are told: how many deliveries arrive in a second, with one more receiver that takes requests and never answers.
pub(crate) fn webhooks(server: &Path, table: &mut Table) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let database = std::env::var(DATABASE).unwrap_or_default();
    let mut settings =
        vec![("SECRETS_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="), ("OUTWARD_LOOPBACK", "true")];
    if !database.is_empty() {
        settings.push(("DATABASE_URL", database.as_str()));
    }
    let running = Running::serve(server, folder.path(), &settings)?;
    let (coach, _) = running.person("bench-coach@example.com", "INFLUENCER")?;
    let mut client = Client::connect(running.address)?;
    // On a thread of its own: the other core is the server's.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let arrived = Arc::new(AtomicUsize::new(0));
    for receiver in 1..=RECEIVERS + 1 {
        let listener = runtime.block_on(tokio::net::TcpListener::bind((Ipv4Addr::new(127, 0, 0, receiver), 0)))?;
        let url = format!("http://{}/hook", listener.local_addr()?);
        let made = json!({"url": url, "events": ["user.created"]}).to_string();
        client.json(&coach.post("/api/v1/webhooks", &made))?;
        if receiver > RECEIVERS {
            runtime.spawn(keep_silent(listener));
            continue;
        }
        let counted = Arc::clone(&arrived);
        let router = Router::new().fallback(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            async { axum::http::StatusCode::NO_CONTENT }
        });
        runtime.spawn(async move { axum::serve(listener, router).await });
    }
    let joins = (0..MEMBERS).map(move |number| {
        let member = json!({"external_id": format!("member-{number}"), "channel": "web"});
        coach.post("/api/v1/users", &member.to_string())
    });
    let (begun, cpu) = (Instant::now(), running.cpu()?);
    let window = load::each_answered(running.address, joins, 201, PATIENCE)?;
    if window.bad > 0 {
        return Err(format!("{} members could not be added", window.bad).into());
    }
    let wanted = MEMBERS * usize::from(RECEIVERS);
    while arrived.load(Ordering::Relaxed) < wanted && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(5));
    }
    let (took, there) = (begun.elapsed(), arrived.load(Ordering::Relaxed));
    let each = (running.cpu()? - cpu) * 1e6 / there.max(1) as f64;
    let engine = if database.is_empty() { "SQLite" } else { "PostgreSQL" };
    let also = format!(
        "{engine}: {there} within {:.1} s of {MEMBERS} members joining, which took {:.1} s; server CPU {each:.0} µs each",
        took.as_secs_f64(),
        window.took.as_secs_f64(),
    );
    let rate = there as f64 / took.as_secs_f64();
    table.line("deliveries, one receiver silent", rate, "/s", Promise::Least(RATE), &also);
    table.line("deliveries that did not arrive", wanted.saturating_sub(there) as f64, "", Promise::Most(0.0), "");
    running.stop()
}

/// Takes connections, and never answers.
async fn keep_silent(listener: tokio::net::TcpListener) {
    let mut taken = Vec::new();
    while let Ok(connection) = listener.accept().await {
        taken.push(connection);
    }
}
