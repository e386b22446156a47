//! Migrations: written once for both engines, run under a lock, and never half.

use futures::future::BoxFuture;
use kernel::{Error, Kind, Result, Timestamp};
use sha2::{Digest, Sha256};

use crate::{Db, Engine, Tx, args};

/// One step of the schema. Its text never changes once it has been released.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its name, unique in the program: `0001_creators`.
    pub id: &'static str,
    /// Its statements, parted by `;`. `{id}` and `{bytes}` stand for the engine's column types,
    /// `{text}` for text that is sorted or searched from its beginning (in the order of its bytes on both engines), and
    /// `{sqlite: …}` and `{pg: …}` for text that one engine alone reads (it may not hold braces).
    pub sql: &'static str,
}

/// The tables of this crate itself; [`Db::migrate`] puts them before all others.
const TABLES: Migration = Migration {
    id: "0001_db",
    sql: "
    CREATE TABLE topics (
        name TEXT NOT NULL PRIMARY KEY,
        version BIGINT NOT NULL
    );
    CREATE TABLE events (
        id {id} NOT NULL PRIMARY KEY,
        seq BIGINT NOT NULL,
        kind TEXT NOT NULL,
        subject {id} NOT NULL,
        workspace {id},
        payload TEXT NOT NULL,
        created_at BIGINT NOT NULL
    );
    CREATE UNIQUE INDEX events_seq ON events (seq);
    CREATE INDEX events_subject ON events (subject, seq);
    CREATE INDEX events_workspace ON events (workspace, seq);
    ",
};
const MIGRATIONS: &[Migration] = &[TABLES, crate::events::ORDER];

/// Held on PostgreSQL while migrating; an arbitrary number that is ours.
const LOCK: i64 = 0x1f10_e2ce_2f10;

impl Db {
    /// Brings the schema up to date and tells how many steps that took. Any number of processes may do it at once: each step is run by one.
    ///
    /// Refuses a database that a newer program has migrated, and one whose steps were other than this program's.
    pub fn migrate<'a>(&'a self, migrations: &'a [Migration], now: Timestamp) -> BoxFuture<'a, Result<usize>> {
        Box::pin(self.migrate_inline(migrations, now))
    }

    async fn migrate_inline(&self, migrations: &[Migration], now: Timestamp) -> Result<usize> {
        let migrations = &[MIGRATIONS, migrations].concat();
        for (at, migration) in migrations.iter().enumerate() {
            if migrations[..at].iter().any(|earlier| earlier.id == migration.id) {
                return Err(Error::internal(format!("two migrations are called {}", migration.id)));
            }
        }
        let mut tx = self.locked().await?;
        tx.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations \
             (id TEXT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)",
            vec![],
        )
        .await?;
        check(&mut tx, migrations).await?;
        tx.commit().await?;

        let mut ran = 0;
        for migration in migrations {
            let mut tx = self.locked().await?;
            if check(&mut tx, migrations).await?.iter().any(|done| done == migration.id) {
                continue;
            }
            let sql = for_engine(migration.sql, self.engine())?;
            tx.run_script(&sql).await.map_err(|error| error.because(format!("migration {}", migration.id)))?;
            tx.execute(
                "INSERT INTO schema_migrations (id, checksum, applied_at) VALUES ($1, $2, $3)",
                args![migration.id, checksum(migration.sql), now],
            )
            .await?;
            tx.commit().await?;
            ran += 1;
        }
        if self.engine() == Engine::Postgres {
            let mut tx = self.locked().await?;
            tx.go_on_behind_events().await?;
            tx.commit().await?;
        }
        self.refresh_versions().await?;
        Ok(ran)
    }

    /// A transaction that nobody else migrates in.
    async fn locked(&self) -> Result<Tx> {
        let mut tx = self.write_long().await?;
        if self.engine() == Engine::Postgres {
            tx.execute("SELECT pg_advisory_xact_lock($1)", args![LOCK]).await?;
        }
        Ok(tx)
    }
}

/// The steps that have been taken, if they are steps that this program knows.
async fn check(tx: &mut Tx, migrations: &[Migration]) -> Result<Vec<String>> {
    let done: Vec<(String, String)> =
        tx.fetch_all("SELECT id, checksum FROM schema_migrations ORDER BY id", vec![]).await?;
    for (id, sum) in &done {
        let refusal = match migrations.iter().find(|migration| migration.id == id) {
            None => format!(
                "This database was migrated by a newer program (step {id} is unknown here): start that program, or \
                 restore the backup made before it"
            ),
            Some(known) if checksum(known.sql) != *sum => format!(
                "Step {id} of this database's schema is not the one this program knows: use the program that made it, \
                 or restore a backup"
            ),
            Some(_) => continue,
        };
        return Err(Error::new(Kind::Unavailable, refusal));
    }
    Ok(done.into_iter().map(|(id, _)| id).collect())
}

fn checksum(sql: &str) -> String {
    // How it is indented is nobody's business.
    let words: Vec<&str> = sql.split_whitespace().collect();
    let digest = Sha256::digest(words.join(" "));
    digest.iter().take(16).fold(String::new(), |sum, byte| sum + &format!("{byte:02x}"))
}

/// The text as this engine reads it.
fn for_engine(sql: &str, engine: Engine) -> Result<String> {
    let (id, bytes, text_type) = match engine {
        Engine::Sqlite => ("BLOB", "BLOB", "TEXT"),
        Engine::Postgres => ("UUID", "BYTEA", "TEXT COLLATE \"C\""),
    };
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(open) = rest.find('{') {
        let end = rest[open..].find('}').map(|length| open + length);
        let Some(end) = end else { return Err(Error::internal("a migration has a { without its }")) };
        text.push_str(&rest[..open]);
        let word = &rest[open + 1..end];
        match (word, engine) {
            ("id", _) => text.push_str(id),
            ("bytes", _) => text.push_str(bytes),
            ("text", _) => text.push_str(text_type),
            _ => match (word.strip_prefix("sqlite:"), word.strip_prefix("pg:")) {
                (Some(only), None) => {
                    if engine == Engine::Sqlite {
                        text.push_str(only);
                    }
                }
                (None, Some(only)) => {
                    if engine == Engine::Postgres {
                        text.push_str(only);
                    }
                }
                _ => return Err(Error::internal(format!("a migration has {{{word}}}, which stands for nothing"))),
            },
        }
        rest = &rest[end + 1..];
    }
    text.push_str(rest);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_reads_its_own() {
        let sql = "CREATE TABLE t (a {id}, b {bytes}, c {text}){sqlite: WITHOUT ROWID};{pg: CREATE INDEX i ON t USING gin (b);}";
        assert_eq!(for_engine(sql, Engine::Sqlite).unwrap(), "CREATE TABLE t (a BLOB, b BLOB, c TEXT) WITHOUT ROWID;");
        assert_eq!(
            for_engine(sql, Engine::Postgres).unwrap(),
            "CREATE TABLE t (a UUID, b BYTEA, c TEXT COLLATE \"C\"); CREATE INDEX i ON t USING gin (b);"
        );
        assert!(for_engine("{ids}", Engine::Sqlite).is_err());
        assert!(for_engine("{id", Engine::Sqlite).is_err());
    }

    #[test]
    fn indentation_does_not_change_a_checksum() {
        assert_eq!(checksum("a\n   b"), checksum(" a b "));
        assert_ne!(checksum("a b"), checksum("a c"));
    }
}
