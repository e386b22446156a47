//! The application: what every handler may reach.

use std::sync::Arc;
use std::time::Duration;

use db::{Db, Tx};
use futures::future::BoxFuture;
use kernel::{Clock, Result, WorkspaceId};
use serde_json::Value;

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
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            upload_bytes: 1 << 30,
            time: Duration::from_secs(30),
            upload_time: Duration::from_hours(1),
        }
    }
}

/// A part of the server that can say how it is, for `/api/v1/health`.
pub struct Check {
    /// Its name: `database`, `index`, `jobs`.
    pub name: &'static str,
    /// Looks at the part; an error says what is wrong, a value shows its figures.
    pub look: Box<dyn Fn() -> BoxFuture<'static, Result<Value>> + Send + Sync>,
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
}

impl App {
    /// Puts the application together.
    pub fn new(db: Db, clock: Clock, mode: Mode, limits: Limits, caching: bool) -> Self {
        Self(Arc::new(Inner { db, clock, mode, limits, caching }))
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

    /// A connection for reading.
    pub async fn read(&self) -> Result<Tx> {
        self.0.db.read().await
    }

    /// A transaction for writing. Begin it after the body has been read and every model asked: there may be one at a time.
    pub async fn write(&self) -> Result<Tx> {
        self.0.db.write().await
    }
}
