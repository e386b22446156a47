//! All of this crate's SQL on deliveries.

use std::collections::HashSet;

use db::{Db, Engine, Sql, Tx, args};
use kernel::{Clock, DeliveryId, Error, Kind, Result, Timestamp};
use uuid::Uuid;

use crate::model::{Delivery, Fate, NewDelivery, State};
use crate::scrub::scrub;

/// The bell that is rung when a delivery is wanted.
pub(crate) const BELL: &str = "deliveries";
/// The most that may be asked, in bytes.
const MOST_ASKED: usize = 64 << 10;
/// What is still to be done: exactly the condition of the partial indexes.
const OPEN: &str = "state IN ('queued', 'sending')";

/// Who holds deliveries: one per courier of a process.
pub(crate) type Holder = kernel::Id<()>;

/// Writes down that something is to leave the house: it does if, and only if, this transaction is committed. Answers its id, or that of
/// the delivery that is the same wish already.
pub async fn enqueue(tx: &mut Tx, clock: &Clock, new: NewDelivery) -> Result<DeliveryId> {
    if new.asked.len() > MOST_ASKED {
        let message = format!("What is to be sent is larger than {MOST_ASKED} bytes; send less of it");
        return Err(Error::new(Kind::TooLarge, message));
    }
    let now = clock.now();
    let sql = "INSERT INTO deliveries (id, kind, subject, owner, idempotency_key, asked, state, max_attempts, run_at, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $8, $9) \
               ON CONFLICT (idempotency_key, kind) DO UPDATE SET kind = excluded.kind RETURNING id";
    let owner = new.workspace.map_or(Uuid::nil(), kernel::Id::uuid);
    let run_at = new.at.unwrap_or(now);
    let arguments = args![
        clock.new_id::<()>(),
        new.kind,
        new.subject,
        owner,
        new.key,
        new.asked.replace('\0', ""),
        new.max_attempts.max(1),
        run_at,
        now
    ];
    let id = tx.fetch_value(sql, arguments).await?;
    tx.ring(BELL);
    Ok(id)
}

/// The delivery with this id.
pub async fn find(tx: &mut Tx, id: DeliveryId) -> Result<Option<Delivery>> {
    tx.fetch_optional(&format!("SELECT {} FROM deliveries WHERE id = $1", Delivery::COLUMNS), args![id]).await
}

/// Queues a delivery that was given up once more, with all its attempts. Tells whether it was there to be replayed.
pub async fn replay(tx: &mut Tx, clock: &Clock, id: DeliveryId) -> Result<bool> {
    let sql = "UPDATE deliveries SET state = 'queued', attempts = 0, run_at = $2, settled_at = NULL \
               WHERE id = $1 AND state = 'failed'";
    let changed = tx.execute(sql, args![id, clock.now()]).await?;
    tx.ring(BELL);
    Ok(changed == 1)
}

/// What was given up, the newest first.
pub async fn failed(tx: &mut Tx, most: u32) -> Result<Vec<Delivery>> {
    let columns = Delivery::COLUMNS;
    let sql = format!("SELECT {columns} FROM deliveries WHERE state = 'failed' ORDER BY settled_at DESC, id LIMIT $1");
    tx.fetch_all(&sql, args![most]).await
}

/// How the deliveries of a kind stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The kind.
    pub kind: String,
    /// Waiting for their moment or for a courier.
    pub queued: u64,
    /// On their way.
    pub sending: u64,
    /// Given up.
    pub failed: u64,
    /// For how many microseconds the one that is most overdue has been waiting for a courier.
    pub overdue: u64,
    /// How many microseconds ago the oldest that is still open was wanted.
    pub oldest: u64,
}

/// A kind, how many are queued, sending and failed, the earliest that is due, and the oldest.
type Line = (String, u64, u64, u64, Option<Timestamp>, Option<Timestamp>);

/// How the deliveries of every kind stand that has any open or given up, for the metrics.
pub async fn counts(db: &Db, now: Timestamp) -> Result<Vec<Counts>> {
    // PostgreSQL adds BIGINTs up to NUMERIC.
    let sum = |column: &str| format!("CAST(sum({column}) AS BIGINT)");
    let sql = format!(
        "SELECT kind, {}, {}, {}, min(due), min(oldest) FROM (\
         SELECT kind, count(*) - count(locked_by) AS queued, count(locked_by) AS sending, 0 AS failed, \
         min(CASE WHEN state = 'queued' THEN run_at END) AS due, min(created_at) AS oldest \
         FROM deliveries WHERE {OPEN} GROUP BY kind \
         UNION ALL SELECT kind, 0, 0, count(*), NULL, NULL FROM deliveries WHERE state = 'failed' GROUP BY kind\
         ) AS counted GROUP BY kind ORDER BY kind",
        sum("queued"),
        sum("sending"),
        sum("failed"),
    );
    let lines: Vec<Line> = db.read().await?.fetch_all(&sql, args![]).await?;
    let since = |moment: Option<Timestamp>| {
        moment.map_or(0, |moment| u64::try_from(now.micros() - moment.micros()).unwrap_or_default())
    };
    let counts = lines.into_iter().map(|(kind, queued, sending, failed, due, oldest)| Counts {
        kind,
        queued,
        sending,
        failed,
        overdue: since(due),
        oldest: since(oldest),
    });
    Ok(counts.collect())
}

/// When the next delivery of a kind is due, if any is open.
pub(crate) async fn next_due(tx: &mut Tx, kind: &str) -> Result<Option<Timestamp>> {
    let sql = format!("SELECT run_at FROM deliveries WHERE kind = $1 AND {OPEN} ORDER BY run_at LIMIT 1");
    tx.fetch_optional(&sql, args![kind]).await
}

/// The owners of open deliveries of a kind after this one (from the first, if there is none), in order, and whether any of theirs is
/// due. One step of an index for each: it costs what there are owners, not what there are deliveries.
pub(crate) async fn owners(
    tx: &mut Tx,
    kind: &str,
    now: Timestamp,
    after: Option<Uuid>,
    most: u32,
) -> Result<Vec<(Uuid, bool)>> {
    let first = if after.is_some() { ">" } else { ">=" };
    let next = format!("SELECT d.owner FROM deliveries AS d WHERE d.kind = $1 AND d.{OPEN} AND d.owner");
    let sql = format!(
        "WITH RECURSIVE walk (owner, step) AS (\
         SELECT ({next} {first} $2 ORDER BY d.owner LIMIT 1), 1 \
         UNION ALL SELECT ({next} > walk.owner ORDER BY d.owner LIMIT 1), walk.step + 1 \
         FROM walk WHERE walk.owner IS NOT NULL AND walk.step < $4) \
         SELECT owner, EXISTS (SELECT 1 FROM deliveries AS d WHERE d.kind = $1 AND d.{OPEN} AND d.owner = walk.owner \
         AND d.run_at <= $3) FROM walk WHERE owner IS NOT NULL"
    );
    tx.fetch_all(&sql, args![kind, after.unwrap_or_default(), now, most]).await
}

/// Which deliveries are taken.
#[derive(Clone, Copy)]
pub(crate) enum Which<'a> {
    /// Of each owner up to so many that are due, the longest due first.
    Shares(&'a [(Uuid, usize)]),
    /// This one, if it is due.
    One(DeliveryId),
}

impl Which<'_> {
    /// The ids of what is due, as a statement; `$1` is the kind, `$2` the moment.
    fn due(self, kind: &str, now: Timestamp, lock: &str) -> Sql {
        // The arguments that every part shares.
        let mut sql = Sql { text: String::new(), args: args![kind, now] };
        match self {
            Self::One(id) => {
                sql.push(&format!("SELECT id FROM deliveries WHERE kind = $1 AND {OPEN} AND run_at <= $2 AND id = "));
                sql.bind(id).push(lock);
            }
            Self::Shares(shares) => {
                for (number, (owner, most)) in shares.iter().enumerate() {
                    sql.push(if number == 0 { "" } else { " UNION ALL " });
                    sql.push(&format!(
                        "SELECT id FROM (SELECT id FROM deliveries WHERE kind = $1 AND {OPEN} AND run_at <= $2 AND owner = "
                    ));
                    sql.bind(*owner).push(" ORDER BY run_at LIMIT ").bind(*most).push(lock);
                    sql.push(&format!(") AS part{number}"));
                }
            }
        }
        sql
    }
}

/// The ids of what is due, without taking it.
pub(crate) async fn due(tx: &mut Tx, kind: &str, now: Timestamp, shares: &[(Uuid, usize)]) -> Result<Vec<DeliveryId>> {
    let sql = Which::Shares(shares).due(kind, now, "");
    tx.fetch_all(&sql.text, sql.args).await
}

/// Takes what is due or was left behind, until this moment. An attempt that was left behind was never answered.
pub(crate) async fn take(
    tx: &mut Tx,
    holder: Holder,
    kind: &str,
    which: Which<'_>,
    (now, until): (Timestamp, Timestamp),
) -> Result<Vec<Delivery>> {
    let lock = if tx.engine() == Engine::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
    let due = which.due(kind, now, lock);
    // MATERIALIZED: PostgreSQL may otherwise run the inner query more than once, and take more than was asked for.
    let mut sql = Sql { text: format!("WITH due AS MATERIALIZED ({}) ", due.text), args: due.args };
    sql.push("UPDATE deliveries SET unanswered = (unanswered OR state = 'sending'), state = 'sending', ");
    sql.push("attempts = attempts + 1, locked_by = ").bind(holder).push(", run_at = ").bind(until);
    sql.push(" WHERE id IN (SELECT id FROM due) RETURNING ").push(Delivery::COLUMNS);
    let mut taken: Vec<Delivery> = tx.fetch_all(&sql.text, sql.args).await?;
    taken.sort_by_key(|delivery| (delivery.created_at, delivery.id));
    Ok(taken)
}

/// Tells that a holder is still at these.
pub(crate) async fn renew(
    tx: &mut Tx,
    holder: Holder,
    ids: impl Iterator<Item = DeliveryId>,
    until: Timestamp,
) -> Result<u64> {
    let mut sql = Sql::new("UPDATE deliveries SET run_at = ");
    sql.bind(until).push(" WHERE state = 'sending' AND locked_by = ").bind(holder).push(" AND id IN ").bind_list(ids);
    tx.execute(&sql.text, sql.args).await
}

/// Writes down what came of a delivery. With a holder, it must still be at this very attempt, but for what arrived: that is true whoever
/// says it. Tells whether anything was changed.
pub(crate) async fn settle(
    tx: &mut Tx,
    delivery: &Delivery,
    holder: Option<Holder>,
    fate: &Fate,
    now: Timestamp,
) -> Result<bool> {
    let state = fate.state();
    let mut sql = Sql::new("UPDATE deliveries SET locked_by = NULL, state = ");
    sql.bind(state).push(", error = ").bind(fate.why().map(scrub));
    match fate {
        Fate::Sent { answer } => {
            sql.push(", answer = ").bind(answer.as_deref().map(scrub));
        }
        Fate::Later { after, unknown, .. } => {
            let after = i64::try_from(after.as_micros()).unwrap_or(i64::MAX);
            sql.push(", run_at = ").bind(now.plus(after));
            if *unknown {
                sql.push(", unanswered = TRUE");
            }
        }
        Fate::Rejected(_) | Fate::Failed(_) | Fate::Withheld(_) => {}
    }
    if state.is_over() {
        sql.push(", settled_at = ").bind(now);
    }
    sql.push(" WHERE id = ").bind(delivery.id);
    match holder {
        Some(holder) if state != State::Sent => {
            sql.push(" AND state = 'sending' AND locked_by = ").bind(holder);
            sql.push(" AND attempts = ").bind(delivery.attempts);
        }
        _ => {
            sql.push(" AND state IN ").bind_list(state.lower());
        }
    }
    Ok(tx.execute(&sql.text, sql.args).await? == 1)
}

/// Writes down what came of several deliveries, as [`settle`] does for each; tells which of them were changed.
pub(crate) async fn settle_all(
    tx: &mut Tx,
    holder: Option<Holder>,
    fates: &[(&Delivery, &Fate)],
    now: Timestamp,
) -> Result<Vec<bool>> {
    // Most simply arrived. All of these are one statement.
    let ids: Vec<DeliveryId> =
        fates.iter().filter(|(_, fate)| has_arrived(fate)).map(|(delivery, _)| delivery.id).collect();
    let settled: HashSet<DeliveryId> = arrive(tx, &ids, now).await?.into_iter().collect();
    let mut changed = Vec::with_capacity(fates.len());
    for (delivery, fate) in fates {
        changed.push(if has_arrived(fate) {
            settled.contains(&delivery.id)
        } else {
            settle(tx, delivery, holder, fate, now).await?
        });
    }
    Ok(changed)
}

/// Did it arrive, with nothing of the answer to be kept?
fn has_arrived(fate: &Fate) -> bool {
    matches!(fate, Fate::Sent { answer: None })
}

/// Writes down that these arrived and that nothing of the answer is kept; answers those for which this is new.
async fn arrive(tx: &mut Tx, ids: &[DeliveryId], now: Timestamp) -> Result<Vec<DeliveryId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("UPDATE deliveries SET locked_by = NULL, state = ");
    sql.bind(State::Sent).push(", error = NULL, answer = NULL, settled_at = ").bind(now);
    sql.push(" WHERE id IN ")
        .bind_list(ids.iter().copied())
        .and_in("state", State::Sent.lower())
        .push(" RETURNING id")
        .all(tx)
        .await
}

/// Lets others take at once what this holder still has; nobody knows what came of it.
pub(crate) async fn release(tx: &mut Tx, holder: Holder, now: Timestamp) -> Result<u64> {
    let sql = "UPDATE deliveries SET run_at = $2 WHERE locked_by = $1 AND state = 'sending'";
    tx.execute(sql, args![holder, now]).await
}

/// Forgets what was over before this moment, some at a time; what was given up is kept. Tells how many.
pub(crate) async fn purge(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let sql = "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries \
               WHERE state IN ('rejected', 'withheld', 'sent') AND settled_at < $1 ORDER BY settled_at LIMIT 1000)";
    tx.execute(sql, args![before]).await
}
