//! A private PostgreSQL: one server for all test processes of a checkout, one database for each test.
//!
//! Looked for in this order: `TEST_DATABASE_URL` (a running server, whose user may create databases), programs in
//! `INFLUENCERFLOW_TEST_PG_BIN`, in `.cache/postgres` (fetched by `tools/test-postgres.sh`, with pgvector), in `PATH`, and
//! where Linux distributions and Homebrew put them.

mod programs;
mod server;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

/// A database of its own for one test, dropped with it.
#[derive(Debug)]
pub struct PgDatabase {
    name: String,
    url: String,
}

/// The server, once it has been looked for: the address of its `postgres` database, or why there is none.
static SERVER: OnceLock<Result<String, String>> = OnceLock::new();

async fn server() -> &'static Result<String, String> {
    if let Some(server) = SERVER.get() {
        return server;
    }
    tokio::task::spawn_blocking(|| {
        SERVER.get_or_init(|| {
            let server = match std::env::var("TEST_DATABASE_URL") {
                Ok(url) if !url.is_empty() => Ok(url),
                _ => server::start(),
            };
            if let Err(why) = &server {
                eprintln!("\n*** NO POSTGRESQL: its tests are NOT run. {why}");
                eprintln!("*** Run tools/test-postgres.sh once, or set TEST_DATABASE_URL.\n");
            }
            server
        })
    })
    .await
    .expect("the search for a server ends")
}

/// Can a PostgreSQL be had?
///
/// # Panics
/// If not, and `CI` or `INFLUENCERFLOW_REQUIRE_PG` is set.
pub async fn is_there() -> bool {
    let required = |name| std::env::var(name).is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"));
    match server().await {
        Ok(_) => true,
        Err(why) => {
            assert!(!required("CI") && !required("INFLUENCERFLOW_REQUIRE_PG"), "no PostgreSQL for the tests: {why}");
            false
        }
    }
}

/// A fresh, empty database, if a server can be had; see [`is_there`].
pub async fn database() -> Option<PgDatabase> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    if !is_there().await {
        return None;
    }
    let server = server().await.as_ref().ok()?;
    let name = format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    // One of that name is left from a process of the same number that was killed.
    run(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.expect("an old database goes");
    run(server, &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
        .await
        .expect("a database for this test");
    Some(PgDatabase { url: with_database(server, &name), name })
}

impl PgDatabase {
    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for PgDatabase {
    fn drop(&mut self) {
        let Some(Ok(server)) = SERVER.get() else { return };
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A destructor cannot wait on the test's own runtime.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(run(server, &sql)).map_err(std::io::Error::other)
        })
        .join();
        if !matches!(dropped, Ok(Ok(()))) {
            eprintln!("the test database {} could not be dropped", self.name);
        }
    }
}

async fn run(server: &str, sql: &str) -> Result<(), sqlx::Error> {
    let options: PgConnectOptions = server.parse()?;
    let mut connection = options.connect().await?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    connection.close().await
}

/// The same server's address with another database in it.
fn with_database(server: &str, name: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, None), |(base, query)| (base, Some(query)));
    let scheme_end = base.find("://").map_or(0, |at| at + 3);
    let host_end = base[scheme_end..].find('/').map_or(base.len(), |at| scheme_end + at);
    match query {
        Some(query) => format!("{}/{name}?{query}", &base[..host_end]),
        None => format!("{}/{name}", &base[..host_end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_another_database() {
        assert_eq!(with_database("postgres://a:b@h:1/x", "t"), "postgres://a:b@h:1/t");
        assert_eq!(with_database("postgres://a@h", "t"), "postgres://a@h/t");
        assert_eq!(with_database("postgres://a@h/x?host=/tmp/y", "t"), "postgres://a@h/t?host=/tmp/y");
    }

    #[tokio::test]
    async fn every_test_has_a_database_of_its_own() {
        let (Some(first), Some(second)) = (database().await, database().await) else { return };
        run(first.url(), "CREATE TABLE mine (a INT)").await.unwrap();
        assert!(run(second.url(), "SELECT * FROM mine").await.is_err());
        let url = first.url().to_owned();
        drop(first);
        assert!(run(&url, "SELECT 1").await.is_err(), "it is dropped with its owner");
    }
}
