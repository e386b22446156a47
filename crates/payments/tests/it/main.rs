//! Payments through their routes, on both engines.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod at_the_provider;
mod data_rights;
mod ledger;
mod lifecycle;
mod once;
mod payouts;
mod plans;
mod refunds;
mod replans;
mod stripe;
mod stripe_stand_in;
mod upgrade;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use creators::{Creator, NewCreator};
use db::Tx;
use http_base::App;
use jobs::Registry;
use kernel::{CampaignId, Clock, ContractId, CreatorId, Currency, Result, Scope, WorkspaceId};
use payments::{Contract, MockGateway, Payee, Payments, Settings};
use ports::gateway::{Event, Fault, Gateway, Order, Outcome, What};
use ports::webhook::Scheme;
use serde_json::{Value, json};
use testkit::{Client, FreshDb, People, Someone};

/// The contracts that a test has drawn up.
#[derive(Default)]
pub(crate) struct Contracts(Mutex<HashMap<ContractId, Contract>>, Mutex<Payee>);

#[async_trait]
impl payments::Contracts for Contracts {
    async fn find(&self, scope: Scope, _: &mut Tx, id: ContractId) -> Result<Option<Contract>> {
        let seen = |contract: &Contract| scope.workspace().is_none_or(|workspace| workspace == contract.workspace_id);
        Ok(self.0.lock().unwrap().get(&id).filter(|contract| seen(contract)).cloned())
    }

    async fn payee(&self, _: &mut Tx, _: ContractId) -> Result<Payee> {
        Ok(self.1.lock().unwrap().clone())
    }
}

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
    pub(crate) contracts: Arc<Contracts>,
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
        let tables = [
            creators::MIGRATIONS,
            jobs::MIGRATIONS,
            delivery::MIGRATIONS,
            http_base::idempotency::MIGRATIONS,
            payments::MIGRATIONS,
        ]
        .concat();
        fresh.db.migrate(&tables, clock.now()).await.unwrap();
        let people = People::default();
        let app = App::builder(fresh.db.clone(), clock.clone()).authenticated_by(Arc::new(people.clone())).build();
        let (brand, creator_account) = (people.business(&clock), people.creator(&clock));
        let contracts = Arc::new(Contracts::default());
        let payments = Payments::new(app.clone(), gateway, settings, contracts.clone());
        let registry = payments::jobs(&payments);
        let router = payments::router(payments.clone()).served(&app);
        let anyone = Client::new(router);
        let client = anyone.of(&brand);
        let (creator, campaign) = (clock.new_id(), clock.new_id());
        let entry = json!({"name": "Zoë Ångström", "email": "zoe@example.com", "platform": "youtube",
            "followers": "125K", "niche": "tech"});
        let entry: NewCreator = input::Fields::of_body(entry).unwrap().read().unwrap();
        let (scope, now) = (Scope::system(), clock.now());
        let mut entry = Creator::new(entry, creator, None, now).unwrap();
        let mut tx = app.write().await.unwrap();
        creators::store::insert(scope, &mut tx, &mut entry).await.unwrap();
        creators::store::claim(scope, &mut tx, "zoe@example.com", creator_account.account.id, now).await.unwrap();
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
            contracts,
            client,
            anyone,
            fresh,
        };
        world.sign(contract, "USD");
        world
    }

    /// A signed contract of another brand.
    pub(crate) fn sign_for(&self, id: ContractId, workspace_id: WorkspaceId) {
        self.sign(id, "USD");
        self.contracts.0.lock().unwrap().get_mut(&id).unwrap().workspace_id = workspace_id;
    }

    /// A signed contract of this currency.
    pub(crate) fn sign(&self, id: ContractId, currency: &str) {
        let contract = Contract {
            id,
            workspace_id: self.brand.account.workspace.unwrap(),
            campaign_id: self.campaign,
            creator_id: self.creator,
            currency: Currency::parse(currency).unwrap(),
            status: "signed",
            is_signed: true,
            is_off: false,
        };
        self.contracts.0.lock().unwrap().insert(id, contract);
    }

    pub(crate) fn contract_of(&self, currency: &str) -> ContractId {
        let contract = self.clock.new_id();
        self.sign(contract, currency);
        contract
    }

    /// Says who signed the contracts for the creator.
    pub(crate) fn signed_by(&self, payee: Payee) {
        *self.contracts.1.lock().unwrap() = payee;
    }

    /// Has the contract stand there: `draft`, `signed` or `cancelled`.
    pub(crate) fn set_contract(&self, status: &'static str) {
        let mut contracts = self.contracts.0.lock().unwrap();
        let contract = contracts.get_mut(&self.contract).unwrap();
        contract.status = status;
        contract.is_signed = matches!(status, "signed" | "completed");
        contract.is_off = matches!(status, "cancelled" | "expired");
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
        let found = payments::ledger::verify(self.app.db()).await.unwrap();
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

    fn scheme(&self) -> &dyn Scheme {
        const SILENT: &MockGateway = &MockGateway;
        SILENT.scheme()
    }

    fn event(&self, body: &[u8]) -> Result<Event> {
        MockGateway.event(body)
    }

    fn usual_account(&self) -> Option<String> {
        MockGateway.usual_account()
    }
}
