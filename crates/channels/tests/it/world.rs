//! A server with nothing but channels and an audience, stand-ins for every provider, and an assistant that knows a few answers.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use audience::Audience;
use channels::ports::{Answer, Answerer, Citation, Outcome, Question};
use channels::{Channels, Keeping, Parts, Settings};
use db::{Db, Migration, Tx};
use http_base::App;
use kernel::{Clock, Result, WorkspaceId};
use ports::counters::LocalCounters;
use ports::files::MemoryFiles;
use ports::messaging::Messengers;
use ports::messaging::standin::{Given, Provider, StandIn, bodies};
use ports::seal::Keys;
use serde_json::{Value, json};
use testkit::{Client, FreshDb, Someone};
use uuid::Uuid;

pub(crate) const CHANNELS: &str = "/api/v1/channels";
pub(crate) const CONVERSATIONS: &str = "/api/v1/conversations";
pub(crate) const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const NUMBER_ID: &str = "106540352242922";

pub(crate) fn tables() -> Vec<Migration> {
    [
        events::MIGRATIONS,
        jobs::MIGRATIONS,
        delivery::MIGRATIONS,
        http_base::idempotency::MIGRATIONS,
        audience::MIGRATIONS,
        channels::MIGRATIONS,
    ]
    .concat()
}

/// An assistant that knows what it was taught.
#[derive(Clone, Default)]
pub(crate) struct Assistant(Arc<Mutex<Taught>>);

#[derive(Default)]
struct Taught {
    asked: Vec<Question>,
    bases: Vec<Uuid>,
    fails: bool,
    meanwhile: Option<Box<dyn FnOnce() -> futures::future::BoxFuture<'static, ()> + Send>>,
}

impl Assistant {
    pub(crate) fn asked(&self) -> Vec<Question> {
        self.0.lock().unwrap().asked.clone()
    }

    pub(crate) fn fails(&self, fails: bool) {
        self.0.lock().unwrap().fails = fails;
    }

    pub(crate) fn has_base(&self, id: Uuid) {
        self.0.lock().unwrap().bases.push(id);
    }

    /// Has this happen while it looks for its next answer.
    pub(crate) fn meanwhile(&self, what: impl FnOnce() -> futures::future::BoxFuture<'static, ()> + Send + 'static) {
        self.0.lock().unwrap().meanwhile = Some(Box::new(what));
    }
}

#[async_trait]
impl Answerer for Assistant {
    async fn answer(&self, _: WorkspaceId, _: &[Uuid], question: &Question) -> Result<Answer> {
        let (fails, meanwhile) = {
            let mut taught = self.0.lock().unwrap();
            taught.asked.push(question.clone());
            (taught.fails, taught.meanwhile.take())
        };
        if let Some(meanwhile) = meanwhile {
            meanwhile().await;
        }
        if fails {
            return Err(kernel::Error::internal("the model is down"));
        }
        let (outcome, text) = match question.text.to_lowercase() {
            text if text.contains("cost") || text.contains("cuesta") => {
                (Outcome::Answered, "It costs 90 euros a month [1].")
            }
            text if text.contains("sleep") => (Outcome::Maybe, "These may help:"),
            _ => {
                let count = self.0.lock().unwrap().asked.len();
                return Ok(Answer { question: Some(Uuid::from_u128(count as u128)), ..Answer::unknown() });
            }
        };
        let citation = Citation {
            number: 1,
            title: "Prices".into(),
            quote: "The program costs 90 euros a month.".into(),
            ..Citation::default()
        };
        let suggestions = vec![channels::ports::Suggestion {
            title: "Sleep".into(),
            excerpt: "Go to bed early.".into(),
            question: None,
        }];
        let maybe = outcome == Outcome::Maybe;
        Ok(Answer {
            outcome,
            text: text.into(),
            citations: if maybe { Vec::new() } else { vec![citation] },
            suggestions: if maybe { suggestions } else { Vec::new() },
            confidence: 1.2,
            provider: "local".into(),
            question: None,
        })
    }

    async fn bases(&self, _: &mut Tx, _: WorkspaceId, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        let taught = self.0.lock().unwrap();
        Ok(ids.iter().copied().filter(|id| taught.bases.contains(id)).collect())
    }
}

pub(crate) struct World {
    pub(crate) fresh: FreshDb,
    pub(crate) clock: Clock,
    pub(crate) people: testkit::People,
    pub(crate) assistant: Assistant,
    pub(crate) whatsapp: Arc<StandIn>,
    pub(crate) telegram: Arc<StandIn>,
    pub(crate) mobile: Arc<StandIn>,
    audience: Audience,
    pub(crate) channels: Channels,
    pub(crate) anyone: Client,
    /// A coach.
    pub(crate) coach: Someone,
    count: std::sync::atomic::AtomicU64,
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        Self::set(fresh, Settings::default()).await
    }

    pub(crate) async fn set(fresh: FreshDb, settings: Settings) -> Self {
        let clock = Clock::mock("2026-03-02T10:00:00Z".parse().unwrap(), 7);
        fresh.db.migrate(&tables(), clock.now()).await.unwrap();
        let (people, assistant) = (testkit::People::default(), Assistant::default());
        let [whatsapp, telegram, mobile] = [Provider::WhatsApp, Provider::Telegram, Provider::Firebase]
            .map(|provider| Arc::new(StandIn::new(provider)));
        let messengers = Messengers { whatsapp: whatsapp.clone(), telegram: telegram.clone(), mobile: mobile.clone() };
        let (channels, audience) = made(fresh.db.clone(), &clock, &people, &assistant, messengers, settings);
        let router = ::channels::router(channels.clone()).served(channels.app());
        let coach = people.creator(&clock);
        let anyone = Client::new(router);
        let count = std::sync::atomic::AtomicU64::new(0);
        Self { fresh, clock, people, assistant, whatsapp, telegram, mobile, audience, channels, anyone, coach, count }
    }

    pub(crate) fn audience(&self) -> &Audience {
        &self.audience
    }

    /// The same stand-ins, for another process.
    pub(crate) fn messengers(&self) -> Messengers {
        Messengers { whatsapp: self.whatsapp.clone(), telegram: self.telegram.clone(), mobile: self.mobile.clone() }
    }

    /// The coach, asking.
    pub(crate) fn of_coach(&self) -> Client {
        self.anyone.of(&self.coach)
    }

    pub(crate) async fn work(&self) {
        jobs::run_until_idle(self.channels.app().db(), &self.clock, &::channels::jobs(&self.channels)).await.unwrap();
    }

    /// A channel of the coach's; its answer when it was made.
    pub(crate) async fn channel(&self, kind: &str, configuration: &Value) -> Value {
        let body = json!({"channel_type": kind, "channel_name": format!("My {kind}"), "configuration": configuration});
        let reply = self.of_coach().post(CHANNELS, &body).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    /// A WhatsApp channel that works.
    pub(crate) async fn whatsapp_channel(&self) -> String {
        let made = self
            .channel("whatsapp", &json!({"phone_number": "+1234567890", "business_account_id": "102290129340398", "access_token": "EAAG-token",
                "webhook_verify_token": "verify-me", "app_secret": APP_SECRET, "phone_number_id": NUMBER_ID}))
            .await;
        self.work().await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// A Telegram channel that works.
    pub(crate) async fn telegram_channel(&self) -> String {
        let made = self.channel("telegram", &json!({"bot_token": "123456789:AAF-abcdefghijklmnopqrstuvwxyz"})).await;
        self.work().await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// Tells WhatsApp's webhook something; the status that it is answered with.
    pub(crate) async fn tell(&self, channel: &str, change: &Value) -> u16 {
        let body = bodies::whatsapp("102290129340398", NUMBER_ID, change).to_string();
        self.tell_raw(channel, &body).await
    }

    pub(crate) async fn tell_raw(&self, channel: &str, body: &str) -> u16 {
        let signature = bodies::hub_signature(APP_SECRET, body.as_bytes());
        let client = self.anyone.clone().with("x-hub-signature-256", &signature);
        let path = format!("/webhooks/whatsapp/{channel}");
        client.raw(axum::http::Method::POST, &path, "application/json", body.to_owned()).await.status
    }

    /// Somebody writes on WhatsApp, and it is worked.
    pub(crate) async fn writes(&self, channel: &str, wa_id: &str, text: &str) {
        self.tell_text(channel, wa_id, text).await;
        self.work().await;
    }

    /// Somebody writes on WhatsApp, and nothing is worked yet.
    pub(crate) async fn tell_text(&self, channel: &str, wa_id: &str, text: &str) {
        let number = self.count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let person = bodies::Person { wa_id: Some(wa_id), user_id: None, name: "Berta" };
        let holds = json!({"type": "text", "text": {"body": text}});
        let change = bodies::whatsapp_message(person, &format!("wamid.in{number}"), self.clock.now(), &holds);
        assert_eq!(self.tell(channel, &change).await, 200);
    }

    /// What WhatsApp was given to send, as texts.
    pub(crate) fn sent(&self) -> Vec<String> {
        self.whatsapp.given().iter().map(text_of).collect()
    }

    /// The only conversation, or the newest.
    pub(crate) async fn conversation(&self) -> Value {
        self.of_coach().get(CONVERSATIONS).await.ok()["conversations"][0].clone()
    }

    /// What was said in a conversation: who, what, how far.
    pub(crate) async fn said(&self, conversation: &Value) -> Vec<(String, String, String)> {
        let id = conversation["id"].as_str().unwrap();
        let list = self.of_coach().get(&format!("{CONVERSATIONS}/{id}/messages")).await.ok();
        let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
        let rows = list["messages"].as_array().unwrap();
        rows.iter().map(|row| (text(row, "author"), text(row, "text"), text(row, "status"))).collect()
    }

    /// The kinds of events in the log, oldest first.
    pub(crate) async fn happened(&self) -> Vec<(String, Value)> {
        let mut tx = self.channels.app().db().read().await.unwrap();
        let newest = tx.newest_events(None, &[], 1_000).await.unwrap();
        newest.into_iter().rev().map(|event| (event.kind, serde_json::from_str(&event.payload).unwrap())).collect()
    }
}

/// A process over this database.
pub(crate) fn process(
    db: Db,
    clock: &Clock,
    people: &testkit::People,
    assistant: &Assistant,
    messengers: Messengers,
    settings: Settings,
) -> Channels {
    made(db, clock, people, assistant, messengers, settings).0
}

fn made(
    db: Db,
    clock: &Clock,
    people: &testkit::People,
    assistant: &Assistant,
    messengers: Messengers,
    settings: Settings,
) -> (Channels, Audience) {
    let app = App::builder(db, clock.clone())
        .authenticated_by(Arc::new(people.clone()))
        .public_url("https://api.platform.com")
        .build();
    let files = Arc::new(MemoryFiles::default());
    let audience = Audience::new(
        app.clone(),
        audience::Parts {
            files: files.clone(),
            enrolments: Arc::new(audience::ports::NoPrograms),
            keepers: vec![Arc::new(Keeping::new(clock.clone()))],
            owners: Arc::new(audience::ports::AlwaysOwned),
        },
    );
    let parts = Parts {
        audience: audience.clone(),
        answerer: Arc::new(assistant.clone()),
        colleagues: Arc::new(channels::testing::OwnHub),
        messengers,
        keys: Arc::new(Keys::new(&[[7; 32]])),
        files,
        counters: Arc::new(LocalCounters::new(clock.clone())),
    };
    (Channels::new(app, parts, settings), audience)
}

pub(crate) fn text_of(given: &Given) -> String {
    use ports::messaging::Content;
    match &given.message.content {
        Content::Text { text, .. } | Content::Buttons { text, .. } => text.clone(),
        Content::Template(template) => format!("template {}", template.name),
        Content::Notice { title, .. } => title.clone(),
        Content::Media(_) => "media".to_owned(),
    }
}

/// How often this happened.
pub(crate) fn times(happened: &[(String, Value)], name: &str) -> usize {
    happened.iter().filter(|(kind, _)| kind == name).count()
}
