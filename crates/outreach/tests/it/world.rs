//! A router of outreach over a fresh database, with a business, its campaign and a creator.

use std::sync::Arc;

use creators::vectors::Backend;
use creators::{Directory, LocalEmbedder};
use hmac::{Hmac, KeyInit, Mac};
use http_base::App;
use jobs::Registry;
use kernel::{Clock, time};
use outreach::{Outreach, Settings};
use ports::Llm;
use ports::files::{Files, MemoryFiles};
use ports::mailer::Outbox;
use serde_json::{Value, json};
use sha2::Sha256;
use testkit::{Client, FreshDb, People, Someone};

pub(crate) const SECRET: &str = "a secret for mail that comes in";

type Tally = (String, String, String, bool, i64);

pub(crate) struct World {
    /// Asks as the business that has the campaign.
    pub(crate) client: Client,
    /// Asks without a token.
    pub(crate) anyone: Client,
    /// Asks as another business.
    pub(crate) stranger: Client,
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) jobs: Registry,
    pub(crate) campaign: String,
    pub(crate) creator: String,
    pub(crate) owner: Someone,
    fresh: FreshDb,
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        Self::with(fresh, Settings::default()).await
    }

    pub(crate) async fn with(fresh: FreshDb, settings: Settings) -> Self {
        Self::of(fresh, settings, Arc::new(MemoryFiles::default()), None).await
    }

    pub(crate) async fn of(
        fresh: FreshDb,
        settings: Settings,
        files: Arc<dyn Files>,
        llm: Option<Arc<dyn Llm>>,
    ) -> Self {
        let clock = Clock::mock("2026-03-02T09:00:00Z".parse().unwrap(), 7);
        let migrations = [
            jobs::MIGRATIONS,
            delivery::MIGRATIONS,
            http_base::idempotency::MIGRATIONS,
            mail::MIGRATIONS,
            creators::MIGRATIONS,
            accounts::MIGRATIONS,
            campaigns::MIGRATIONS,
            outreach::MIGRATIONS,
        ]
        .concat();
        fresh.db.migrate(&migrations, clock.now()).await.unwrap();
        let people = People::default();
        let app = App::builder(fresh.db.clone(), clock.clone()).authenticated_by(Arc::new(people.clone())).build();
        let (owner, other) = (people.business(&clock), people.business(&clock));
        let directory = Directory::new(app.clone(), Arc::new(LocalEmbedder), Backend::Memory);
        let settings = Settings { inbound_secret: Some(SECRET.into()), ..settings };
        let outreach = Outreach::new(directory.clone(), files, llm, settings);
        let post = mail::Post::new(
            app.clone(),
            Arc::new(Outbox),
            mail::Settings::default(),
            vec![Arc::new(outreach::Unsubscribed)],
        );
        let mut jobs = outreach::jobs(&outreach);
        jobs.merge(mail::jobs(&post));
        let campaigns = campaigns::router(campaigns::CampaignsState::new(app.clone()));
        let router = outreach::router(outreach).merge(creators::router(directory)).merge(campaigns).served(&app);
        let anyone = Client::new(router);
        let client = anyone.of(&owner);
        let mut world = Self {
            stranger: anyone.of(&other),
            client,
            anyone,
            app,
            clock,
            jobs,
            campaign: String::new(),
            creator: String::new(),
            owner,
            fresh,
        };
        world.campaign = world.add_campaign().await;
        world.creator = world.add_creator("Mia Martinez", "mia@example.com").await;
        world
    }

    pub(crate) async fn add_creator(&self, name: &str, email: &str) -> String {
        let body = json!({"name": name, "email": email, "platform": "instagram", "niche": "fitness",
            "followers_count_numeric": 120_000, "avg_views": 20_000});
        text(&self.client.post("/api/v1/creators", &body).await.ok()["id"])
    }

    pub(crate) async fn add_campaign(&self) -> String {
        let body = json!({"product_name": "FitBand Pro", "brand_name": "TechFit", "total_budget": 25_000});
        text(&self.client.post("/api/v1/campaigns", &body).await.ok()["id"])
    }

    /// Does what is due.
    pub(crate) async fn run(&self) {
        jobs::run_until_idle(&self.fresh.db, &self.clock, &self.jobs).await.unwrap();
    }

    pub(crate) async fn days(&self, days: i64) {
        self.clock.advance(days * time::DAY);
        self.run().await;
    }

    /// The fields by which bodies name the campaign and the creator, and these.
    pub(crate) fn body(&self, fields: Value) -> Value {
        let mut body = json!({"campaign_id": self.campaign, "creator_id": self.creator});
        let Value::Object(fields) = fields else { panic!("the fields are an object") };
        body.as_object_mut().unwrap().extend(fields);
        body
    }

    pub(crate) async fn entry(&self, id: &str) -> Value {
        self.client.get(&format!("/api/v1/outreach/{id}")).await.ok()
    }

    pub(crate) async fn touches(&self, id: &str) -> Vec<Value> {
        let history = self.client.get(&format!("/api/v1/outreach/{id}/touches?limit=100")).await.ok();
        history["touches"].as_array().unwrap().clone()
    }

    /// Every mail to this address, the oldest first: subject, text, status, headers, what it answers.
    pub(crate) async fn mails(&self, to: &str) -> Vec<Value> {
        let (scope, all) = (kernel::Scope::system(), http_base::Offsets { limit: 1000, offset: 0 });
        let mut tx = self.app.read().await.unwrap();
        let (mails, _) = mail::store::list(scope, &mut tx, Some(to), all).await.unwrap();
        let told = mails.into_iter().rev().map(|mail| {
            json!({"subject": mail.subject, "text": mail.body_text, "status": mail.status, "headers": mail.headers,
                "in_reply_to": mail.in_reply_to, "message_id": mail.message_id})
        });
        told.collect()
    }

    /// Brings a mail in, signed.
    pub(crate) async fn bring(&self, media_type: &str, body: &str) -> testkit::Reply {
        self.clock.advance(time::SECOND);
        let moment = self.clock.now().micros() / time::SECOND;
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(format!("{moment}.{body}").as_bytes());
        let signature = format!("t={moment},v1={}", hex::encode(mac.finalize().into_bytes()));
        let client = self.anyone.clone().with("x-influencerflow-signature", &signature);
        client.raw(axum::http::Method::POST, "/api/v1/outreach/inbound", media_type, body.to_owned()).await
    }

    /// The tallies must be what the entries say.
    pub(crate) async fn check_tallies(&self) {
        let mut tx = self.app.read().await.unwrap();
        let counted = "SELECT stage, COALESCE(call_status, 'pending'), COALESCE(email_status, 'pending'), \
                       call_recording_url IS NOT NULL OR recording_file IS NOT NULL, count(*) FROM outreach_logs \
                       GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4";
        let kept = "SELECT stage, call_status, email_status, recorded, CAST(sum(entries) AS BIGINT) FROM outreach_tallies \
                    WHERE entries <> 0 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4";
        let counted: Vec<Tally> = tx.fetch_all(counted, vec![]).await.unwrap();
        let kept: Vec<Tally> = tx.fetch_all(kept, vec![]).await.unwrap();
        assert_eq!(counted, kept);
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
