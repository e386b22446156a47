//! A server with nothing but knowledge, and people who are made up here.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use db::{Db, Migration};
use http_base::App;
use kernel::{Clock, Error, Kind, Result};
use knowledge::{Knowledge, Parts, Settings};
use ports::Llm;
use ports::counters::LocalCounters;
use ports::files::MemoryFiles;
use reading::isolated::Readers;
use serde_json::{Value, json};
use testkit::{Client, Form, FreshDb, Reply, Someone};

pub(crate) fn tables() -> Vec<Migration> {
    [events::MIGRATIONS, jobs::MIGRATIONS, http_base::idempotency::MIGRATIONS, knowledge::MIGRATIONS].concat()
}

/// A language model that says what it was told to say, and remembers what it was asked.
#[derive(Clone, Default)]
pub(crate) struct Parrot(Arc<Mutex<Sayings>>);

#[derive(Default)]
struct Sayings {
    says: Option<Value>,
    slow: bool,
    asked: Vec<(String, String)>,
}

impl Parrot {
    pub(crate) fn says(&self, answer: Value) {
        self.0.lock().unwrap().says = Some(answer);
    }

    pub(crate) fn fails(&self) {
        self.0.lock().unwrap().says = None;
    }

    pub(crate) fn takes_its_time(&self) {
        self.0.lock().unwrap().slow = true;
    }

    /// What it was asked since it was asked this, the instructions and the prompt of each.
    pub(crate) fn asked(&self) -> Vec<(String, String)> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }
}

#[async_trait]
impl Llm for Parrot {
    fn name(&self) -> &'static str {
        "parrot"
    }

    async fn answer_json(&self, instructions: &str, prompt: &str) -> Result<String> {
        let (says, slow) = {
            let mut sayings = self.0.lock().unwrap();
            sayings.asked.push((instructions.to_owned(), prompt.to_owned()));
            (sayings.says.clone(), sayings.slow)
        };
        if slow {
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        }
        says.map(|says| says.to_string()).ok_or_else(|| Error::new(Kind::Provider, "The parrot is asleep"))
    }
}

/// Every workspace is without an owner.
struct Nobody;

#[async_trait]
impl knowledge::Owners for Nobody {
    async fn is_owned(&self, _: &mut db::Tx, _: kernel::WorkspaceId) -> Result<bool> {
        Ok(false)
    }
}

pub(crate) struct World {
    /// Its folder goes with it.
    _fresh: FreshDb,
    pub(crate) clock: Clock,
    pub(crate) files: MemoryFiles,
    pub(crate) people: testkit::People,
    pub(crate) knowledge: Knowledge,
    pub(crate) anyone: Client,
    /// Two coaches.
    pub(crate) coach: Someone,
    pub(crate) other: Someone,
}

/// A process over this database.
pub(crate) fn process(
    db: Db,
    clock: &Clock,
    people: &testkit::People,
    files: &MemoryFiles,
    llm: Option<Arc<dyn Llm>>,
    settings: Settings,
) -> (Knowledge, Router) {
    let app = App::builder(db, clock.clone()).authenticated_by(Arc::new(people.clone())).build();
    let parts = Parts {
        files: Arc::new(files.clone()),
        readers: Readers::in_this_process(),
        counters: Arc::new(LocalCounters::new(clock.clone())),
        llm,
        owners: Arc::new(Nobody),
    };
    let knowledge = Knowledge::new(app.clone(), parts, settings);
    let router = knowledge::router(knowledge.clone()).served(&app);
    (knowledge, router)
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        Self::set(fresh, None, Settings::default()).await
    }

    pub(crate) async fn set(fresh: FreshDb, llm: Option<Arc<dyn Llm>>, settings: Settings) -> Self {
        let clock = Clock::mock("2026-03-02T09:00:00Z".parse().unwrap(), 7);
        fresh.db.migrate(&tables(), clock.now()).await.unwrap();
        let (people, files) = (testkit::People::default(), MemoryFiles::default());
        let (knowledge, router) = process(fresh.db.clone(), &clock, &people, &files, llm, settings);
        let (coach, other) = (people.creator(&clock), people.creator(&clock));
        let anyone = Client::new(router);
        Self { _fresh: fresh, clock, files, people, knowledge, anyone, coach, other }
    }

    pub(crate) fn coach(&self) -> Client {
        self.anyone.of(&self.coach)
    }

    pub(crate) fn other(&self) -> Client {
        self.anyone.of(&self.other)
    }

    /// A new base of the coach: its path.
    pub(crate) async fn base(&self, settings: Value) -> String {
        let body = json!({"name": "Handbook", "settings": settings});
        let reply = self.coach().post("/api/v1/knowledge-bases", &body).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        format!("/api/v1/knowledge-bases/{}", reply.json()["id"].as_str().unwrap())
    }

    /// Uploads a document to a base of the coach, and answers it once it was read.
    pub(crate) async fn document(&self, base: &str, name: &str, text: &str) -> Value {
        let made = self.upload(base, &Form::new().file("file", name, text)).await;
        assert_eq!(made.status, 201, "{}", made.text());
        self.work().await;
        let path = format!("{base}/documents/{}", made.json()["id"].as_str().unwrap());
        let read = self.coach().get(&path).await.json();
        assert_eq!(read["processing_status"], "completed", "{read}");
        read
    }

    pub(crate) async fn upload(&self, base: &str, form: &Form) -> Reply {
        self.clock.advance(1_000);
        self.coach().upload(&format!("{base}/documents"), form).await
    }

    pub(crate) async fn ask(&self, base: &str, question: &str) -> Value {
        self.clock.advance(1_000);
        let reply = self.coach().post(&format!("{base}/ask"), &json!({"question": question})).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    pub(crate) async fn search(&self, base: &str, query: &str) -> Vec<Value> {
        let reply = self.coach().post(&format!("{base}/search"), &json!({"query": query})).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["passages"].as_array().unwrap().clone()
    }

    /// Every quote stands where its citation says.
    pub(crate) async fn quotes_are_real(&self, base: &str, answer: &Value) {
        for citation in answer["citations"].as_array().unwrap() {
            let path = format!("{base}/documents/{}", citation["document_id"].as_str().unwrap());
            let content = self.coach().get(&path).await.json()["content"].as_str().unwrap().to_owned();
            let at = |name: &str| citation[name].as_u64().unwrap() as usize;
            let cut: String = content.chars().skip(at("start")).take(at("end") - at("start")).collect();
            assert_eq!(cut, citation["quote"], "{citation}");
        }
    }

    /// Does whatever is to be done by itself.
    pub(crate) async fn work(&self) {
        jobs::run_until_idle(self.knowledge.app().db(), &self.clock, &knowledge::jobs(&self.knowledge)).await.unwrap();
    }

    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.knowledge.app().db().read().await.unwrap().fetch_value(sql, vec![]).await.unwrap()
    }

    /// The kinds of events in the log, oldest first.
    pub(crate) async fn happened(&self) -> Vec<(String, Value)> {
        let mut tx = self.knowledge.app().db().read().await.unwrap();
        let newest = tx.newest_events(None, &[], 1_000).await.unwrap();
        newest.into_iter().rev().map(|event| (event.kind, serde_json::from_str(&event.payload).unwrap())).collect()
    }
}

/// A handbook of two pages.
pub(crate) const HANDBOOK: &str = "# Handbook of the studio\n\n## Prices\n\nThe eight-week course costs 200 euros. It is paid in advance.\n\n\
    A single session costs 40 euros and lasts 60 minutes.\n\n## Cancelling\n\nYou can cancel a session up to 24 hours before it begins. \
    Later it is charged in full.\n\n## Food\n\nBreakfast should contain protein. Drink two litres of water every day.\n";
