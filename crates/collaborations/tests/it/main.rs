//! Collaborations through their routes, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod at_once;
mod by_itself;
mod data_rights;
mod disputes;
mod files;
mod journey;
mod karma;
mod money;

use std::sync::Arc;

use async_trait::async_trait;
use collaborations::{Agreement, Checker, Collaborations, ContractWish, OfferFacts, Settings};
use deals::Deals;
use events::Runner;
use http_base::App;
use kernel::{Amount, Clock, Currency, Money, OfferId, Platform, Result, Scope};
use mind::brief::{Brief, Check, Content, Judge, Kind, Report, Verdict};
use payments::{MockGateway, Payments};
use ports::files::{Files, MemoryFiles};
use serde_json::{Value, json};
use testkit::{Client, FreshDb, People, Reply, Someone};

/// Judges content by one word of its captions, so that stories can say what is found.
struct ByWord;

#[async_trait]
impl Checker for ByWord {
    async fn check(&self, brief: &Brief, content: &Content) -> Result<Report> {
        let has = |word: &str| content.captions.iter().any(|caption| caption.text.contains(word));
        let (found, missing): (Vec<String>, Vec<String>) =
            brief.required_hashtags.iter().cloned().partition(|tag| has(tag));
        let check = |tag: &String, verdict| Check {
            requirement: tag.clone(),
            kind: Kind::Hashtag,
            verdict,
            quote: None,
            how: "whole word".into(),
            judged_by: Judge::Rules,
        };
        let checks = found.iter().map(|tag| check(tag, Verdict::Pass));
        let checks = checks.chain(missing.iter().map(|tag| check(tag, Verdict::Fail))).collect();
        let all = found.len() + missing.len();
        let compliance = if all == 0 { 100.0 } else { found.len() as f64 * 100.0 / all as f64 };
        Ok(Report {
            checks,
            passed_requirements: missing.is_empty(),
            hashtags_found: found,
            hashtags_missing: missing,
            mentions_found: Vec::new(),
            mentions_missing: Vec::new(),
            quality_rating: 8.0,
            relevance_rating: None,
            compliance_percentage: compliance,
            suggestions: Vec::new(),
            ai_score: compliance,
        })
    }
}

/// What was made, of an answer that says so.
pub(crate) trait Made {
    /// The body of a 201.
    fn made(&self) -> Value;
}

impl Made for Reply {
    fn made(&self) -> Value {
        assert_eq!(self.status, 201, "{}", self.text());
        self.json()
    }
}

/// A server of collaborations with a business, a creator, somebody else of each kind, and an administrator.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) of: Collaborations,
    pub(crate) money: Payments,
    pub(crate) people: People,
    pub(crate) files: MemoryFiles,
    pub(crate) business: Client,
    pub(crate) creator: Client,
    pub(crate) other_business: Client,
    pub(crate) other_creator: Client,
    pub(crate) admin: Client,
    pub(crate) anyone: Client,
    pub(crate) business_account: Someone,
    pub(crate) creator_account: Someone,
    _runner: Runner,
    _fresh: FreshDb,
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        let clock = Clock::mock("2030-01-15T10:30:00Z".parse().unwrap(), 7);
        let tables = [
            events::MIGRATIONS,
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
            collaborations::MIGRATIONS,
        ]
        .concat();
        fresh.db.migrate(&tables, clock.now()).await.unwrap();
        let people = People::default();
        let app = App::builder(fresh.db.clone(), clock.clone()).authenticated_by(Arc::new(people.clone())).build();
        let deals = Deals::new(app.clone(), deals::Settings::default());
        let payments = Payments::new(
            app.clone(),
            Arc::new(MockGateway),
            payments::Settings::default(),
            Arc::new(deals::Contracts),
        );
        let files = MemoryFiles::default();
        let kept: Arc<dyn Files> = Arc::new(files.clone());
        let of = Collaborations::new(deals.clone(), payments.clone(), Arc::new(ByWord), kept, Settings::default());
        let slice = collaborations::slice(&of);
        let runner = Runner::start(app.db(), &clock, &slice.subscribers).await.unwrap();
        let router = slice.routes.merge(deals::router(deals)).merge(payments::router(payments.clone())).served(&app);
        let anyone = Client::new(router);
        let (business, creator) = (people.business(&clock), people.creator(&clock));
        Self {
            business: anyone.of(&business),
            creator: anyone.of(&creator),
            other_business: anyone.of(&people.business(&clock)),
            other_creator: anyone.of(&people.creator(&clock)),
            admin: anyone.of(&people.admin(&clock)),
            anyone,
            business_account: business,
            creator_account: creator,
            app,
            clock,
            of,
            money: payments,
            people,
            files,
            _runner: runner,
            _fresh: fresh,
        }
    }

    /// An agreement of these two, on an offer of its own.
    pub(crate) fn agreement(&self, business: &Someone, creator: &Someone, contract: ContractWish) -> Agreement {
        let offer: OfferId = self.clock.new_id();
        Agreement {
            application_id: self.clock.new_id(),
            offer: OfferFacts {
                id: offer,
                version: 1,
                title: "Instagram Post - Summer Campaign".into(),
                category: "FASHION".into(),
                platforms: vec![Platform::Instagram],
                formats: vec!["REEL".into()],
                brief: Brief { required_hashtags: vec!["#summer2026".into()], ..Brief::default() },
                content_deadline: Some("2030-03-15T00:00:00Z".parse().unwrap()),
                max_revisions: 2,
                contract,
                usage_rights: Some("6 months".into()),
            },
            business_id: business.account.id,
            workspace_id: business.account.workspace.unwrap(),
            creator_id: creator.account.id,
            fee: Some(Money::new(Amount::from_minor(150_000), Currency::USD)),
            currency: Currency::USD,
        }
    }

    /// Opens a collaboration; answers its path.
    pub(crate) async fn open(&self, agreed: &Agreement) -> String {
        let mut tx = self.app.write().await.unwrap();
        let id = collaborations::open(&self.of, &mut tx, agreed).await.unwrap();
        tx.commit().await.unwrap();
        format!("/api/v1/collaborations/{id}")
    }

    /// A collaboration of the two, with such a contract.
    pub(crate) async fn opened(&self, contract: ContractWish) -> String {
        self.open(&self.agreement(&self.business_account, &self.creator_account, contract)).await
    }

    /// One that is scheduled.
    pub(crate) async fn scheduled(&self) -> String {
        let path = self.opened(ContractWish::None).await;
        self.schedule(&path).await;
        path
    }

    pub(crate) async fn schedule(&self, path: &str) {
        let body = json!({"scheduled_date": "2030-03-01T10:00:00Z"});
        assert_eq!(self.business.post(&format!("{path}/schedule"), &body).await.ok()["status"], "SCHEDULED");
    }

    /// Content for a collaboration, with this caption.
    pub(crate) fn content(path: &str, caption: &str) -> Value {
        json!({"collaboration_id": path.rsplit('/').next().unwrap(), "content_urls": ["https://example.com/photo1.jpg"],
            "captions": {"instagram": caption}, "platform": "INSTAGRAM", "platform_post_id": "12345678_9876543"})
    }

    /// Hands content in; answers its path.
    pub(crate) async fn submit(&self, path: &str, caption: &str) -> String {
        let made = self.creator.post("/api/v1/submissions", &Self::content(path, caption)).await.made();
        format!("/api/v1/submissions/{}", made["id"].as_str().unwrap())
    }

    /// A collaboration of which content is approved.
    pub(crate) async fn approved(&self) -> String {
        let path = self.scheduled().await;
        let submission = self.submit(&path, "#summer2026").await;
        self.business.post(&format!("{submission}/approve"), &json!({})).await.ok();
        path
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.business.get(path).await.ok()
    }

    pub(crate) async fn status(&self, path: &str) -> String {
        self.get(path).await["status"].as_str().unwrap().to_owned()
    }

    /// How often this happened.
    pub(crate) async fn happened(&self, kind: &str) -> usize {
        let events = self.app.read().await.unwrap().newest_events(None, &[], 1000).await.unwrap();
        events.iter().filter(|event| event.kind == kind).count()
    }

    /// Runs what is due by the clock.
    pub(crate) async fn run(&self) {
        let mut all = collaborations::jobs(&self.of);
        all.merge(deals::jobs(self.of.deals()));
        all.merge(payments::jobs(&self.money));
        jobs::run_until_idle(self.app.db(), &self.clock, &all).await.unwrap();
    }

    /// Waits until this holds of a collaboration: those who follow events come a little later.
    pub(crate) async fn until(&self, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..200 {
            let body = self.get(path).await;
            if holds(&body) {
                return body;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("it never came to hold: {:#}", self.get(path).await);
    }

    /// An account's standing.
    pub(crate) async fn standing(&self, someone: &Someone) -> collaborations::Standing {
        let id = someone.account.id;
        let mut tx = self.app.read().await.unwrap();
        collaborations::standing(&mut tx, &[id], self.clock.now()).await.unwrap().remove(&id).unwrap()
    }

    /// The ledger of payments must be sound.
    pub(crate) async fn verify_ledger(&self) {
        let found = payments::ledger::verify(self.app.db()).await.unwrap();
        assert!(found.sound, "{:#?}", found.faults);
    }

    pub(crate) async fn payments(&self, path: &str) -> Vec<payments::Payment> {
        let contract = self.get(path).await["contract_id"].as_str().unwrap().parse().unwrap();
        let mut tx = self.app.read().await.unwrap();
        payments::store::of_contract(Scope::system(), &mut tx, contract).await.unwrap()
    }
}
