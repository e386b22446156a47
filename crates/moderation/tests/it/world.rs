//! Moderation beside accounts, over a fresh database: real log-ins, and offers that a test keeps in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use accounts::{Accounts, HashCost, Settings, Vouching};
use async_trait::async_trait;
use db::Tx;
use http_base::App;
use kernel::{Account, AccountId, Clock, Result, Scope, Timestamp, UserType};
use moderation::{Moderated, Moderation, Profiles, Seen, Subject};
use ports::counters::LocalCounters;
use serde_json::{Value, json};
use testkit::{Client, FreshDb};
use uuid::Uuid;

const PASSWORD: &str = "SecurePass123!";

/// Offers that are nowhere else: whose they are, and whether they are hidden.
#[derive(Clone, Default)]
pub(crate) struct Offers(Arc<Mutex<BTreeMap<Uuid, (AccountId, bool)>>>);

impl Offers {
    pub(crate) fn put(&self, id: Uuid, owner: AccountId) {
        self.0.lock().unwrap().insert(id, (owner, false));
    }

    pub(crate) fn is_hidden(&self, id: Uuid) -> bool {
        self.0.lock().unwrap()[&id].1
    }

    fn set(&self, id: Uuid, hidden: bool) -> bool {
        let mut offers = self.0.lock().unwrap();
        offers.get_mut(&id).is_some_and(|offer| std::mem::replace(&mut offer.1, hidden) != hidden)
    }
}

#[async_trait]
impl Moderated for Offers {
    fn subject(&self) -> Subject {
        Subject::Offer
    }

    async fn seen(&self, _: &mut Tx, by: &Account, id: Uuid) -> Result<Option<Seen>> {
        let offer = self.0.lock().unwrap().get(&id).copied();
        Ok(offer.filter(|(owner, hidden)| !hidden || *owner == by.id).map(|(owner, _)| Seen { owner }))
    }

    async fn hide(&self, _: &mut Tx, id: Uuid, _: AccountId, _: Timestamp) -> Result<bool> {
        Ok(self.set(id, true))
    }

    async fn restore(&self, _: &mut Tx, id: Uuid, _: AccountId, _: Timestamp) -> Result<bool> {
        Ok(self.set(id, false))
    }
}

/// A person who has logged in.
pub(crate) struct Someone {
    pub(crate) id: AccountId,
    pub(crate) email: String,
    pub(crate) refresh: String,
    pub(crate) client: Client,
}

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) offers: Offers,
    pub(crate) anyone: Client,
    pub(crate) admin: Someone,
    pub(crate) brand: Someone,
    pub(crate) creator: Someone,
    _fresh: FreshDb,
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        let clock = Clock::mock("2026-03-02T09:00:00Z".parse().unwrap(), 7);
        let tables = [
            events::MIGRATIONS,
            jobs::MIGRATIONS,
            delivery::MIGRATIONS,
            mail::MIGRATIONS,
            creators::MIGRATIONS,
            moderation::MIGRATIONS,
            accounts::MIGRATIONS,
        ]
        .concat();
        fresh.db.migrate(&tables, clock.now()).await.unwrap();
        let settings = Settings {
            secret: Some("Kq3vZ8mTjP0wLr5yXc7BnD2sHf9aGe4u".into()),
            hash_cost: HashCost { memory_kib: 8, passes: 1, lanes: 1 },
            ..Settings::default()
        };
        let counters = Arc::new(LocalCounters::new(clock.clone()));
        let known =
            accounts::Shared::new(fresh.db.clone(), clock.clone(), settings, counters, Vouching::default()).unwrap();
        let app = App::builder(fresh.db.clone(), clock.clone()).authenticated_by(known.clone()).build();
        let accounts = Accounts::new(app.clone(), known);
        let offers = Offers::default();
        let moderation = Moderation::new(app.clone(), vec![Arc::new(Profiles), Arc::new(offers.clone())]);
        let routes = accounts::router(accounts.clone()).merge(moderation::router(moderation));
        let anyone = Client::new(routes.served(&app));
        Self {
            admin: someone(&accounts, &anyone, "root", UserType::Admin).await,
            brand: someone(&accounts, &anyone, "brand", UserType::Business).await,
            creator: someone(&accounts, &anyone, "ana", UserType::Creator).await,
            app,
            clock,
            offers,
            anyone,
            _fresh: fresh,
        }
    }

    /// An offer of the brand.
    pub(crate) fn offer(&self) -> Uuid {
        let id: kernel::CampaignId = self.clock.new_id();
        self.offers.put(id.uuid(), self.brand.id);
        id.uuid()
    }

    /// The creator reports an offer; answers the report.
    pub(crate) async fn reported(&self, offer: Uuid) -> Value {
        let body =
            json!({"subject": "offer", "subject_id": offer, "reason": "scam", "details": "They want a fee first"});
        let reply = self.creator.client.post("/api/v1/reports", &body).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    pub(crate) async fn log_in(&self, email: &str) -> testkit::Reply {
        log_in(&self.anyone, email).await
    }
}

async fn log_in(client: &Client, email: &str) -> testkit::Reply {
    client.post("/api/v1/auth/login", &json!({"email": email, "password": PASSWORD})).await
}

async fn someone(accounts: &Accounts, client: &Client, name: &str, user_type: UserType) -> Someone {
    let email = format!("{name}@example.com");
    let hash = accounts.hasher().hash(PASSWORD).await.unwrap();
    let new = accounts::NewAccount {
        email: Some(email.clone()),
        username: Some(format!("the_{name}")),
        password_hash: Some(hash),
        is_verified: true,
        ..accounts::NewAccount::of(user_type)
    };
    let mut tx = accounts.app().write().await.unwrap();
    let row = accounts::store::insert_account(Scope::system(), &mut tx, accounts.clock(), new).await.unwrap();
    tx.commit().await.unwrap();
    let opened = log_in(client, &email).await.ok();
    let token = opened["access_token"].as_str().unwrap();
    let client = client.clone().with("authorization", &format!("Bearer {token}"));
    Someone { id: row.id, email, refresh: opened["refresh_token"].as_str().unwrap().to_owned(), client }
}
