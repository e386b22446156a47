//! PostgreSQL: a pool of connections to a server that any number of processes share.

use std::str::FromStr;
use std::time::Duration;

use kernel::{Error, Kind, Result};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgPool};
use tracing::log::LevelFilter;

use crate::Settings;
use crate::fault::{SLOW, fault};

/// A connection that has idled for this long is asked whether it still stands before it is used.
const FRESH: Duration = Duration::from_secs(5);

/// An open PostgreSQL database.
pub(crate) struct Postgres {
    pub(crate) pool: PgPool,
    pub(crate) options: PgConnectOptions,
}

impl Postgres {
    pub(crate) async fn open(settings: &Settings) -> Result<Self> {
        let options = PgConnectOptions::from_str(&settings.url)
            .map_err(|_| {
                // The driver's own words may hold the password.
                Error::new(
                    Kind::Unavailable,
                    "DATABASE_URL cannot be read: it must look like postgres://user:password@host:5432/database",
                )
            })?
            .application_name("influencerflow")
            .statement_cache_capacity(256)
            .log_statements(LevelFilter::Off)
            .log_slow_statements(LevelFilter::Warn, SLOW);

        // One try by hand: the pool would go on trying until its time is up before it tells that nobody answers.
        let place = place(&options);
        let first = tokio::time::timeout(settings.wait, options.connect()).await.map_err(|_| {
            Error::new(
                Kind::Unavailable,
                format!("PostgreSQL at {place} does not answer: check DATABASE_URL and the network"),
            )
        })?;
        let first = first.map_err(|error| match error {
            sqlx::Error::Io(_) => Error::new(
                Kind::Unavailable,
                format!("PostgreSQL cannot be reached at {place}: check that it runs and that DATABASE_URL names it"),
            )
            .because(error),
            other => fault(&other, "connecting").because(&place),
        })?;
        let _ = first.close().await;

        let pool = PgPoolOptions::new()
            .max_connections(settings.max_connections.max(2))
            .acquire_timeout(settings.wait)
            .test_before_acquire(false)
            .before_acquire(|connection, about| {
                Box::pin(async move {
                    Ok(about.idle_for < FRESH
                        || tokio::time::timeout(FRESH, connection.ping()).await.is_ok_and(|pong| pong.is_ok()))
                })
            })
            .connect_lazy_with(options.clone());
        Ok(Self { pool, options })
    }
}

/// Which server and database, without user and password.
pub(crate) fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    match options.get_socket() {
        Some(socket) => format!("{}/{database}", socket.display()),
        None => format!("{}:{}/{database}", options.get_host(), options.get_port()),
    }
}
