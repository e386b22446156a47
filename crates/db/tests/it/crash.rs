//! A process that is killed while it writes: everything that it had acknowledged is there afterwards.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use db::{Db, Engine, Settings};
use testkit_db::fresh_db;

use crate::{insert, migrate, names};

const URL: &str = "CRASH_TEST_URL";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill() {
    let fresh = fresh_db(Engine::Sqlite).await;
    migrate(&fresh).await;
    let mut acknowledged = BTreeSet::new();
    for life in 0..3 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::writes_until_killed", "--exact", "--ignored", "--nocapture"])
            .env(URL, format!("{}|{life}", fresh.url))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut count, mut first) = (0, None);
        for line in lines.map_while(Result::ok) {
            let Some(name) = line.strip_prefix("acknowledged ") else { continue };
            acknowledged.insert(name.to_owned());
            count += 1;
            let first = *first.get_or_insert_with(Instant::now);
            if count > 300 && first.elapsed() > Duration::from_millis(100 + 70 * life) {
                // SIGKILL. What it has printed until now is still read by this loop.
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(count > 300, "it wrote until it was killed: {count}");
        let there: BTreeSet<String> = names(&fresh.reopen().await).await.into_iter().collect();
        let lost: Vec<_> = acknowledged.difference(&there).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        let sound: String =
            fresh.reopen().await.read().await.unwrap().fetch_value("PRAGMA integrity_check", vec![]).await.unwrap();
        assert_eq!(sound, "ok");
    }
}

/// The one that is killed: the same test program, started again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by what_was_acknowledged_survives_a_kill, which kills it"]
async fn writes_until_killed() {
    let setting = std::env::var(URL).unwrap();
    let (url, life) = setting.rsplit_once('|').unwrap();
    let db = Db::open(&Settings::new(url)).await.unwrap();
    let clients: Vec<_> = (0..16)
        .map(|client| {
            let (db, life) = (db.clone(), life.to_owned());
            tokio::spawn(async move {
                for turn in 0_u64.. {
                    let name = format!("{life} {client} {turn}");
                    let mut tx = db.write().await.unwrap();
                    insert(&mut tx, &kernel::Clock::system(), &name).await.unwrap();
                    tx.commit().await.unwrap();
                    // One call, so that no line is half there.
                    std::io::stdout().write_all(format!("acknowledged {name}\n").as_bytes()).unwrap();
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
}
