//! Who follows events, and what they do with them.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use db::{EventRow, Listener, Tx};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use kernel::{Error, Result};

/// How long a handler may take over one event.
const LIMIT: Duration = Duration::from_secs(30);
/// How often an event is tried before it is set aside, unless said otherwise: with the back-off that is ten minutes.
const ATTEMPTS: u32 = 8;

/// What a subscriber does with an event.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Does what is to be done, in this transaction and nowhere else; it is short, for others wait for its end. What takes long, or leaves the
    /// house, is a job that is enqueued here.
    async fn handle(&self, tx: &mut Tx, event: &EventRow) -> Result<()>;
}

/// A name, the events it is for, and what is done with them.
#[derive(Clone)]
pub struct Subscription {
    pub(crate) name: &'static str,
    pub(crate) kinds: Option<Vec<&'static str>>,
    pub(crate) attempts: u32,
    pub(crate) from_the_beginning: bool,
    handler: Arc<dyn Handler>,
}

impl Subscription {
    /// A subscription to every event. Its name stands in the database: another name is another subscriber.
    pub fn new(name: &'static str, handler: impl Handler) -> Self {
        Self { name, kinds: None, attempts: ATTEMPTS, from_the_beginning: false, handler: Arc::new(handler) }
    }

    /// Only to these kinds: `[ContractSigned::NAME]`.
    #[must_use]
    pub fn to(mut self, kinds: impl IntoIterator<Item = &'static str>) -> Self {
        self.kinds = Some(kinds.into_iter().collect());
        self
    }

    /// Also to what happened before the subscriber was there for the first time; the usual beginning is that moment.
    #[must_use]
    pub fn from_the_beginning(mut self) -> Self {
        self.from_the_beginning = true;
        self
    }

    /// How often an event is tried before it is set aside.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    pub(crate) fn wants(&self, kind: &str) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind))
    }

    /// Runs the handler; a panic and a handler that takes too long are faults like others.
    pub(crate) async fn run(&self, tx: &mut Tx, event: &EventRow) -> Result<()> {
        let work = AssertUnwindSafe(self.handler.handle(tx, event)).catch_unwind();
        match tokio::time::timeout(LIMIT, work).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(Error::internal(format!("{} panicked over {}", self.name, event.kind))),
            Err(_) => Err(Error::internal(format!("{} took longer than {} s", self.name, LIMIT.as_secs()))),
        }
    }
}

/// Subscribers within the transaction: for what must be there when the request is answered, in tables of their own. A fault of one of them is
/// a fault of the request. A database is told of them by [`db::Db::with_listener`].
#[derive(Clone, Default)]
pub struct Within(Vec<Subscription>);

impl Within {
    /// These, in this order.
    pub fn new(subscriptions: Vec<Subscription>) -> Self {
        Self(subscriptions)
    }
}

impl Listener for Within {
    fn written<'a>(&'a self, tx: &'a mut Tx, events: &'a [EventRow]) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            for event in events {
                for subscription in self.0.iter().filter(|subscription| subscription.wants(&event.kind)) {
                    subscription.handler.handle(tx, event).await?;
                }
            }
            Ok(())
        })
    }
}

/// Subscribers that follow the log afterwards, each at its own pace.
#[derive(Clone, Default)]
pub struct Subscribers(pub(crate) Vec<Arc<Subscription>>);

impl Subscribers {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more.
    pub fn add(&mut self, subscription: Subscription) -> &mut Self {
        self.0.push(Arc::new(subscription));
        self
    }

    /// Takes over everybody from another list.
    pub fn merge(&mut self, other: Self) -> &mut Self {
        self.0.extend(other.0);
        self
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|subscription| subscription.name)
    }
}
