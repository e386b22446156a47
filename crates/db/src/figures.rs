//! What the metrics tell of the database.

use std::sync::atomic::Ordering;

use crate::Db;
use crate::store::Store;

/// The database's figures at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Connections that may be open for reading (PostgreSQL: for everything).
    pub connections_most: u32,
    /// Connections in use now.
    pub connections_in_use: u32,
    /// SQLite: transactions that wait for the one writer.
    pub writers_waiting: u64,
    /// SQLite: transactions committed since the start.
    pub transactions: u64,
    /// SQLite: commits since the start, each of a group of transactions.
    pub commits: u64,
    /// SQLite: the most transactions that shared one commit.
    pub biggest_group: u64,
    /// SQLite: bytes of the database file.
    pub file_bytes: u64,
    /// SQLite: bytes of the write-ahead log.
    pub wal_bytes: u64,
}

/// The database's figures now.
pub async fn gauges(db: &Db) -> Figures {
    match db.store() {
        Store::Sqlite(sqlite) => {
            let size = async |path: std::path::PathBuf| tokio::fs::metadata(path).await.map_or(0, |file| file.len());
            let mut wal = sqlite.path.clone().into_os_string();
            wal.push("-wal");
            let counts = &sqlite.lane.counts;
            Figures {
                connections_most: sqlite.readers.most,
                connections_in_use: sqlite.readers.in_use(),
                writers_waiting: counts.waiting.load(Ordering::Relaxed),
                transactions: counts.members.load(Ordering::Relaxed),
                commits: counts.groups.load(Ordering::Relaxed),
                biggest_group: counts.biggest.load(Ordering::Relaxed),
                file_bytes: size(sqlite.path.clone()).await,
                wal_bytes: size(wal.into()).await,
            }
        }
        Store::Postgres(postgres) => Figures {
            connections_most: postgres.pool.options().get_max_connections(),
            connections_in_use: postgres.pool.size().saturating_sub(postgres.pool.num_idle() as u32),
            ..Figures::default()
        },
    }
}
