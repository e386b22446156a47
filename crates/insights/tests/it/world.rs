//! A server of figures over a fresh database: two businesses with a campaign each, and creators.

use std::sync::Arc;

use axum::http::Method;
use campaigns::Campaign;
use creators::Creator;
use db::args;
use http_base::App;
use http_base::app::Limits;
use insights::{Insights, Settings};
use kernel::{CampaignId, Clock, CreatorId, Scope};
use serde_json::{Value, json};
use testkit::{Client, FreshDb, People, Reply, Someone};

/// A browser, as people have one.
pub(crate) const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0";

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) insights: Insights,
    /// Asks as the business that has the first campaign,
    pub(crate) client: Client,
    /// as one of its viewers,
    pub(crate) viewer: Client,
    /// as the business that has the other campaign,
    pub(crate) stranger: Client,
    /// as a creator,
    pub(crate) creator: Client,
    /// as an administrator,
    pub(crate) admin: Client,
    /// and without a token.
    pub(crate) anyone: Client,
    pub(crate) campaign: CampaignId,
    pub(crate) second: CampaignId,
    pub(crate) strange: CampaignId,
    pub(crate) creators: Vec<CreatorId>,
    /// The owner of the first campaign's workspace.
    pub(crate) owner: Someone,
    /// The creator who asks.
    pub(crate) person: Someone,
    _fresh: FreshDb,
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        let clock = Clock::mock("2026-03-02T09:00:00Z".parse().unwrap(), 7);
        let tables = [
            jobs::MIGRATIONS,
            delivery::MIGRATIONS,
            mail::MIGRATIONS,
            creators::MIGRATIONS,
            accounts::MIGRATIONS,
            campaigns::MIGRATIONS,
            payments::MIGRATIONS,
            deals::MIGRATIONS,
            collaborations::MIGRATIONS,
            insights::MIGRATIONS,
        ]
        .concat();
        fresh.db.migrate(&tables, clock.now()).await.unwrap();
        // One proxy is before the server, so that tests can say from which address they come.
        let limits = Limits { trusted_proxies: 1, ..Limits::default() };
        let people = People::default();
        let app = App::builder(fresh.db.clone(), clock.clone())
            .limits(limits)
            .public_url("https://flow.example.com/")
            .authenticated_by(Arc::new(people.clone()))
            .build();
        let insights = Insights::new(app.clone(), Settings::default());
        let router = insights::router(insights.clone()).served(&app);
        let anyone = Client::new(router);
        let (own, other) = (people.business(&clock), people.business(&clock));
        let viewer =
            people.someone(&clock, kernel::UserType::Business, own.account.workspace, kernel::WorkspaceRole::Viewer);
        let (campaign, second) = (campaign(&app, &clock, &own).await, campaign(&app, &clock, &own).await);
        let person = people.creator(&clock);
        let mut creators = Vec::new();
        for at in 0..3 {
            creators.push(creator(&app, &clock, at).await);
        }
        Self {
            client: anyone.of(&own),
            viewer: anyone.of(&viewer),
            stranger: anyone.of(&other),
            creator: anyone.of(&person),
            admin: anyone.of(&people.admin(&clock)),
            strange: self::campaign(&app, &clock, &other).await,
            anyone,
            app,
            clock,
            insights,
            campaign,
            second,
            creators,
            owner: own,
            person,
            _fresh: fresh,
        }
    }

    /// The path of something of the first campaign.
    pub(crate) fn path(&self, what: &str) -> String {
        format!("/api/v1/analytics/campaigns/{}/{what}", self.campaign)
    }

    /// A row of the first creator with these fields over it.
    pub(crate) fn row(&self, fields: Value) -> Value {
        let mut row = json!({"creator_id": self.creators[0], "post_id": "p1", "date": "2026-03-01", "views": 100});
        let Value::Object(fields) = fields else { panic!("the fields are an object") };
        row.as_object_mut().unwrap().extend(fields);
        row
    }

    pub(crate) async fn record(&self, body: &Value) -> Value {
        self.client.post(&self.path("metrics"), body).await.ok()
    }

    pub(crate) async fn table(&self, path: &str, csv: impl Into<String>) -> Reply {
        self.client.raw(Method::POST, path, "text/csv", csv.into()).await
    }

    /// A tracked link of this creator; answers it.
    pub(crate) async fn link(&self, creator: usize, fields: Value) -> Value {
        let mut body = json!({"creator_id": self.creators[creator], "url": "https://shop.example.com/fitband"});
        let Value::Object(fields) = fields else { panic!("the fields are an object") };
        body.as_object_mut().unwrap().extend(fields);
        let reply = self.client.post(&self.path("links"), &body).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    /// A promo code of this creator and campaign; answers it.
    pub(crate) async fn promo(&self, campaign: CampaignId, creator: usize, code: &str) -> Value {
        let path = format!("/api/v1/analytics/campaigns/{campaign}/promo-codes");
        let reply = self.client.post(&path, &json!({"creator_id": self.creators[creator], "code": code})).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    /// Follows a link from this address with this browser.
    pub(crate) async fn follow(&self, code: &str, address: &str, agent: &str) -> Reply {
        self.anyone.clone().with("x-forwarded-for", address).with("user-agent", agent).get(&format!("/t/{code}")).await
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        self.app.read().await.unwrap().fetch_value(sql, vec![]).await.unwrap()
    }

    pub(crate) async fn version(&self) -> i64 {
        self.app.db().workspace_version(None).await.unwrap()
    }

    /// The kinds of all events.
    pub(crate) async fn events(&self) -> Vec<String> {
        let events = self.app.read().await.unwrap().newest_events(None, &[], 1000).await.unwrap();
        events.into_iter().rev().map(|event| event.kind).collect()
    }

    /// The three tables of sums must be what adding up the rows gives.
    pub(crate) async fn check_sums(&self) {
        let mut tx = self.app.read().await.unwrap();
        for (table, key, most) in [
            ("figures_by_day", "campaign_id, day, currency", "campaign_id, NULL, day, currency"),
            ("figures_by_creator", "campaign_id, creator_id, currency", "campaign_id, creator_id, NULL, currency"),
            (
                "figures_by_creator_day",
                "campaign_id, creator_id, day, currency",
                "campaign_id, creator_id, day, currency",
            ),
        ] {
            let names: Vec<&str> = insights::figures::NAMES.to_vec();
            let kept = format!("SELECT {key}, {} FROM {table} ORDER BY {key}", names.join(", "));
            let counted =
                names.iter().map(|name| format!("CAST(sum({name}) AS BIGINT)")).collect::<Vec<_>>().join(", ");
            let counted = format!("SELECT {key}, {counted} FROM ({ROWS}) AS r GROUP BY {key} ORDER BY {key}");
            let kept: Vec<Cells> = tx.fetch_all(&kept, args![]).await.unwrap();
            let counted: Vec<Cells> = tx.fetch_all(&counted, args![]).await.unwrap();
            assert_eq!(kept, counted, "{table} ({most})");
        }
    }
}

/// Every row with what it adds, in the order of the figures.
const ROWS: &str = "
    SELECT campaign_id, creator_id, day, currency, 1 AS metric_rows, views, likes, comments, shares, saves, clicks, conversions,
        COALESCE(reach, 0) AS reach, CASE WHEN reach IS NULL THEN 0 ELSE 1 END AS reach_rows,
        COALESCE(revenue, 0) AS revenue, CASE WHEN revenue IS NULL THEN 0 ELSE 1 END AS revenue_rows,
        0 AS link_clicks, 0 AS link_repeats, 0 AS bot_clicks, 0 AS orders, 0 AS order_revenue, 0 AS order_revenue_rows
    FROM post_metrics
    UNION ALL
    SELECT l.campaign_id, l.creator_id, d.day, '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, d.clicks, d.repeats, d.bots, 0, 0, 0
    FROM link_days d JOIN tracked_links l ON l.id = d.link_id
    UNION ALL
    SELECT campaign_id, creator_id, day, currency, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, COALESCE(revenue, 0),
        CASE WHEN revenue IS NULL THEN 0 ELSE 1 END
    FROM orders";

/// A row of whatever columns, as text.
#[derive(PartialEq, Debug)]
struct Cells(Vec<String>);

impl db::FromRow for Cells {
    const WIDTH: usize = 0;
    fn from_row_at(row: &db::Row<'_>, at: usize) -> kernel::Result<Self> {
        (at..row.len()).map(|place| row.get::<Any>(place).map(|any| any.0)).collect::<kernel::Result<_>>().map(Self)
    }
}

struct Any(String);

impl db::FromColumn for Any {
    fn from_cell(cell: db::Cell<'_>) -> Result<Self, String> {
        Ok(Self(match cell {
            db::Cell::Int(number) => number.to_string(),
            db::Cell::Text(text) => text.to_owned(),
            other => format!("{other:?}"),
        }))
    }
}

async fn campaign(app: &App, clock: &Clock, of: &Someone) -> CampaignId {
    let body =
        json!({"product_name": "FitBand Pro", "brand_name": "TechFit", "total_budget": 25_000, "status": "active"});
    let workspace = of.account.workspace.unwrap();
    let mut campaign = Campaign::new(testkit::read(body), clock.new_id(), workspace, clock.now());
    let mut tx = app.write().await.unwrap();
    campaigns::store::insert(Scope::system(), &mut tx, &mut campaign).await.unwrap();
    tx.commit().await.unwrap();
    campaign.id
}

async fn creator(app: &App, clock: &Clock, at: i64) -> CreatorId {
    let name = format!("Creator {at}");
    let body =
        json!({"name": name, "channel_name": name, "platform": "youtube", "followers_count": "125K", "niche": "tech"});
    let mut creator = Creator::new(testkit::read(body), clock.new_id(), None, clock.now()).unwrap();
    let mut tx = app.write().await.unwrap();
    creators::store::insert(Scope::system(), &mut tx, &mut creator).await.unwrap();
    tx.commit().await.unwrap();
    creator.id
}
