//! Payments through their routes, on both engines.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod at_the_provider;
mod ledger;
mod lifecycle;
mod once;
mod plans;
mod refunds;
mod replans;
mod stripe;
mod stripe_stand_in;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use db::{Migration, args};
use http_base::{App, Mode};
use jobs::Registry;
use kernel::{CampaignId, Clock, ContractId, CreatorId, Result, Timestamp};
use payments::{Currency, MockGateway, Payments, Settings};
use ports::gateway::{Event, Fault, Gateway, Order, Outcome, What};
use serde_json::{Value, json};
use testkit::{Client, FreshDb, People, Someone};

/// What payments read of others' tables.
const OTHERS: &[Migration] = &[Migration {
    id: "0000_others",
    sql: "CREATE TABLE creators (id {id} PRIMARY KEY, name TEXT NOT NULL, claimed_by {id});
          CREATE TABLE contracts (id {id} PRIMARY KEY, workspace_id {id} NOT NULL, campaign_id {id} NOT NULL, creator_id {id} NOT NULL,
          status TEXT NOT NULL, currency TEXT NOT NULL);",
}];

/// Payments over a fresh database, a brand, a creator who claimed their entry, and a signed contract between them.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) registry: Registry,
    pub(crate) brand: Someone,
    pub(crate) people: People,
    pub(crate) creator: CreatorId,
    pub(crate) creator_account: Someone,
    pub(crate) campaign: CampaignId,
    pub(crate) contract: ContractId,
    pub(crate) client: Client,
    anyone: Client,
    pub(crate) fresh: FreshDb,
}

pub(crate) const START: &str = "2026-01-15T10:30:00Z";

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        Self::with(fresh, Arc::new(MockGateway), Settings::default()).await
    }

    pub(crate) async fn with(fresh: FreshDb, gateway: Arc<dyn Gateway>, settings: Settings) -> Self {
        let clock = Clock::mock(START.parse().unwrap(), 5);
        let tables = [OTHERS, jobs::MIGRATIONS, http_base::idempotency::MIGRATIONS, payments::MIGRATIONS].concat();
        fresh.db.migrate(&tables, clock.now()).await.unwrap();
        let people = People::default();
        let app = App::new(fresh.db.clone(), clock.clone(), Mode::Serve, http_base::app::Limits::default(), true);
        app.authenticate_by(Arc::new(people.clone()));
        let (brand, creator_account) = (people.business(&clock), people.creator(&clock));
        let payments = Payments::new(app.clone(), gateway, settings);
        let registry = payments::jobs(&payments);
        let (router, _) = payments::router(payments.clone()).split_for_parts();
        let anyone = Client::new(http_base::layers::around(router, &app, &[]));
        let client = anyone.of(&brand);
        let (creator, campaign) = (clock.new_id(), clock.new_id());
        let mut tx = app.write().await.unwrap();
        let sql = "INSERT INTO creators (id, name, claimed_by) VALUES ($1, $2, $3)";
        tx.execute(sql, args![creator, "Zoë Ångström", creator_account.account.id]).await.unwrap();
        tx.commit().await.unwrap();
        let contract = clock.new_id();
        let world = Self {
            app,
            clock,
            registry,
            brand,
            people,
            creator,
            creator_account,
            campaign,
            contract,
            client,
            anyone,
            fresh,
        };
        world.sign(contract, "USD").await;
        world
    }

    /// A signed contract of this currency.
    pub(crate) async fn sign(&self, contract: ContractId, currency: &str) {
        let mut tx = self.app.write().await.unwrap();
        let sql = "INSERT INTO contracts (id, workspace_id, campaign_id, creator_id, status, currency) VALUES ($1, $2, $3, $4, 'signed', $5)";
        let workspace = self.brand.account.workspace;
        tx.execute(sql, args![contract, workspace, self.campaign, self.creator, currency]).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub(crate) async fn contract_of(&self, currency: &str) -> ContractId {
        let contract = self.clock.new_id();
        self.sign(contract, currency).await;
        contract
    }

    pub(crate) async fn set_contract(&self, status: &str) {
        let mut tx = self.app.write().await.unwrap();
        tx.execute("UPDATE contracts SET status = $1 WHERE id = $2", args![status, self.contract]).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub(crate) fn of(&self, someone: &Someone) -> Client {
        self.anyone.of(someone)
    }

    pub(crate) fn anyone(&self) -> Client {
        self.anyone.clone()
    }

    /// A pending payment, made by hand; its path.
    pub(crate) async fn payment(&self, amount: f64) -> String {
        let body = json!({"contract_id": self.contract, "amount": amount});
        path(&self.client.post("/api/v1/payments", &body).await.ok())
    }

    /// A completed one.
    pub(crate) async fn paid(&self, amount: f64) -> String {
        let path = self.payment(amount).await;
        let body = self.client.post(&format!("{path}/process"), &json!({})).await.ok();
        assert_eq!(body["status"], "completed", "{body}");
        path
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.client.get(path).await.ok()
    }

    pub(crate) async fn work(&self) -> usize {
        jobs::run_until_idle(self.app.db(), &self.clock, &self.registry).await.unwrap()
    }

    /// What the accounts come to, by name, in this currency.
    pub(crate) async fn balances(&self, currency: &str) -> Value {
        let body = self.get(&format!("/api/v1/payments/ledger?currency={currency}")).await;
        let listed = body["balances"].as_array().unwrap().iter();
        listed.map(|row| (row["account"].as_str().unwrap().to_owned(), row["balance"].clone())).collect()
    }

    /// The ledger must be sound.
    pub(crate) async fn verify(&self) -> payments::ledger::Verified {
        let found = payments::ledger::verify(kernel::Scope::system(), self.app.db()).await.unwrap();
        assert!(found.sound, "{:#?}", found.faults);
        found
    }

    pub(crate) fn advance(&self, micros: i64) {
        self.clock.advance(micros);
    }
}

pub(crate) fn path(payment: &Value) -> String {
    format!("/api/v1/payments/{}", payment["id"].as_str().unwrap())
}

pub(crate) fn usd() -> Currency {
    Currency::USD
}

/// The mock gateway, which counts what it is asked.
#[derive(Default)]
pub(crate) struct Counting {
    pub(crate) charges: AtomicUsize,
    pub(crate) keys: std::sync::Mutex<std::collections::BTreeSet<String>>,
}

#[async_trait]
impl Gateway for Counting {
    fn name(&self) -> &'static str {
        "mock"
    }

    async fn ask(&self, order: &Order) -> Result<Outcome, Fault> {
        if matches!(order.what, What::Charge { .. }) {
            self.charges.fetch_add(1, Ordering::SeqCst);
            self.keys.lock().unwrap().insert(order.key.clone());
            // Long enough for the others to come in between.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        MockGateway.ask(order).await
    }

    async fn find(&self, order: &Order) -> Result<Option<Outcome>, Fault> {
        MockGateway.find(order).await
    }

    fn event(&self, signature: &str, body: &[u8], now: Timestamp) -> Result<Event> {
        MockGateway.event(signature, body, now)
    }

    fn usual_account(&self) -> Option<String> {
        MockGateway.usual_account()
    }
}
