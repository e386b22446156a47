//! Contracts through their routes, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod amended;
mod at_once;
mod by_itself;
mod data_rights;
mod drawn_up;
mod milestones;
mod pages;
mod signed;

use std::sync::Arc;

use campaigns::Campaign;
use creators::Creator;
use deals::{Deals, Settings};
use http_base::{App, Offsets};
use kernel::{CampaignId, Clock, CreatorId, Scope};
use payments::{MockGateway, Payment, Payments};
use serde_json::{Value, json};
use testkit::{Client, FreshDb, People, Someone};

/// More than any test has.
const ALL: Offsets = Offsets { limit: 1000, offset: 0 };

/// A server of contracts with one business, one creator who claimed the entry, and somebody else of each kind.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) deals: Deals,
    pub(crate) business: Client,
    pub(crate) creator: Client,
    pub(crate) other_business: Client,
    pub(crate) other_creator: Client,
    pub(crate) anyone: Client,
    pub(crate) business_account: Someone,
    pub(crate) creator_account: Someone,
    pub(crate) campaign: CampaignId,
    pub(crate) creator_id: CreatorId,
    _fresh: FreshDb,
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        let clock = Clock::mock("2030-01-15T10:30:00Z".parse().unwrap(), 7);
        let tables = [
            jobs::MIGRATIONS,
            delivery::MIGRATIONS,
            http_base::idempotency::MIGRATIONS,
            mail::MIGRATIONS,
            creators::MIGRATIONS,
            accounts::MIGRATIONS,
            campaigns::MIGRATIONS,
            outreach::MIGRATIONS,
            payments::MIGRATIONS,
            deals::MIGRATIONS,
        ]
        .concat();
        fresh.db.migrate(&tables, clock.now()).await.unwrap();
        let people = People::default();
        let app = App::builder(fresh.db.clone(), clock.clone()).authenticated_by(Arc::new(people.clone())).build();
        let deals = Deals::new(app.clone(), Settings::default());
        let payments = Payments::new(
            app.clone(),
            Arc::new(MockGateway),
            payments::Settings::default(),
            Arc::new(deals::Contracts),
        );
        let router = deals::router(deals.clone()).merge(payments::router(payments)).served(&app);
        let anyone = Client::new(router);
        let (business, creator) = (people.business(&clock), people.creator(&clock));
        let (campaign, creator_id) = seed(&app, &clock, &business, &creator).await;
        Self {
            business: anyone.of(&business),
            creator: anyone.of(&creator),
            other_business: anyone.of(&people.business(&clock)),
            other_creator: anyone.of(&people.creator(&clock)),
            anyone,
            business_account: business,
            creator_account: creator,
            app,
            clock,
            deals,
            campaign,
            creator_id,
            _fresh: fresh,
        }
    }

    /// The documents' contract with these fields over it; what is null is left out.
    pub(crate) fn body(&self, fields: &Value) -> Value {
        let mut body = json!({
            "campaign_id": self.campaign,
            "creator_id": self.creator_id,
            "terms": {"deliverables": [{"type": "youtube_video", "deadline": "2030-03-01T00:00:00Z",
                "requirements": ["5-8 minutes", "honest review", "CTA included"]}],
                "usage_rights": "6 months", "exclusivity": "tech category for 30 days"},
            "payment_amount": 1200.0,
            "payment_schedule": [{"milestone": "contract_signing", "amount": 400.0, "percentage": 33},
                {"milestone": "content_delivery", "amount": 800.0, "percentage": 67}],
        });
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    }

    /// A draft; answers its path.
    pub(crate) async fn draft(&self, fields: Value) -> String {
        let made = self.business.post("/api/v1/contracts", &self.body(&fields)).await.ok();
        format!("/api/v1/contracts/{}", made["id"].as_str().unwrap())
    }

    /// A contract that is sent, without a mail.
    pub(crate) async fn sent(&self, fields: Value) -> String {
        let path = self.draft(fields).await;
        self.business.put(&path, &json!({"status": "sent"})).await.ok();
        path
    }

    /// One that is signed.
    pub(crate) async fn signed(&self, fields: Value) -> String {
        let path = self.sent(fields).await;
        self.business.post(&format!("{path}/sign"), &json!({})).await.ok();
        path
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.business.get(path).await.ok()
    }

    /// The texts that were mailed, the oldest first.
    pub(crate) async fn mails(&self) -> Vec<String> {
        let mut tx = self.app.read().await.unwrap();
        let (mails, _) = mail::store::list(Scope::system(), &mut tx, None, ALL).await.unwrap();
        mails.into_iter().rev().map(|mail| mail.body_text.unwrap()).collect()
    }

    /// The tokens in them.
    pub(crate) async fn tokens(&self) -> Vec<String> {
        let token = |text: &String| text.split("token=").nth(1).unwrap().lines().next().unwrap().to_owned();
        self.mails().await.iter().map(token).collect()
    }

    /// How many payments there are of this sort, of whatever contract.
    pub(crate) async fn planned(&self, sort: impl Fn(&Payment) -> bool) -> usize {
        let mut tx = self.app.read().await.unwrap();
        let any = payments::store::Wanted::default();
        let (payments, _) = payments::store::list(Scope::system(), &mut tx, &any, ALL).await.unwrap();
        payments.iter().filter(|payment| sort(payment)).count()
    }

    /// How often this happened.
    pub(crate) async fn happened(&self, kind: &str) -> usize {
        let events = self.app.read().await.unwrap().newest_events(None, &[], ALL.limit).await.unwrap();
        events.iter().filter(|event| event.kind == kind).count()
    }

    /// The payments of a contract, in the order of its schedule.
    pub(crate) async fn payments(&self, path: &str) -> Vec<Value> {
        let id = path.rsplit('/').next().unwrap();
        self.get(&format!("/api/v1/payments/contract/{id}")).await["payments"].as_array().unwrap().clone()
    }

    /// Has a payment processed.
    pub(crate) async fn pay(&self, payment: &Value) {
        let at = format!("/api/v1/payments/{}/process", payment["id"].as_str().unwrap());
        assert_eq!(self.business.post(&at, &json!({})).await.ok()["status"], "completed");
    }

    /// The ledger must be sound.
    pub(crate) async fn verify_ledger(&self) {
        let found = payments::ledger::verify(self.app.db()).await.unwrap();
        assert!(found.sound, "{:#?}", found.faults);
    }

    /// Runs what is due by the clock.
    pub(crate) async fn run(&self) {
        jobs::run_until_idle(self.app.db(), &self.clock, &deals::jobs(&self.deals)).await.unwrap();
    }

    pub(crate) async fn count(&self, what: &str) -> i64 {
        let mut tx = self.app.read().await.unwrap();
        tx.fetch_value(&format!("SELECT count(*) FROM {what}"), vec![]).await.unwrap()
    }

    pub(crate) async fn execute(&self, sql: &str) -> u64 {
        let mut tx = self.app.write().await.unwrap();
        let changed = tx.execute(sql, vec![]).await.unwrap();
        tx.commit().await.unwrap();
        changed
    }

    /// Everything that holds of a contract whatever was done to it.
    pub(crate) async fn check(&self, path: &str) -> Value {
        let verdict = self.get(&format!("{path}/audit/verify")).await;
        assert_eq!(verdict["valid"], true, "{verdict}");
        self.get(path).await
    }
}

async fn seed(app: &App, clock: &Clock, business: &Someone, creator: &Someone) -> (CampaignId, CreatorId) {
    let (scope, now) = (Scope::system(), clock.now());
    let earbuds = json!({"product_name": "Wireless Earbuds Pro", "brand_name": "TechCorp", "total_budget": 15_000, "status": "active"});
    let mut campaign = Campaign::new(testkit::read(earbuds), clock.new_id(), business.account.workspace.unwrap(), now);
    let ana = json!({"name": "Ana Ferreira", "email": "ana@example.com", "platform": "youtube", "channel_name": "@ana",
        "niche": "tech", "followers_count": "125K"});
    let mut entry = Creator::new(testkit::read(ana), clock.new_id(), None, now).unwrap();
    let mut tx = app.write().await.unwrap();
    campaigns::store::insert(scope, &mut tx, &mut campaign).await.unwrap();
    creators::store::insert(scope, &mut tx, &mut entry).await.unwrap();
    creators::store::claim(scope, &mut tx, "ana@example.com", creator.account.id, now).await.unwrap();
    tx.commit().await.unwrap();
    (campaign.id, entry.id)
}
