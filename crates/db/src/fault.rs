//! What the engines complain about, as errors of ours: told in one sentence where someone can do something about it.

use std::time::Duration;

use kernel::{Error, Kind};
use sqlx::error::ErrorKind;

/// Statements slower than this are told in the log.
pub(crate) const SLOW: Duration = Duration::from_secs(1);
/// The longest piece of a statement that is put into the log.
const LONGEST_SQL: usize = 600;

/// Why a statement failed.
pub(crate) enum Failure {
    Sqlite(rusqlite::Error),
    Postgres(sqlx::Error),
    Ours(Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Postgres(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

impl Failure {
    /// As an error of ours, with the statement for the log.
    pub(crate) fn told(self, sql: &str) -> Error {
        match self {
            Self::Sqlite(error) => sqlite_fault(&error, sql),
            Self::Postgres(error) => fault(&error, sql),
            Self::Ours(error) => error.because(short(sql)),
        }
    }

    /// Did this statement try to store twice what may be there once?
    pub(crate) fn is_unique_violation(&self) -> bool {
        match self {
            // SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => matches!(error.extended_code, 2067 | 1555),
            Self::Postgres(error) => {
                error.as_database_error().is_some_and(|error| error.kind() == ErrorKind::UniqueViolation)
            }
            _ => false,
        }
    }

    /// Was it an attempt to write where only reading is possible?
    pub(crate) fn is_read_only(&self) -> bool {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => error.extended_code & 0xff == 8,
            Self::Postgres(error) => {
                error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("25006"))
            }
            _ => false,
        }
    }
}

/// An error of PostgreSQL or its driver while running `sql`.
pub(crate) fn fault(error: &sqlx::Error, sql: &str) -> Error {
    tell(advice(error), error, sql)
}

/// An error of SQLite while running `sql`.
pub(crate) fn sqlite_fault(error: &rusqlite::Error, sql: &str) -> Error {
    let advice = match error {
        rusqlite::Error::SqliteFailure(error, _) => sqlite_advice(error.extended_code & 0xff),
        _ => None,
    };
    tell(advice, error, sql)
}

fn tell(advice: Option<&'static str>, error: &dyn std::error::Error, sql: &str) -> Error {
    let why = format!("{error}; statement: {}", short(sql));
    match advice {
        Some(advice) => Error::new(Kind::Unavailable, advice).because(why),
        None => Error::internal(why),
    }
}

/// The statement on one line, and not too long.
fn short(sql: &str) -> String {
    let line = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_SQL) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn advice(error: &sqlx::Error) -> Option<&'static str> {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) => {
            Some("The database server cannot be reached: check that it runs and that DATABASE_URL names it")
        }
        sqlx::Error::PoolTimedOut => Some("The server is busy: every database connection is in use; try again shortly"),
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Some("The server is stopping; try again shortly"),
        sqlx::Error::Database(error) => postgres_advice(&error.code()?),
        _ => None,
    }
}

/// By the primary result code (<https://www.sqlite.org/rescode.html>).
fn sqlite_advice(code: i32) -> Option<&'static str> {
    Some(match code {
        3 | 14 => {
            "The database file cannot be opened: check that its folder exists and that this user may read and write it"
        }
        5 | 6 => "The database is busy with another program's write; try again shortly",
        8 => {
            "The database is read-only: check the permissions of its file and folder and that the disk is mounted writable"
        }
        10 => "The disk under the database does not answer as it should: check it, and that it is not full",
        11 => "The database file is damaged: stop the server and put a backup in its place",
        13 => "The disk is full: free some space under the database; nothing was half-written",
        26 => "The file that DATABASE_URL names is not a SQLite database",
        _ => return None,
    })
}

/// By SQLSTATE (PostgreSQL's Appendix A).
fn postgres_advice(state: &str) -> Option<&'static str> {
    Some(match state {
        "53100" => "The database server's disk is full: free some space there; nothing was half-written",
        "53200" | "53300" | "53400" => {
            "The database server is at its limits (connections or memory); try again shortly"
        }
        "25006" => "The database is read-only: DATABASE_URL may name a replica; name the primary",
        "40001" | "40P01" | "55P03" => {
            "The database is busy with a write that this one clashed with; try again shortly"
        }
        "57P01" | "57P02" | "57P03" => "The database server is starting or stopping; try again shortly",
        "28000" | "28P01" => "The database server refuses the log-in: check the user and password in DATABASE_URL",
        "3D000" => "The database that DATABASE_URL names does not exist: create it with createdb, then start again",
        "42501" => "The database user lacks a permission: let it own the database that DATABASE_URL names",
        state if state.starts_with("08") => "The connection to the database server broke; try again shortly",
        _ => return None,
    })
}
