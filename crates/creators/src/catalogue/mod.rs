//! The directory in memory: what lists are filtered, sorted and ranked by, and, unless pgvector has them, the vectors.
//!
//! It is a copy of the database, never the truth: rows carry the version of the directory in which they changed, and the
//! catalogue reads everything after the version it has. A million creators take less than a gigabyte, and every filter is a
//! scan over columns, which needs no index and no second query for the total.

mod columns;
mod load;
mod mask;
mod names;
mod query;

use std::sync::Arc;
use std::time::Instant;

pub use columns::{Columns, Row, RowView, UNKNOWN};
use db::Db;
use kernel::{CreatorId, Error, Result};
pub use mask::Mask;
use mind::score::Norms;
use parking_lot::{RwLock, RwLockReadGuard};
pub use query::{Filter, Order, Sees};

use crate::vectors::Backend;

/// The name of the directory's version.
pub const TOPIC: &str = "creators";

/// The directory in memory. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Catalogue(Arc<Inner>);

struct Inner {
    db: Db,
    model: String,
    backend: Backend,
    columns: RwLock<Columns>,
    loading: Arc<tokio::sync::Mutex<()>>,
}

impl Catalogue {
    /// An empty catalogue of creators with vectors of this model.
    pub fn new(db: Db, model: impl Into<String>, dims: usize, backend: Backend) -> Self {
        let columns = RwLock::new(Columns::new(dims));
        Self(Arc::new(Inner { db, model: model.into(), backend, columns, loading: Arc::default() }))
    }

    /// The version of the directory, as of now; the catalogue is made to have at least that.
    pub async fn fresh(&self) -> Result<i64> {
        let version = self.0.db.current_version(TOPIC).await?;
        self.reach(version).await?;
        Ok(version)
    }

    /// Reads what changed, if the catalogue is older than this version.
    pub async fn reach(&self, version: i64) -> Result<()> {
        if self.0.columns.read().seq() >= version {
            return Ok(());
        }
        let one_at_a_time = Arc::new(self.0.loading.clone().lock_owned().await);
        if self.0.columns.read().seq() >= version {
            return Ok(());
        }
        let started = Instant::now();
        let loaded = load::changes(&self.0, &one_at_a_time, version).await?;
        if loaded > 10_000 {
            tracing::info!(creators = loaded, seconds = started.elapsed().as_secs_f64(), "directory read into memory");
        }
        Ok(())
    }

    /// Judges everyone by these norms from now on.
    pub fn judge_by(&self, norms: Arc<Norms>) {
        self.0.columns.write().judge_by(norms);
    }

    /// The columns, to be read. Keep it short: changes wait meanwhile.
    pub fn read(&self) -> RwLockReadGuard<'_, Columns> {
        self.0.columns.read()
    }

    /// Runs a scan: here if the directory is small, else where it keeps nobody else waiting.
    pub async fn scan<T: Send + 'static>(&self, scan: impl FnOnce(&Columns) -> T + Send + 'static) -> Result<T> {
        const SMALL: usize = 20_000;
        if self.0.columns.read().slots() <= SMALL {
            return Ok(scan(&self.0.columns.read()));
        }
        let inner = self.0.clone();
        tokio::task::spawn_blocking(move || scan(&inner.columns.read())).await.map_err(Error::internal)
    }

    /// Is this creator in the directory, with a vector that can be compared?
    pub fn has_vector(&self, id: CreatorId) -> bool {
        let columns = self.0.columns.read();
        columns.slot(id).is_some_and(|slot| columns.has_vector(slot))
    }

    /// The model whose vectors are compared.
    pub fn model(&self) -> &str {
        &self.0.model
    }
}
