//! The connections that only read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kernel::{Error, Kind, Result};
use parking_lot::Mutex;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::fault::fault;

/// Read connections, opened as they are needed. Leaner than sqlx's pool, which asks every connection how it is each time it comes back.
pub(crate) struct Readers {
    options: SqliteConnectOptions,
    idle: Mutex<Vec<SqliteConnection>>,
    permits: Arc<Semaphore>,
    wait: Duration,
    pub(crate) most: u32,
    open: AtomicU32,
}

/// One read connection, on loan.
pub(crate) struct ReadLease {
    connection: Option<SqliteConnection>,
    /// A transaction is open on it, and must be ended before somebody else reads.
    in_snapshot: bool,
    readers: Arc<Readers>,
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    pub(crate) fn new(options: SqliteConnectOptions, most: u32, wait: Duration) -> Self {
        Self {
            options,
            idle: Mutex::new(Vec::new()),
            permits: Arc::new(Semaphore::new(most as usize)),
            wait,
            most,
            open: AtomicU32::new(0),
        }
    }

    pub(crate) async fn take(self: &Arc<Self>) -> Result<ReadLease> {
        let permit = match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => tokio::time::timeout(self.wait, Arc::clone(&self.permits).acquire_owned())
                .await
                .ok()
                .and_then(std::result::Result::ok)
                .ok_or_else(|| {
                    Error::new(
                        Kind::Unavailable,
                        "The server is busy: every read connection is in use; try again shortly",
                    )
                })?,
        };
        let idle = self.idle.lock().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.options.connect().await.map_err(|error| fault(&error, "opening a read connection"))?,
        };
        self.open.fetch_add(1, Ordering::Relaxed);
        Ok(ReadLease { connection: Some(connection), in_snapshot: false, readers: Arc::clone(self), _permit: permit })
    }

    /// A connection of its own for a backup, which SQLite takes for a write, though it changes nothing here.
    pub(crate) async fn for_backup(&self) -> Result<SqliteConnection> {
        let options = self.options.clone().pragma("query_only", "OFF");
        options.connect().await.map_err(|error| fault(&error, "opening a connection for the backup"))
    }

    /// How many are reading now.
    pub(crate) fn in_use(&self) -> u32 {
        self.open.load(Ordering::Relaxed)
    }

    pub(crate) async fn close(&self) {
        let connections = std::mem::take(&mut *self.idle.lock());
        for connection in connections {
            let _ = connection.close().await;
        }
    }
}

impl ReadLease {
    /// From here to its end every statement sees the same moment.
    pub(crate) async fn begin(&mut self) -> Result<()> {
        self.in_snapshot = true;
        // The moment is fixed by the first read, not by BEGIN.
        let begin = "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1";
        sqlx::raw_sql(begin).execute(self.connection()?).await.map(|_| ()).map_err(|error| fault(&error, begin))
    }

    pub(crate) fn connection(&mut self) -> Result<&mut SqliteConnection> {
        self.connection.as_mut().ok_or_else(|| Error::internal("a read connection was used after it was given back"))
    }
}

impl Drop for ReadLease {
    fn drop(&mut self) {
        self.readers.open.fetch_sub(1, Ordering::Relaxed);
        let Some(mut connection) = self.connection.take() else { return };
        if !self.in_snapshot {
            self.readers.idle.lock().push(connection);
            return;
        }
        // An open snapshot would keep the log from being checkpointed. Without a runtime the connection is closed instead.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let readers = Arc::clone(&self.readers);
            runtime.spawn(async move {
                if sqlx::raw_sql("ROLLBACK").execute(&mut connection).await.is_ok() {
                    readers.idle.lock().push(connection);
                }
            });
        }
    }
}
