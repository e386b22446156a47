//! A server of the marketplace: two businesses, creators of whom something is known and of whom nothing is, and an administrator.

use std::sync::{Arc, Mutex};

use accounts::NewAccount;
use async_trait::async_trait;
use collaborations::{Checker, Collaborations};
use creators::vectors::Backend;
use creators::{Creator, Directory, LocalEmbedder, NewCreator};
use deals::Deals;
use http_base::{App, Authenticate};
use jobs::Registry;
use kernel::time::SECOND;
use kernel::{Account, Clock, Error, Kind, Proof, Result, Scope, UserType, WorkspaceRole};
use marketplace::{Marketplace, Settings};
use matching::{ExchangeRates, Matching};
use mind::brief::{Brief, Content, Report};
use outreach::Outreach;
use payments::{MockGateway, Payments};
use ports::files::MemoryFiles;
use serde_json::{Value, json};
use testkit::{Client, FreshDb, Someone};

/// Nothing is handed in here, so that nothing is judged.
struct Nobody;

#[async_trait]
impl Checker for Nobody {
    async fn check(&self, _: &Brief, _: &Content) -> Result<Report> {
        Err(Error::internal("nothing is judged in these stories"))
    }
}

/// Lets in whoever was registered.
#[derive(Clone, Default)]
struct Known(Arc<Mutex<Vec<Someone>>>);

#[async_trait]
impl Authenticate for Known {
    async fn account(&self, token: &str) -> Result<Account> {
        let known = self.0.lock().unwrap();
        let found = known.iter().find(|someone| someone.token == token).map(|someone| someone.account.clone());
        found.ok_or_else(|| Error::new(Kind::Unauthenticated, "The token is not valid"))
    }
}

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) market: Marketplace,
    pub(crate) directory: Directory,
    pub(crate) jobs: Registry,
    pub(crate) anyone: Client,
    pub(crate) business: Client,
    pub(crate) other_business: Client,
    pub(crate) creator: Client,
    pub(crate) other_creator: Client,
    pub(crate) admin: Client,
    pub(crate) owner: Someone,
    pub(crate) person: Someone,
    known: Known,
    _fresh: FreshDb,
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 7);
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
            matching::MIGRATIONS,
            payments::MIGRATIONS,
            deals::MIGRATIONS,
            collaborations::MIGRATIONS,
            marketplace::MIGRATIONS,
        ]
        .concat();
        fresh.db.migrate(&tables, clock.now()).await.unwrap();
        let known = Known::default();
        let app = App::builder(fresh.db.clone(), clock.clone()).authenticated_by(Arc::new(known.clone())).build();
        let deals = Deals::new(app.clone(), deals::Settings::default());
        let (money, files) = (payments::Settings::default(), Arc::new(MemoryFiles::default()));
        let payments = Payments::new(app.clone(), Arc::new(MockGateway), money, Arc::new(deals::Contracts));
        let settings = collaborations::Settings::default();
        let of = Collaborations::new(deals, payments, Arc::new(Nobody), files.clone(), settings);
        let directory = Directory::new(app.clone(), Arc::new(LocalEmbedder), Backend::Memory);
        let outreach = Outreach::new(directory.clone(), files, None, outreach::Settings::default());
        let matching = Matching::new(directory.clone(), None, ExchangeRates::parse("EUR=1.10").unwrap());
        let market = Marketplace::new(of, matching, outreach.clone(), Settings::default());
        let mut jobs = marketplace::jobs(&market);
        jobs.merge(outreach::jobs(&outreach));
        let router = marketplace::router(market.clone()).merge(outreach::router(outreach)).served(&app);
        let anyone = Client::new(router);
        let mut world = Self {
            business: anyone.clone(),
            other_business: anyone.clone(),
            creator: anyone.clone(),
            other_creator: anyone.clone(),
            admin: anyone.clone(),
            owner: nobody(&clock),
            person: nobody(&clock),
            anyone,
            app,
            clock,
            market,
            directory,
            jobs,
            known,
            _fresh: fresh,
        };
        // Whoever follows events begins with what happens from now on.
        world.run().await;
        world.owner = world.register(UserType::Business, "fashion_brand").await;
        world.person = world.register(UserType::Creator, "mia").await;
        world.business = world.anyone.of(&world.owner);
        world.creator = world.anyone.of(&world.person);
        world.other_business = world.anyone.of(&world.register(UserType::Business, "other_brand").await);
        world.other_creator = world.anyone.of(&world.register(UserType::Creator, "leo").await);
        world.admin = world.anyone.of(&world.register(UserType::Admin, "admin").await);
        world
    }

    /// Somebody with an account whose address is proved.
    pub(crate) async fn register(&self, user_type: UserType, name: &str) -> Someone {
        let mut tx = self.app.write().await.unwrap();
        let email = format!("{name}@example.com");
        let new = NewAccount {
            email: Some(email.clone()),
            username: Some(name.to_owned()),
            is_verified: true,
            ..NewAccount::of(user_type)
        };
        let row = accounts::store::insert_account(Scope::system(), &mut tx, &self.clock, new).await.unwrap();
        if user_type == UserType::Creator {
            let now = self.clock.now();
            creators::store::prove(Scope::system(), &mut tx, &email, row.id, now).await.unwrap();
        }
        tx.commit().await.unwrap();
        let account = Account { id: row.id, user_type, workspace: row.workspace_id, ..nobody(&self.clock).account };
        let someone = Someone { token: format!("token-of-{name}"), account };
        self.known.0.lock().unwrap().push(someone.clone());
        someone
    }

    /// The same person, who has not proved their address.
    pub(crate) fn unproved(&self, someone: &Someone) -> Client {
        let account = Account { verified: false, ..someone.account.clone() };
        let other = Someone { token: format!("{}-unproved", someone.token), account };
        self.known.0.lock().unwrap().push(other.clone());
        self.anyone.of(&other)
    }

    /// An entry of the directory with this person's address, which is then theirs if they have an account.
    pub(crate) async fn entry(&self, name: &str, more: Value) -> Creator {
        let mut body = json!({"name": name, "email": format!("{name}@example.com"), "platform": "instagram", "niche": "fashion",
            "about": "Summer outfits and sustainable clothes", "followers_count_numeric": 60_000, "engagement_rate": 5.5,
            "collaboration_rate": 900, "country": "ES"});
        for (field, value) in more.as_object().unwrap() {
            body[field] = value.clone();
        }
        let new: NewCreator = input::Fields::of_body(body).unwrap().read().unwrap();
        let mut entry = Creator::new(new, self.clock.new_id(), None, self.clock.now()).unwrap();
        let mut tx = self.app.write().await.unwrap();
        creators::store::insert(Scope::system(), &mut tx, &mut entry).await.unwrap();
        let text = entry.profile_text();
        let vector = mind::embed::StaticModel::embedded().embed(&text);
        let (space, now) = (self.directory.space(), self.clock.now());
        creators::store::save_vector(Scope::system(), &mut tx, entry.id, space, &text, &vector, now).await.unwrap();
        tx.commit().await.unwrap();
        entry
    }

    /// Document D's example.
    pub(crate) fn example() -> Value {
        json!({
            "title": "Instagram Post - Summer Campaign", "description": "Necesitamos post de verano para nuestro producto",
            "category": "FASHION", "platforms": ["INSTAGRAM", "TIKTOK"], "budget_min": 500, "budget_max": 2000, "currency": "EUR",
            "requirements": {
                "influencer": {"min_followers": 50_000, "min_engagement_rate": 5.0, "verified_required": true},
                "regular": {"min_followers": 1_000, "min_engagement_rate": 2.0},
            },
            "content_specs": {
                "formats": ["POST", "REEL"], "required_hashtags": ["#summer2026", "#sustainable"],
                "required_mentions": ["@ourcompany"], "caption_requirements": "Min 50 chars describing product benefits",
            },
            "application_deadline": "2026-02-01T23:59:59Z", "content_deadline": "2026-03-01T23:59:59Z", "is_public": true,
        })
    }

    /// The same for everybody, with these fields.
    pub(crate) fn open_to_all(more: &Value) -> Value {
        let mut body = Self::example();
        body["requirements"] = json!({"regular": {"min_followers": 0, "min_engagement_rate": 0}});
        for (field, value) in more.as_object().unwrap() {
            body[field] = value.clone();
        }
        body
    }

    /// Makes an offer; answers its path.
    pub(crate) async fn offer(&self, body: &Value) -> String {
        let made = self.business.post("/api/v1/offers", body).await;
        assert_eq!(made.status, 201, "{}", made.text());
        format!("/api/v1/offers/{}", made.json()["id"].as_str().unwrap())
    }

    /// Makes an offer and publishes it; answers its path.
    pub(crate) async fn published(&self, body: &Value) -> String {
        let path = self.offer(body).await;
        self.business.post(&format!("{path}/publish"), &json!({})).await.ok();
        path
    }

    /// Applies; answers the path of the application.
    pub(crate) async fn apply(&self, client: &Client, offer: &str, fee: Option<u64>) -> String {
        // No two at the same moment, so that the newest is known.
        self.clock.advance(SECOND);
        let sent = client.post("/api/v1/applications", &Self::application(offer, fee)).await;
        assert_eq!(sent.status, 201, "{}", sent.text());
        format!("/api/v1/applications/{}", sent.json()["id"].as_str().unwrap())
    }

    pub(crate) fn application(offer: &str, fee: Option<u64>) -> Value {
        json!({"offer_id": offer.rsplit('/').next().unwrap(), "message": "Hello!",
            "media_attachments": ["https://instagram.com/p/ABC123"], "proposed_fee": fee})
    }

    /// How often this happened.
    pub(crate) async fn happened(&self, kind: &str) -> usize {
        let events = self.app.read().await.unwrap().newest_events(None, &[], 1000).await.unwrap();
        events.iter().filter(|event| event.kind == kind).count()
    }

    /// Runs what is due by the clock, and whoever follows events.
    pub(crate) async fn run(&self) {
        jobs::run_until_idle(self.app.db(), &self.clock, &self.jobs).await.unwrap();
        events::run_until_idle(self.app.db(), &self.clock, &marketplace::subscribers()).await.unwrap();
    }
}

fn nobody(clock: &Clock) -> Someone {
    let account = Account {
        id: clock.new_id(),
        user_type: UserType::Creator,
        workspace: None,
        role: WorkspaceRole::Owner,
        proof: Proof::Session(clock.new_id()),
        read_only: false,
        verified: true,
        since: clock.now(),
    };
    Someone { token: "nobody".into(), account }
}
