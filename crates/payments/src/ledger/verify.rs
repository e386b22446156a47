//! The whole ledger, looked through.

use db::{Db, Tx, args};
use kernel::{Amount, Result, Scope};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Balance, Sought, TOPIC, balances};

/// So many faults of each kind are told; more are only counted.
const TOLD: usize = 20;

/// What was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LedgerVerified)]
pub struct Verified {
    /// Is everything as it must be?
    pub sound: bool,
    /// How many entries there are,
    pub entries: u64,
    /// in how many postings.
    pub postings: u64,
    /// What is wrong, at most twenty of each kind; empty if nothing is.
    pub faults: Vec<String>,
    /// What each account comes to.
    pub balances: Vec<Balance>,
}

/// Looks through the whole ledger, as it was at one moment: every posting balances in each of its currencies, none is missing between the
/// first and the last number that was given out, every settled attempt stands in it once and with its amount, and every payment says of
/// itself what its entries say. An error only if it cannot be read. It is the server's whole ledger: who may ask is for the route
/// to say.
pub async fn verify(db: &Db) -> Result<Verified> {
    let mut tx = db.snapshot().await?;
    let tx = &mut tx;
    let mut faults = Vec::new();
    let (entries, postings): (u64, u64) = tx
        .fetch_one(
            "SELECT COALESCE(CAST(sum(n) AS BIGINT), 0), count(*) FROM \
             (SELECT count(*) AS n FROM ledger_entries GROUP BY posting) AS p",
            vec![],
        )
        .await?;
    unbalanced(tx, &mut faults).await?;
    missing(tx, postings, &mut faults).await?;
    attempts(tx, &mut faults).await?;
    payments(tx, &mut faults).await?;
    let balances = balances(Scope::system(), tx, &Sought::default()).await?;
    Ok(Verified { sound: faults.is_empty(), entries, postings, faults, balances })
}

async fn unbalanced(tx: &mut Tx, faults: &mut Vec<String>) -> Result<()> {
    // In the order of the primary key, so that nothing has to be sorted.
    let sql = "SELECT posting, CAST(sum(amount) AS BIGINT), count(*), min(currency), max(currency) FROM ledger_entries \
               GROUP BY posting HAVING sum(amount) <> 0 OR count(*) < 2 OR min(currency) <> max(currency) \
               ORDER BY posting LIMIT $1";
    let found: Vec<(i64, i64, u64, String, String)> = tx.fetch_all(sql, args![TOLD]).await?;
    faults.extend(found.into_iter().map(|(posting, sum, lines, one, other)| {
        if one == other {
            let off = Amount::from_minor(sum).to_number();
            format!("posting {posting} does not balance: its {lines} lines come to {off:.2} {one}")
        } else {
            format!("posting {posting} mixes currencies: {one} and {other}")
        }
    }));
    Ok(())
}

async fn missing(tx: &mut Tx, postings: u64, faults: &mut Vec<String>) -> Result<()> {
    let given_out = tx.version(TOPIC).await?.unsigned_abs();
    let (first, last): (Option<u64>, Option<u64>) = tx
        .fetch_one(
            "SELECT (SELECT min(posting) FROM ledger_entries), (SELECT max(posting) FROM ledger_entries)",
            vec![],
        )
        .await?;
    if postings == given_out && first.unwrap_or(1) == 1 && last.unwrap_or(0) == given_out {
        return Ok(());
    }
    faults.push(format!("{given_out} postings were made, and {postings} are there"));
    let sql = "SELECT posting, gap FROM (SELECT posting, posting - LAG(posting, 1, 0) OVER (ORDER BY posting) - 1 AS gap \
               FROM (SELECT DISTINCT posting FROM ledger_entries) AS p) AS q WHERE gap > 0 ORDER BY posting LIMIT $1";
    let gaps: Vec<(u64, u64)> = tx.fetch_all(sql, args![TOLD]).await?;
    faults.extend(gaps.into_iter().map(|(posting, gap)| match gap {
        1 => format!("posting {} is missing", posting - 1),
        _ => format!("postings {} to {} are missing", posting - gap, posting - 1),
    }));
    if last.unwrap_or(0) < given_out {
        faults.push(format!("postings {} to {given_out} are missing at the end", last.unwrap_or(0) + 1));
    }
    Ok(())
}

/// Kind, payment, amount, currency, amount in the ledger, postings.
type Found = (String, kernel::PaymentId, Amount, String, Amount, u64);

/// What the gateway did stands in the ledger, once, with its amount and its fee; what it did not do does not.
async fn attempts(tx: &mut Tx, faults: &mut Vec<String>) -> Result<()> {
    // Found as a whole before it is limited, for the same reason as below.
    let sql = "WITH wrong AS MATERIALIZED (SELECT a.kind, a.payment_id, a.amount, a.currency, COALESCE(l.moved, 0) AS moved, \
               COALESCE(l.postings, 0) AS postings, a.created_at FROM payment_attempts AS a LEFT JOIN (SELECT attempt_id, \
               CAST(sum(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS BIGINT) AS moved, \
               CAST(sum(CASE WHEN account = 'fees' THEN amount ELSE 0 END) AS BIGINT) AS fee, \
               max(posting) - min(posting) + 1 AS postings, min(currency) AS currency, min(kind) AS kind \
               FROM ledger_entries WHERE attempt_id IS NOT NULL GROUP BY attempt_id) AS l ON l.attempt_id = a.id \
               WHERE CASE WHEN a.status <> 'done' THEN l.attempt_id IS NOT NULL \
               ELSE l.attempt_id IS NULL OR l.moved <> a.amount OR l.postings <> 1 OR l.currency <> a.currency \
               OR abs(l.fee) <> a.fee OR l.kind <> CASE WHEN a.kind = 'return' THEN 'refund' ELSE a.kind END END) \
               SELECT kind, payment_id, amount, currency, moved, postings FROM wrong ORDER BY created_at LIMIT $1";
    let found: Vec<Found> = tx.fetch_all(sql, args![TOLD]).await?;
    faults.extend(found.into_iter().map(|(kind, payment, amount, currency, moved, postings)| {
        format!(
            "the {kind} of {:.2} {currency} for payment {payment} stands in {postings} postings with {:.2}",
            amount.to_number(),
            moved.to_number()
        )
    }));
    Ok(())
}

/// What a payment says of itself is what its entries come to. What is on its way back of a charge that came too late is in its entries alone.
async fn payments(tx: &mut Tx, faults: &mut Vec<String>) -> Result<()> {
    // Summed in one pass: joined to sums, PostgreSQL takes nested loops for the sake of the limit, and never comes to an end.
    let sql = "SELECT p.id, p.currency FROM (SELECT id FROM (\
               SELECT payment_id AS id, CASE WHEN account = 'brand' THEN -amount ELSE 0 END AS paid, \
               CASE WHEN account = 'fees' THEN amount ELSE 0 END AS fees FROM ledger_entries \
               UNION ALL SELECT payment_id, -amount, 0 FROM payment_attempts \
               WHERE kind = 'return' AND status <> 'done' OR kind = 'refund_failed' AND reason = 'return' \
               UNION ALL SELECT id, CASE WHEN status = 'completed' THEN refunded + disputed - amount ELSE 0 END, -fees FROM payments\
               ) AS said GROUP BY id HAVING sum(paid) <> 0 OR sum(fees) <> 0) AS wrong \
               JOIN payments AS p ON p.id = wrong.id ORDER BY p.created_at LIMIT $1";
    let found: Vec<(kernel::PaymentId, String)> = tx.fetch_all(sql, args![TOLD]).await?;
    faults.extend(found.into_iter().map(|(payment, currency)| {
        format!("payment {payment} says otherwise of itself than its entries in {currency} do")
    }));
    Ok(())
}
