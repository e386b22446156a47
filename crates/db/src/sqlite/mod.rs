//! SQLite: one file, many readers, one writer.

pub(crate) mod connection;
pub(crate) mod lane;
mod readers;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use kernel::{Error, Kind, Result};

use self::connection::{Connection, Role};
pub(crate) use self::readers::{ReadLease, Readers};
use crate::Settings;

/// An open database file.
pub(crate) struct Sqlite {
    pub(crate) path: PathBuf,
    pub(crate) readers: Arc<Readers>,
    pub(crate) lane: lane::Lane,
}

impl Sqlite {
    pub(crate) async fn open(path: PathBuf, settings: &Settings) -> Result<Self> {
        let opened = path.clone();
        let writer = off_the_runtime(move || {
            check_path(&opened)?;
            let writer = open_writer(&opened);
            keep_private(&opened);
            writer
        })
        .await?;
        let readers = Arc::new(Readers::new(path.clone(), settings.readers.max(1), settings.wait));
        // The first one is opened now, so that what is wrong with it is told at the start.
        drop(readers.take().await?);
        let lane = lane::Lane::start(writer, path.clone(), settings.wait);
        Ok(Self { path, readers, lane })
    }
}

/// Runs what blocks on a thread for that.
pub(crate) async fn off_the_runtime<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

/// Opens the writer. Blocks.
pub(crate) fn open_writer(path: &Path) -> Result<Connection> {
    // Turning WAL on needs the file for itself, and SQLite does not wait for that: several programs may start at once.
    let mut tries = 0;
    loop {
        match Connection::open(path, Role::Writer) {
            Err(error) if error.context().is_some_and(|why| why.contains("locked")) && tries < 100 => {
                tries += 1;
                std::thread::sleep(Duration::from_millis(50));
            }
            opened => return opened,
        }
    }
}

/// The database, its log and the log's index are for their owner's eyes alone: all of them hold the data. Where that cannot be
/// had (another's file), the log tells.
#[cfg(unix)]
fn keep_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        let Ok(there) = std::fs::metadata(&name) else { continue };
        if there.permissions().mode().trailing_zeros() >= 6 {
            // Nothing for the group, nothing for others.
            continue;
        }
        if let Err(error) = std::fs::set_permissions(&name, std::fs::Permissions::from_mode(0o600)) {
            tracing::warn!(file = %name.display(), %error, "others may read the database");
        }
    }
}

#[cfg(not(unix))]
fn keep_private(_: &Path) {}

/// Tells what SQLite would only call "unable to open database file".
fn check_path(path: &Path) -> Result<()> {
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
    match std::fs::metadata(folder) {
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
