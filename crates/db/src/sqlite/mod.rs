//! SQLite: one file, many readers, one writer.

pub(crate) mod lane;
mod readers;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use kernel::{Error, Kind, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};
use tracing::log::LevelFilter;

pub(crate) use self::readers::{ReadLease, Readers};
use crate::Settings;
use crate::fault::{fault, is_busy};

/// How long SQLite itself waits for another program's write before it says BUSY.
const BUSY: Duration = Duration::from_secs(10);
/// Statements slower than this are told in the log.
pub(crate) const SLOW: Duration = Duration::from_secs(1);

/// An open database file.
pub(crate) struct Sqlite {
    pub(crate) path: PathBuf,
    pub(crate) readers: Arc<Readers>,
    pub(crate) lane: lane::Lane,
}

impl Sqlite {
    pub(crate) async fn open(path: PathBuf, settings: &Settings) -> Result<Self> {
        check_path(&path).await?;
        let options = options(&path);
        let writer = open_writer(&options).await?;
        let readers = Arc::new(Readers::new(read_options(&options), settings.readers.max(1), settings.wait));
        // The first one is opened now, so that what is wrong with it is told at the start.
        drop(readers.take().await?);
        let lane = lane::Lane::start(writer, options, settings.wait);
        Ok(Self { path, readers, lane })
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // What is acknowledged is on the disk: in WAL mode only FULL syncs on every commit.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .statement_cache_capacity(256)
        .pragma("cache_size", "-65536")
        .pragma("temp_store", "memory")
        // After a checkpoint the log file is cut back to this, so that one big import does not keep its size for ever.
        .pragma("journal_size_limit", "67108864")
        .pragma("wal_autocheckpoint", "4000")
        .thread_name(|number| format!("sqlite-{number}"))
        .log_statements(LevelFilter::Off)
        .log_slow_statements(LevelFilter::Warn, SLOW)
}

fn read_options(writer: &SqliteConnectOptions) -> SqliteConnectOptions {
    writer
        .clone()
        .create_if_missing(false)
        .read_only(true)
        .row_buffer_size(256)
        .pragma("query_only", "ON")
        .pragma("cache_size", "-16384")
}

pub(crate) async fn open_writer(options: &SqliteConnectOptions) -> Result<SqliteConnection> {
    // Turning WAL on needs the file for itself, and SQLite does not wait for that: several programs may start at once.
    let mut tries = 0;
    loop {
        match options.connect().await {
            Ok(connection) => return Ok(connection),
            Err(error) if is_busy(&error) && tries < 100 => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => return Err(fault(&error, "opening the database").because(options.get_filename().display())),
        }
    }
}

/// Tells what SQLite would only call "unable to open database file".
async fn check_path(path: &Path) -> Result<()> {
    let refuse = |message: String| Err(Error::new(Kind::Unavailable, message));
    if path.is_dir() {
        return refuse(format!(
            "{} is a folder: DATABASE_URL must name a file, which need not exist yet",
            path.display()
        ));
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match tokio::fs::metadata(folder).await {
        Ok(there) if there.is_dir() => Ok(()),
        Ok(_) => refuse(format!("{} is not a folder: DATABASE_URL must name a file in a folder", folder.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => refuse(format!(
            "The folder {} does not exist: create it, or name another in DATABASE_URL",
            folder.display()
        )),
        Err(error) => {
            refuse(format!("The folder {} cannot be read ({error}): check its permissions", folder.display()))
        }
    }
}
