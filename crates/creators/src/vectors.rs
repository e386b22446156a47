//! Where vectors are compared: in this process, or by pgvector in PostgreSQL.
//!
//! The stored half-precision bytes are the truth on both engines. With pgvector their numbers stand once more in the column
//! `embedding`, and `embedded_at` says of which `made_at` they are. A process that does not know the column (one that was
//! started before there was an extension, or told to compare in memory) leaves both as they are; its vectors are
//! recognised by that, and spelled out at the next start or the next reading of the directory.

use db::{Db, Engine, Tx, args};
use kernel::{CreatorId, Error, Kind, Result};

use crate::embedding::spell;

/// What the operator wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Choice {
    /// pgvector where PostgreSQL has it, else this process.
    Auto,
    /// This process.
    Memory,
    /// pgvector, or no start.
    Pgvector,
}

/// Where vectors are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backend {
    /// In this process, which holds them all.
    Memory,
    /// In PostgreSQL; this process holds none.
    Pgvector,
}

impl Backend {
    /// Its name, as health and settings say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Pgvector => "pgvector",
        }
    }
}

/// The vectors that are written and compared: those of one model, which are compared in one place.
#[derive(Clone, Copy, Debug)]
pub struct Space<'a> {
    /// The model that makes them.
    pub model: &'a str,
    /// Where they are compared.
    pub backend: Backend,
}

/// Held on PostgreSQL while the column is made and filled; an arbitrary number that is ours.
const LOCK: i64 = 0x1f10_e2ce_2f11;
/// Rows in one transaction of the filling.
const BATCH: u32 = 1_000;

/// Says where vectors will be compared, and has PostgreSQL ready for it. To be called after the migrations; any number of
/// processes may do so at once.
pub async fn prepare(db: &Db, choice: Choice) -> Result<Backend> {
    if choice == Choice::Memory || (choice == Choice::Auto && db.engine() == Engine::Sqlite) {
        return Ok(Backend::Memory);
    }
    let why = if db.engine() == Engine::Sqlite {
        Some("the database is SQLite: give DATABASE_URL of a PostgreSQL".to_owned())
    } else {
        make_column(db).await?
    };
    match why {
        None => {
            let filled = fill(db).await?;
            if filled > 0 {
                tracing::info!(vectors = filled, "vectors spelled out for pgvector");
            }
            Ok(Backend::Pgvector)
        }
        Some(why) if choice == Choice::Auto => {
            tracing::info!(%why, "vectors are compared in memory, not by pgvector");
            Ok(Backend::Memory)
        }
        Some(why) => Err(Error::new(
            Kind::Unavailable,
            format!(
                "VECTOR_INDEX is pgvector, but {why}. Or set VECTOR_INDEX=auto, which compares in memory where it must"
            ),
        )),
    }
}

/// Makes the column, or says why that cannot be.
async fn make_column(db: &Db) -> Result<Option<String>> {
    let mut tx = locked(db).await?;
    let installed = "SELECT count(*) FROM pg_extension WHERE extname = 'vector'";
    if tx.fetch_value::<i64>(installed, args![]).await? == 0 {
        let available = "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'";
        if tx.fetch_value::<i64>(available, args![]).await? == 0 {
            return Ok(Some(
                "its PostgreSQL has no extension `vector`: install pgvector on the database server (on Debian and Ubuntu the \
                 package postgresql-NN-pgvector, NN being the server's version) and start again"
                    .to_owned(),
            ));
        }
        if let Err(error) = tx.execute("CREATE EXTENSION IF NOT EXISTS vector", args![]).await {
            tracing::debug!(%error, "no extension");
            return Ok(Some(
                "the extension `vector` cannot be created by this user: have a superuser run CREATE EXTENSION vector in this \
                 database, and start again"
                    .to_owned(),
            ));
        }
    }
    if !tx.fetch_value::<bool>("SELECT to_regtype('vector') IS NOT NULL", args![]).await? {
        return Ok(Some("the extension `vector` is in a schema outside the user's search_path: put it in".to_owned()));
    }
    let there = "SELECT count(*) FROM pg_attribute WHERE attrelid = 'creator_vectors'::regclass \
                 AND attname = 'embedded_at' AND NOT attisdropped";
    if tx.fetch_value::<i64>(there, args![]).await? == 0 {
        // Without a number of dimensions: models differ. Kept beside its row, where a scan meets it without a detour.
        for sql in [
            "ALTER TABLE creator_vectors ADD COLUMN IF NOT EXISTS embedding vector, \
             ADD COLUMN IF NOT EXISTS embedded_at BIGINT",
            "ALTER TABLE creator_vectors ALTER COLUMN embedding SET STORAGE MAIN",
            "CREATE INDEX IF NOT EXISTS creator_vectors_unspelled ON creator_vectors (creator_id) \
             WHERE embedded_at IS DISTINCT FROM made_at",
        ] {
            if let Err(error) = tx.execute(sql, args![]).await {
                tracing::debug!(%error, "no column");
                return Ok(Some(
                    "the table creator_vectors cannot be given a column by this user: start once as its owner"
                        .to_owned(),
                ));
            }
        }
    }
    tx.commit().await?;
    Ok(None)
}

/// Spells out every vector that is not yet, whatever its model. Says how many.
pub(crate) async fn fill(db: &Db) -> Result<u64> {
    let mut filled = 0;
    loop {
        let mut tx = locked(db).await?;
        let sql = "SELECT creator_id, made_at, vector FROM creator_vectors WHERE embedded_at IS DISTINCT FROM made_at LIMIT $1";
        let rows: Vec<(CreatorId, i64, Vec<u8>)> = tx.fetch_all(sql, args![BATCH]).await?;
        if rows.is_empty() {
            return Ok(filled);
        }
        let rows = rows.into_iter().map(|(id, made_at, vector)| args![id, made_at, spell(&vector)]).collect();
        // Whoever was made anew meanwhile has another moment, and is met again.
        let (head, tail) = (
            "UPDATE creator_vectors AS v SET embedding = w.embedding::vector, embedded_at = w.made_at FROM (",
            ") AS w (id, made_at, embedding) WHERE v.creator_id = w.id AND v.made_at = w.made_at",
        );
        filled += tx.insert_rows(head, tail, rows).await?;
        tx.commit().await?;
    }
}

/// A transaction that nobody else prepares in.
async fn locked(db: &Db) -> Result<Tx> {
    let mut tx = db.write_long().await?;
    tx.execute("SELECT pg_advisory_xact_lock($1)", args![LOCK]).await?;
    Ok(tx)
}
