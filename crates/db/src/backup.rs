//! A consistent copy of the live database.

use std::path::Path;

use kernel::{Error, Kind, Result};
use sqlx::{AssertSqlSafe, Connection as _};

use crate::Db;
use crate::fault::fault;
use crate::postgres::place;
use crate::store::Store;

impl Db {
    /// Copies the live database to a file that must not be there yet, while others go on reading and writing.
    ///
    /// PostgreSQL is not copied by us: the error tells the command that does it.
    pub async fn backup(&self, to: &Path) -> Result<()> {
        match self.store() {
            Store::Sqlite(sqlite) => {
                let mut connection = sqlite.readers.for_backup().await?;
                let copied = copy(&mut connection, to).await;
                let _ = connection.close().await;
                copied
            }
            Store::Postgres(postgres) => {
                let options = &postgres.options;
                let database = options.get_database().unwrap_or_else(|| options.get_username());
                let host =
                    options.get_socket().map_or_else(|| options.get_host().into(), |path| path.to_string_lossy());
                Err(Error::new(
                    Kind::Conflict,
                    format!(
                        "PostgreSQL makes its own backups. Run: pg_dump --format=custom --host={host} --port={} \
                         --username={} --file={} {database}",
                        options.get_port(),
                        options.get_username(),
                        to.display(),
                    ),
                )
                .because(place(options)))
            }
        }
    }
}

async fn copy(connection: &mut sqlx::SqliteConnection, to: &Path) -> Result<()> {
    let refuse = |kind, message: String| Err(Error::new(kind, message));
    let Some(target) = to.to_str().filter(|target| !target.contains('\0')) else {
        return refuse(Kind::Unavailable, format!("{} is not a file name that can be used", to.display()));
    };
    if tokio::fs::symlink_metadata(to).await.is_ok() {
        return refuse(
            Kind::Conflict,
            format!("{target} is there already: name a file that is not, or move that one away"),
        );
    }
    // Under another name until it is whole and on the disk: a broken-off copy is never taken for a backup.
    let partial = format!("{target}.partial");
    let _ = tokio::fs::remove_file(&partial).await;
    let written = async {
        let vacuum = "VACUUM INTO $1";
        let mut arguments = sqlx::sqlite::SqliteArguments::default();
        sqlx::Arguments::add(&mut arguments, &partial).map_err(Error::internal)?;
        sqlx::query_with(AssertSqlSafe(vacuum), arguments)
            .persistent(false)
            .execute(&mut *connection)
            .await
            .map_err(|error| fault(&error, vacuum))?;
        finish(&partial, target).await.map_err(|error| {
            Error::new(Kind::Unavailable, format!("The backup cannot be written to {target}: {error}"))
        })
    }
    .await;
    if written.is_err() {
        let _ = tokio::fs::remove_file(&partial).await;
    }
    written
}

async fn finish(partial: &str, target: &str) -> std::io::Result<()> {
    tokio::fs::OpenOptions::new().write(true).open(partial).await?.sync_all().await?;
    // A link, unlike a renaming, never replaces what has come there meanwhile.
    match tokio::fs::hard_link(partial, target).await {
        Ok(()) => tokio::fs::remove_file(partial).await?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Err(error),
        // Not every file system has links.
        Err(_) => tokio::fs::rename(partial, target).await?,
    }
    match Path::new(target).parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => tokio::fs::File::open(folder).await?.sync_all().await,
        None => Ok(()),
    }
}
