//! A server with nothing but an audience, channels and programs; stand-ins for every provider, and an assistant that knows one answer.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use audience::Audience;
use channels::ports::{Answer, Answerer, Question};
use channels::{Channels, Keeping};
use db::{Db, Migration, Tx};
use http_base::App;
use kernel::{Clock, Result, Timestamp, WorkspaceId, time};
use ports::counters::LocalCounters;
use ports::files::MemoryFiles;
use ports::messaging::standin::{Given, Provider, StandIn, bodies};
use ports::messaging::{Content, Messenger, Messengers, Outgoing};
use ports::outward;
use ports::seal::Keys;
use programs::{Listening, Programs, TakingPart};
use serde_json::{Value, json};
use testkit::{Client, FreshDb, Someone};
use uuid::Uuid;

pub(crate) const PROGRAMS: &str = "/api/v1/programs";
pub(crate) const USERS: &str = "/api/v1/users";

pub(crate) fn tables() -> Vec<Migration> {
    [
        events::MIGRATIONS,
        jobs::MIGRATIONS,
        delivery::MIGRATIONS,
        http_base::idempotency::MIGRATIONS,
        audience::MIGRATIONS,
        channels::MIGRATIONS,
        programs::MIGRATIONS,
    ]
    .concat()
}

/// An assistant that knows what it costs.
#[derive(Clone, Default)]
pub(crate) struct Assistant(pub(crate) Arc<Mutex<Vec<String>>>);

#[async_trait]
impl Answerer for Assistant {
    async fn answer(&self, _: WorkspaceId, _: &[Uuid], question: &Question) -> Result<Answer> {
        self.0.lock().unwrap().push(question.text.clone());
        Ok(Answer::unknown())
    }

    async fn bases(&self, _: &mut Tx, _: WorkspaceId, _: &[Uuid]) -> Result<Vec<Uuid>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl programs::ports::Answers for Assistant {
    async fn answer(&self, _: WorkspaceId, _: &[Uuid], question: &str, _: Option<&str>) -> Result<Option<String>> {
        self.0.lock().unwrap().push(question.to_owned());
        Ok(question.contains("cost").then(|| "It costs 90 euros.".to_owned()))
    }

    async fn bases(&self, _: &mut Tx, _: WorkspaceId, _: &[Uuid]) -> Result<Vec<Uuid>> {
        Ok(Vec::new())
    }
}

struct Nobody;

#[async_trait]
impl audience::ports::Owners for Nobody {
    async fn is_owned(&self, _: &mut Tx, _: WorkspaceId) -> Result<bool> {
        Ok(true)
    }
}

/// A process over a database.
#[derive(Clone)]
pub(crate) struct Process {
    pub(crate) programs: Programs,
    pub(crate) channels: Channels,
    pub(crate) audience: Audience,
}

pub(crate) struct World {
    pub(crate) fresh: FreshDb,
    pub(crate) clock: Clock,
    pub(crate) assistant: Assistant,
    pub(crate) outward: Arc<outward::StandIn>,
    pub(crate) telegram: Arc<StandIn>,
    people: testkit::People,
    pub(crate) process: Process,
    pub(crate) anyone: Client,
    /// The coach, asking.
    pub(crate) coach: Client,
    pub(crate) hub: Someone,
    /// What was sent on Telegram, and when it was found there.
    log: Mutex<Vec<(Timestamp, i64, String)>>,
    updates: std::sync::atomic::AtomicI64,
    hook: Mutex<Option<(String, String)>>,
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        // A Monday.
        let clock = Clock::mock("2026-03-02T10:00:00Z".parse().unwrap(), 7);
        fresh.db.migrate(&tables(), clock.now()).await.unwrap();
        let (people, assistant) = (testkit::People::default(), Assistant::default());
        let telegram = Arc::new(StandIn::new(Provider::Telegram));
        let outward = Arc::new(outward::StandIn::default());
        let settings = channels::Settings::default();
        let process = process(fresh.db.clone(), &clock, &people, &assistant, telegram.clone(), &outward, settings);
        let routes = channels::router(process.channels.clone())
            .merge(audience::router(process.audience.clone()))
            .merge(programs::router(process.programs.clone()));
        let anyone = Client::new(routes.served(process.programs.app()));
        let hub = people.creator(&clock);
        let coach = anyone.of(&hub);
        let world = Self {
            fresh,
            clock,
            assistant,
            outward,
            telegram,
            people,
            process,
            anyone,
            coach,
            hub,
            log: Mutex::default(),
            updates: std::sync::atomic::AtomicI64::new(1),
            hook: Mutex::default(),
        };
        // Subscribers begin where the log ends now.
        world.work().await;
        world
    }

    /// The same, with a Telegram channel that works.
    pub(crate) async fn with_channel(fresh: FreshDb) -> Self {
        let world = Self::new(fresh).await;
        let body = json!({"channel_type": "telegram", "channel_name": "Bot", "configuration": {"bot_token": "123456789:AAF-abcdefghijklmnopqrstuvwxyz"}});
        let made = world.coach.post("/api/v1/channels", &body).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let id = made.json()["id"].as_str().unwrap().to_owned();
        world.work().await;
        let mut tx = world.process.programs.app().read().await.unwrap();
        let channel = channels::channels::store::by_id(&mut tx, id.parse().unwrap()).await.unwrap().unwrap();
        let secret = channel.secret(&Keys::new(&[[7; 32]]), "hook_secret").unwrap().unwrap();
        drop(tx);
        *world.hook.lock().unwrap() = Some((id, String::clone(&secret)));
        world
    }

    /// Another coach.
    pub(crate) fn stranger(&self) -> Someone {
        self.people.creator(&self.clock)
    }

    /// Another process over the same database.
    pub(crate) fn another(&self) -> Process {
        let (db, settings) = (self.fresh.db.clone(), channels::Settings::default());
        process(db, &self.clock, &self.people, &self.assistant, self.telegram.clone(), &self.outward, settings)
    }

    /// Does everything that is due now.
    pub(crate) async fn work(&self) {
        for _ in 0..3 {
            self.process.work(&self.clock).await;
        }
        let given = self.telegram.given();
        let mut log = self.log.lock().unwrap();
        let new = given.iter().skip(log.len()).map(|one| (self.clock.now(), chat_of(one), text_of(one)));
        let new: Vec<_> = new.collect();
        log.extend(new);
    }

    /// Moves programs, and does nothing else.
    pub(crate) async fn tick(&self) {
        self.process.tick(&self.clock).await;
    }

    /// Lets half a minute pass in steps of two seconds: nobody is written to twice within a second.
    pub(crate) async fn settle(&self) {
        for _ in 0..15 {
            self.clock.advance(2 * time::SECOND);
            self.work().await;
        }
    }

    /// Lets time pass, an hour at most at once, and does what becomes due.
    pub(crate) async fn pass(&self, micros: i64) {
        let until = self.clock.now().plus(micros);
        while self.clock.now() < until {
            let step = (until.micros() - self.clock.now().micros()).min(time::HOUR);
            self.clock.advance(step);
            self.work().await;
        }
    }

    pub(crate) async fn pass_until(&self, moment: &str) {
        let moment: Timestamp = moment.parse().unwrap();
        self.pass(moment.micros() - self.clock.now().micros()).await;
    }

    /// What a chat was sent, with the times at which it was found, and forgets nothing.
    pub(crate) fn sent(&self, chat: i64) -> Vec<String> {
        let log = self.log.lock().unwrap();
        log.iter().filter(|(_, to, _)| *to == chat).map(|(_, _, text)| text.clone()).collect()
    }

    pub(crate) fn sent_at(&self, chat: i64) -> Vec<(String, String)> {
        let log = self.log.lock().unwrap();
        log.iter().filter(|(_, to, _)| *to == chat).map(|(at, _, text)| (at.to_string(), text.clone())).collect()
    }

    /// A member on Telegram.
    pub(crate) async fn member(&self, chat: i64, more: Value) -> String {
        let mut body = json!({"external_id": chat.to_string(), "channel": "telegram", "profile_data": {"name": "Ana"}});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = self.coach.post(USERS, &body).await;
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()["id"].as_str().unwrap().to_owned()
    }

    /// A program that is a draft.
    pub(crate) async fn draft(&self, name: &str, flow: &Value) -> String {
        let made = self.coach.post(PROGRAMS, &json!({"name": name, "flow_definition": flow})).await;
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()["id"].as_str().unwrap().to_owned()
    }

    /// A program that is published.
    pub(crate) async fn program(&self, name: &str, flow: &Value) -> String {
        let id = self.draft(name, flow).await;
        self.publish(&id, &json!({})).await;
        id
    }

    pub(crate) async fn publish(&self, id: &str, body: &Value) -> Value {
        let reply = self.coach.post(&format!("{PROGRAMS}/{id}/publish"), body).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    pub(crate) async fn enrol(&self, member: &str, program: &str) -> Value {
        let reply = self.coach.post(&format!("{USERS}/{member}/programs/{program}/enroll"), &json!({})).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    /// The newest run of a program.
    pub(crate) async fn run(&self, program: &str) -> Value {
        self.coach.get(&format!("{PROGRAMS}/{program}/enrollments")).await.ok()["enrollments"][0].clone()
    }

    /// The figures of a node.
    pub(crate) async fn node(&self, program: &str, node: &str) -> Value {
        let all = self.coach.get(&format!("{PROGRAMS}/{program}/nodes")).await.ok();
        all["nodes"].as_array().unwrap().iter().find(|one| one["node_id"] == node).unwrap().clone()
    }

    /// Somebody writes on Telegram, and it is worked.
    pub(crate) async fn writes(&self, chat: i64, text: &str) {
        let number = self.updates.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let update = bodies::telegram_message(number, chat, number, "Ana", self.clock.now(), &json!({"text": text}));
        self.tell(&update).await;
    }

    /// Somebody presses a button.
    pub(crate) async fn presses(&self, chat: i64, id: &str, title: &str) {
        let number = self.updates.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.tell(&bodies::telegram_press(number, chat, number, "Ana", id, title)).await;
    }

    async fn tell(&self, update: &Value) {
        let (id, secret) = self.hook.lock().unwrap().clone().unwrap();
        let telegram = self.anyone.clone().with("x-telegram-bot-api-secret-token", &secret);
        let reply = telegram.post(&format!("/webhooks/telegram/{id}"), update).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        self.work().await;
    }

    /// The kinds of events in the log, oldest first.
    pub(crate) async fn happened(&self, name: &str) -> usize {
        let mut tx = self.process.programs.app().read().await.unwrap();
        let newest = tx.newest_events(None, &[], 1_000).await.unwrap();
        newest.iter().filter(|event| event.kind == name).count()
    }
}

impl Process {
    /// Does everything that is due.
    pub(crate) async fn work(&self, clock: &Clock) {
        let mut registry = channels::jobs(&self.channels);
        registry.merge(programs::jobs(&self.programs));
        let db = self.programs.app().db();
        jobs::run_until_idle(db, clock, &registry).await.unwrap();
        events::run_until_idle(db, clock, &programs::subscribers(&self.programs)).await.unwrap();
    }

    /// Moves programs, and does nothing else.
    pub(crate) async fn tick(&self, clock: &Clock) {
        jobs::run_until_idle(self.programs.app().db(), clock, &programs::jobs(&self.programs)).await.unwrap();
    }
}

/// A process with this provider for Telegram.
pub(crate) fn process(
    db: Db,
    clock: &Clock,
    people: &testkit::People,
    assistant: &Assistant,
    telegram: Arc<dyn Messenger>,
    outward: &Arc<outward::StandIn>,
    settings: channels::Settings,
) -> Process {
    let app = App::builder(db, clock.clone())
        .authenticated_by(Arc::new(people.clone()))
        .public_url("https://api.platform.com")
        .build();
    let files = Arc::new(MemoryFiles::default());
    let taking_part = Arc::new(TakingPart::new(clock.clone()));
    let parts = audience::Parts {
        files: files.clone(),
        enrolments: taking_part.clone(),
        keepers: vec![taking_part, Arc::new(Keeping::new(clock.clone()))],
        owners: Arc::new(Nobody),
    };
    let audience = Audience::new(app.clone(), parts);
    let parts = channels::Parts {
        audience: audience.clone(),
        answerer: Arc::new(assistant.clone()),
        colleagues: Arc::new(channels::testing::OwnHub),
        messengers: Messengers {
            whatsapp: Arc::new(StandIn::new(Provider::WhatsApp)),
            telegram,
            mobile: Arc::new(StandIn::new(Provider::Firebase)),
        },
        keys: Arc::new(Keys::new(&[[7; 32]])),
        files,
        counters: Arc::new(LocalCounters::new(clock.clone())),
    };
    let channels = Channels::new(app.clone(), parts, settings);
    let parts =
        programs::Parts { channels: channels.clone(), answers: Arc::new(assistant.clone()), outward: outward.clone() };
    let programs = Programs::new(app, parts);
    channels.followed_by(vec![Arc::new(Listening(programs.clone()))]);
    Process { programs, channels, audience }
}

fn chat_of(given: &Given) -> i64 {
    let chat = given.message.to.0.iter().find(|one| one.kind == ports::messaging::IdentityKind::ChatId);
    chat.map_or(0, |one| one.value.parse().unwrap())
}

pub(crate) fn text_of(given: &Given) -> String {
    text(&given.message)
}

pub(crate) fn text(message: &Outgoing) -> String {
    match &message.content {
        Content::Text { text, .. } | Content::Buttons { text, .. } => text.clone(),
        Content::Template(template) => format!("template {}", template.name),
        Content::Notice { title, .. } => title.clone(),
        Content::Media(_) => "media".to_owned(),
    }
}

/// A flow of nodes `(id, type, data)`, and of edges `source -> target` or `source/exit -> target`.
pub(crate) fn flow(nodes: &[(&str, &str, Value)], edges: &[&str]) -> Value {
    let nodes: Vec<Value> =
        nodes.iter().map(|(id, kind, data)| json!({"id": id, "type": kind, "data": data})).collect();
    let edges: Vec<Value> = edges
        .iter()
        .enumerate()
        .map(|(number, edge)| {
            let (from, to) = edge.split_once(" -> ").unwrap();
            let (source, exit) = from.split_once('/').map_or((from, None), |(source, exit)| (source, Some(exit)));
            json!({"id": format!("e{number}"), "source": source, "sourceHandle": exit, "target": to})
        })
        .collect();
    json!({"nodes": nodes, "edges": edges})
}

/// A message, and nothing else.
pub(crate) fn hello() -> Value {
    flow(
        &[("start", "start", json!({})), ("hello", "send_message", json!({"message": "Welcome, {user_name}!"}))],
        &["start -> hello"],
    )
}
