//! A server with nothing but webhooks, and two coaches and a business.

use std::sync::Arc;

use async_trait::async_trait;
use audience::events::UserCreated;
use audience::{Channel, MemberId};
use db::{EventRow, Migration, Tx};
use events::TxExt as _;
use http_base::App;
use kernel::{Clock, Result, WorkspaceId};
use ports::outward::Rules;
use ports::seal::Keys;
use providers::outward::Guarded;
use serde_json::{Map, Value, json};
use testkit::{Client, FreshDb, Someone};
use webhooks::ports::{Enrich, Sides, Told};
use webhooks::{Catalogue, Parts, Webhooks};

pub(crate) const SECRET: &str = "whsec-plain words";

pub(crate) fn tables() -> Vec<Migration> {
    [
        events::MIGRATIONS,
        jobs::MIGRATIONS,
        delivery::MIGRATIONS,
        http_base::idempotency::MIGRATIONS,
        audience::MIGRATIONS,
        webhooks::MIGRATIONS,
    ]
    .concat()
}

/// Everybody is called John Doe, and whoever is imported concerns the account of the import's id as well.
struct Known;

#[async_trait]
impl Enrich for Known {
    async fn enrich(&self, _: &mut Tx, _: WorkspaceId, event: &EventRow, data: &mut Map<String, Value>) -> Result<()> {
        if event.kind == "user.created" {
            data.insert("profile_data".into(), json!({"name": "John Doe"}));
        }
        if event.kind == "user.updated" {
            data.insert("profile_data".into(), json!({"about": "x".repeat(30_000)}));
        }
        Ok(())
    }
}

#[async_trait]
impl Sides for Known {
    fn told(&self, kind: &str) -> Told {
        Told { owner: kind != "user.erased", other: kind == "user.imported" }
    }

    async fn others(&self, _: &mut Tx, event: &EventRow, _: &Map<String, Value>) -> Result<Vec<WorkspaceId>> {
        Ok(vec![WorkspaceId::from_uuid(event.subject)])
    }
}

struct Owned;

#[async_trait]
impl audience::ports::Owners for Owned {
    async fn is_owned(&self, _: &mut Tx, _: WorkspaceId) -> Result<bool> {
        Ok(true)
    }
}

fn webhooks_of(app: &App, keys: Keys, rules: Rules) -> Webhooks {
    let kinds: Vec<_> = audience::events::EVENTS.iter().chain(webhooks::events::EVENTS).copied().collect();
    let parts = Parts {
        catalogue: Catalogue::new(&kinds, &Known).unwrap(),
        keys: Arc::new(keys),
        outward: Arc::new(Guarded::new(rules).unwrap()),
        sides: Arc::new(Known),
        enrich: Arc::new(Known),
        owners: Arc::new(Owned),
    };
    Webhooks::new(app.clone(), parts)
}

pub(crate) struct World {
    _fresh: FreshDb,
    pub(crate) clock: Clock,
    pub(crate) webhooks: Webhooks,
    pub(crate) anyone: Client,
    pub(crate) coach: Someone,
    pub(crate) other: Someone,
    pub(crate) brand: Someone,
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        let clock = Clock::mock("2026-03-02T09:00:00Z".parse().unwrap(), 7);
        Self::with(fresh, clock, Rules { loopback: true }).await
    }

    pub(crate) async fn with(fresh: FreshDb, clock: Clock, rules: Rules) -> Self {
        fresh.db.migrate(&tables(), clock.now()).await.unwrap();
        let people = testkit::People::default();
        let db = fresh.db.clone().with_clock(clock.clone());
        let app = App::builder(db, clock.clone()).authenticated_by(Arc::new(people.clone())).build();
        let webhooks = webhooks_of(&app, Keys::new(&[[7; 32]]), rules);
        let anyone = Client::new(webhooks::router(webhooks.clone()).served(&app));
        let (coach, other, brand) = (people.creator(&clock), people.creator(&clock), people.business(&clock));
        let world = Self { _fresh: fresh, clock, webhooks, anyone, coach, other, brand };
        // A subscriber follows from the moment on at which it is there for the first time.
        world.work().await;
        world
    }

    /// The same server after it was started again with these keys.
    pub(crate) fn restart(&mut self, keys: &[[u8; 32]]) {
        let app = self.webhooks.app().clone();
        self.webhooks = webhooks_of(&app, Keys::new(keys), Rules { loopback: true });
        self.anyone = Client::new(webhooks::router(self.webhooks.clone()).served(&app));
    }

    pub(crate) fn coach(&self) -> Client {
        self.anyone.of(&self.coach)
    }

    pub(crate) fn other(&self) -> Client {
        self.anyone.of(&self.other)
    }

    pub(crate) fn hub(&self) -> WorkspaceId {
        self.coach.account.hub()
    }

    pub(crate) async fn write(&self) -> Tx {
        self.webhooks.app().write().await.unwrap()
    }

    /// Makes a webhook of the coach; answers its path.
    pub(crate) async fn hook(&self, url: &str, more: &Value) -> String {
        let mut body = json!({"url": url, "events": ["user.created"], "secret": SECRET});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = self.coach().post("/api/v1/webhooks", &body).await;
        assert_eq!(made.status, 201, "{}", made.text());
        format!("/api/v1/webhooks/{}", made.json()["id"].as_str().unwrap())
    }

    /// Somebody joins the audience of this hub.
    pub(crate) async fn joins(&self, hub: WorkspaceId) -> MemberId {
        let user_id = self.clock.new_id();
        let mut tx = self.write().await;
        tx.event(UserCreated { workspace_id: hub, user_id, channel: Channel::Web });
        tx.commit().await.unwrap();
        user_id
    }

    /// Everything that is due by the clock is done.
    pub(crate) async fn work(&self) {
        let (db, clock) = (self.webhooks.app().db(), &self.clock);
        events::run_until_idle(db, clock, &webhooks::subscribers(&self.webhooks)).await.unwrap();
        jobs::run_until_idle(db, clock, &webhooks::jobs(&self.webhooks)).await.unwrap();
    }

    /// So many seconds later, with the most that the courier's jitter adds.
    pub(crate) async fn later(&self, seconds: i64) {
        self.clock.advance(seconds * 1_260_000);
        self.work().await;
    }

    /// The newest delivery of a webhook, with its attempts.
    pub(crate) async fn newest(&self, path: &str) -> Value {
        let list = self.coach().get(&format!("{path}/deliveries")).await.ok();
        let id = list["deliveries"][0]["id"].as_str().unwrap().to_owned();
        self.coach().get(&format!("{path}/deliveries/{id}")).await.ok()
    }
}
