//! A brand with a campaign and three creators, and another brand; contracts, payments and figures by their own routes.

use std::sync::Arc;

use campaigns::Campaign;
use creators::vectors::Backend;
use creators::{Directory, LocalEmbedder};
use http_base::App;
use insights::figures::{self, Deltas, Place};
use insights::{Analytics, Figures, Insights, Settings};
use kernel::{CampaignId, Clock, CreatorId, Day, Scope, WorkspaceId};
use payments::{MockGateway, Payments};
use serde_json::{Value, json};
use testkit::{Client, FreshDb, People, Someone};

pub(crate) const NAMES: [&str; 3] = ["Ana Ferreira", "Ben Okafor", "Chen 王小明"];

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) brand: Client,
    pub(crate) other: Client,
    pub(crate) admin: Client,
    pub(crate) someone: Client,
    pub(crate) workspace: WorkspaceId,
    pub(crate) other_workspace: WorkspaceId,
    pub(crate) creators: [CreatorId; 3],
    _fresh: FreshDb,
}

fn workspace(someone: &Someone) -> WorkspaceId {
    someone.account.workspace.unwrap()
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        Self::with(fresh, true).await
    }

    pub(crate) async fn with(fresh: FreshDb, caching: bool) -> Self {
        let clock = Clock::mock("2030-01-15T10:30:00Z".parse().unwrap(), 11);
        let tables = [
            jobs::MIGRATIONS,
            delivery::MIGRATIONS,
            http_base::idempotency::MIGRATIONS,
            mail::MIGRATIONS,
            creators::MIGRATIONS,
            campaigns::MIGRATIONS,
            outreach::MIGRATIONS,
            payments::MIGRATIONS,
            deals::MIGRATIONS,
            collaborations::MIGRATIONS,
            insights::MIGRATIONS,
        ]
        .concat();
        fresh.db.migrate(&tables, clock.now()).await.unwrap();
        let limits = http_base::app::Limits::default();
        let people = People::default();
        let app = App::builder(fresh.db.clone(), clock.clone())
            .limits(limits)
            .caching(caching)
            .authenticated_by(Arc::new(people.clone()))
            .build();
        let directory = Directory::new(app.clone(), Arc::new(LocalEmbedder), Backend::Memory);
        let insights = Insights::new(app.clone(), Settings::default());
        let analytics = Analytics::new(insights.clone(), directory.clone());
        let deals = deals::Deals::new(app.clone(), deals::Settings::default());
        let payments = Payments::new(
            app.clone(),
            Arc::new(MockGateway),
            payments::Settings::default(),
            Arc::new(deals::Contracts),
        );
        let router = insights::analytics::router(analytics)
            .merge(insights::router(insights))
            .merge(deals::router(deals))
            .merge(payments::router(payments))
            .merge(creators::router(directory))
            .merge(campaigns::router(campaigns::CampaignsState::new(app.clone())))
            .served(&app);
        let client = Client::new(router);
        let (brand, other) = (people.business(&clock), people.business(&clock));
        let mut world = Self {
            brand: client.of(&brand),
            other: client.of(&other),
            admin: client.of(&people.admin(&clock)),
            someone: client.of(&people.creator(&clock)),
            workspace: workspace(&brand),
            other_workspace: workspace(&other),
            creators: std::array::from_fn(|_| clock.new_id()),
            app,
            clock,
            _fresh: fresh,
        };
        world.creators = world.add_creators(&NAMES).await.try_into().unwrap();
        world
    }

    /// Creators with 1,000, 2,000, … followers.
    pub(crate) async fn add_creators(&self, names: &[&str]) -> Vec<CreatorId> {
        let mut ids = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let sent = json!({"name": name, "platform": "youtube", "niche": "tech", "followers_count_numeric": (at + 1) * 1_000});
            let made = self.brand.post("/api/v1/creators", &sent).await.ok();
            ids.push(made["id"].as_str().unwrap().parse().unwrap());
        }
        ids
    }

    /// A campaign of the brand, with a budget of 15,000.
    pub(crate) async fn campaign(&self) -> CampaignId {
        self.campaign_of(self.workspace).await
    }

    pub(crate) async fn campaign_of(&self, workspace: WorkspaceId) -> CampaignId {
        let body = json!({"product_name": "Wireless Earbuds Pro", "brand_name": "TechCorp", "total_budget": 15_000,
            "status": "active"});
        let mut campaign = Campaign::new(testkit::read(body), self.clock.new_id(), workspace, self.clock.now());
        let mut tx = self.app.write().await.unwrap();
        campaigns::store::insert(Scope::system(), &mut tx, &mut campaign).await.unwrap();
        tx.commit().await.unwrap();
        campaign.id
    }

    /// Figures as the routes that take them in write them.
    pub(crate) async fn figures(&self, campaign: CampaignId, rows: &[(usize, &str, &str, Figures)]) {
        let mut deltas = Deltas::default();
        for (creator, day, currency, figures) in rows {
            let (creator, day) = (self.creators[*creator], Day::parse(day).unwrap().0);
            deltas.add(Place { campaign, creator, day, currency: (*currency).to_owned() }, *figures);
        }
        let mut tx = self.app.write().await.unwrap();
        figures::lock(Scope::system(), &mut tx, self.workspace).await.unwrap();
        figures::apply(&mut tx, self.workspace, deltas).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A signed contract of two milestones; answers its id.
    pub(crate) async fn signed(&self, campaign: CampaignId, creator: usize, currency: &str, amount: f64) -> String {
        let id = self.drafted(campaign, creator, currency, amount).await;
        let path = format!("/api/v1/contracts/{id}");
        self.brand.put(&path, &json!({"status": "sent"})).await.ok();
        self.brand.post(&format!("{path}/sign"), &json!({})).await.ok();
        id
    }

    pub(crate) async fn drafted(&self, campaign: CampaignId, creator: usize, currency: &str, amount: f64) -> String {
        let body = json!({
            "campaign_id": campaign, "creator_id": self.creators[creator], "currency": currency, "payment_amount": amount,
            "terms": {"deliverables": [
                {"type": "youtube_video", "deadline": "2030-03-01T00:00:00Z"}, {"type": "short", "deadline": "2030-03-01T00:00:00Z"},
            ]},
            "payment_schedule": [{"milestone": "contract_signing", "amount": amount / 4.0},
                {"milestone": "content_delivery", "amount": amount / 4.0 * 3.0}],
        });
        let made = self.brand.post("/api/v1/contracts", &body).await.ok();
        made["id"].as_str().unwrap().to_owned()
    }

    /// The payments of a contract, by their milestones.
    pub(crate) async fn payments(&self, contract: &str) -> Vec<Value> {
        let listed = self.brand.get(&format!("/api/v1/payments/contract/{contract}")).await.ok();
        listed["payments"].as_array().unwrap().clone()
    }

    /// Pays every milestone of a contract by the gateway.
    pub(crate) async fn pay(&self, contract: &str) -> Vec<String> {
        let mut paid = Vec::new();
        for payment in self.payments(contract).await {
            let path = format!("/api/v1/payments/{}", payment["id"].as_str().unwrap());
            self.brand.put(&path, &json!({"status": "completed"})).await.ok();
            paid.push(path);
        }
        paid
    }

    pub(crate) async fn analytics(&self, campaign: CampaignId) -> Value {
        self.brand.get(&format!("/api/v1/analytics/campaigns/{campaign}")).await.ok()
    }

    pub(crate) async fn dashboard(&self, client: &Client) -> Value {
        client.get("/api/v1/analytics/dashboard").await.ok()
    }
}

/// What a post reports of a day.
pub(crate) fn post(views: i64, likes: i64, comments: i64, shares: i64, saves: i64) -> Figures {
    Figures { metric_rows: 1, views, likes, comments, shares, saves, ..Figures::default() }
}
