//! Wiring: settings become a server.

use std::sync::Arc;

use accounts::Accounts;
use axum::Router;
use axum::http::HeaderValue;
use calls::Calls;
use campaigns::CampaignsState;
use creators::vectors::{self, Backend, Choice};
use creators::{Directory, LocalEmbedder};
use db::{Db, Migration};
use deals::Deals;
use http_base::core::About;
use http_base::limits::RateLimits;
use http_base::{App, Check, Mode};
use insights::{Analytics, Insights};
use jobs::{Registry, Workers};
use kernel::{Clock, Error, Result};
use matching::{ExchangeRates, Matching};
use outreach::Outreach;
use payments::{MockGateway, Payments};
use ports::calls::{Agent, MockAgent, MockTelephony, Telephony};
use ports::counters::{Counters, LocalCounters};
use ports::gateway::Gateway;
use ports::mailer::{Mailer, Outbox};
use ports::{Embedder, Llm};
use providers::elevenlabs::ElevenLabs;
use providers::oauth::OAuth;
use providers::redis::RedisCounters;
use providers::smtp::{SmtpMailer, SmtpSettings};
use providers::stripe::StripeGateway;
use providers::supabase::Supabase;
use providers::twilio::Twilio;
use providers::{EmbedderSettings, GeminiEmbedder, GeminiLlm, LlmSettings, OpenAiEmbedder, OpenAiLlm};
use serde_json::json;
use tower::Layer;
use tower_http::normalize_path::{NormalizePath, NormalizePathLayer};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::settings::{Embeddings, Settings, VectorIndex};

/// The version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Every table, in the order in which they are made.
pub fn migrations() -> Vec<Migration> {
    [
        jobs::MIGRATIONS,
        http_base::idempotency::MIGRATIONS,
        crate::demo::MIGRATIONS,
        mail::MIGRATIONS,
        creators::MIGRATIONS,
        accounts::MIGRATIONS,
        campaigns::MIGRATIONS,
        outreach::MIGRATIONS,
        matching::MIGRATIONS,
        calls::MIGRATIONS,
        payments::MIGRATIONS,
        deals::MIGRATIONS,
        insights::MIGRATIONS,
    ]
    .concat()
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
    /// Whatever runs by itself.
    pub jobs: Registry,
    redis: Option<Arc<RedisCounters>>,
    llm: Option<Arc<dyn Llm>>,
    exchange: ExchangeRates,
}

impl Server {
    /// Puts the parts together over a database that has its tables. Says where vectors are compared, and has PostgreSQL ready
    /// for it if it is there.
    pub async fn new(db: Db, mode: Mode, settings: &Settings) -> Result<Self> {
        let backend = vectors::prepare(&db, choice(settings.vector_index)).await?;
        let app = App::new(db, Clock::system(), mode, settings.limits.clone(), settings.caching);
        let directory = Directory::new(app.clone(), embedder(settings)?, backend);
        if let Some(url) = &settings.public_url {
            app.reached_at(url);
        }
        let redis = redis(settings, app.clock())?;
        let counters: Arc<dyn Counters> = match &redis {
            Some(redis) => redis.clone(),
            None => Arc::new(LocalCounters::new(app.clock().clone())),
        };
        app.limit_rates_by(RateLimits::new(counters.clone(), &settings.rates, mode));
        let post = mail::Post::new(
            app.clone(),
            mailer(settings, mode)?,
            settings.mail.clone(),
            vec![Arc::new(outreach::Unsubscribed)],
        );
        let accounts = Accounts::new(app.clone(), settings.accounts.clone(), counters.clone())?;
        vouch(&accounts, settings, mode)?;
        let files = settings.files.open(&settings.files_folder)?;
        let llm = llm(settings)?;
        let outreach = Outreach::new(directory.clone(), files, llm.clone(), settings.outreach.clone());
        let calls = calls(&app, settings, mode, llm.clone())?;
        outreach::data::register(accounts.data());
        calls::data::register(accounts.data());
        deals::data::register(accounts.data());
        insights::data::register(accounts.data());
        let mut jobs = Registry::new();
        let payments = Payments::new(app.clone(), gateway(settings, mode)?, settings.payments);
        jobs.merge(creators::jobs(&directory));
        let deals = Deals::new(app.clone(), settings.deals);
        jobs.merge(payments::jobs(&payments));
        jobs.merge(deals::jobs(&deals));
        let insights = Insights::new(app.clone(), settings.insights.clone());
        jobs.merge(insights::jobs(&insights));
        jobs.merge(accounts::jobs(&accounts));
        jobs.merge(mail::jobs(&post));
        jobs.merge(outreach::jobs(&outreach));
        jobs.merge(calls::jobs(&calls));
        Ok(Self {
            app,
            accounts,
            directory,
            deals,
            insights,
            payments,
            outreach,
            calls,
            post,
            counters,
            redis,
            jobs,
            llm,
            exchange: settings.exchange.clone(),
        })
    }

    /// The language model that reads searches, if there is one.
    pub fn reader(&self) -> Option<&str> {
        self.llm.as_deref().map(Llm::name)
    }

    /// Every documented route, and the document.
    pub fn routes(&self, about: Arc<About>) -> (Router, OpenApi) {
        let matching = Matching::new(self.directory.clone(), self.llm.clone(), self.exchange.clone());
        let analytics = Analytics::new(self.insights.clone(), self.directory.clone());
        let (router, mut document) = OpenApiRouter::with_openapi(http_base::openapi::base(VERSION))
            .merge(http_base::core::router(self.app.clone(), about))
            .merge(creators::router(self.directory.clone()))
            .merge(matching::router(matching))
            .merge(campaigns::router(CampaignsState::new(self.directory.clone())))
            .merge(outreach::router(self.outreach.clone()))
            .merge(mail::router(self.post.clone()))
            .merge(accounts::router(self.accounts.clone()))
            .merge(calls::router(self.calls.clone()))
            .merge(payments::router(self.payments.clone()))
            .merge(deals::router(self.deals.clone()))
            .merge(insights::router(self.insights.clone()))
            .merge(insights::analytics::router(analytics))
            .split_for_parts();
        http_base::openapi::finish(&mut document);
        (router, document)
    }

    /// The whole server: routes, documentation pages, and the layers around them.
    pub fn router(&self, about: Arc<About>, origins: &[HeaderValue]) -> Result<Router> {
        let (router, document) = self.routes(about);
        let pages = http_base::docs::router(&document).map_err(Error::internal)?;
        let mut router = router.merge(pages);
        if let Mode::Demo(_) = self.app.mode() {
            router = router.layer(axum::middleware::from_fn(crate::guard::this_machine_only));
        }
        Ok(http_base::layers::around(router, &self.app, origins))
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
            refresh: self.refresh(),
        })
    }

    fn checks(&self) -> Vec<Check> {
        let (db, directory, app) = (self.app.db().clone(), self.directory.clone(), self.app.clone());
        let mut checks = vec![
            Check {
                name: "database",
                look: Box::new(move || {
                    let db = db.clone();
                    Box::pin(async move {
                        let mut tx = db.read().await?;
                        tx.fetch_value::<i64>("SELECT 1", vec![]).await?;
                        Ok(json!({"engine": db.engine().name()}))
                    })
                }),
            },
            Check {
                name: "index",
                look: Box::new(move || {
                    let directory = directory.clone();
                    Box::pin(async move {
                        directory.catalogue().fresh().await?;
                        let columns = directory.catalogue().read();
                        Ok(json!({
                            "creators": columns.len(),
                            "vectors": directory.backend().name(),
                            "vector_count": columns.vector_count(),
                            "model": directory.catalogue().model(),
                        }))
                    })
                }),
            },
            Check {
                name: "jobs",
                look: Box::new(move || {
                    let app = app.clone();
                    Box::pin(async move {
                        let counts = jobs::counts(app.db(), app.clock().now()).await?;
                        Ok(json!({"queued": counts.queued, "running": counts.running, "failed": counts.failed}))
                    })
                }),
            },
        ];
        checks.extend(self.redis.clone().map(|redis| Check {
            name: "counters",
            look: Box::new(move || {
                let redis = redis.clone();
                // Without it limits hold less strictly, and nothing fails: no reason to take a process out of service.
                Box::pin(async move { Ok(json!({"engine": "redis", "shared": redis.answers().await})) })
            }),
        }));
        checks
    }

    fn refresh(&self) -> Box<dyn Fn() -> futures::future::BoxFuture<'static, ()> + Send + Sync> {
        let (app, directory) = (self.app.clone(), self.directory.clone());
        Box::new(move || {
            let (app, directory) = (app.clone(), directory.clone());
            Box::pin(async move {
                let figures = db::gauges(app.db()).await;
                metrics::gauge!("database_connections_in_use").set(figures.connections_in_use);
                metrics::gauge!("database_connections_most").set(figures.connections_most);
                metrics::gauge!("database_writers_waiting").set(figures.writers_waiting as f64);
                metrics::gauge!("database_transactions").set(figures.transactions as f64);
                metrics::gauge!("database_commits").set(figures.commits as f64);
                metrics::gauge!("database_file_bytes").set(figures.file_bytes as f64);
                metrics::gauge!("database_wal_bytes").set(figures.wal_bytes as f64);
                {
                    let columns = directory.catalogue().read();
                    metrics::gauge!("index_creators").set(columns.len() as f64);
                    metrics::gauge!("index_vectors").set(columns.vector_count() as f64);
                    metrics::gauge!("index_vector_bytes").set(columns.vector_bytes() as f64);
                    metrics::gauge!("index_version").set(columns.seq() as f64);
                }
                if let Ok(counts) = jobs::counts(app.db(), app.clock().now()).await {
                    for (status, count) in [
                        ("queued", counts.queued),
                        ("running", counts.running),
                        ("done", counts.done),
                        ("failed", counts.failed),
                    ] {
                        metrics::gauge!("jobs", "status" => status).set(count as f64);
                    }
                }
            })
        })
    }
}

/// Who rings, and whose agent talks: without keys nobody, and the demo plays the provider itself.
fn calls(app: &App, settings: &Settings, mode: Mode, llm: Option<Arc<dyn Llm>>) -> Result<Calls> {
    let telephony: Arc<dyn Telephony> = match &settings.twilio {
        Some(twilio) => Arc::new(Twilio::new(twilio.clone())?),
        None => Arc::new(MockTelephony { open: matches!(mode, Mode::Demo(_)) }),
    };
    let agent: Arc<dyn Agent> = match &settings.elevenlabs {
        Some(elevenlabs) => Arc::new(ElevenLabs::new(elevenlabs.clone())?),
        None => Arc::new(MockAgent),
    };
    Ok(Calls::new(app.clone(), telephony, agent, llm, settings.calls.clone()))
}

/// Where vectors are to be compared.
fn choice(wanted: VectorIndex) -> Choice {
    match wanted {
        VectorIndex::Auto => Choice::Auto,
        VectorIndex::Memory => Choice::Memory,
        VectorIndex::Pgvector => Choice::Pgvector,
    }
}

/// Who carries mails. The demo's people are invented: nothing is ever mailed to them.
fn mailer(settings: &Settings, mode: Mode) -> Result<Arc<dyn Mailer>> {
    Ok(match (&settings.smtp, mode) {
        (Some(smtp), Mode::Serve) => {
            let connections = settings.mail.connections.try_into().unwrap_or(u32::MAX);
            Arc::new(SmtpMailer::new(&SmtpSettings { connections, ..smtp.clone() })?)
        }
        _ => Arc::new(Outbox),
    })
}

/// Who vouches for people. The demo has stand-ins for the providers that are not set up, and keeps its passwords itself.
fn vouch(accounts: &Accounts, settings: &Settings, mode: Mode) -> Result<()> {
    let (oauth, clock) = (settings.oauth.clone(), accounts.clock());
    match mode {
        Mode::Demo(_) => accounts.log_in_by(Arc::new(OAuth::for_demo(oauth, clock)?)),
        Mode::Serve => {
            accounts.log_in_by(Arc::new(OAuth::new(oauth, clock)?));
            if let Some(supabase) = &settings.supabase {
                accounts.keep_passwords_at(Arc::new(Supabase::new(supabase.clone(), clock)?));
            }
        }
    }
    Ok(())
}

/// Who counts, if not every process for itself: processes that are one service are given one Redis.
fn redis(settings: &Settings, clock: &Clock) -> Result<Option<Arc<RedisCounters>>> {
    let redis = settings.redis_url.as_ref().map(|url| RedisCounters::new(url, clock.clone()).map(Arc::new));
    redis.transpose()
}

/// Who makes the vectors.
fn embedder(settings: &Settings) -> Result<Arc<dyn Embedder>> {
    let key = |key: &Option<String>| key.clone().unwrap_or_default();
    let mut chosen = match settings.embeddings {
        Embeddings::Local => return Ok(Arc::new(LocalEmbedder)),
        Embeddings::OpenAi => EmbedderSettings::openai(key(&settings.openai_key)),
        Embeddings::Gemini => EmbedderSettings::gemini(key(&settings.google_key)),
    };
    if settings.embeddings == Embeddings::OpenAi && settings.openai_key.is_none() {
        chosen = EmbedderSettings::ollama();
    }
    let url = if settings.embeddings == Embeddings::OpenAi { &settings.openai_url } else { &settings.gemini_url };
    if let Some(url) = url {
        chosen.base_url.clone_from(url);
    }
    if let Some(model) = &settings.embedding_model {
        chosen.model.clone_from(model);
    }
    if let Some(dims) = settings.embedding_dims {
        chosen.dims = dims;
    }
    Ok(match settings.embeddings {
        Embeddings::Gemini => Arc::new(GeminiEmbedder::new(chosen)?),
        _ => Arc::new(OpenAiEmbedder::new(chosen)?),
    })
}

/// Who moves the money. The demo moves none.
fn gateway(settings: &Settings, mode: Mode) -> Result<Arc<dyn Gateway>> {
    Ok(match (&settings.stripe, mode) {
        (Some(stripe), Mode::Serve) => Arc::new(StripeGateway::new(stripe)?),
        _ => Arc::new(MockGateway),
    })
}

/// What reads queries first, if there is a key for one.
fn llm(settings: &Settings) -> Result<Option<Arc<dyn Llm>>> {
    if let Some(key) = &settings.openai_key {
        let mut chosen = LlmSettings::openai(key.as_str());
        if let Some(url) = &settings.openai_url {
            chosen.base_url.clone_from(url);
        }
        if let Some(model) = &settings.openai_model {
            chosen.model.clone_from(model);
        }
        return Ok(Some(Arc::new(OpenAiLlm::new(&chosen)?)));
    }
    if let Some(key) = &settings.google_key {
        let mut chosen = LlmSettings::gemini(key.as_str());
        if let Some(url) = &settings.gemini_url {
            chosen.base_url.clone_from(url);
        }
        if let Some(model) = &settings.gemini_model {
            chosen.model.clone_from(model);
        }
        return Ok(Some(Arc::new(GeminiLlm::new(&chosen)?)));
    }
    Ok(None)
}
