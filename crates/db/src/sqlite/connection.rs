//! One connection to a SQLite file, and on which thread its statements run.
//!
//! Handing a statement to another thread and its answer back costs 30 to 150 µs, ten times what a statement on one row
//! takes, and the one writer would wait for that at every statement of every transaction. So a short statement runs where it is
//! asked for. What is not short must not: a read is broken off after a number of steps of SQLite's virtual machine and
//! begun anew where it may block, and either kind of statement that was slow before goes there at once. Nothing waits for
//! a lock or for the disk to sync on the short way.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

use kernel::{Error, Kind, Result};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{ErrorCode, OpenFlags};
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::Value;
use crate::fault::{Failure, SLOW, sqlite_fault};
use crate::row::{RawRow, Row};
use crate::sink::Sink;

/// How long SQLite waits for another program's write, where it may wait, before it says BUSY.
pub(crate) const BUSY: Duration = Duration::from_secs(10);
/// So many steps of the virtual machine are one tick,
const TICK: i32 = 1000;
/// and so many ticks a short read may take: about a millisecond.
const SHORT: i32 = 20;
/// Longer than this is slow.
const LONG: Duration = Duration::from_millis(1);
/// With more arguments than this a statement is long from the first.
const MANY_ARGUMENTS: usize = 500;
/// So many prepared statements are kept.
const PREPARED: usize = 256;

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Writer,
    Reader,
    Backup,
}

/// One connection.
pub(crate) struct Connection {
    raw: rusqlite::Connection,
    role: Role,
    ticks_left: Arc<AtomicI32>,
    slow: Slow,
}

impl Connection {
    /// Opens the file; for the writer it is made if it is not there. Blocks.
    pub(crate) fn open(path: &Path, role: Role) -> Result<Self> {
        Self::open_raw(path, role)
            .map_err(|error| sqlite_fault(&error, "opening the database").because(path.display()))
            .and_then(|connection| connection.check(path))
    }

    fn open_raw(path: &Path, role: Role) -> rusqlite::Result<Self> {
        let flags = match role {
            Role::Writer => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            Role::Reader | Role::Backup => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
        let raw = rusqlite::Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        raw.set_prepared_statement_cache_capacity(PREPARED);
        raw.busy_timeout(BUSY)?;
        let ticks_left = Arc::new(AtomicI32::new(i32::MAX));
        match role {
            // What is acknowledged is on the disk: in WAL mode only FULL syncs at every commit. After a checkpoint the log
            // is cut back, so that one big import does not keep its size for ever.
            Role::Writer => raw.execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                 PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000; \
                 PRAGMA journal_size_limit = 67108864",
            )?,
            Role::Reader => {
                raw.execute_batch("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384")?;
                let left = Arc::clone(&ticks_left);
                raw.progress_handler(TICK, Some(move || left.fetch_sub(1, Ordering::Relaxed) <= 0))?;
            }
            Role::Backup => {}
        }
        if role != Role::Backup {
            raw.busy_timeout(Duration::ZERO)?;
        }
        Ok(Self { raw, role, ticks_left, slow: Slow::default() })
    }

    fn check(self, path: &Path) -> Result<Self> {
        let mode = self.raw.query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0));
        match mode {
            Ok(mode) if mode == "wal" => Ok(self),
            Ok(_) => Err(Error::new(
                Kind::Unavailable,
                format!("{} is on a file system that SQLite cannot share: put it on a local disk", path.display()),
            )),
            Err(error) => Err(sqlite_fault(&error, "PRAGMA journal_mode").because(path.display())),
        }
    }

    /// Runs a statement and tells how many rows it changed. `long` says that it may take a while.
    pub(crate) fn run(&mut self, sql: &str, args: &[Value], sink: &mut dyn Sink, long: bool) -> Result<u64, Failure> {
        let key = hash(sql);
        let reads = self.role == Role::Reader;
        let started = Instant::now();
        let may_be_long = long || args.len() > MANY_ARGUMENTS || (reads && !sink.can_forget());
        if !may_be_long && !self.slow.is_slow(key) {
            self.ticks_left.store(SHORT, Ordering::Relaxed);
            match self.run_here(sql, args, sink) {
                Err(Failure::Sqlite(error)) if reads && may_be_begun_anew(&error) => {
                    sink.forget();
                    if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) {
                        self.slow.surely(key);
                    }
                }
                done => {
                    self.slow.note(key, started.elapsed());
                    return done;
                }
            }
        }
        may_block(|| {
            self.ticks_left.store(i32::MAX, Ordering::Relaxed);
            let _ = self.raw.busy_timeout(BUSY);
            let done = self.run_here(sql, args, sink);
            let _ = self.raw.busy_timeout(Duration::ZERO);
            let took = started.elapsed();
            if took > SLOW {
                tracing::warn!(took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX), sql, "a slow statement");
            }
            self.slow.note(key, took);
            done
        })
    }

    fn run_here(&self, sql: &str, args: &[Value], sink: &mut dyn Sink) -> Result<u64, Failure> {
        let mut statement = self.raw.prepare_cached(&numbered(sql))?;
        if statement.parameter_count() != args.len() {
            let (wanted, given) = (statement.parameter_count(), args.len());
            return Err(Failure::Ours(Error::internal(format!("{wanted} arguments are wanted and {given} given"))));
        }
        for (at, value) in args.iter().enumerate() {
            statement.raw_bind_parameter(at + 1, value)?;
        }
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            sink.row(&Row(RawRow::Sqlite(row)))?;
            if sink.one_is_enough() {
                break;
            }
        }
        drop(rows);
        Ok(if statement.readonly() { 0 } else { self.raw.changes() })
    }

    /// Runs statements parted by `;`, without arguments.
    pub(crate) fn script(&mut self, sql: &str) -> Result<(), Failure> {
        may_block(|| {
            self.ticks_left.store(i32::MAX, Ordering::Relaxed);
            self.raw.execute_batch(sql).map_err(Failure::Sqlite)
        })
    }

    /// Begins a transaction for reading. Its moment is fixed by the first read, not by BEGIN.
    pub(crate) fn snapshot(&self) -> rusqlite::Result<()> {
        self.ticks_left.store(i32::MAX, Ordering::Relaxed);
        self.raw.execute_batch("BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1")
    }

    /// Runs one of the lane's own statements, which answer with nothing.
    pub(crate) fn control(&self, sql: &'static str) -> rusqlite::Result<()> {
        self.raw.prepare_cached(sql)?.raw_execute().map(drop)
    }

    /// Lets it wait for another program's write, or not.
    pub(crate) fn patient(&self, patient: bool) {
        let _ = self.raw.busy_timeout(if patient { BUSY } else { Duration::ZERO });
    }
}

/// Runs what may take a while, or wait, so that other tasks of this thread go on elsewhere.
fn may_block<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current() {
        Ok(handle) if handle.runtime_flavor() == RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        // A runtime of one thread, as tests have, has nowhere else to go.
        _ => work(),
    }
}

/// Has it only taken too long, or met somebody's lock?
fn may_be_begun_anew(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::OperationInterrupted | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

fn hash(sql: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    sql.hash(&mut hasher);
    hasher.finish()
}

/// Which statements have been slow of late.
#[derive(Default)]
struct Slow(HashMap<u64, i8>);

impl Slow {
    /// From this score on a statement counts as slow; one slow run, which a busy machine may cause, is not enough.
    const SCORE: i8 = 6;
    /// More statements than this are not remembered.
    const MOST: usize = 500;

    fn is_slow(&self, key: u64) -> bool {
        self.0.get(&key).is_some_and(|&score| score >= Self::SCORE)
    }

    fn surely(&mut self, key: u64) {
        self.make_room();
        self.0.insert(key, 3 * Self::SCORE);
    }

    fn note(&mut self, key: u64, took: Duration) {
        if took > LONG {
            self.make_room();
            let score = self.0.entry(key).or_default();
            *score = score.saturating_add(2).min(3 * Self::SCORE);
        } else if let Some(score) = self.0.get_mut(&key) {
            *score -= 1;
            if *score <= 0 {
                self.0.remove(&key);
            }
        }
    }

    fn make_room(&mut self) {
        if self.0.len() >= Self::MOST {
            self.0.clear();
        }
    }
}

/// The statement with `?1` for `$1`: SQLite takes the latter for a name, and numbers names by where they stand.
fn numbered(sql: &str) -> Cow<'_, str> {
    if !sql.contains('$') {
        return Cow::Borrowed(sql);
    }
    let bytes = sql.as_bytes();
    let mut text = String::with_capacity(sql.len());
    let (mut from, mut at, mut quote) = (0, 0, None);
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (None, b'$') if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {
                text.push_str(&sql[from..at]);
                text.push('?');
                from = at + 1;
            }
            (None, b'-') if bytes.get(at + 1) == Some(&b'-') => quote = Some(b'\n'),
            (None, byte @ (b'\'' | b'"')) => quote = Some(byte),
            (Some(end), byte) if byte == end => quote = None,
            _ => {}
        }
        at += 1;
    }
    text.push_str(&sql[from..]);
    Cow::Owned(text)
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let borrowed = match self {
            Self::Bool(value) => value.map(|value| ValueRef::Integer(value.into())),
            Self::Int(value) => value.map(ValueRef::Integer),
            Self::Float(value) => value.map(ValueRef::Real),
            Self::Text(value) => value.as_ref().map(|value| ValueRef::Text(value.as_bytes())),
            Self::Bytes(value) => value.as_ref().map(|value| ValueRef::Blob(value)),
            Self::Uuid(value) => value.as_ref().map(|value| ValueRef::Blob(value.as_bytes())),
        };
        Ok(ToSqlOutput::Borrowed(borrowed.unwrap_or(ValueRef::Null)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_numbered_outside_of_quotes() {
        assert_eq!(
            numbered("SELECT $2, '$1', \"$3\", $10 -- it's $1\n, $1"),
            "SELECT ?2, '$1', \"$3\", ?10 -- it's $1\n, ?1"
        );
        assert_eq!(numbered("SELECT 'é''$1', $1"), "SELECT 'é''$1', ?1");
        assert_eq!(numbered("SELECT '->>$.a'"), "SELECT '->>$.a'");
    }

    #[test]
    fn one_slow_run_does_not_make_a_slow_statement() {
        let (slow, fast) = (Duration::from_millis(5), Duration::from_micros(5));
        let mut seen = Slow::default();
        for _ in 0..10 {
            seen.note(1, slow);
            seen.note(1, fast);
            seen.note(1, fast);
            assert!(!seen.is_slow(1));
        }
        for _ in 0..3 {
            seen.note(1, slow);
        }
        assert!(seen.is_slow(1));
        for _ in 0..20 {
            seen.note(1, fast);
        }
        assert!(!seen.is_slow(1) && seen.0.is_empty());
    }
}
