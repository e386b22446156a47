//! The one writer, and group commit: many small transactions share one sync of the disk, and each is told only after it.
//!
//! A task owns the writer connection. It opens a transaction, lends the connection to one waiter after another, each
//! inside its own savepoint, and commits when nobody waits, or the group is big or old enough. A waiter that goes away
//! (an error, a panic, a cancelled request) gives the connection back by being dropped, and only its savepoint is undone.
//!
//! SQLite itself undoes the whole transaction on some faults (a full disk, an I/O error). Then the next savepoint
//! statement fails, the group is given up, and every member is told.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kernel::{Error, Kind, Result};
use tokio::sync::{mpsc, oneshot};

use super::connection::Connection;
use super::off_the_runtime;
use crate::fault::sqlite_fault;
use crate::hooks::{Hook, run_all};

/// A group is committed when it has this many members,
const MOST_MEMBERS: usize = 64;
/// or when its first member has waited this long.
const OLDEST: Duration = Duration::from_millis(5);
/// Who holds the writer longer than this is told in the log: everybody else waits.
const LONG_HOLD: Duration = Duration::from_secs(1);

/// The way to the writer.
pub(crate) struct Lane {
    orders: mpsc::UnboundedSender<Order>,
    wait: Duration,
    pub(crate) counts: Arc<Counts>,
}

/// What the lane has done, for the metrics.
#[derive(Default)]
pub(crate) struct Counts {
    /// Waiters at this moment.
    pub(crate) waiting: AtomicU64,
    /// Transactions committed.
    pub(crate) members: AtomicU64,
    /// Commits, each of one group.
    pub(crate) groups: AtomicU64,
    /// The biggest group so far.
    pub(crate) biggest: AtomicU64,
}

enum Order {
    Write(Want),
    Close(oneshot::Sender<()>),
}

struct Want {
    reply: oneshot::Sender<Result<WriteLease>>,
    /// A long transaction: it shares its commit with nobody, so that nobody small waits for it.
    alone: bool,
}

/// The writer connection, on loan; dropped without [`WriteLease::commit`], its savepoint is undone.
pub(crate) struct WriteLease {
    connection: Option<Connection>,
    back: Option<oneshot::Sender<Returned>>,
    taken: Instant,
}

struct Returned {
    connection: Connection,
    outcome: Outcome,
}

enum Outcome {
    Keep(Member),
    Undo,
}

struct Member {
    hooks: Vec<Hook>,
    told: oneshot::Sender<Result<()>>,
}

impl Lane {
    pub(crate) fn start(connection: Connection, path: PathBuf, wait: Duration) -> Self {
        let (orders, queue) = mpsc::unbounded_channel();
        let counts = Arc::new(Counts::default());
        let writer =
            Writer { connection: Some(connection), path, queue, next: VecDeque::new(), counts: Arc::clone(&counts) };
        tokio::spawn(writer.run());
        Self { orders, wait, counts }
    }

    /// Waits until everything asked for so far has been done and the connection is closed.
    pub(crate) async fn close(&self) {
        let (closed, done) = oneshot::channel();
        if self.orders.send(Order::Close(closed)).is_ok() {
            // An error is as good: the task has ended.
            let _ = done.await;
        }
    }

    /// Waits for the writer. First come, first served.
    pub(crate) async fn take(&self, alone: bool) -> Result<WriteLease> {
        let (reply, lease) = oneshot::channel();
        self.orders.send(Order::Write(Want { reply, alone })).map_err(|_| stopped())?;
        let _waiting = Waiting::new(&self.counts);
        match tokio::time::timeout(self.wait, lease).await {
            Ok(Ok(lease)) => lease,
            Ok(Err(_)) => Err(stopped()),
            Err(_) => Err(Error::new(Kind::Unavailable, "The server is busy with other writes; try again shortly")),
        }
    }
}

fn stopped() -> Error {
    Error::new(Kind::Unavailable, "The server is stopping; try again shortly")
}

/// Counts itself among the waiting for as long as it lives.
struct Waiting<'a>(&'a Counts);

impl<'a> Waiting<'a> {
    fn new(counts: &'a Counts) -> Self {
        counts.waiting.fetch_add(1, Ordering::Relaxed);
        Self(counts)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl WriteLease {
    pub(crate) fn connection(&mut self) -> Result<&mut Connection> {
        self.connection.as_mut().ok_or_else(|| Error::internal("the writer was used after it was given back"))
    }

    /// Gives the writer back with everything done so far, and waits until it is on the disk.
    pub(crate) async fn commit(mut self, hooks: Vec<Hook>) -> Result<()> {
        let (told, verdict) = oneshot::channel();
        self.give_back(Outcome::Keep(Member { hooks, told }));
        verdict.await.map_err(|_| stopped())?
    }

    fn give_back(&mut self, outcome: Outcome) {
        if let (Some(connection), Some(back)) = (self.connection.take(), self.back.take()) {
            let held = self.taken.elapsed();
            if held > LONG_HOLD {
                tracing::warn!(
                    held_ms = u64::try_from(held.as_millis()).unwrap_or(u64::MAX),
                    "a transaction held the one writer for long"
                );
            }
            // Nobody takes it back only when the runtime is going down, and the connection with it.
            let _ = back.send(Returned { connection, outcome });
        }
    }
}

impl Drop for WriteLease {
    fn drop(&mut self) {
        self.give_back(Outcome::Undo);
    }
}

/// The task that owns the writer connection.
struct Writer {
    /// Absent only while it is on loan, and after it was lost.
    connection: Option<Connection>,
    path: PathBuf,
    queue: mpsc::UnboundedReceiver<Order>,
    next: VecDeque<Order>,
    counts: Arc<Counts>,
}

impl Writer {
    async fn run(mut self) {
        while let Some(want) = self.wait_for_want().await {
            let mut members = Vec::new();
            let outcome = self.group(want, &mut members).await;
            match &outcome {
                Ok(()) if !members.is_empty() => {
                    let count = members.len() as u64;
                    self.counts.members.fetch_add(count, Ordering::Relaxed);
                    self.counts.groups.fetch_add(1, Ordering::Relaxed);
                    self.counts.biggest.fetch_max(count, Ordering::Relaxed);
                }
                Ok(()) => {}
                Err(_) => self.clear().await,
            }
            for member in members {
                let verdict = match &outcome {
                    Ok(()) => {
                        run_all(member.hooks);
                        Ok(())
                    }
                    Err(error) => Err(again(error)),
                };
                // Who has gone away need not be told; what it did stands all the same.
                let _ = member.told.send(verdict);
            }
        }
        if let Some(connection) = self.connection.take() {
            close(connection).await;
        }
    }

    /// The next waiter who still waits; nothing when the lane is closed or no [`Lane`] is left.
    async fn wait_for_want(&mut self) -> Option<Want> {
        loop {
            let order = match self.next.pop_front() {
                Some(order) => order,
                None => self.queue.recv().await?,
            };
            match order {
                Order::Write(want) if want.reply.is_closed() => {}
                Order::Write(want) => return Some(want),
                Order::Close(closed) => {
                    if let Some(connection) = self.connection.take() {
                        close(connection).await;
                    }
                    let _ = closed.send(());
                    return None;
                }
            }
        }
    }

    /// The next waiter, if one waits already and may join the group.
    fn next_of_group(&mut self) -> Option<Want> {
        while let Ok(order) = self.queue.try_recv() {
            self.next.push_back(order);
        }
        loop {
            match self.next.pop_front()? {
                Order::Write(want) if want.reply.is_closed() => {}
                Order::Write(want) if !want.alone => return Some(want),
                other => {
                    self.next.push_front(other);
                    return None;
                }
            }
        }
    }

    /// One transaction, from BEGIN to COMMIT. Members are in `members` also when it fails.
    async fn group(&mut self, first: Want, members: &mut Vec<Member>) -> Result<()> {
        let opened = Instant::now();
        let mut want = first;
        if let Err(error) = self.begin().await {
            let _ = want.reply.send(Err(error));
            return Ok(());
        }
        loop {
            let alone = want.alone;
            let outcome = self.lend(want).await?;
            let kept = matches!(outcome, Outcome::Keep(_));
            if let Outcome::Keep(member) = outcome {
                members.push(member);
            }
            let room = !alone && members.len() < MOST_MEMBERS && (members.is_empty() || opened.elapsed() < OLDEST);
            let next = if room { self.next_of_group() } else { None };
            let Some(next) = next else {
                if !kept {
                    self.control(&["ROLLBACK TO member", "RELEASE member"]).map_err(|error| undone(&error))?;
                }
                // With no member this ends a transaction that has changed nothing.
                return self.commit().await;
            };
            let step: &[_] = if kept { &["RELEASE member"] } else { &["ROLLBACK TO member", "RELEASE member"] };
            if let Err(error) = self.control(step).and_then(|()| self.control(&["SAVEPOINT member"])) {
                // Who has not begun yet begins with the next group.
                self.next.push_front(Order::Write(next));
                return Err(undone(&error));
            }
            want = next;
        }
    }

    async fn begin(&mut self) -> Result<()> {
        let begin = |connection: &Connection| {
            connection.control("BEGIN IMMEDIATE").and_then(|()| connection.control("SAVEPOINT member"))
        };
        // At once, if no other program writes; else where waiting harms nobody.
        if self.connection.as_ref().is_some_and(|connection| begin(connection).is_ok()) {
            return Ok(());
        }
        let (connection, path) = (self.connection.take(), self.path.clone());
        let connection = off_the_runtime(move || {
            let connection = match connection {
                Some(connection) => connection,
                None => super::open_writer(&path)?,
            };
            connection.patient(true);
            let done = begin(&connection);
            connection.patient(false);
            // After a fault it is opened anew by whoever comes next.
            done.map(|()| connection).map_err(|error| sqlite_fault(&error, "BEGIN IMMEDIATE"))
        })
        .await?;
        self.connection = Some(connection);
        Ok(())
    }

    /// Commits, and waits for the disk, off the runtime.
    async fn commit(&mut self) -> Result<()> {
        let connection = self.connection.take().ok_or_else(missing)?;
        let (connection, done) = off_the_runtime(move || {
            let done = connection.control("COMMIT").map_err(|error| sqlite_fault(&error, "COMMIT"));
            Ok((connection, done))
        })
        .await?;
        self.connection = Some(connection);
        done
    }

    /// Lends the connection and waits until it is back.
    async fn lend(&mut self, want: Want) -> Result<Outcome> {
        let (back, returned) = oneshot::channel();
        let connection = self.connection.take();
        // If the waiter has gone meanwhile, the lease is dropped on the way, and comes back as "undo".
        let _ = want.reply.send(Ok(WriteLease { connection, back: Some(back), taken: Instant::now() }));
        let returned = returned.await.map_err(|_| Error::internal("the writer connection did not come back"))?;
        self.connection = Some(returned.connection);
        Ok(returned.outcome)
    }

    /// Leaves no transaction open after a fault; SQLite may have ended it already.
    async fn clear(&mut self) {
        if self.control(&["ROLLBACK"]).is_err()
            && let Some(connection) = self.connection.take()
        {
            // "No transaction is active" is what some faults leave. Anything else ends with a fresh connection too.
            close(connection).await;
        }
    }

    fn control(&self, statements: &[&'static str]) -> Result<()> {
        let connection = self.connection.as_ref().ok_or_else(missing)?;
        for sql in statements {
            connection.control(sql).map_err(|error| sqlite_fault(&error, sql))?;
        }
        Ok(())
    }
}

fn missing() -> Error {
    Error::internal("the writer connection is missing")
}

/// Closing the last connection to a file checkpoints its log, which takes a while.
async fn close(connection: Connection) {
    let _ = off_the_runtime(move || {
        drop(connection);
        Ok(())
    })
    .await;
}

/// What the members of a group are told that SQLite has undone because of a neighbour's fault.
fn undone(why: &Error) -> Error {
    Error::new(
        Kind::Unavailable,
        "The write was undone because the database ran into a fault, such as a full disk; see to that and try again",
    )
    .because(why)
}

/// The same error once more, for the next member of the group.
fn again(error: &Error) -> Error {
    let copy = Error::new(error.kind(), error.message().to_owned());
    match error.context() {
        Some(context) => copy.because(context),
        None => copy,
    }
}
