//! Wiring: settings become a server.

mod answers;
mod bases;
mod figures;
mod moderated;
mod notices;
mod people;
mod rules;
mod told;

use std::sync::Arc;

use accounts::Accounts;
use audience::Audience;
use axum::Router;
use axum::http::HeaderValue;
use calls::Calls;
use channels::Channels;
use collaborations::Collaborations;
use creators::Directory;
use creators::vectors::{self, Backend};
use db::{Db, Migration};
use deals::Deals;
use events::{Kind, Runner, Subscribers, Within};
use http_base::core::About;
use http_base::data::Data;
use http_base::limits::RateLimits;
use http_base::policy::Policies;
use http_base::{App, Check, Mode, Routes, Slice};
use hub::Hub;
use inbox::{Hub as Live, Inbox, Notifier};
use insights::Insights;
use jobs::{Registry, Workers};
use kernel::{Clock, Error, Result};
use knowledge::Knowledge;
use marketplace::Marketplace;
use matching::Matching;
use mcp::Mcp;
use moderation::Moderation;
use outreach::Outreach;
use payments::Payments;
use ports::Llm;
use ports::counters::{Counters, LocalCounters};
use ports::messaging::Messengers;
use ports::outward::Outward;
use ports::seal::Keys;
use proactive::Proactive;
use programs::Programs;
use providers::redis::RedisCounters;
use serde_json::json;
use tower::Layer;
use tower_http::normalize_path::{NormalizePath, NormalizePathLayer};
use utoipa::openapi::OpenApi;
use webhooks::Webhooks;

use crate::settings::Settings;
use crate::{choices, event_log};

/// The version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The tables of what every slice stands on.
const GROUND: &[&[Migration]] = &[
    events::MIGRATIONS,
    jobs::MIGRATIONS,
    delivery::MIGRATIONS,
    http_base::idempotency::MIGRATIONS,
    crate::demo::MIGRATIONS,
];

/// A slice's tables, what happens in it, and how it is made of the server's parts. It is given what the slices before it keep about people.
type Wired = (&'static [Migration], &'static [Kind], fn(&Server, &Data) -> Slice);

/// Every slice, in the order in which their tables are made. Accounts stands behind whoever keeps something about people.
const SLICES: &[Wired] = &[
    (mail::MIGRATIONS, &[], |server, _| mail::slice(&server.post)),
    (creators::MIGRATIONS, &[], |server, _| creators::slice(&server.directory)),
    (campaigns::MIGRATIONS, &[], |server, _| campaigns::slice(&server.app)),
    (outreach::MIGRATIONS, outreach::events::EVENTS, |server, _| outreach::slice(&server.outreach)),
    (matching::MIGRATIONS, &[], |server, _| matching::slice(server.matching.clone())),
    (calls::MIGRATIONS, calls::events::EVENTS, |server, _| calls::slice(&server.calls)),
    (payments::MIGRATIONS, payments::events::EVENTS, |server, _| payments::slice(&server.payments)),
    (deals::MIGRATIONS, deals::events::EVENTS, |server, _| deals::slice(&server.deals)),
    (collaborations::MIGRATIONS, collaborations::events::EVENTS, |server, _| {
        collaborations::slice(&server.collaborations)
    }),
    (insights::MIGRATIONS, insights::events::EVENTS, |server, _| insights::slice(&server.insights, &server.directory)),
    (marketplace::MIGRATIONS, marketplace::events::EVENTS, |server, _| marketplace::slice(&server.market)),
    (knowledge::MIGRATIONS, knowledge::events::EVENTS, |server, _| knowledge::slice(&server.knowledge)),
    (inbox::MIGRATIONS, inbox::events::EVENTS, |server, _| inbox::slice(&server.inbox)),
    (moderation::MIGRATIONS, moderation::events::EVENTS, |server, _| moderation::slice(&server.moderation)),
    (audience::MIGRATIONS, audience::events::EVENTS, |server, _| audience::slice(&server.audience)),
    (channels::MIGRATIONS, channels::events::EVENTS, |server, _| channels::slice(&server.channels)),
    (programs::MIGRATIONS, programs::EVENTS, |server, _| programs::slice(&server.programs)),
    (proactive::MIGRATIONS, proactive::events::EVENTS, |server, _| proactive::slice(&server.proactive)),
    (hub::MIGRATIONS, &[], |server, _| hub::slice(&server.hub)),
    (webhooks::MIGRATIONS, webhooks::events::EVENTS, |server, _| webhooks::slice(&server.webhooks)),
    (mcp::MIGRATIONS, &[], |server, _| mcp::slice(&server.mcp)),
    (accounts::MIGRATIONS, accounts::events::EVENTS, |server, kept| accounts::slice(&server.accounts, kept)),
];

/// Every table, in the order in which they are made.
pub fn migrations() -> Vec<Migration> {
    GROUND.iter().chain(SLICES.iter().map(|(tables, ..)| tables)).copied().flatten().copied().collect()
}

/// Every kind of event that can happen.
pub fn event_kinds() -> Vec<Kind> {
    SLICES.iter().flat_map(|(_, kinds, _)| *kinds).copied().collect()
}

/// Who writes along with events, in the transaction that they happen in.
fn within(notifier: &Notifier, clock: &Clock) -> Within {
    Within::new(vec![notices::subscription(notifier.clone()), people::Timeline(clock.clone()).subscription()])
}

/// Opens the database and makes its tables what this program needs.
pub async fn open_database(settings: &Settings) -> Result<Db> {
    let mut database = db::Settings::new(settings.database_url.clone());
    database.max_connections = settings.connections;
    let db = Db::open(&database).await?;
    db.migrate(&migrations(), Clock::system().now()).await?;
    Ok(db)
}

/// The parts of a server, put together.
pub struct Server {
    /// What every handler may reach.
    pub app: App,
    /// Who may come in.
    pub accounts: Accounts,
    /// The directory of creators.
    pub directory: Directory,
    /// Contracts.
    pub deals: Deals,
    /// Work that a business and a creator have agreed on.
    pub collaborations: Collaborations,
    /// Offers and applications.
    pub market: Marketplace,
    /// What coaches know: documents, and answers out of them.
    pub knowledge: Knowledge,
    /// What people are told, and say to each other.
    pub inbox: Inbox,
    /// Figures: how they come in, and what they tell.
    pub insights: Insights,
    /// Money.
    pub payments: Payments,
    /// Outreach: the log, mails and their answers, calls that people make.
    pub outreach: Outreach,
    /// Calls that machines make.
    pub calls: Calls,
    /// The post office: whoever mails queues there.
    pub post: mail::Post,
    /// Counters that fade, of this process or of all: for rate limits, and for whatever else is slowed down.
    pub counters: Arc<dyn Counters>,
    /// Who brings messages to people.
    pub messengers: Messengers,
    /// What secrets are sealed with.
    pub secrets: Arc<Keys>,
    /// Who asks the addresses that users give.
    pub outward: Arc<dyn Outward>,
    /// Who fits, in which order, for which reasons.
    pub matching: Matching,
    /// What is reported, and what is done about it.
    pub moderation: Moderation,
    /// Whom coaches coach.
    pub audience: Audience,
    /// Channels: where the audience writes and is answered.
    pub channels: Channels,
    /// Programs that members take part in.
    pub programs: Programs,
    /// Rules that notice silence.
    pub proactive: Proactive,
    /// Coaches' figures.
    pub hub: Hub,
    /// Webhooks out.
    pub webhooks: Webhooks,
    /// Assistants that act for people.
    pub mcp: Mcp,
    /// Whatever runs by itself.
    pub jobs: Registry,
    /// Whoever follows events.
    pub subscribers: Subscribers,
    slices: Vec<Slice>,
    redis: Option<Arc<RedisCounters>>,
    llm: Option<Arc<dyn Llm>>,
}

/// Webhooks whose requests are sent by this one.
pub(crate) fn webhooks(app: &App, keys: &Arc<Keys>, outward: Arc<dyn Outward>) -> Result<Webhooks> {
    let parts = webhooks::Parts {
        catalogue: webhooks::Catalogue::new(&event_kinds(), &told::Sides)?,
        keys: Arc::clone(keys),
        outward,
        sides: Arc::new(told::Sides),
        enrich: Arc::new(told::Known),
        owners: Arc::new(people::Owners),
    };
    Ok(Webhooks::new(app.clone(), parts))
}

impl Server {
    /// Puts the parts together over a database that has its tables. Says where vectors are compared, and has PostgreSQL ready
    /// for it if it is there.
    pub async fn new(db: Db, mode: Mode, settings: &Settings) -> Result<Self> {
        let clock = Clock::system();
        let messengers = choices::messengers(settings, mode, &clock)?;
        Box::pin(Self::with(db, mode, settings, clock, messengers)).await
    }

    /// The same by another clock, and with others who carry messages: for what the demo tells of the past.
    #[expect(clippy::too_many_lines, reason = "a list: every part is put together here")]
    pub(crate) async fn with(
        db: Db,
        mode: Mode,
        settings: &Settings,
        clock: Clock,
        messengers: Messengers,
    ) -> Result<Self> {
        let backend = vectors::prepare(&db, choices::vectors(settings.vector_index)).await?;
        let notifier = Notifier::new(Arc::new(people::People(clock.clone())), Live::new());
        let db = db.with_clock(clock.clone()).with_listener(Arc::new(within(&notifier, &clock)));
        let redis = choices::redis(settings, &clock)?;
        let counters: Arc<dyn Counters> = match &redis {
            Some(redis) => redis.clone(),
            None => Arc::new(LocalCounters::new(clock.clone())),
        };
        let vouching = choices::vouching(settings, mode, &clock)?;
        let known =
            accounts::Shared::new(db.clone(), clock.clone(), settings.accounts.clone(), counters.clone(), vouching)?;
        let mut app = App::builder(db, clock)
            .mode(mode)
            .limits(settings.limits.clone())
            .caching(settings.caching)
            .rates(RateLimits::new(counters.clone(), &settings.rates, mode))
            .authenticated_by(known.clone());
        if let Some(url) = &settings.public_url {
            app = app.public_url(url);
        }
        let app = app.mail_domain(&settings.mail.domain(settings.public_url.as_deref().unwrap_or_default())).build();
        let standings = Arc::new(collaborations::Standings::new(app.clock().clone()));
        let doors = Arc::new(people::Doors(known.clone()));
        let accounts = Accounts::new(app.clone(), known).knowing(standings.clone());
        let directory = Directory::new(app.clone(), choices::metered_embedder(settings, &counters)?, backend);
        directory.referred_by(vec![
            Arc::new(outreach::REFERENCES),
            Arc::new(deals::REFERENCES),
            Arc::new(payments::REFERENCES),
            Arc::new(marketplace::REFERENCES),
        ]);
        let post = mail::Post::new(
            app.clone(),
            choices::mailer(settings, mode)?,
            settings.mail.clone(),
            vec![Arc::new(outreach::Unsubscribed)],
        );
        let files = settings.files.open(&settings.files_folder)?;
        let llm = choices::metered_llm(settings, &counters)?;
        let outreach = Outreach::new(directory.clone(), files.clone(), llm.clone(), settings.outreach.clone());
        let parts = inbox::Parts {
            notifier,
            letters: Arc::new(people::Letters(app.clone())),
            doors,
            talks: Arc::new(people::Talks),
            files: Arc::clone(&files),
        };
        let inbox = Inbox::new(app.clone(), parts, settings.inbox.clone());
        let parts = knowledge::Parts {
            files: Arc::clone(&files),
            readers: settings.readers.clone(),
            counters: Arc::clone(&counters),
            llm: llm.clone(),
            owners: Arc::new(bases::Owners),
        };
        let knowledge = Knowledge::new(app.clone(), parts, settings.knowledge.clone());
        let (telephony, agent) = choices::calling(settings, mode)?;
        let calls = Calls::new(app.clone(), telephony, agent, llm.clone(), settings.calls.clone());
        let payments = Payments::new(
            app.clone(),
            choices::gateway(settings, mode)?,
            settings.payments,
            Arc::new(deals::Contracts),
        )
        .keeping(standings);
        let deals = Deals::new(app.clone(), settings.deals);
        let collaborations = Collaborations::new(
            deals.clone(),
            payments.clone(),
            Arc::new(collaborations::ByBrief::new(llm.clone())),
            Arc::clone(&files),
            settings.collaborations,
        );
        let insights = Insights::new(app.clone(), settings.insights.clone());
        let matching = Matching::new(directory.clone(), llm.clone(), settings.exchange.clone());
        let market = Marketplace::new(collaborations.clone(), matching.clone(), outreach.clone(), settings.marketplace);
        let moderation = Moderation::new(app.clone(), moderated::kinds());
        let taking_part = Arc::new(programs::TakingPart::new(app.clock().clone()));
        let parts = audience::Parts {
            files: Arc::clone(&files),
            enrolments: taking_part.clone(),
            // In the order in which they lock: whoever says something locks what it is about before the conversation.
            keepers: vec![
                taking_part,
                Arc::new(channels::Keeping::new(app.clock().clone())),
                Arc::new(webhooks::Keeping),
                Arc::new(proactive::Keeping),
            ],
            owners: Arc::new(people::Owners),
        };
        let audience = Audience::new(app.clone(), parts);
        let secrets = choices::secrets(settings, mode)?;
        let outward = choices::outward(settings, mode)?;
        let parts = channels::Parts {
            audience: audience.clone(),
            answerer: Arc::new(answers::Known(knowledge.clone())),
            colleagues: Arc::new(people::Colleagues),
            messengers: messengers.clone(),
            keys: Arc::clone(&secrets),
            files,
            counters: Arc::clone(&counters),
        };
        let channels = Channels::new(app.clone(), parts, settings.channels.clone());
        let parts = programs::Parts {
            channels: channels.clone(),
            answers: Arc::new(answers::Known(knowledge.clone())),
            outward: Arc::clone(&outward),
        };
        let programs = Programs::with(app.clone(), parts, settings.programs);
        let known = Arc::new(rules::Known(programs.clone()));
        let proactive = Proactive::new(app.clone(), channels.clone(), known, settings.proactive.clone());
        channels.followed_by(vec![
            Arc::new(programs::Listening(programs.clone())),
            Arc::new(proactive::Follows(proactive.clone())),
        ]);
        let hub = Hub::new(app.clone(), Arc::new(figures::Counted));
        let webhooks = webhooks(&app, &secrets, Arc::clone(&outward))?;
        let mcp = Mcp::new(app.clone(), Arc::clone(&counters), settings.mcp.clone());
        let server = Self {
            app,
            accounts,
            directory,
            deals,
            collaborations,
            market,
            knowledge,
            inbox,
            insights,
            payments,
            outreach,
            calls,
            post,
            counters,
            messengers,
            secrets,
            outward,
            matching,
            moderation,
            audience,
            channels,
            programs,
            proactive,
            hub,
            webhooks,
            mcp,
            jobs: Registry::new(),
            subscribers: Subscribers::new(),
            slices: Vec::new(),
            redis,
            llm,
        };
        Ok(server.wired(settings))
    }

    /// With its slices, and what they do by themselves.
    fn wired(mut self, settings: &Settings) -> Self {
        let mut kept = Data::default();
        let ground = http_base::slice::ground(&self.app);
        self.jobs.merge(ground.jobs.clone());
        self.slices.push(ground);
        for (.., made_of) in SLICES {
            let slice = made_of(&self, &kept);
            kept = kept.and(&slice.data);
            self.jobs.merge(slice.jobs.clone());
            self.subscribers.merge(slice.subscribers.clone());
            self.slices.push(slice);
        }
        self.subscribers.merge(crate::notices::subscribers(&self.app));
        self.subscribers.merge(crate::answered::subscribers(&self.knowledge, &self.channels));
        let log = event_log::slice(&self.app, &self.subscribers, settings.events_keep_days);
        self.jobs.merge(log.jobs.clone());
        self.slices.push(log);
        self
    }

    /// Does the Redis that was set answer? Nothing where none was.
    pub async fn redis_answers(&self) -> Option<bool> {
        Some(self.redis.as_ref()?.answers().await)
    }

    /// The language model that reads searches, if there is one.
    pub fn reader(&self) -> Option<&str> {
        self.llm.as_deref().map(Llm::name)
    }

    /// Every documented route, the document, and what holds for each route.
    pub fn routes(&self, about: Arc<About>) -> (Router, OpenApi, Policies) {
        let own = http_base::core::router(self.app.clone(), about);
        let of_slices = self.slices.iter().map(|slice| slice.routes.clone());
        of_slices.fold(own, Routes::merge).split(http_base::openapi::base(VERSION))
    }

    /// The whole server: routes, documentation pages, and the layers around them.
    pub fn router(&self, about: Arc<About>, origins: &[HeaderValue]) -> Result<Router> {
        let (router, document, mut policies) = self.routes(about);
        let pages = http_base::docs::router(&document, &mut policies).map_err(Error::internal)?;
        let mut router = router.merge(pages);
        // Assistants ask the same routes, with the same layers around them.
        let asked = http_base::layers::around(router.clone(), policies.clone(), &self.app, origins);
        router = router.merge(self.mcp.router(asked, &document, origins, &mut policies));
        if let Mode::Demo(_) = self.app.mode() {
            router = router.merge(crate::demo_receiver::router(self.app.clone()));
            router = router.layer(axum::middleware::from_fn(crate::guard::this_machine_only));
        }
        Ok(http_base::layers::around(router, policies, &self.app, origins))
    }

    /// The whole server as it answers: a trailing slash never matters.
    pub fn service(&self, about: Arc<About>, origins: &[HeaderValue]) -> Result<NormalizePath<Router>> {
        // Around the router, because a path is matched before the router's own layers see it.
        Ok(NormalizePathLayer::trim_trailing_slash().layer(self.router(about, origins)?))
    }

    /// Starts to run jobs.
    pub async fn start_workers(&self, most: usize) -> Result<Workers> {
        Workers::start(self.app.db().clone(), self.app.clock().clone(), self.jobs.clone(), most).await
    }

    /// Starts to bring events to those who follow them.
    pub async fn start_subscribers(&self) -> Result<Runner> {
        Runner::start(self.app.db(), self.app.clock(), &self.subscribers).await
    }

    /// What the server says of itself, and the parts that health looks at.
    pub fn about(
        &self,
        settings: &Settings,
        metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
    ) -> Arc<About> {
        let provider = if self.llm.is_some() { "search-llm" } else { "search-local" };
        let embeddings = if self.directory.embedder().is_local() { "embeddings-local" } else { "embeddings-provider" };
        let vectors = match self.directory.backend() {
            Backend::Memory => "vectors-memory",
            Backend::Pgvector => "vectors-pgvector",
        };
        let mail = self.post.feature();
        let features =
            ["accounts", &mail, "creators", "campaigns", "ai-matching", "outreach-log", embeddings, vectors, provider];
        Arc::new(About {
            version: VERSION,
            features: features.map(str::to_owned).to_vec(),
            checks: self.checks(),
            metrics,
            metrics_token: settings.metrics_token.clone(),
            gauges: self.slices.iter().flat_map(|slice| slice.gauges.clone()).collect(),
        })
    }

    fn checks(&self) -> Vec<Check> {
        let checks = self.slices.iter().flat_map(|slice| slice.checks.clone());
        let counters = self.redis.clone().map(|redis| {
            Check::new("counters", move || {
                let redis = redis.clone();
                // Without it limits hold less strictly, and nothing fails: no reason to take a process out of service.
                async move { Ok(json!({"engine": "redis", "shared": redis.answers().await})) }
            })
        });
        checks.chain(counters).collect()
    }
}
