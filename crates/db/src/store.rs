//! The open database.

use std::path::Path;
use std::sync::Arc;

use futures::future::BoxFuture;
use kernel::{Clock, Result};
use tokio::sync::watch;

use crate::fault::fault;
use crate::fresh::{Paced, Rounds};
use crate::postgres::Postgres;
use crate::settings::{Address, read_address};
use crate::sqlite::Sqlite;
use crate::topics::{Shared, Versions};
use crate::{Engine, Listener, Settings, Tx};

/// An open database. Cheap to clone; clones share its connections.
#[derive(Clone)]
pub struct Db(Arc<Inner>, pub(crate) Shared);

struct Inner {
    store: Store,
    fresh: Fresh,
}

pub(crate) enum Store {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

enum Fresh {
    Paced(Paced),
    Rounds(Rounds),
}

const TOPICS: &str = "SELECT name, version FROM topics";

impl Db {
    /// Opens the database; a SQLite file that is not there is made. Call it inside a Tokio runtime.
    pub fn open(settings: &Settings) -> BoxFuture<'_, Result<Self>> {
        Box::pin(Self::open_inline(settings))
    }

    async fn open_inline(settings: &Settings) -> Result<Self> {
        let shared = Shared::default();
        let (store, fresh) = match read_address(&settings.url)? {
            Address::Sqlite(path) => {
                (Store::Sqlite(Sqlite::open(path, settings).await?), Fresh::Paced(Paced::default()))
            }
            Address::Postgres => {
                let postgres = Postgres::open(settings).await?;
                let (pool, told) = (postgres.pool.clone(), shared.clone());
                let rounds = Rounds::start(move || {
                    let (pool, told) = (pool.clone(), told.clone());
                    async move {
                        let connection = pool.acquire().await.map_err(|error| fault(&error, TOPICS))?;
                        read_versions(Tx::postgres_read(connection, &told), &told.versions).await
                    }
                });
                (Store::Postgres(Box::new(postgres)), Fresh::Rounds(rounds))
            }
        };
        Ok(Self(Arc::new(Inner { store, fresh }), shared))
    }

    /// The same database, with another source of time and ids for the events that are written; the usual one is the system's.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.1.clock = clock;
        self
    }

    /// The same database, with a listener that is told of all events written through it.
    #[must_use]
    pub fn with_listener(mut self, listener: Arc<dyn Listener>) -> Self {
        self.1.listener = Some(listener);
        self
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        match &self.0.store {
            Store::Sqlite(_) => Engine::Sqlite,
            Store::Postgres(_) => Engine::Postgres,
        }
    }

    /// The file, where the database is one.
    pub fn path(&self) -> Option<&Path> {
        match &self.0.store {
            Store::Sqlite(sqlite) => Some(&sqlite.path),
            Store::Postgres(_) => None,
        }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// A connection for reading; every statement sees what was committed before it.
    pub fn read(&self) -> BoxFuture<'_, Result<Tx>> {
        let shared = &self.1;
        match &self.0.store {
            Store::Sqlite(sqlite) => Box::pin(async move { Ok(Tx::sqlite_read(sqlite.readers.take().await?, shared)) }),
            Store::Postgres(postgres) => Box::pin(async move {
                let connection = postgres.pool.acquire().await.map_err(|error| fault(&error, "acquire"))?;
                Ok(Tx::postgres_read(connection, shared))
            }),
        }
    }

    /// A connection for reading whose statements all see the same moment.
    pub fn snapshot(&self) -> BoxFuture<'_, Result<Tx>> {
        let shared = &self.1;
        match &self.0.store {
            Store::Sqlite(sqlite) => Box::pin(async move {
                let mut lease = sqlite.readers.take().await?;
                lease.begin()?;
                Ok(Tx::sqlite_read(lease, shared))
            }),
            Store::Postgres(postgres) => Box::pin(async move {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                let transaction = postgres.pool.begin_with(begin).await.map_err(|error| fault(&error, begin))?;
                Ok(Tx::postgres_snapshot(transaction, shared))
            }),
        }
    }

    /// A transaction that may write. On SQLite it holds the one writer from here to its end: never wait for
    /// anything but statements while it is open.
    pub fn write(&self) -> BoxFuture<'_, Result<Tx>> {
        self.begin(false)
    }

    /// Like [`Db::write`], for work of many statements, or of statements on many rows (an import's batch, a migration). On SQLite
    /// it shares its commit with no other transaction, so that no small one waits for it, and its statements run where they may take long.
    pub fn write_long(&self) -> BoxFuture<'_, Result<Tx>> {
        self.begin(true)
    }

    fn begin(&self, long: bool) -> BoxFuture<'_, Result<Tx>> {
        let shared = &self.1;
        match &self.0.store {
            Store::Sqlite(sqlite) => {
                Box::pin(async move { Ok(Tx::sqlite_write(sqlite.lane.take(long).await?, shared, long)) })
            }
            Store::Postgres(postgres) => Box::pin(async move {
                let transaction = postgres.pool.begin().await.map_err(|error| fault(&error, "BEGIN"))?;
                Ok(Tx::postgres_write(transaction, shared))
            }),
        }
    }

    /// The newest committed version of every topic, as far as this process knows without asking.
    pub fn versions(&self) -> &Versions {
        &self.1.versions
    }

    /// The topic's newest version that was committed before this call: by anyone on PostgreSQL; on SQLite by this
    /// process, and by another one at least 100 ms ago.
    pub async fn current_version(&self, topic: &str) -> Result<i64> {
        // Most who ask on SQLite need not wait: nothing is boxed for them.
        match &self.0.fresh {
            Fresh::Paced(paced) if !paced.is_due() => {}
            Fresh::Paced(_) => self.refresh_versions().await?,
            Fresh::Rounds(rounds) => rounds.join().await?,
        }
        Ok(self.versions().get(topic))
    }

    pub(crate) fn refresh_versions(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { read_versions(self.read().await?, self.versions()).await })
    }

    /// Changed whenever a transaction that [rang](Tx::ring) this bell has been committed in this process.
    pub fn bell(&self, name: &'static str) -> watch::Receiver<u64> {
        self.1.bells.listen(name)
    }

    /// Lets the engine look at the data once more, so that it chooses good plans: after an import, and now and then.
    pub fn analyze(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.analyze_inline())
    }

    async fn analyze_inline(&self) -> Result<()> {
        match &self.0.store {
            Store::Sqlite(_) => {
                let mut tx = self.write_long().await?;
                // A sample of each index is enough, and quick at any size.
                tx.execute("PRAGMA analysis_limit = 1000", vec![]).await?;
                tx.execute("ANALYZE", vec![]).await?;
                tx.commit().await
            }
            Store::Postgres(_) => self.read().await?.run_script("ANALYZE").await,
        }
    }

    /// Closes the connections; what is still asked of it fails. Waits for what is under way.
    pub fn close(&self) -> BoxFuture<'_, ()> {
        match &self.0.store {
            Store::Sqlite(sqlite) => Box::pin(async {
                sqlite.lane.close().await;
                sqlite.readers.close();
            }),
            Store::Postgres(postgres) => Box::pin(postgres.pool.close()),
        }
    }
}

async fn read_versions(mut tx: Tx, versions: &Versions) -> Result<()> {
    for (topic, version) in tx.fetch_all::<(String, i64)>(TOPICS, vec![]).await? {
        versions.raise(&topic, version);
    }
    Ok(())
}
