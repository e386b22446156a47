//! A database for one test.

use db::{Db, Engine, Migration, Settings};

use crate::{TempFolder, pg};

/// A database of its own for one test; it goes away with it.
pub struct FreshDb {
    /// The open database.
    pub db: Db,
    /// Its address, for opening it once more as another process would.
    pub url: String,
    _home: Home,
}

enum Home {
    Folder(#[expect(dead_code, reason = "held for its end")] TempFolder),
    Server(#[expect(dead_code, reason = "held for its end")] pg::PgDatabase),
}

impl FreshDb {
    /// An empty database on this engine; `None` where no PostgreSQL can be had, unless one must be (see [`engines`]).
    pub async fn on(engine: Engine) -> Option<Self> {
        if engines().await.contains(&engine) { Some(fresh_db(engine).await) } else { None }
    }

    /// Opens the same database once more, as another process would.
    pub async fn reopen(&self) -> Db {
        open(&self.url).await
    }
}

async fn open(url: &str) -> Db {
    let settings = Settings { max_connections: 8, ..Settings::new(url) };
    Db::open(&settings).await.expect("the database opens")
}

/// The engines that tests can run on here: SQLite, and PostgreSQL where one can be had.
///
/// # Panics
/// Where none can be had and `CI` or `INFLUENCERFLOW_REQUIRE_PG=1` says that it must.
pub async fn engines() -> Vec<Engine> {
    let mut engines = vec![Engine::Sqlite];
    if pg::is_there().await {
        engines.push(Engine::Postgres);
    }
    engines
}

/// An empty database.
pub async fn fresh_db(engine: Engine) -> FreshDb {
    let (url, home) = match engine {
        Engine::Sqlite => {
            let folder = TempFolder::new();
            (format!("sqlite:{}", folder.path().join("test.db").display()), Home::Folder(folder))
        }
        Engine::Postgres => {
            let database = pg::database().await.expect("a PostgreSQL for the tests: run tools/test-postgres.sh");
            (database.url().to_owned(), Home::Server(database))
        }
    };
    FreshDb { db: open(&url).await, url, _home: home }
}

/// A database with these tables.
pub async fn fresh_db_with(engine: Engine, migrations: &[Migration]) -> FreshDb {
    let fresh = fresh_db(engine).await;
    let now = kernel::Timestamp::from_micros(1_768_473_000_000_000);
    fresh.db.migrate(migrations, now).await.expect("the migrations run");
    fresh
}
