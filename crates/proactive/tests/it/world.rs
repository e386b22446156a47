//! A server with nothing but an audience, channels and proactive rules: a coach with a Telegram bot, a stand-in that takes what is sent, and
//! programs that are made up.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use audience::{Audience, Channel, Identity, IdentityKind, Member, MemberId, Seed, members};
use channels::Channels;
use channels::ports::{Answer, Answerer, Question};
use db::{Db, Migration, Tx};
use http_base::App;
use kernel::{Clock, Result, Timestamp, WorkspaceId};
use ports::counters::LocalCounters;
use ports::files::MemoryFiles;
use ports::messaging::standin::{Provider, StandIn, bodies};
use ports::messaging::{Content, Messengers};
use ports::seal::Keys;
use proactive::ports::{ProgramId, Programs, Run, Runs};
use proactive::{Follows, Proactive, Settings};
use serde_json::{Value, json};
use testkit::{Client, FreshDb, Someone};
use uuid::Uuid;

pub(crate) const RULES: &str = "/api/v1/proactive-engine/rules";
pub(crate) const ANALYTICS: &str = "/api/v1/proactive-engine/analytics";

fn tables() -> Vec<Migration> {
    [
        events::MIGRATIONS,
        jobs::MIGRATIONS,
        delivery::MIGRATIONS,
        http_base::idempotency::MIGRATIONS,
        audience::MIGRATIONS,
        channels::MIGRATIONS,
        proactive::MIGRATIONS,
    ]
    .concat()
}

/// Knows nothing.
struct Nothing;

#[async_trait]
impl Answerer for Nothing {
    async fn answer(&self, _: WorkspaceId, _: &[Uuid], _: &Question) -> Result<Answer> {
        Ok(Answer::unknown())
    }

    async fn bases(&self, _: &mut Tx, _: WorkspaceId, _: &[Uuid]) -> Result<Vec<Uuid>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl audience::ports::Owners for Nothing {
    async fn is_owned(&self, _: &mut Tx, _: WorkspaceId) -> Result<bool> {
        Ok(true)
    }
}

/// Programs that are made up: who takes part in the one program, since when, and how far they are.
#[derive(Clone, Default)]
pub(crate) struct MadeUp(pub(crate) Arc<Mutex<Vec<(Run, f64)>>>);

impl MadeUp {
    /// The one program that there is.
    pub(crate) fn id() -> ProgramId {
        ProgramId::from_uuid(Uuid::from_u128(77))
    }

    pub(crate) fn put(&self, member: MemberId, since: Timestamp, progress: f64) {
        let mut runs = self.0.lock().unwrap();
        runs.retain(|(run, _)| run.member_id != member);
        let enrolment_id = Uuid::from_u128(member.uuid().as_u128() ^ (1 << 100));
        runs.push((Run { member_id: member, enrolment_id, since }, progress));
    }

    fn runs(&self, wanted: Runs, at_least: f64) -> Vec<Run> {
        let mut runs: Vec<Run> =
            self.0.lock().unwrap().iter().filter(|(_, far)| *far >= at_least).map(|(run, _)| *run).collect();
        runs.sort_by_key(|run| (run.since, run.member_id));
        runs.retain(|run| (run.since, run.member_id) > wanted.after && run.since <= wanted.until);
        runs.truncate(wanted.most as usize);
        runs
    }
}

#[async_trait]
impl Programs for MadeUp {
    async fn has(&self, _: &mut Tx, _: WorkspaceId, program: ProgramId) -> Result<bool> {
        Ok(program == Self::id())
    }

    async fn stalled(&self, _: &mut Tx, _: WorkspaceId, wanted: Runs) -> Result<Vec<Run>> {
        Ok(self.runs(wanted, 0.0))
    }

    async fn near_end(&self, _: &mut Tx, _: WorkspaceId, at_least: f64, wanted: Runs) -> Result<Vec<Run>> {
        Ok(self.runs(wanted, at_least))
    }

    async fn taking_part(
        &self,
        _: &mut Tx,
        _: WorkspaceId,
        _: ProgramId,
        wanted: &[MemberId],
    ) -> Result<Vec<MemberId>> {
        let runs = self.0.lock().unwrap();
        Ok(runs.iter().map(|(run, _)| run.member_id).filter(|id| wanted.contains(id)).collect())
    }

    async fn enrol(&self, tx: &mut Tx, _: WorkspaceId, member: MemberId, _: ProgramId) -> Result<()> {
        self.put(member, tx.clock().now(), 0.0);
        Ok(())
    }
}

pub(crate) struct World {
    pub(crate) fresh: FreshDb,
    pub(crate) clock: Clock,
    pub(crate) telegram: Arc<StandIn>,
    whatsapp: Arc<StandIn>,
    pub(crate) people: testkit::People,
    pub(crate) programs: MadeUp,
    pub(crate) audience: Audience,
    pub(crate) channels: Channels,
    pub(crate) proactive: Proactive,
    pub(crate) anyone: Client,
    pub(crate) coach: Someone,
    count: AtomicI64,
    bot: Mutex<Option<(String, String)>>,
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        let clock = Clock::mock("2026-03-02T10:00:00Z".parse().unwrap(), 7);
        fresh.db.migrate(&tables(), clock.now()).await.unwrap();
        let people = testkit::People::default();
        let programs = MadeUp::default();
        let [whatsapp, telegram] = [Provider::WhatsApp, Provider::Telegram].map(|one| Arc::new(StandIn::new(one)));
        let db = fresh.db.clone().with_clock(clock.clone());
        let (audience, channels, proactive) =
            process(db, &clock, &people, &programs, (whatsapp.clone(), telegram.clone()));
        let router = channels::router(channels.clone())
            .merge(audience::router(audience.clone()))
            .merge(proactive::router(&proactive))
            .served(channels.app());
        let coach = people.creator(&clock);
        Self {
            fresh,
            clock,
            telegram,
            whatsapp,
            people,
            programs,
            audience,
            channels,
            proactive,
            anyone: Client::new(router),
            coach,
            count: AtomicI64::new(0),
            bot: Mutex::new(None),
        }
    }

    /// With a Telegram bot that works.
    pub(crate) async fn with_bot(fresh: FreshDb) -> Self {
        let world = Self::new(fresh).await;
        let body = json!({"channel_type": "telegram", "channel_name": "My bot",
            "configuration": {"bot_token": "123456789:AAF-abcdefghijklmnopqrstuvwxyz"}});
        let reply = world.coach().post("/api/v1/channels", &body).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        let id = reply.json()["id"].as_str().unwrap().to_owned();
        let mut tx = world.channels.app().read().await.unwrap();
        let channel = channels::channels::store::by_id(&mut tx, id.parse().unwrap()).await.unwrap().unwrap();
        drop(tx);
        let secret = channel.secret(&Keys::new(&[[7; 32]]), "hook_secret").unwrap().unwrap();
        *world.bot.lock().unwrap() = Some((id, secret));
        world.work().await;
        world
    }

    /// Another process over the same database.
    pub(crate) fn other_process(&self) -> Proactive {
        let db = self.fresh.db.clone().with_clock(self.clock.clone());
        process(db, &self.clock, &self.people, &self.programs, (self.whatsapp.clone(), self.telegram.clone())).2
    }

    pub(crate) fn coach(&self) -> Client {
        self.anyone.of(&self.coach)
    }

    pub(crate) fn hub(&self) -> WorkspaceId {
        self.coach.account.hub()
    }

    /// Everything that is due.
    pub(crate) async fn work(&self) {
        let mut registry = channels::jobs(&self.channels);
        registry.merge(proactive::jobs(&self.proactive));
        jobs::run_until_idle(self.channels.app().db(), &self.clock, &registry).await.unwrap();
    }

    /// Time goes on, and what is due then is done.
    pub(crate) async fn after(&self, micros: i64) {
        self.clock.advance(micros);
        self.work().await;
    }

    /// Somebody writes to the bot.
    pub(crate) async fn writes(&self, chat: i64, name: &str, text: &str) {
        self.told(chat, name, text).await;
        self.work().await;
    }

    /// The same, and only what came in is worked.
    pub(crate) async fn told(&self, chat: i64, name: &str, text: &str) {
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let (id, secret) = self.bot.lock().unwrap().clone().unwrap();
        let update = bodies::telegram_message(number, chat, number, name, self.clock.now(), &json!({"text": text}));
        let client = self.anyone.clone().with("x-telegram-bot-api-secret-token", &secret);
        assert_eq!(client.post(&format!("/webhooks/telegram/{id}"), &update).await.status, 200);
        channels::testing::work_inbound(&self.channels, &self.clock).await.unwrap();
    }

    /// What members were sent by rules, in order: whom, and what.
    pub(crate) fn sent(&self) -> Vec<String> {
        let given = self.telegram.given();
        let texts = given.into_iter().filter_map(|one| match one.message.content {
            Content::Text { text, .. } | Content::Buttons { text, .. } => Some(text),
            _ => None,
        });
        texts.filter(|text| text.contains("[rule]")).collect()
    }

    /// Reaches somebody on Telegram who has not written yet.
    pub(crate) async fn member(&self, chat: i64, name: &str) -> Member {
        let mut tx = self.audience.app().write().await.unwrap();
        let by = [Identity::new(IdentityKind::ChatId, &chat.to_string()).unwrap()];
        let member =
            members::reach(&mut tx, self.hub(), Channel::Telegram, &by, Seed::named(Some(name))).await.unwrap();
        tx.commit().await.unwrap();
        member
    }

    /// A rule of this trigger that says `[rule] Hey {user_name}!`.
    pub(crate) async fn rule(&self, trigger: Value) -> Value {
        self.rule_with(trigger, json!({})).await
    }

    /// The same, with these fields over it.
    pub(crate) async fn rule_with(&self, trigger: Value, more: Value) -> Value {
        let mut body = json!({"name": "A rule", "trigger_conditions": trigger,
            "actions": [{"type": "send_message", "message_template": "[rule] Hey {user_name}!"}]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let reply = self.coach().post(RULES, &body).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    /// The firings of a rule, the newest first.
    pub(crate) async fn firings(&self, rule: &Value) -> Vec<Value> {
        let path = format!("{RULES}/{}/firings?limit=100", rule["id"].as_str().unwrap());
        let mut all = Vec::new();
        for page in 1.. {
            let told =
                self.coach().get(&format!("{path}&page={page}")).await.ok()["firings"].as_array().unwrap().clone();
            if told.is_empty() {
                break;
            }
            all.extend(told);
        }
        all
    }

    /// The id of a member by their name.
    pub(crate) async fn id_of(&self, name: &str) -> String {
        let users = self.coach().get(&format!("/api/v1/users?search={name}")).await.ok();
        users["users"][0]["id"].as_str().unwrap().to_owned()
    }

    /// How they stand: state, and reason.
    pub(crate) async fn states(&self, rule: &Value) -> Vec<(String, Option<String>)> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        self.firings(rule).await.iter().map(|one| (text(&one["state"]).unwrap(), text(&one["reason"]))).collect()
    }

    /// The names of events, oldest first.
    pub(crate) async fn happened(&self, kind: &str) -> Vec<Value> {
        let newest = self.channels.app().db().read().await.unwrap().newest_events(None, &[], 1_000).await.unwrap();
        let own = newest.into_iter().rev().filter(|event| event.kind == kind);
        own.map(|event| serde_json::from_str(&event.payload).unwrap()).collect()
    }
}

fn process(
    db: Db,
    clock: &Clock,
    people: &testkit::People,
    programs: &MadeUp,
    (whatsapp, telegram): (Arc<StandIn>, Arc<StandIn>),
) -> (Audience, Channels, Proactive) {
    let app = App::builder(db, clock.clone())
        .authenticated_by(Arc::new(people.clone()))
        .public_url("https://api.platform.com")
        .build();
    let files = Arc::new(MemoryFiles::default());
    let parts = audience::Parts {
        files: files.clone(),
        enrolments: Arc::new(audience::ports::NoPrograms),
        keepers: vec![Arc::new(channels::Keeping::new(clock.clone())), Arc::new(proactive::Keeping)],
        owners: Arc::new(Nothing),
    };
    let audience = Audience::new(app.clone(), parts);
    let parts = channels::Parts {
        audience: audience.clone(),
        answerer: Arc::new(Nothing),
        colleagues: Arc::new(channels::testing::OwnHub),
        messengers: Messengers { whatsapp, telegram, mobile: Arc::new(StandIn::new(Provider::Firebase)) },
        keys: Arc::new(Keys::new(&[[7; 32]])),
        files,
        counters: Arc::new(LocalCounters::new(clock.clone())),
    };
    let set = channels::Settings { unknowns: 0, ..channels::Settings::default() };
    let channels = Channels::new(app.clone(), parts, set);
    let proactive = Proactive::new(app, channels.clone(), Arc::new(programs.clone()), Settings::default());
    channels.followed_by(vec![Arc::new(Follows(proactive.clone()))]);
    (audience, channels, proactive)
}
