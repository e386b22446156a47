//! A consistent copy of the live database.

use std::fs;
use std::path::{Path, PathBuf};

use futures::FutureExt as _;
use futures::future::{BoxFuture, ready};
use kernel::{Error, Kind, Result};

use crate::postgres::place;
use crate::sink::Nowhere;
use crate::sqlite::connection::{Connection, Role};
use crate::sqlite::off_the_runtime;
use crate::store::Store;
use crate::{Db, args};

impl Db {
    /// Copies the live database to a file that must not be there yet, while others go on reading and writing.
    ///
    /// PostgreSQL is not copied by us: the error tells the command that does it.
    pub fn backup(&self, to: &Path) -> BoxFuture<'static, Result<()>> {
        match self.store() {
            Store::Sqlite(sqlite) => {
                let (from, to) = (sqlite.path.clone(), to.to_owned());
                off_the_runtime(move || copy(&from, &to)).boxed()
            }
            Store::Postgres(postgres) => {
                let options = &postgres.options;
                let database = options.get_database().unwrap_or_else(|| options.get_username());
                let host =
                    options.get_socket().map_or_else(|| options.get_host().into(), |path| path.to_string_lossy());
                let error = Error::new(
                    Kind::Conflict,
                    format!(
                        "PostgreSQL makes its own backups. Run: pg_dump --format=custom --host={host} --port={} \
                         --username={} --file={} {database}",
                        options.get_port(),
                        options.get_username(),
                        to.display(),
                    ),
                )
                .because(place(options));
                ready(Err(error)).boxed()
            }
        }
    }
}

/// Copies one file to the other. Blocks.
fn copy(from: &Path, to: &PathBuf) -> Result<()> {
    let refuse = |kind, message: String| Err(Error::new(kind, message));
    let Some(target) = to.to_str().filter(|target| !target.contains('\0')) else {
        return refuse(Kind::Unavailable, format!("{} is not a file name that can be used", to.display()));
    };
    if fs::symlink_metadata(to).is_ok() {
        return refuse(
            Kind::Conflict,
            format!("{target} is there already: name a file that is not, or move that one away"),
        );
    }
    // Under another name until it is whole and on the disk: a broken-off copy is never taken for a backup.
    let partial = format!("{target}.partial");
    let _ = fs::remove_file(&partial);
    let vacuum = "VACUUM INTO $1";
    let written = Connection::open(from, Role::Backup)
        .and_then(|mut connection| {
            connection.run(vacuum, &args![&partial], &mut Nowhere, true).map_err(|failure| failure.told(vacuum))
        })
        .and_then(|_| {
            finish(&partial, target).map_err(|error| {
                Error::new(Kind::Unavailable, format!("The backup cannot be written to {target}: {error}"))
            })
        });
    if written.is_err() {
        let _ = fs::remove_file(&partial);
    }
    written
}

fn finish(partial: &str, target: &str) -> std::io::Result<()> {
    fs::OpenOptions::new().write(true).open(partial)?.sync_all()?;
    // A link, unlike a renaming, never replaces what has come there meanwhile.
    match fs::hard_link(partial, target) {
        Ok(()) => fs::remove_file(partial)?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Err(error),
        // Not every file system has links.
        Err(_) => fs::rename(partial, target)?,
    }
    match Path::new(target).parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
