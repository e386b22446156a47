//! What runs for each kind of job.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use db::Db;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use kernel::{Clock, Error, JobId};
use serde::de::DeserializeOwned;
use tokio::sync::watch;

/// How long a handler may take before it counts as failed.
const LIMIT: Duration = Duration::from_mins(10);

/// What a handler works with.
#[derive(Clone)]
pub struct Context {
    /// The database.
    pub db: Db,
    /// Time, ids and randomness.
    pub clock: Clock,
    /// The job itself: a good idempotency key for an outside call.
    pub id: JobId,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// The last attempt that it gets.
    pub max_attempts: u32,
}

/// What a job is about.
#[derive(Clone, Debug)]
pub struct Payload(pub String);

impl Payload {
    /// Reads the JSON; what cannot be read now will not be readable later either.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_str(&self.0).map_err(|error| Failure::GiveUp(format!("the payload cannot be read: {error}")))
    }
}

/// Why a handler did not do its work, and what is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Try again: after so long, or after the usual back-off.
    Retry {
        /// How long to wait; the usual back-off if nothing is said.
        after: Option<Duration>,
        /// Why it failed.
        why: String,
    },
    /// Trying again would not help.
    GiveUp(String),
}

impl Failure {
    /// Try again after the usual back-off.
    pub fn retry(why: impl Into<String>) -> Self {
        Self::Retry { after: None, why: why.into() }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::retry(error.to_string())
    }
}

/// What a handler answers.
pub type Outcome = Result<(), Failure>;

type Run = dyn Fn(Context, Payload) -> BoxFuture<'static, Outcome> + Send + Sync;

#[derive(Clone)]
pub(crate) struct Handler {
    pub(crate) run: Arc<Run>,
    pub(crate) limit: Duration,
}

/// Work that has tables of its own and still belongs to the workers: it is started and stopped with them, and in a test it is done by
/// [`crate::run_until_idle`].
pub trait Service: Send + Sync {
    /// Works until `stopping` holds true; then begins nothing more, and returns once what is under way has ended.
    fn run(self: Arc<Self>, db: Db, clock: Clock, stopping: watch::Receiver<bool>) -> BoxFuture<'static, ()>;
    /// Does everything that is due by this clock, one after the other. Tells how much that was.
    fn run_due(self: Arc<Self>, db: Db, clock: Clock) -> BoxFuture<'static, kernel::Result<usize>>;
}

/// Which handler runs which kind, and which kinds run by the clock. Cheap to clone.
#[derive(Clone, Default)]
pub struct Registry {
    pub(crate) handlers: BTreeMap<&'static str, Handler>,
    pub(crate) schedules: BTreeMap<&'static str, Duration>,
    pub(crate) services: Vec<Arc<dyn Service>>,
}

impl Registry {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs this for every job of the kind. It may run twice for one job and must not matter.
    pub fn on<F, Fut>(&mut self, kind: &'static str, handler: F) -> &mut Self
    where
        F: Fn(Context, Payload) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        self.on_within(kind, LIMIT, handler)
    }

    /// Like [`Registry::on`], with a limit of its own; the usual one is ten minutes.
    pub fn on_within<F, Fut>(&mut self, kind: &'static str, limit: Duration, handler: F) -> &mut Self
    where
        F: Fn(Context, Payload) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        let run = Arc::new(move |context, payload| handler(context, payload).boxed());
        self.handlers.insert(kind, Handler { run, limit });
        self
    }

    /// Enqueues a job of this kind (with the payload `null`) now and then every so often, once over all processes. A time that
    /// was missed is made up for once, not many times.
    pub fn every(&mut self, every: Duration, kind: &'static str) -> &mut Self {
        self.schedules.insert(kind, every);
        self
    }

    /// Has this started and stopped with the workers.
    pub fn service(&mut self, service: Arc<dyn Service>) -> &mut Self {
        self.services.push(service);
        self
    }

    /// Takes over everything that another registry has.
    pub fn merge(&mut self, other: Self) -> &mut Self {
        self.handlers.extend(other.handlers);
        self.schedules.extend(other.schedules);
        self.services.extend(other.services);
        self
    }

    /// The same without what comes by the clock: for work that is told of the past, where every hour between would be made up for.
    #[must_use]
    pub fn unscheduled(mut self) -> Self {
        self.schedules.clear();
        self
    }

    /// The kinds that have a handler.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.handlers.keys().copied()
    }
}
