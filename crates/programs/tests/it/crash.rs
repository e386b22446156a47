//! A process that is killed a hundred times while ten thousand members walk through a program: every message reaches the provider, once by its key.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use db::{Db, args};
use jobs::Workers;
use kernel::Clock;
use ports::messaging::standin::{Provider, StandIn};
use ports::messaging::{
    Account, Bounds, Hook, IdentityKind, Media, MediaFault, Messenger, Outgoing, SendFault, Sent, Standing, To,
};
use ports::outward;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{Assistant, PROGRAMS, World, flow, process, text};

const URL: &str = "PROGRAMS_CRASH_TEST_URL";
const LEDGER: &str = "PROGRAMS_CRASH_TEST_LEDGER";
/// So many members take part,
const ALL: usize = 10_000;
/// and so often the process is killed.
const KILLS: usize = 100;
/// After so long everything has to be through.
const PATIENCE: Duration = Duration::from_mins(60);
/// The chat of the first member: a stand-in refuses some that begin with other digits.
const FIRST_CHAT: usize = 1_000_001;

/// A provider that outlives who asks it: a file with a line for each message that it took. It takes a message before it answers, so that who is killed
/// in between does not know.
struct Ledger {
    file: File,
    other: StandIn,
}

impl Ledger {
    fn open(path: &Path) -> Self {
        let file = OpenOptions::new().append(true).create(true).open(path).unwrap();
        Self { file, other: StandIn::new(Provider::Telegram) }
    }
}

#[async_trait]
impl Messenger for Ledger {
    fn name(&self) -> &'static str {
        "ledger"
    }

    fn is_real(&self) -> bool {
        false
    }

    fn bounds(&self) -> Bounds {
        self.other.bounds()
    }

    async fn send(&self, account: &Account, message: &Outgoing) -> Result<Sent, SendFault> {
        let chat = message.to.find(IdentityKind::ChatId).unwrap_or_default();
        let line = format!("{}\t{chat}\t{}\n", message.key, text(message));
        // One call, so that no line is half there.
        (&self.file).write_all(line.as_bytes()).unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
        self.other.send(account, message).await
    }

    async fn check(&self, account: &Account) -> Standing {
        self.other.check(account).await
    }

    async fn set_webhook(&self, account: &Account, hook: &Hook) -> Result<(), SendFault> {
        self.other.set_webhook(account, hook).await
    }

    async fn remove_webhook(&self, account: &Account) -> Result<(), SendFault> {
        self.other.remove_webhook(account).await
    }

    async fn media(&self, account: &Account, id: &str, most_bytes: usize) -> Result<Media, MediaFault> {
        self.other.media(account, id, most_bytes).await
    }

    async fn seen(&self, account: &Account, to: &To, message_id: &str, typing: bool) -> Result<(), SendFault> {
        self.other.seen(account, to, message_id, typing).await
    }

    async fn acknowledge(&self, account: &Account, press: &str) -> Result<(), SendFault> {
        self.other.acknowledge(account, press).await
    }

    async fn delete(&self, account: &Account, message_id: &str) -> Result<(), SendFault> {
        self.other.delete(account, message_id).await
    }
}

/// Killed when it is dropped.
struct Killed(Child);

impl Killed {
    fn start(url: &str, ledger: &Path) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::works_until_killed", "--exact", "--ignored", "--nocapture"])
            .env(URL, url)
            .env(LEDGER, ledger)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        // SIGKILL.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[both_engines]
#[ignore = "takes a quarter of an hour: tools/test --all runs it"]
async fn every_message_is_said_once_however_often_the_process_is_killed(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let program = a_program(&world).await;
    add_members(&world).await;
    let asked = world.coach.post(&format!("{PROGRAMS}/{program}/enrollments"), &json!({"filter": {}})).await;
    assert_eq!(asked.status, 202, "{}", asked.text());
    let ledger = Paper::new(&program);
    let (clock, began) = (Clock::system(), Instant::now());
    for _ in 0..KILLS {
        let child = Killed::start(&world.fresh.url, &ledger.0);
        let mut random = [0; 2];
        clock.fill(&mut random);
        // From 0.3 to 2.3 seconds, of which the process takes some tenths to start.
        tokio::time::sleep(Duration::from_millis(300 + u64::from(u16::from_le_bytes(random)) * 2_000 / 65_535)).await;
        drop(child);
    }
    let killed = began.elapsed();
    let so_far = completed(&world, &program).await;
    assert!(so_far < ALL as u64, "it was killed in the middle of the work");
    let child = Killed::start(&world.fresh.url, &ledger.0);
    while completed(&world, &program).await < ALL as u64 || is_something_open(&world).await {
        assert!(began.elapsed() < PATIENCE, "{} of {ALL} are through", completed(&world, &program).await);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    drop(child);
    let taken = ledger.read();
    eprintln!(
        "{KILLS} kills in {killed:?} ({so_far} were through), all through after {:?}; {} messages, {} taken more than once by the same key",
        began.elapsed(),
        taken.keys.len(),
        taken.again,
    );
    let wanted: BTreeSet<&str> = ["One, Ana", "Two", "Three"].into();
    let mut said: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (chat, text) in taken.keys.values() {
        said.entry(*chat).or_default().push(text);
    }
    assert_eq!(said.len(), ALL, "nobody is left out");
    for (chat, texts) in &said {
        assert_eq!(texts.len(), 3, "{chat}: {texts:?}");
        assert_eq!(texts.iter().copied().collect::<BTreeSet<_>>(), wanted, "{chat}");
    }
    // The figures have counted each once.
    let nodes = world.coach.get(&format!("{PROGRAMS}/{program}/nodes")).await.ok();
    for node in nodes["nodes"].as_array().unwrap() {
        let share = if matches!(node["node_id"].as_str().unwrap(), "a" | "b") { 0 } else { ALL };
        assert!(node["entered"].as_u64().unwrap() >= share as u64, "{node}");
        assert_eq!(
            (&node["entered"], &node["waiting"], &node["failed"]),
            (&node["left"], &json!(0), &json!(0)),
            "{node}"
        );
    }
}

/// Three messages with waits between them, and what else runs do.
async fn a_program(world: &World) -> String {
    let nodes = [
        ("start", "start", json!({})),
        ("one", "send_message", json!({"message": "One, {user_name}"})),
        ("first", "wait", json!({"minutes": 1})),
        ("split", "split", json!({"branches": [{"id": "a", "weight": 1}, {"id": "b", "weight": 1}]})),
        ("a", "tag", json!({"add": ["a"]})),
        ("b", "set_attribute", json!({"field": "group", "value": "b"})),
        ("two", "send_message", json!({"message": "Two"})),
        ("second", "wait", json!({"minutes": 1})),
        ("three", "send_message", json!({"message": "Three"})),
        ("end", "end", json!({})),
    ];
    let edges = [
        "start -> one",
        "one -> first",
        "first -> split",
        "split/a -> a",
        "split/b -> b",
        "a -> two",
        "b -> two",
        "two -> second",
        "second -> three",
        "three -> end",
    ];
    world.program("Killed", &flow(&nodes, &edges)).await
}

async fn add_members(world: &World) {
    let db = world.process.programs.app().db();
    for batch in 0..ALL / 500 {
        let mut tx = db.write_long().await.unwrap();
        for place in 0..500 {
            let chat = (FIRST_CHAT + batch * 500 + place).to_string();
            let known = audience::Identity::new(audience::IdentityKind::ChatId, &chat).unwrap();
            let seed = audience::Seed::named(Some("Ana"));
            let hub = world.hub.account.hub();
            audience::members::reach(&mut tx, hub, audience::Channel::Telegram, &[known], seed).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
}

async fn completed(world: &World, program: &str) -> u64 {
    let program: programs::ProgramId = program.parse().unwrap();
    let sql = "SELECT count(*) FROM program_enrolments WHERE program_id = $1 AND status = 'completed'";
    world.fresh.db.read().await.unwrap().fetch_value(sql, args![program]).await.unwrap()
}

async fn is_something_open(world: &World) -> bool {
    let counts = delivery::counts(&world.fresh.db, world.clock.now()).await.unwrap();
    counts.iter().any(|of| of.queued + of.sending > 0)
}

/// The ledger's file; it goes away with this.
struct Paper(PathBuf);

/// What the provider took: by its key whom and what, and how often the same key came again.
struct Taken {
    keys: BTreeMap<String, (usize, String)>,
    again: usize,
}

impl Paper {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("ledger-{name}.txt")))
    }

    fn read(&self) -> Taken {
        let mut taken = Taken { keys: BTreeMap::new(), again: 0 };
        for line in std::fs::read_to_string(&self.0).unwrap().lines() {
            let [key, chat, text] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            let one = (chat.parse().unwrap(), text.to_owned());
            if let Some(before) = taken.keys.insert(key.to_owned(), one.clone()) {
                assert_eq!(before, one, "a key is one message's");
                taken.again += 1;
            }
        }
        taken
    }
}

impl Drop for Paper {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The one that is killed: the same test program, started again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by the test above, which kills it"]
async fn works_until_killed() {
    let (Ok(url), Ok(ledger)) = (std::env::var(URL), std::env::var(LEDGER)) else { return };
    let db = Db::open(&db::Settings { max_connections: 8, ..db::Settings::new(&url) }).await.unwrap();
    let (clock, people, assistant) = (Clock::system(), testkit::People::default(), Assistant::default());
    let outward = Arc::new(outward::StandIn::default());
    // Whatever time of day it is.
    let quiet = channels::gate::Quiet { from: 0, until: 0 };
    let settings = channels::Settings { quiet, ..channels::Settings::default() };
    let provider = Arc::new(Ledger::open(ledger.as_ref()));
    let process = process(db.clone(), &clock, &people, &assistant, provider, &outward, settings);
    let mut registry = channels::jobs(&process.channels);
    registry.merge(programs::jobs(&process.programs));
    let _workers = Workers::start(db.clone(), clock.clone(), registry, 4).await.unwrap();
    let _runner = events::Runner::start(&db, &clock, &programs::subscribers(&process.programs)).await.unwrap();
    std::future::pending::<()>().await;
}
