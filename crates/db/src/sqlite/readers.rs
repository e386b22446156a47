//! The connections that only read.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kernel::{Error, Kind, Result};
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use super::connection::{Connection, Role};
use super::off_the_runtime;
use crate::fault::sqlite_fault;

/// Read connections, opened as they are needed.
pub(crate) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
    wait: Duration,
    pub(crate) most: u32,
    open: AtomicU32,
}

/// One read connection, on loan.
pub(crate) struct ReadLease {
    connection: Option<Connection>,
    /// A transaction is open on it, and must be ended before somebody else reads.
    in_snapshot: bool,
    readers: Arc<Readers>,
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    pub(crate) fn new(path: PathBuf, most: u32, wait: Duration) -> Self {
        let permits = Arc::new(Semaphore::new(most as usize));
        Self { path, idle: Mutex::new(Vec::new()), permits, wait, most, open: AtomicU32::new(0) }
    }

    pub(crate) async fn take(self: &Arc<Self>) -> Result<ReadLease> {
        let permit = match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(TryAcquireError::Closed) => {
                return Err(Error::new(Kind::Unavailable, "The server is stopping; try again shortly"));
            }
            Err(TryAcquireError::NoPermits) => {
                tokio::time::timeout(self.wait, Arc::clone(&self.permits).acquire_owned())
                    .await
                    .ok()
                    .and_then(std::result::Result::ok)
                    .ok_or_else(|| {
                        Error::new(
                            Kind::Unavailable,
                            "The server is busy: every read connection is in use; try again shortly",
                        )
                    })?
            }
        };
        let idle = self.idle.lock().pop();
        let connection = if let Some(connection) = idle {
            connection
        } else {
            let path = self.path.clone();
            off_the_runtime(move || Connection::open(&path, Role::Reader)).await?
        };
        self.open.fetch_add(1, Ordering::Relaxed);
        Ok(ReadLease { connection: Some(connection), in_snapshot: false, readers: Arc::clone(self), _permit: permit })
    }

    /// How many are reading now.
    pub(crate) fn in_use(&self) -> u32 {
        self.open.load(Ordering::Relaxed)
    }

    /// Nobody reads from here on; who is reading now is let finish.
    pub(crate) fn close(&self) {
        self.permits.close();
        self.idle.lock().clear();
    }
}

impl ReadLease {
    /// From here to its end every statement sees the same moment.
    pub(crate) fn begin(&mut self) -> Result<()> {
        self.in_snapshot = true;
        self.connection()?.snapshot().map_err(|error| sqlite_fault(&error, "BEGIN"))
    }

    pub(crate) fn connection(&mut self) -> Result<&mut Connection> {
        self.connection.as_mut().ok_or_else(|| Error::internal("a read connection was used after it was given back"))
    }
}

impl Drop for ReadLease {
    fn drop(&mut self) {
        self.readers.open.fetch_sub(1, Ordering::Relaxed);
        if let Some(connection) = self.connection.take()
            // One whose snapshot cannot be ended is closed instead.
            && !self.readers.permits.is_closed()
            && (!self.in_snapshot || connection.control("ROLLBACK").is_ok())
        {
            self.readers.idle.lock().push(connection);
        }
    }
}
