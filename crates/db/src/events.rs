//! The event log: what happened, in an order without gaps. The crate `events` gives its rows types and subscribers.
//!
//! A place in the log is a [`Position`]. On SQLite there is one writer, and `seq` counts. On PostgreSQL writers do not wait for one another:
//! an event takes the next `seq` of a sequence, and `xact` is the greater of its transaction's id and the newest id of a transaction that had
//! ended when it was written. So `xact` is never below the transaction's own id, and what was written after another transaction had been
//! committed (because both locked the same row, say) comes after what that one wrote, whichever began first. Readers see what lies below the
//! oldest transaction that is still open: nothing can turn up there any more. The price: a writing transaction that stays open for
//! long, in any database of the server, holds back the events that were committed after it began. They are late, never lost; the
//! metrics tell how late.

use std::time::Instant;

use futures::future::BoxFuture;
use kernel::{Error, Id, Result, Timestamp, WorkspaceId};
use uuid::Uuid;

use crate::{Db, Engine, Migration, Sql, Tx, Value, args};

#[doc(hidden)]
#[derive(Debug)]
pub enum EventMarker {}
/// An entry of the event log.
pub type EventId = Id<EventMarker>;

/// The bell that is rung when events have been committed; on SQLite also the topic that numbers them.
pub const EVENTS: &str = "events";

/// Listeners write events, too, but not for ever: after so many rounds the transaction is refused.
const MOST_ROUNDS: usize = 8;

/// What is new in `xact`, after a database was restored into a server whose transaction ids are lower.
const RESTORED: &str = "coalesce((SELECT version FROM topics WHERE name = 'events.restored'), 0)";
/// The `xact` of an event that is written by this statement.
const OWN: &str = "greatest(pg_current_xact_id()::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint)";
/// Below this nothing can turn up any more.
const HORIZON: &str = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

/// The events that were there before have no `xact`, and so come first, in the order of their numbers. What payloads no longer tell (a number, a
/// mail server's answer, somebody's own words) goes out of theirs, too.
pub(crate) const ORDER: Migration = Migration {
    id: "0067_event_order",
    sql: "
    DROP INDEX events_seq;
    DROP INDEX events_workspace;
    ALTER TABLE events ADD COLUMN xact BIGINT NOT NULL DEFAULT 0;
    {pg: ALTER TABLE events ALTER COLUMN xact SET DEFAULT
        greatest(pg_current_xact_id()::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1);
    CREATE SEQUENCE events_number OWNED BY events.seq;
    SELECT setval('events_number', 1 + coalesce((SELECT max(seq) FROM events), 0), false);
    ALTER TABLE events ALTER COLUMN seq SET DEFAULT nextval('events_number');
    DELETE FROM topics WHERE name = 'events';}
    {pg: UPDATE events SET payload = (payload::jsonb - 'phone_number' - 'source' - 'error' - 'reason')::text}
    {sqlite: UPDATE events SET payload = json_remove(payload, '$.phone_number', '$.source', '$.error', '$.reason')}
        WHERE kind IN ('call.consent_recorded', 'outreach.failed', 'contract.cancelled');
    CREATE UNIQUE INDEX events_order ON events (xact, seq);
    CREATE INDEX events_newest ON events (workspace, xact, seq);
    CREATE TABLE workspace_versions (
        workspace {id} NOT NULL PRIMARY KEY,
        version BIGINT NOT NULL
    );
    ",
};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, crate::Row)]
pub struct EventRow {
    /// Its id.
    pub id: EventId,
    /// What happened: `creator.created`.
    pub kind: String,
    /// What it happened to.
    pub subject: Uuid,
    /// Whose it is; nothing where it is everybody's.
    pub workspace: Option<WorkspaceId>,
    /// The rest, as JSON.
    pub payload: String,
    /// When.
    pub created_at: Timestamp,
}

/// A place in the log; the default lies before all events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, crate::Row)]
pub struct Position {
    /// The transaction's place on PostgreSQL; 0 on SQLite.
    pub xact: i64,
    /// The number of the event.
    pub seq: i64,
}

/// Events that somebody has yet to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many there are; of more than a thousand, a thousand and one.
    pub events: u64,
    /// When the first of them was written.
    pub since: Option<Timestamp>,
}

/// Who is told of events before the transaction that writes them is committed.
pub trait Listener: Send + Sync {
    /// What is to be written along with these events; a fault undoes the transaction.
    fn written<'a>(&'a self, tx: &'a mut Tx, events: &'a [EventRow]) -> BoxFuture<'a, Result<()>>;
}

impl Tx {
    /// Tells that something happened, with the time and an id of this database's clock. It is written just before the commit. Use
    /// `events::TxExt::event`, which knows the types.
    pub fn append_event(&mut self, kind: &str, subject: Uuid, workspace: Option<WorkspaceId>, payload: Result<String>) {
        let (id, created_at) = (self.clock().new_id(), self.clock().now());
        let kind = kind.to_owned();
        self.events.push(payload.map(|payload| EventRow { id, kind, subject, workspace, payload, created_at }));
        self.changed(workspace);
    }

    /// Tells that something of this workspace has changed, so that no answer is kept which was made of it; nothing said, of all.
    /// [`Db::workspace_version`] is counted up just before the commit.
    pub fn changed(&mut self, workspace: Option<WorkspaceId>) {
        self.changed.insert(workspace.map_or(Uuid::nil(), Id::uuid));
    }

    /// Writes what was left for the end of the transaction.
    pub(crate) async fn before_commit(&mut self) -> Result<()> {
        for _ in 0..MOST_ROUNDS {
            if self.events.is_empty() {
                return self.count_changes().await;
            }
            let events: Vec<EventRow> = std::mem::take(&mut self.events).into_iter().collect::<Result<_>>()?;
            self.write_events(&events).await?;
            if let Some(listener) = self.listener() {
                listener.written(self, &events).await?;
            }
        }
        Err(Error::internal("the listeners of events write events without an end"))
    }

    async fn write_events(&mut self, events: &[EventRow]) -> Result<()> {
        let row = |event: &EventRow| {
            args![event.id, &event.kind, event.subject, event.workspace, &event.payload, event.created_at]
        };
        if self.engine() == Engine::Postgres {
            let rows = events.iter().map(row).collect();
            self.insert_rows("INSERT INTO events (id, kind, subject, workspace, payload, created_at)", "", rows)
                .await?;
        } else {
            let count = i64::try_from(events.len()).map_err(Error::internal)?;
            let last = self.advance(EVENTS, count).await?;
            let numbered = |(seq, event): (i64, &EventRow)| [row(event), args![seq]].concat();
            let rows: Vec<Vec<Value>> = (last - count + 1..=last).zip(events).map(numbered).collect();
            let insert = "INSERT INTO events (id, kind, subject, workspace, payload, created_at, seq)";
            self.insert_rows(insert, "", rows).await?;
        }
        self.ring(EVENTS);
        Ok(())
    }

    async fn count_changes(&mut self) -> Result<()> {
        const INSERT: &str = "INSERT INTO workspace_versions (workspace, version)";
        const OR_COUNT: &str = "ON CONFLICT (workspace) DO UPDATE SET version = workspace_versions.version + 1";
        // In the order of the ids, so that two transactions never wait for each other.
        let changed = std::mem::take(&mut self.changed);
        if self.engine() == Engine::Postgres {
            let rows = changed.into_iter().map(|workspace| args![workspace, 1]).collect();
            return self.insert_rows(INSERT, OR_COUNT, rows).await.map(drop);
        }
        let sql = format!("{INSERT} VALUES ($1, 1) {OR_COUNT} RETURNING version");
        for workspace in changed {
            let version = self.fetch_value(&sql, args![workspace]).await?;
            let workspaces = self.workspaces();
            self.after_commit(move || workspaces.committed(workspace, version));
        }
        Ok(())
    }

    /// The events after this place in the log, oldest first. Whoever goes on behind the last of them misses none.
    pub fn events_after(&mut self, after: Position, limit: u32) -> BoxFuture<'_, Result<Vec<(Position, EventRow)>>> {
        Box::pin(async move {
            let settled = match self.engine() {
                Engine::Sqlite => String::new(),
                Engine::Postgres => format!(" AND xact < {HORIZON} + {RESTORED}"),
            };
            let sql = format!(
                "SELECT {}, {} FROM events WHERE (xact, seq) > ($1, $2){settled} ORDER BY xact, seq LIMIT $3",
                Position::COLUMNS,
                EventRow::COLUMNS
            );
            self.fetch_all(&sql, args![after.xact, after.seq, limit]).await
        })
    }

    /// The place behind everything that [`Tx::events_after`] shows at this moment.
    pub fn end_of_events(&mut self) -> BoxFuture<'_, Result<Position>> {
        Box::pin(async move {
            let sql = match self.engine() {
                Engine::Sqlite => {
                    "SELECT 0, coalesce((SELECT version FROM topics WHERE name = 'events'), 0)".to_owned()
                }
                Engine::Postgres => format!("SELECT {HORIZON} + {RESTORED} - 1, {}", i64::MAX),
            };
            self.fetch_one(&sql, args![]).await
        })
    }

    /// Returns the events of one workspace and of these kinds after the first position and up to the second, oldest first. The second position
    /// must come from [`Tx::events_after`] or [`Tx::end_of_events`]: then no event can still appear below it.
    pub fn events_between<'a>(
        &'a mut self,
        workspace: WorkspaceId,
        (after, up_to): (Position, Position),
        kinds: &'a [&'a str],
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<(Position, EventRow)>>> {
        Box::pin(async move {
            let mut sql = Sql::new(format!("SELECT {}, {} FROM events", Position::COLUMNS, EventRow::COLUMNS));
            sql.push(" WHERE workspace = ").bind(workspace);
            sql.push(" AND (xact, seq) > (").bind(after.xact).push(", ").bind(after.seq);
            sql.push(") AND (xact, seq) <= (").bind(up_to.xact).push(", ").bind(up_to.seq);
            sql.push(") AND kind IN ").bind_list(kinds.iter().copied());
            sql.push(" ORDER BY xact, seq LIMIT ").bind(limit).all(self).await
        })
    }

    /// Tells whether no event after this position was deleted. It may be `false` although none was, if all events before the position are deleted.
    pub fn keeps_events_after(&mut self, place: Position) -> BoxFuture<'_, Result<bool>> {
        Box::pin(async move {
            let sql = format!("SELECT {} FROM events ORDER BY xact, seq LIMIT 1", Position::COLUMNS);
            let oldest: Option<Position> = self.fetch_optional(&sql, args![]).await?;
            // On SQLite the numbers have no gaps.
            let next = Position { seq: place.seq.saturating_add(1), ..place };
            Ok(match (oldest, self.engine()) {
                (Some(oldest), Engine::Sqlite) => oldest <= next,
                (Some(oldest), Engine::Postgres) => oldest <= place,
                (None, _) => place == self.end_of_events().await?,
            })
        })
    }

    /// How much there is behind this place, of these kinds (or of all), whether or not it can be read yet.
    pub fn events_waiting<'a>(
        &'a mut self,
        after: Position,
        kinds: Option<&'a [&'static str]>,
    ) -> BoxFuture<'a, Result<Waiting>> {
        Box::pin(async move {
            let mut sql =
                Sql::new("SELECT count(*), min(created_at) FROM (SELECT created_at FROM events WHERE (xact, seq) > (");
            sql.bind(after.xact).push(", ").bind(after.seq).push(")");
            if let Some(kinds) = kinds {
                sql.push(" AND kind IN ").bind_list(kinds.iter().copied());
            }
            sql.push(" ORDER BY xact, seq LIMIT 1001) AS waiting");
            let (events, since) = self.fetch_one(&sql.text, sql.args).await?;
            Ok(Waiting { events, since })
        })
    }

    /// The newest events of a workspace (nothing said: of all) but for these kinds, newest first: all that are committed.
    pub fn newest_events<'a>(
        &'a mut self,
        workspace: Option<WorkspaceId>,
        without: &'a [&'a str],
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<EventRow>>> {
        Box::pin(async move {
            let (mut sql, mut first) = (Sql::new(format!("SELECT {} FROM events", EventRow::COLUMNS)), true);
            if !without.is_empty() {
                sql.and_where(&mut first).push("kind NOT IN ").bind_list(without.iter().copied());
            }
            if let Some(workspace) = workspace {
                sql.and_where(&mut first).push("workspace = ").bind(workspace);
            }
            sql.push(" ORDER BY xact DESC, seq DESC LIMIT ").bind(limit);
            self.fetch_all(&sql.text, sql.args).await
        })
    }

    /// Deletes events that were written before this moment and lie no further than this place: at most so many. Tells how many.
    pub fn forget_events(&mut self, up_to: Position, before: Timestamp, limit: u32) -> BoxFuture<'_, Result<u64>> {
        Box::pin(async move {
            let sql = "DELETE FROM events WHERE created_at < $3 AND id IN \
                       (SELECT id FROM events WHERE (xact, seq) <= ($1, $2) ORDER BY xact, seq LIMIT $4)";
            self.execute(sql, args![up_to.xact, up_to.seq, before, limit]).await
        })
    }

    /// Goes on behind the last event in a PostgreSQL that has given out fewer transaction ids than the one which the database comes from.
    pub(crate) async fn go_on_behind_events(&mut self) -> Result<()> {
        let sql = format!("SELECT coalesce(max(xact), 0), pg_current_xact_id()::text::bigint + {RESTORED} FROM events");
        let (last, own): (i64, i64) = self.fetch_one(&sql, args![]).await?;
        if last <= own {
            return Ok(());
        }
        let shift: i64 = self
            .fetch_value(
                "INSERT INTO topics (name, version) VALUES ('events.restored', $1) \
                 ON CONFLICT (name) DO UPDATE SET version = topics.version + excluded.version RETURNING version",
                args![last - own],
            )
            .await?;
        tracing::info!(shift, "the event log comes from another server and goes on behind its last event");
        self.run_script(&format!("ALTER TABLE events ALTER COLUMN xact SET DEFAULT {OWN} + {shift}")).await
    }
}

impl Db {
    /// How often anything of this workspace has been changed (nothing said: of any): what [`Tx::changed`] counts, and every event. Read before
    /// the data, it stamps an answer which is true for as long as the number stays the same. On SQLite, what another process has written is
    /// seen after 100 ms at the latest.
    pub fn workspace_version(&self, workspace: Option<WorkspaceId>) -> BoxFuture<'_, Result<i64>> {
        Box::pin(async move {
            let mut sql = Sql::new("SELECT CAST(coalesce(sum(version), 0) AS BIGINT) FROM workspace_versions");
            let Some(workspace) = workspace else {
                return self.read().await?.fetch_value(&sql.text, sql.args).await;
            };
            sql.push(" WHERE workspace = ").bind(workspace);
            if self.engine() == Engine::Postgres {
                return self.read().await?.fetch_value(&sql.text, sql.args).await;
            }
            let (known, begun) = (self.1.workspaces.get(workspace.uuid()), Instant::now());
            match known {
                Ok(version) => Ok(version),
                Err(epoch) => {
                    let version = self.read().await?.fetch_value(&sql.text, sql.args).await?;
                    self.1.workspaces.learn(workspace.uuid(), version, begun, epoch);
                    Ok(version)
                }
            }
        })
    }
}
