//! Where the data is, and how many connections may go there.

use std::path::PathBuf;
use std::time::Duration;

use kernel::{Error, Kind, Result};

/// Where the data is, and how many connections may go there.
#[derive(Clone)]
pub struct Settings {
    /// `sqlite:PATH`, `sqlite://PATH`, or `postgres://user:password@host:port/database`.
    pub url: String,
    /// SQLite: how many connections read at once.
    pub readers: u32,
    /// PostgreSQL: how many connections this process opens at most.
    pub max_connections: u32,
    /// How long a request waits for a connection or for its turn to write before it is told that the server is busy.
    pub wait: Duration,
}

impl Settings {
    /// The usual numbers for this address.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), readers: 4, max_connections: 16, wait: Duration::from_secs(10) }
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address may hold a password.
        f.debug_struct("Settings")
            .field("readers", &self.readers)
            .field("max_connections", &self.max_connections)
            .field("wait", &self.wait)
            .finish_non_exhaustive()
    }
}

/// The storage engines.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Engine {
    /// One file beside the program.
    Sqlite,
    /// A server, shared by any number of processes.
    Postgres,
}

impl Engine {
    /// Its name in lower case, for logs and `/health`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
        }
    }
}

/// An address, read.
pub(crate) enum Address {
    Sqlite(PathBuf),
    Postgres,
}

pub(crate) fn read_address(url: &str) -> Result<Address> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Address::Postgres);
    }
    let Some(path) = url.strip_prefix("sqlite:") else {
        return Err(Error::new(
            Kind::Unavailable,
            "DATABASE_URL must begin with sqlite: or postgres://, as in sqlite:influencerflow.db",
        ));
    };
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.contains('?') || path.contains(":memory:") {
        return Err(Error::new(
            Kind::Unavailable,
            "DATABASE_URL must name a file after sqlite:, without options, as in sqlite:influencerflow.db",
        ));
    }
    Ok(Address::Sqlite(PathBuf::from(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses() {
        let file = |url: &str| match read_address(url) {
            Ok(Address::Sqlite(path)) => path.to_string_lossy().into_owned(),
            Ok(Address::Postgres) => "postgres".into(),
            Err(error) => format!("{:?}", error.kind()),
        };
        assert_eq!(file("sqlite:a.db"), "a.db");
        assert_eq!(file("sqlite://a.db"), "a.db");
        assert_eq!(file("sqlite:///var/a b.db"), "/var/a b.db");
        assert_eq!(file("postgresql://localhost/x"), "postgres");
        for bad in ["", "sqlite:", "sqlite::memory:", "sqlite:a.db?mode=ro", "mysql://x"] {
            assert_eq!(file(bad), "Unavailable", "{bad}");
        }
        assert!(!format!("{:?}", Settings::new("postgres://u:secret@h/d")).contains("secret"));
    }
}
