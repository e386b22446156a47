//! The application: what every handler may reach.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use db::{Db, Tx};
use futures::future::{BoxFuture, ready};
use kernel::{Account, Clock, Result, WorkspaceId};

use crate::caller::{Authenticate, refused};
use crate::limits::RateLimits;

/// How the server runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Sample data, loopback only; A, B and C's routes without a token act as an administrator of this workspace.
    Demo(WorkspaceId),
    /// In earnest: a token is wanted.
    Serve,
}

/// The bounds of a request.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The largest body of JSON, in bytes.
    pub body_bytes: usize,
    /// The largest uploaded file, in bytes.
    pub upload_bytes: usize,
    /// The longest that an ordinary request may take.
    pub time: Duration,
    /// The longest that an upload may take.
    pub upload_time: Duration,
    /// How many proxies stand before the server, each of which adds to `X-Forwarded-For`.
    pub trusted_proxies: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            upload_bytes: 1 << 30,
            time: Duration::from_secs(30),
            upload_time: Duration::from_hours(1),
            trusted_proxies: 0,
        }
    }
}

/// The application: storage, time, mode and limits. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    mode: Mode,
    limits: Limits,
    caching: bool,
    authenticate: OnceLock<Arc<dyn Authenticate>>,
    public_url: OnceLock<String>,
    rate_limits: OnceLock<RateLimits>,
}

impl App {
    /// Puts the application together.
    pub fn new(db: Db, clock: Clock, mode: Mode, limits: Limits, caching: bool) -> Self {
        Self(Arc::new(Inner {
            db: db.with_clock(clock.clone()),
            clock,
            mode,
            limits,
            caching,
            authenticate: OnceLock::new(),
            public_url: OnceLock::new(),
            rate_limits: OnceLock::new(),
        }))
    }

    /// The storage.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// Where time and ids come from.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// How the server runs.
    pub fn mode(&self) -> Mode {
        self.0.mode
    }

    /// The bounds of a request.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// May answers be kept? (Off only to measure without.)
    pub fn caching(&self) -> bool {
        self.0.caching
    }

    /// Says who knows which account a token belongs to; only the first one counts. Before that, no token is any good.
    pub fn authenticate_by(&self, authenticate: Arc<dyn Authenticate>) {
        let _ = self.0.authenticate.set(authenticate);
    }

    /// The account of a bearer token.
    pub fn authenticate<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Account>> {
        match self.0.authenticate.get() {
            Some(authenticate) => authenticate.account(token),
            None => Box::pin(ready(Err(refused("The token is not valid; log in again for a new one")))),
        }
    }

    /// Says how much anybody may ask; only the first one counts. Before that nothing is counted.
    pub fn limit_rates_by(&self, limits: RateLimits) {
        let _ = self.0.rate_limits.set(limits);
    }

    /// How much anybody may ask.
    pub(crate) fn rate_limits(&self) -> Option<&RateLimits> {
        self.0.rate_limits.get()
    }

    /// Says where the server is reached from outside (`PUBLIC_BASE_URL`), without a slash at its end; only the first one counts.
    pub fn reached_at(&self, url: &str) {
        let _ = self.0.public_url.set(url.trim_end_matches('/').to_owned());
    }

    /// Where the server is reached from outside: links in mails and the addresses of webhooks begin with it.
    pub fn public_url(&self) -> &str {
        self.0.public_url.get().map_or("http://localhost:8000", String::as_str)
    }

    /// A connection for reading.
    pub fn read(&self) -> BoxFuture<'_, Result<Tx>> {
        self.0.db.read()
    }

    /// A transaction for writing. Begin it after the body has been read and every model asked: there may be one at a time.
    pub fn write(&self) -> BoxFuture<'_, Result<Tx>> {
        self.0.db.write()
    }
}
