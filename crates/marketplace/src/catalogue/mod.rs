//! Published offers in memory: what lists are filtered, sorted and matched by.
//!
//! It is a copy of the database, never the truth: rows carry the version of all offers in which they changed, and the catalogue reads
//! everything after the version it has. Every filter is a scan over columns; words are found by an index of their own. Only the page that is
//! shown is read from the database. ARCHITECTURE.md, "The catalogue", says why.

mod columns;
mod load;
mod query;
mod words;

use std::sync::Arc;

pub use columns::{Asked, Columns, Row};
use db::Db;
use kernel::{Error, Result};
use parking_lot::{RwLock, RwLockReadGuard};
pub(crate) use query::in_dollars;
pub use query::{Filter, Found, Order, Searching};

use crate::TOPIC;

/// Published offers in memory. Cheap to clone; clones share them.
#[derive(Clone)]
pub struct Catalogue(Arc<Inner>);

struct Inner {
    db: Db,
    model: String,
    columns: RwLock<Columns>,
    loading: tokio::sync::Mutex<()>,
}

impl Catalogue {
    /// An empty catalogue of offers with vectors of this model.
    pub fn new(db: Db, model: impl Into<String>, dims: usize) -> Self {
        let columns = RwLock::new(Columns::new(dims));
        Self(Arc::new(Inner { db, model: model.into(), columns, loading: tokio::sync::Mutex::new(()) }))
    }

    /// Reads what changed, if something did: everything that was committed before this call is in.
    pub async fn fresh(&self) -> Result<()> {
        let version = self.0.db.current_version(TOPIC).await?;
        if self.0.columns.read().seq() >= version {
            return Ok(());
        }
        let _one_at_a_time = self.0.loading.lock().await;
        if self.0.columns.read().seq() >= version {
            return Ok(());
        }
        load::changes(&self.0.db, &self.0.model, &self.0.columns, version).await
    }

    /// The columns, to be read. Keep it short: changes wait meanwhile.
    pub fn read(&self) -> RwLockReadGuard<'_, Columns> {
        self.0.columns.read()
    }

    /// Runs a scan: here if there are few offers, else where it keeps nobody else waiting.
    pub async fn scan<T: Send + 'static>(&self, scan: impl FnOnce(&Columns) -> T + Send + 'static) -> Result<T> {
        const FEW: usize = 20_000;
        if self.0.columns.read().slots() <= FEW {
            return Ok(scan(&self.0.columns.read()));
        }
        let inner = self.0.clone();
        tokio::task::spawn_blocking(move || scan(&inner.columns.read())).await.map_err(Error::internal)
    }
}
