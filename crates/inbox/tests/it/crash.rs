//! A process that is killed while people write: every message that was acknowledged is there afterwards, and the numbers are right.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use db::{Db, Engine};
use inbox::Settings;
use kernel::Clock;
use serde_json::json;
use testkit::{Client, fresh_db};

use crate::world::{Town, process, tables};

const URL: &str = "INBOX_CRASH_TEST_URL";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill() {
    let fresh = fresh_db(Engine::Sqlite).await;
    fresh.db.migrate(&tables(), Clock::system().now()).await.unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::writes_until_killed", "--exact", "--ignored", "--nocapture"])
        .env(URL, &fresh.url)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut acknowledged = BTreeSet::new();
    let mut first = None;
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
        let Some(id) = line.strip_prefix("acknowledged ") else { continue };
        acknowledged.insert(id.to_owned());
        let first = *first.get_or_insert_with(Instant::now);
        if acknowledged.len() > 200 && first.elapsed() > Duration::from_millis(400) {
            // SIGKILL. What it has printed until now is still read by this loop.
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged.len() > 200, "it wrote until it was killed: {}", acknowledged.len());
    let db = fresh.reopen().await;
    let mut tx = db.read().await.unwrap();
    let there: Vec<uuid::Uuid> = tx.fetch_all("SELECT id FROM messages", vec![]).await.unwrap();
    let there: BTreeSet<String> = there.into_iter().map(|id| id.to_string()).collect();
    let lost: Vec<_> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let all = i64::try_from(there.len()).unwrap();
    for sql in [
        "SELECT sum(messages) FROM conversations",
        "SELECT sum(unread) FROM conversation_members",
        "SELECT sum(unread_messages) FROM inbox_accounts",
        "SELECT sum(counted) FROM notifications",
    ] {
        assert_eq!(tx.fetch_value::<i64>(sql, vec![]).await.unwrap(), all, "{sql}");
    }
}

/// The one that is killed: the same test program, started again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by what_was_acknowledged_survives_a_kill, which kills it"]
async fn writes_until_killed() {
    let Ok(url) = std::env::var(URL) else { return };
    let db = Db::open(&db::Settings::new(&url)).await.unwrap();
    let clock = Clock::system();
    let (town, people) = (Town::default(), testkit::People::default());
    let (_inbox, router) = process(db, &clock, &town, &people, Settings::default());
    let anyone = Client::new(router).before_routes();
    let long_ago = "2020-01-01T00:00:00Z".parse().unwrap();
    let mut tasks = Vec::new();
    for number in 0..16 {
        let (from, to) = (people.creator(&clock), people.business(&clock));
        town.settle(&from, &format!("from{number}"), "ES", long_ago);
        town.settle(&to, &format!("to{number}"), "US", long_ago);
        let client = anyone.of(&from);
        tasks.push(tokio::spawn(async move {
            for turn in 0_u64.. {
                let body = json!({"recipient_id": to.account.id, "content": format!("message {turn} of {number}")});
                let reply = client.post("/api/v1/messages", &body).await;
                assert_eq!(reply.status, 201, "{}", reply.text());
                let id = reply.json()["id"].as_str().unwrap().to_owned();
                // One call, so that no line is half there.
                std::io::stdout().write_all(format!("acknowledged {id}\n").as_bytes()).unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}
