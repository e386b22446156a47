//! A transaction, or a connection for reading: the one thing that statements are run on.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::StreamExt as _;
use futures::future::BoxFuture;
use kernel::{Clock, Error, Result};
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgArguments;
use sqlx::{Arguments as _, AssertSqlSafe, Either, Executor as _, PgConnection, Postgres};
use uuid::Uuid;

use crate::fault::{Failure, fault};
use crate::hooks::{Hook, run_all};
use crate::row::RawRow;
use crate::sink::{All, Each, First, Nowhere, Sink};
use crate::sqlite::ReadLease;
use crate::sqlite::lane::WriteLease;
use crate::topics::{Shared, Workspaces};
use crate::{Engine, EventRow, FromRow, Listener, Row, Value, sqlite};

/// A transaction, or a connection for reading. Dropped without [`Tx::commit`], what it did is undone.
///
/// What can be awaited here and at [`crate::Db`] is a boxed future: an `async fn` is compiled again, with the drivers inside of it, in
/// every crate that awaits it. That costs an allocation per statement and saves a sixth of the time that the slices take to build.
///
/// The text of a statement is the common dialect, with `$1` for the first argument; `$1` may stand in it more than once.
/// After a statement has failed, a writing transaction is over on both engines: every further statement and the commit fail.
pub struct Tx {
    inner: Inner,
    shared: Shared,
    hooks: Vec<Hook>,
    pub(crate) events: Vec<Result<EventRow>>,
    pub(crate) changed: BTreeSet<Uuid>,
    failed: bool,
    long: bool,
}

enum Inner {
    SqliteRead(ReadLease),
    SqliteWrite(WriteLease),
    PostgresRead(PoolConnection<Postgres>),
    PostgresSnapshot(sqlx::Transaction<'static, Postgres>),
    PostgresWrite(sqlx::Transaction<'static, Postgres>),
}

/// A connection of either engine, for the time of one statement.
enum Connection<'a> {
    Sqlite(&'a mut sqlite::connection::Connection),
    Postgres(&'a mut PgConnection),
}

impl Tx {
    fn new(inner: Inner, shared: &Shared) -> Self {
        Self {
            inner,
            shared: shared.clone(),
            hooks: Vec::new(),
            events: Vec::new(),
            changed: BTreeSet::new(),
            failed: false,
            long: false,
        }
    }

    pub(crate) fn sqlite_read(lease: ReadLease, shared: &Shared) -> Self {
        Self::new(Inner::SqliteRead(lease), shared)
    }

    pub(crate) fn sqlite_write(lease: WriteLease, shared: &Shared, long: bool) -> Self {
        Self { long, ..Self::new(Inner::SqliteWrite(lease), shared) }
    }

    pub(crate) fn postgres_read(connection: PoolConnection<Postgres>, shared: &Shared) -> Self {
        Self::new(Inner::PostgresRead(connection), shared)
    }

    pub(crate) fn postgres_snapshot(transaction: sqlx::Transaction<'static, Postgres>, shared: &Shared) -> Self {
        Self::new(Inner::PostgresSnapshot(transaction), shared)
    }

    pub(crate) fn postgres_write(transaction: sqlx::Transaction<'static, Postgres>, shared: &Shared) -> Self {
        Self::new(Inner::PostgresWrite(transaction), shared)
    }

    /// Which engine it runs on. For `db`'s own differences; a slice has one text for both.
    pub fn engine(&self) -> Engine {
        match &self.inner {
            Inner::SqliteRead(_) | Inner::SqliteWrite(_) => Engine::Sqlite,
            _ => Engine::Postgres,
        }
    }

    /// Where the time and the ids of events come from.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    pub(crate) fn workspaces(&self) -> Arc<Workspaces> {
        self.shared.workspaces.clone()
    }

    pub(crate) fn listener(&self) -> Option<Arc<dyn Listener>> {
        self.shared.listener.clone()
    }

    /// May it write?
    pub fn writes(&self) -> bool {
        matches!(&self.inner, Inner::SqliteWrite(_) | Inner::PostgresWrite(_))
    }

    /// Runs a statement and tells how many rows it changed.
    pub fn execute<'a>(&'a mut self, sql: &'a str, args: Vec<Value>) -> BoxFuture<'a, Result<u64>> {
        Box::pin(async move { self.run_inline(sql, args, &mut Nowhere).await })
    }

    /// Like [`Tx::execute`], but a row that is there already is a [`kernel::Kind::Conflict`] with this message.
    /// The transaction is over then; where it should go on, use `ON CONFLICT` and look at the count.
    pub fn execute_or_conflict<'a>(
        &'a mut self,
        sql: &'a str,
        args: Vec<Value>,
        message: &'static str,
    ) -> BoxFuture<'a, Result<u64>> {
        Box::pin(async move {
            let run = self.try_run(sql, args, &mut Nowhere).await;
            run.map_err(|failure| {
                let known = failure.is_unique_violation();
                let error = self.fail(failure, sql);
                if known { Error::conflict(message).because(error) } else { error }
            })
        })
    }

    /// Runs a statement and takes every row of its answer.
    pub async fn fetch_all<R: FromRow + Send>(&mut self, sql: &str, args: Vec<Value>) -> Result<Vec<R>> {
        let mut all = All(Vec::new());
        self.run(sql, args, &mut all).await?;
        Ok(all.0)
    }

    /// Runs a statement and takes its first row, if there is one.
    pub async fn fetch_optional<R: FromRow + Send>(&mut self, sql: &str, args: Vec<Value>) -> Result<Option<R>> {
        let mut first = First(None);
        self.run(sql, args, &mut first).await?;
        Ok(first.0)
    }

    /// Runs a statement that always answers with a row, and takes it.
    pub async fn fetch_one<R: FromRow + Send>(&mut self, sql: &str, args: Vec<Value>) -> Result<R> {
        let mut first = First(None);
        self.run(sql, args, &mut first).await?;
        first.0.ok_or_else(|| no_row(sql))
    }

    /// Runs a statement that always answers with a row, and takes its first column: `count(*)`, `EXISTS (…)`.
    pub fn fetch_value<T: crate::FromColumn + Send>(
        &mut self,
        sql: &str,
        args: Vec<Value>,
    ) -> impl Future<Output = Result<T>> + Send {
        self.fetch_one::<T>(sql, args)
    }

    /// Runs a statement and hands over its rows one by one: for answers that are too big to hold as rows.
    pub async fn for_each<R: FromRow>(
        &mut self,
        sql: &str,
        args: Vec<Value>,
        mut each: impl FnMut(R) -> Result<()> + Send,
    ) -> Result<()> {
        self.run(sql, args, &mut Each(|row: &Row<'_>| each(R::from_row_at(row, 0)?))).await.map(drop)
    }

    /// Has this done once, and only if, the transaction is committed: quickly, without waiting for anything.
    pub fn after_commit(&mut self, hook: impl FnOnce() + Send + 'static) {
        self.hooks.push(Box::new(hook));
    }

    /// Wakes who listens to [`crate::Db::bell`] of that name once this is committed.
    pub fn ring(&mut self, bell: &'static str) {
        let shared = self.shared.clone();
        self.after_commit(move || shared.bells.ring(bell));
    }

    /// Takes the topic's next version number. Rows that carry it become visible in the order of their numbers, so whoever has read
    /// everything up to one number misses nothing by asking for what lies above it.
    ///
    /// On PostgreSQL the others who write this topic wait from here to the commit: call it late. With two topics, take
    /// them in alphabetical order.
    pub fn next_version<'a>(&'a mut self, topic: &'a str) -> BoxFuture<'a, Result<i64>> {
        Box::pin(self.advance(topic, 1))
    }

    /// The topic's version as this transaction sees it; 0 where nothing was counted yet.
    pub fn version<'a>(&'a mut self, topic: &'a str) -> BoxFuture<'a, Result<i64>> {
        Box::pin(async move {
            let sql = "SELECT version FROM topics WHERE name = $1";
            Ok(self.fetch_optional(sql, crate::args![topic]).await?.unwrap_or(0))
        })
    }

    /// Takes `by` numbers at once and tells the last one.
    #[doc(hidden)]
    pub async fn advance(&mut self, topic: &str, by: i64) -> Result<i64> {
        let version: i64 = self
            .fetch_value(
                "INSERT INTO topics (name, version) VALUES ($1, $2) \
                 ON CONFLICT (name) DO UPDATE SET version = topics.version + excluded.version RETURNING version",
                crate::args![topic, by],
            )
            .await?;
        let (shared, topic) = (self.shared.clone(), topic.to_owned());
        self.after_commit(move || shared.versions.raise(&topic, version));
        Ok(version)
    }

    /// Makes it all permanent. When this answers, it is on the disk, and every later read sees it.
    ///
    /// A caller that stops waiting for the answer does not undo it.
    pub fn commit(self) -> BoxFuture<'static, Result<()>> {
        Box::pin(self.commit_inline())
    }

    /// Undoes what it wrote, and returns when its locks are free. A transaction that is dropped is undone as well, but on PostgreSQL at some
    /// time afterwards: whoever takes the same row at once could find it locked.
    pub fn abandon(self) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move {
            match self.inner {
                Inner::PostgresSnapshot(tx) | Inner::PostgresWrite(tx) => {
                    tx.rollback().await.map_err(|error| fault(&error, "ROLLBACK"))
                }
                Inner::SqliteRead(_) | Inner::SqliteWrite(_) | Inner::PostgresRead(_) => Ok(()),
            }
        })
    }

    async fn commit_inline(mut self) -> Result<()> {
        self.before_commit().await?;
        if self.failed {
            return Err(over());
        }
        let hooks = std::mem::take(&mut self.hooks);
        match self.inner {
            Inner::SqliteWrite(lease) => lease.commit(hooks).await,
            Inner::PostgresWrite(transaction) => {
                // In a task of its own, so that a request that is cancelled now does not leave the hooks undone.
                let commit = tokio::spawn(async move {
                    transaction.commit().await.map_err(|error| fault(&error, "COMMIT"))?;
                    run_all(hooks);
                    Ok(())
                });
                commit.await.map_err(Error::internal)?
            }
            Inner::SqliteRead(_) | Inner::PostgresRead(_) | Inner::PostgresSnapshot(_) => Ok(()),
        }
    }

    /// Runs statements parted by `;`, without arguments.
    pub(crate) async fn run_script(&mut self, sql: &str) -> Result<()> {
        let run = match self.connection()? {
            Connection::Sqlite(connection) => connection.script(sql),
            Connection::Postgres(connection) => {
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop).map_err(Failure::Postgres)
            }
        };
        run.map_err(|failure| self.fail(failure, sql))
    }

    fn fail(&mut self, failure: Failure, sql: &str) -> Error {
        if !self.writes() && failure.is_read_only() {
            return Error::internal("a write on a connection for reading").because(sql);
        }
        // What went wrong after the engine had done its part (a row that cannot be read) changes nothing there.
        self.failed |= self.writes() && !matches!(failure, Failure::Ours(_));
        failure.told(sql)
    }

    fn connection(&mut self) -> Result<Connection<'_>> {
        Ok(match &mut self.inner {
            Inner::SqliteRead(lease) => Connection::Sqlite(lease.connection()?),
            Inner::SqliteWrite(lease) => Connection::Sqlite(lease.connection()?),
            Inner::PostgresRead(connection) => Connection::Postgres(connection),
            Inner::PostgresSnapshot(transaction) | Inner::PostgresWrite(transaction) => {
                Connection::Postgres(transaction)
            }
        })
    }

    /// What every generic statement awaits: one function, whatever becomes of the rows.
    fn run<'a>(&'a mut self, sql: &'a str, args: Vec<Value>, sink: &'a mut dyn Sink) -> BoxFuture<'a, Result<u64>> {
        Box::pin(self.run_inline(sql, args, sink))
    }

    async fn run_inline(&mut self, sql: &str, args: Vec<Value>, sink: &mut dyn Sink) -> Result<u64> {
        let run = self.try_run(sql, args, sink).await;
        run.map_err(|failure| self.fail(failure, sql))
    }

    async fn try_run(&mut self, sql: &str, args: Vec<Value>, sink: &mut dyn Sink) -> Result<u64, Failure> {
        if self.failed {
            return Err(over().into());
        }
        let long = self.long;
        match self.connection()? {
            Connection::Sqlite(connection) => {
                // A task that does nothing but short statements lets others have their turn all the same.
                tokio::task::coop::consume_budget().await;
                connection.run(sql, &args, sink, long)
            }
            Connection::Postgres(connection) => Box::pin(on_postgres(connection, sql, args, sink)).await,
        }
    }
}

async fn on_postgres(
    connection: &mut PgConnection,
    sql: &str,
    args: Vec<Value>,
    sink: &mut dyn Sink,
) -> Result<u64, Failure> {
    let query = sqlx::query_with(AssertSqlSafe(sql), postgres_arguments(args)?);
    if sink.one_is_enough() {
        if let Some(row) = connection.fetch_optional(query).await? {
            sink.row(&Row(RawRow::Postgres(&row)))?;
        }
        return Ok(0);
    }
    let mut changed = 0;
    let mut answer = connection.fetch_many(query);
    while let Some(part) = answer.next().await {
        match part? {
            Either::Left(done) => changed += done.rows_affected(),
            Either::Right(row) => sink.row(&Row(RawRow::Postgres(&row)))?,
        }
    }
    Ok(changed)
}

fn no_row(sql: &str) -> Error {
    Error::internal(format!("no row, where one is always expected: {sql}"))
}

fn over() -> Error {
    Error::internal("a statement of this transaction has failed, so the rest of it is not run")
}

fn postgres_arguments(values: Vec<Value>) -> Result<PgArguments> {
    let mut arguments = PgArguments::default();
    for value in values {
        match value {
            Value::Bool(value) => arguments.add(value),
            Value::Int(value) => arguments.add(value),
            Value::Float(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Uuid(value) => arguments.add(value),
        }
        .map_err(Error::internal)?;
    }
    Ok(arguments)
}
