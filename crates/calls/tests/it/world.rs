//! A server of calls over a fresh database.

use std::sync::Arc;
use std::time::Duration;

use calls::{Calls, Settings};
use campaigns::Campaign;
use creators::Creator;
use http_base::{App, Mode};
use jobs::Registry;
use kernel::{Clock, WorkspaceId};
use ports::Llm;
use ports::calls::{Agent, MockAgent, MockTelephony, Telephony};
use providers::elevenlabs::{ElevenLabs, ElevenLabsSettings};
use providers::twilio::{Twilio, TwilioSettings};
use serde_json::{Value, json};
use testkit::{Client, FreshDb, People, Someone};

/// Noon in Madrid, and 11 in the Canaries.
pub(crate) const NOON: &str = "2026-01-15T11:00:00Z";
/// A number in Spain.
pub(crate) const NUMBER: &str = "+34600000001";
pub(crate) const TOKEN: &str = "12345678901234567890";
pub(crate) const PUBLIC: &str = "https://flow.example";
pub(crate) const SECRET: &str = "wsec_0123456789abcdef";

/// Who rings and talks.
pub(crate) struct Parts {
    pub(crate) telephony: Arc<dyn Telephony>,
    pub(crate) agent: Arc<dyn Agent>,
    pub(crate) llm: Option<Arc<dyn Llm>>,
    pub(crate) settings: Settings,
    pub(crate) demo: bool,
}

impl Parts {
    /// Nobody is rung, and everybody on this machine may play the provider.
    pub(crate) fn mock() -> Self {
        Self {
            telephony: Arc::new(MockTelephony { open: true }),
            agent: Arc::new(MockAgent),
            llm: None,
            settings: Settings::default(),
            demo: true,
        }
    }

    pub(crate) fn twilio(url: &str) -> Self {
        let limits = providers::Limits { total: Duration::from_millis(600), ..providers::Limits::default() };
        let twilio = Twilio::new(TwilioSettings {
            base_url: format!("{url}/2010-04-01"),
            account_sid: "AC0123".into(),
            auth_token: TOKEN.into(),
            number: "+15550001111".into(),
            limits,
        });
        let record = calls::Countries::These(["ES".to_owned()].into());
        let settings = Settings { webhook_base: Some(PUBLIC.into()), record, ..Settings::default() };
        Self { telephony: Arc::new(twilio.unwrap()), settings, demo: false, ..Self::mock() }
    }

    pub(crate) fn elevenlabs(url: &str) -> Self {
        let limits = providers::Limits { total: Duration::from_millis(600), ..providers::Limits::default() };
        let agent = ElevenLabs::new(ElevenLabsSettings {
            base_url: url.into(),
            api_key: "xi-secret".into(),
            agent_id: "agent_1".into(),
            phone_number_id: "phnum_1".into(),
            webhook_secret: SECRET.into(),
            limits,
        });
        Self { agent: Arc::new(agent.unwrap()), demo: false, ..Self::mock() }
    }
}

/// More than any test has.
const ALL: http_base::Offsets = http_base::Offsets { limit: 100, offset: 0 };

pub(crate) struct World {
    pub(crate) fresh: FreshDb,
    pub(crate) clock: Clock,
    pub(crate) client: Client,
    pub(crate) people: People,
    pub(crate) brand: Someone,
    pub(crate) campaign: Campaign,
    pub(crate) creator: kernel::CreatorId,
    pub(crate) jobs: Registry,
}

impl World {
    pub(crate) async fn new(fresh: FreshDb, parts: Parts) -> Self {
        let clock = Clock::mock(NOON.parse().unwrap(), 7);
        let migrations = [
            jobs::MIGRATIONS,
            delivery::MIGRATIONS,
            http_base::idempotency::MIGRATIONS,
            mail::MIGRATIONS,
            creators::MIGRATIONS,
            accounts::MIGRATIONS,
            campaigns::MIGRATIONS,
            outreach::MIGRATIONS,
            calls::MIGRATIONS,
        ];
        fresh.db.migrate(&migrations.concat(), clock.now()).await.unwrap();
        let people = People::default();
        let brand = people.business(&clock);
        let (client, calls) = serve(fresh.db.clone(), &clock, &people, &brand, parts);
        let (campaign, creator) = fill(calls.app(), &brand).await;
        let client = client.of(&brand);
        let jobs = calls::jobs(&calls);
        Self { fresh, clock, client, people, brand, campaign, creator, jobs }
    }

    /// Another process over the same database.
    pub(crate) async fn neighbour(&self, parts: Parts) -> Client {
        let (client, _) = serve(self.fresh.reopen().await, &self.clock, &self.people, &self.brand, parts);
        client.of(&self.brand)
    }

    pub(crate) fn about(&self) -> Value {
        json!({"campaign_id": self.campaign.id, "creator_id": self.creator, "phone_number": NUMBER})
    }

    pub(crate) fn outbound(&self) -> Value {
        json!({"campaign_id": self.campaign.id, "creator_id": self.creator, "to_number": NUMBER})
    }

    pub(crate) async fn consent(&self) -> Value {
        let body = json!({"creator_id": self.creator, "phone_number": NUMBER, "source": "Form on techfit.example"});
        self.client.post("/api/v1/outreach/consents", &body).await.ok()
    }

    /// The entries of the log, newest last.
    pub(crate) async fn entries(&self) -> Vec<Value> {
        let mut tx = self.fresh.db.read().await.unwrap();
        let wanted = outreach::store::Wanted { campaign: Some(self.campaign.id), ..Default::default() };
        let (entries, _) = outreach::store::list(kernel::Scope::system(), &mut tx, &wanted, ALL).await.unwrap();
        entries
            .into_iter()
            .rev()
            .map(|entry| serde_json::to_value(outreach::OutreachBody::from(entry)).unwrap())
            .collect()
    }

    /// The only entry.
    pub(crate) async fn entry(&self) -> Value {
        let mut entries = self.entries().await;
        assert_eq!(entries.len(), 1, "one entry of the campaign and the creator");
        entries.remove(0)
    }

    /// How many touches the only entry has,
    pub(crate) async fn touches(&self) -> u64 {
        let entry = self.entry().await["id"].as_str().unwrap().parse().unwrap();
        let mut tx = self.fresh.db.read().await.unwrap();
        outreach::store::touches::of_entry(kernel::Scope::system(), &mut tx, entry, ALL).await.unwrap().1
    }

    /// and how many follow-ups are open.
    pub(crate) async fn follow_ups(&self) -> u64 {
        let workspace = self.brand.account.workspace.unwrap();
        let mut tx = self.fresh.db.read().await.unwrap();
        outreach::store::follow_ups::open(kernel::Scope::system(), &mut tx, workspace, ALL).await.unwrap().1
    }

    /// How many events of providers were taken in.
    pub(crate) async fn taken_in(&self) -> u64 {
        delivery::testing::taken_in(&mut self.fresh.db.read().await.unwrap()).await.unwrap()
    }

    pub(crate) async fn rows(&self, table: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        self.fresh.db.read().await.unwrap().fetch_value(&sql, vec![]).await.unwrap()
    }

    /// Runs the jobs that are due, as the workers do.
    pub(crate) async fn look_after(&self) {
        let db = &self.fresh.db;
        let mut tx = db.write().await.unwrap();
        let job = jobs::NewJob::new("calls.look", &()).unwrap();
        jobs::enqueue(&mut tx, &self.clock, job).await.unwrap();
        tx.commit().await.unwrap();
        jobs::run_until_idle(db, &self.clock, &self.jobs).await.unwrap();
    }
}

fn serve(db: db::Db, clock: &Clock, people: &People, brand: &Someone, parts: Parts) -> (Client, Calls) {
    let workspace = brand.account.workspace.unwrap();
    let mode = if parts.demo { Mode::Demo(workspace) } else { Mode::Serve };
    let app = App::builder(db, clock.clone())
        .mode(mode)
        .authenticated_by(Arc::new(people.clone()))
        .public_url(PUBLIC)
        .build();
    let calls = Calls::new(app.clone(), parts.telephony, parts.agent, parts.llm, parts.settings);
    let router = calls::router(calls.clone()).served(&app);
    (Client::new(router), calls)
}

async fn fill(app: &App, brand: &Someone) -> (Campaign, kernel::CreatorId) {
    let (clock, scope) = (app.clock(), kernel::Scope::system());
    let workspace: WorkspaceId = brand.account.workspace.unwrap();
    let facts = json!({"name": "Mia Torres", "platform": "instagram", "niche": "fitness", "followers_count": "125K", "language": "English"});
    let mut mia = Creator::new(testkit::read(facts), clock.new_id(), Some(workspace), clock.now()).unwrap();
    let product = json!({"product_name": "FitBand Pro", "brand_name": "TechFit", "product_description": "A wristband that measures sleep",
        "total_budget": 25_000, "status": "active"});
    let mut campaign = Campaign::new(testkit::read(product), clock.new_id(), workspace, clock.now());
    let mut tx = app.write().await.unwrap();
    creators::store::insert(scope, &mut tx, &mut mia).await.unwrap();
    campaigns::store::insert(scope, &mut tx, &mut campaign).await.unwrap();
    tx.commit().await.unwrap();
    (campaign, mia.id)
}

/// A form as Twilio posts it.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let encoded = |text: &str| {
        let letter = |byte: u8| {
            if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        };
        text.bytes().map(letter).collect::<String>()
    };
    fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

/// What Twilio signs a form with.
pub(crate) fn signed(url: &str, fields: &[(&str, &str)]) -> String {
    use base64::Engine as _;
    use hmac::{KeyInit as _, Mac as _};
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    let text = sorted.iter().fold(url.to_owned(), |text, (name, value)| text + name + value);
    let mut mac = hmac::Hmac::<sha1::Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    base64::prelude::BASE64_STANDARD.encode(mac.finalize().into_bytes())
}
