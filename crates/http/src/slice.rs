//! A slice as one value: whatever the server has to know of it to run it.
//!
//! Each slice's `slice(…)` makes its own; the server's wiring lists them, and folds routes, jobs, checks, gauges and data rights
//! out of that list. Its tables stand beside it in the wiring, because they are made before any part of it is there.

use std::sync::Arc;
use std::time::Duration;

use events::Subscribers;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jobs::Registry;
use kernel::Result;
use serde_json::{Value, json};

use crate::data::Data;
use crate::{App, Routes};

/// The kind of job that forgets old keys of requests.
const FORGET: &str = "requests.forget";

/// A part of the server that can say how it is, for `/api/v1/health`.
#[derive(Clone)]
pub struct Check {
    /// Its name: `database`, `index`, `jobs`.
    pub name: &'static str,
    look: Arc<dyn Fn() -> BoxFuture<'static, Result<Value>> + Send + Sync>,
}

impl Check {
    /// Looks at a part like this: an error says what is wrong, a value shows its figures.
    pub fn new<F, Fut>(name: &'static str, look: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Value>> + Send + 'static,
    {
        Self { name, look: Arc::new(move || look().boxed()) }
    }

    /// Looks at the part.
    pub async fn look(&self) -> Result<Value> {
        (self.look)().await
    }
}

/// Brings figures up to date that are looked up, rather than counted, when `/metrics` is read.
pub type Gauges = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// What a slice adds to the server.
#[derive(Clone)]
pub struct Slice {
    /// Its name.
    pub name: &'static str,
    /// Its routes, with their documentation.
    pub routes: Routes,
    /// What it does by itself: jobs, and those that run by the clock.
    pub jobs: Registry,
    /// Who follows events in it.
    pub subscribers: Subscribers,
    /// What it says of its health.
    pub checks: Vec<Check>,
    /// Figures that are looked up.
    pub gauges: Vec<Gauges>,
    /// What it keeps about people.
    pub data: Data,
}

impl Slice {
    /// A slice that has nothing but routes, so far.
    pub fn new(name: &'static str, routes: Routes) -> Self {
        Self {
            name,
            routes,
            jobs: Registry::new(),
            subscribers: Subscribers::new(),
            checks: Vec::new(),
            gauges: Vec::new(),
            data: Data::default(),
        }
    }

    /// It does this by itself.
    #[must_use]
    pub fn jobs(mut self, jobs: Registry) -> Self {
        self.jobs = jobs;
        self
    }

    /// These of it follow events.
    #[must_use]
    pub fn subscribers(mut self, subscribers: Subscribers) -> Self {
        self.subscribers = subscribers;
        self
    }

    /// It keeps this about people.
    #[must_use]
    pub fn data(mut self, data: Data) -> Self {
        self.data = data;
        self
    }

    /// It says this of its health: see [`Check::new`].
    #[must_use]
    pub fn check<F, Fut>(mut self, name: &'static str, look: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Value>> + Send + 'static,
    {
        self.checks.push(Check::new(name, look));
        self
    }

    /// It sets these gauges when somebody reads the figures.
    #[must_use]
    pub fn gauges<F, Fut>(mut self, refresh: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.gauges.push(Arc::new(move || refresh().boxed()));
        self
    }
}

/// What everything stands on, as a slice: the database, the jobs and the deliveries say how they are, and what is old is forgotten, keys of
/// requests as well.
pub fn ground(app: &App) -> Slice {
    let (db, of_jobs, figures) = (app.db().clone(), app.clone(), app.clone());
    let (deliveries, kept) = (Arc::new(delivery::Gauges::default()), app.clone());
    let mut own = delivery::jobs();
    own.on(FORGET, |context: jobs::Context, _| async move {
        let now = context.clock.now();
        loop {
            let mut tx = context.db.write().await?;
            let gone = crate::idempotency::purge(&mut tx, now).await?;
            tx.commit().await?;
            if gone == 0 {
                return Ok(());
            }
        }
    });
    own.every(Duration::from_hours(1), FORGET);
    Slice::new("ground", Routes::new())
        .jobs(own)
        .check("database", move || {
            let db = db.clone();
            async move {
                db.read().await?.fetch_value::<i64>("SELECT 1", vec![]).await?;
                Ok(json!({"engine": db.engine().name()}))
            }
        })
        .check("jobs", move || {
            let app = of_jobs.clone();
            async move {
                let counts = jobs::counts(app.db(), app.clock().now()).await?;
                Ok(json!({"queued": counts.queued, "running": counts.running, "failed": counts.failed}))
            }
        })
        .gauges(move || {
            let app = figures.clone();
            async move { look_up(&app).await }
        })
        .gauges(move || {
            let (app, deliveries) = (kept.clone(), Arc::clone(&deliveries));
            async move {
                if let Err(error) = deliveries.refresh(app.db(), app.clock().now()).await {
                    tracing::warn!(%error, "deliveries cannot be counted");
                }
            }
        })
}

async fn look_up(app: &App) {
    let figures = db::gauges(app.db()).await;
    metrics::gauge!("database_connections_in_use").set(figures.connections_in_use);
    metrics::gauge!("database_connections_most").set(figures.connections_most);
    metrics::gauge!("database_writers_waiting").set(figures.writers_waiting as f64);
    metrics::gauge!("database_transactions").set(figures.transactions as f64);
    metrics::gauge!("database_commits").set(figures.commits as f64);
    metrics::gauge!("database_file_bytes").set(figures.file_bytes as f64);
    metrics::gauge!("database_wal_bytes").set(figures.wal_bytes as f64);
    if let Ok(counts) = jobs::counts(app.db(), app.clock().now()).await {
        for (status, count) in
            [("queued", counts.queued), ("running", counts.running), ("done", counts.done), ("failed", counts.failed)]
        {
            metrics::gauge!("jobs", "status" => status).set(count as f64);
        }
    }
}
