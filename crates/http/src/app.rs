//! The application: what every handler may reach.

use std::sync::Arc;
use std::time::Duration;

use db::{Db, Tx};
use futures::future::{BoxFuture, ready};
use kernel::{Account, Clock, Result, WorkspaceId};

use crate::caller::{Authenticate, refused};
use crate::limits::RateLimits;
use crate::pace::Patience;
use crate::uploads::Uploads;

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
    /// How many uploads are taken in at once, in all,
    pub uploads: usize,
    /// of one address,
    pub uploads_of_address: usize,
    /// and of one account.
    pub uploads_of_account: usize,
    /// How many entries of the directory a workspace may have added.
    pub directory_rows: u64,
    /// How long the client of an upload may keep us waiting.
    pub patience: Patience,
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
            uploads: 64,
            uploads_of_address: 16,
            uploads_of_account: 8,
            directory_rows: 500_000,
            patience: Patience::default(),
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
    authenticate: Option<Arc<dyn Authenticate>>,
    public_url: String,
    mail_domain: String,
    rate_limits: Option<RateLimits>,
    uploads: Uploads,
}

/// An application in the making: see [`App::builder`].
#[must_use]
pub struct Builder(Inner);

impl Builder {
    /// How the server runs.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.0.mode = mode;
        self
    }

    /// The bounds of a request.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.0.limits = limits;
        self
    }

    /// May answers be kept? (Off only to measure without.)
    pub fn caching(mut self, caching: bool) -> Self {
        self.0.caching = caching;
        self
    }

    /// Who knows which account a token belongs to.
    pub fn authenticated_by(mut self, authenticate: Arc<dyn Authenticate>) -> Self {
        self.0.authenticate = Some(authenticate);
        self
    }

    /// How much anybody may ask.
    pub fn rates(mut self, limits: RateLimits) -> Self {
        self.0.rate_limits = Some(limits);
        self
    }

    /// Where the server is reached from outside (`PUBLIC_BASE_URL`).
    pub fn public_url(mut self, url: &str) -> Self {
        url.trim_end_matches('/').clone_into(&mut self.0.public_url);
        self
    }

    /// What stands after the `@` of every Message-ID.
    pub fn mail_domain(mut self, domain: &str) -> Self {
        domain.clone_into(&mut self.0.mail_domain);
        self
    }

    /// The application.
    pub fn build(self) -> App {
        App(Arc::new(self.0))
    }
}

impl App {
    /// Puts the application together. Where nothing else is said it runs in earnest with the usual limits, keeps answers, takes no token
    /// for a good one, counts nobody, and is reached (and mails) at port 8000 of this machine.
    pub fn builder(db: Db, clock: Clock) -> Builder {
        Builder(Inner {
            db: db.with_clock(clock.clone()),
            clock,
            mode: Mode::Serve,
            limits: Limits::default(),
            caching: true,
            authenticate: None,
            public_url: "http://localhost:8000".to_owned(),
            mail_domain: "localhost".to_owned(),
            rate_limits: None,
            uploads: Uploads::default(),
        })
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

    /// The account of a bearer token.
    pub fn authenticate<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Account>> {
        match &self.0.authenticate {
            Some(authenticate) => authenticate.account(token),
            None => Box::pin(ready(Err(refused("The token is not valid; log in again for a new one")))),
        }
    }

    /// How much anybody may ask.
    pub(crate) fn rate_limits(&self) -> Option<&RateLimits> {
        self.0.rate_limits.as_ref()
    }

    /// The uploads under way.
    pub(crate) fn uploads(&self) -> &Uploads {
        &self.0.uploads
    }

    /// Where the server is reached from outside: links in mails and the addresses of webhooks begin with it.
    pub fn public_url(&self) -> &str {
        &self.0.public_url
    }

    /// What stands after the `@` of every Message-ID.
    pub fn mail_domain(&self) -> &str {
        &self.0.mail_domain
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
