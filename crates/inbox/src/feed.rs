//! What is counted for each account, and its feed: what a live stream shows.

use db::{Sql, Tx, Value, args};
use kernel::{AccountId, Result, Timestamp};
use uuid::Uuid;

/// How many entries of a feed are forgotten in one go.
const BITE: u32 = 1_000;

/// What an entry of a feed is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
pub(crate) enum Entry {
    /// A notification, by its id.
    Notification,
    /// A message, by its id.
    Message,
    /// The other one of a conversation has read it; by the id of the conversation.
    Receipt,
    /// What is unread is another number than before.
    Unread,
}

/// By how much the numbers of an account move, and what its feed says of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Move {
    pub(crate) notifications: i64,
    pub(crate) unread_notifications: i64,
    pub(crate) conversations: i64,
    pub(crate) unread_messages: i64,
    /// When the next digest is due, if none is yet.
    pub(crate) digest_at: Option<Timestamp>,
    pub(crate) entries: Vec<(Entry, Option<Uuid>)>,
}

/// The numbers of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, db::Row)]
pub(crate) struct Numbers {
    pub(crate) seq: i64,
    pub(crate) notifications: u64,
    pub(crate) unread_notifications: u64,
    pub(crate) conversations: u64,
    pub(crate) unread_messages: u64,
}

/// Moves the numbers of an account and adds to its feed; whoever does the same meanwhile waits for the end of this transaction. Of several accounts the
/// one with the lowest id comes first.
pub(crate) async fn shift(tx: &mut Tx, account: AccountId, by: &Move, now: Timestamp) -> Result<Numbers> {
    let entries = i64::try_from(by.entries.len()).unwrap_or_default();
    let sql = format!(
        "INSERT INTO inbox_accounts (account_id, seq, notifications, unread_notifications, conversations, unread_messages, digest_at) \
         VALUES ($1, $2, $8, $9, $10, $11, $7) ON CONFLICT (account_id) DO UPDATE SET seq = inbox_accounts.seq + $2, \
         notifications = inbox_accounts.notifications + $3, \
         unread_notifications = inbox_accounts.unread_notifications + $4, \
         conversations = inbox_accounts.conversations + $5, unread_messages = inbox_accounts.unread_messages + $6, \
         digest_at = coalesce(inbox_accounts.digest_at, $7) RETURNING {}",
        Numbers::COLUMNS
    );
    let by_how_much = [by.notifications, by.unread_notifications, by.conversations, by.unread_messages];
    let mut moved = args![account, entries];
    moved.extend(by_how_much.map(Value::from));
    moved.push(Value::from(by.digest_at));
    // A row that is new begins with what is added; both engines check it before they find that there is one.
    moved.extend(by_how_much.map(|by| Value::from(by.max(0))));
    let numbers: Numbers = tx.fetch_one(&sql, moved).await?;
    if !by.entries.is_empty() {
        let first = numbers.seq - entries + 1;
        let rows = (first..).zip(&by.entries).map(|(seq, (kind, about))| args![account, seq, *kind, *about, now]);
        let rows = rows.collect();
        tx.insert_rows("INSERT INTO inbox_feed (account_id, seq, kind, about, created_at)", "", rows).await?;
    }
    Ok(numbers)
}

/// Has whoever moves the numbers of these accounts wait for the end of this transaction.
pub(crate) async fn lock(tx: &mut Tx, accounts: &[AccountId], now: Timestamp) -> Result<()> {
    let mut accounts = accounts.to_vec();
    accounts.sort();
    for account in accounts {
        shift(tx, account, &Move::default(), now).await?;
    }
    Ok(())
}

/// The numbers of an account.
pub(crate) async fn numbers(tx: &mut Tx, account: AccountId) -> Result<Numbers> {
    let sql = format!("SELECT {} FROM inbox_accounts WHERE account_id = $1", Numbers::COLUMNS);
    Ok(tx.fetch_optional(&sql, args![account]).await?.unwrap_or_default())
}

/// How many notifications of this account are unread.
pub(crate) async fn unread(tx: &mut Tx, account: AccountId) -> Result<u64> {
    let sql = "SELECT unread_notifications FROM inbox_accounts WHERE account_id = $1";
    Ok(tx.fetch_optional(sql, args![account]).await?.unwrap_or_default())
}

/// An entry of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, db::Row)]
pub(crate) struct FeedRow {
    pub(crate) account_id: AccountId,
    pub(crate) seq: i64,
    pub(crate) kind: Entry,
    pub(crate) about: Option<Uuid>,
    pub(crate) created_at: Timestamp,
}

/// What came after these numbers in the feeds of these accounts, oldest first; `most` entries at most.
pub(crate) async fn after(tx: &mut Tx, from: &[(AccountId, i64)], most: u32) -> Result<Vec<FeedRow>> {
    let mut sql = Sql::new(format!("SELECT {} FROM inbox_feed WHERE FALSE", FeedRow::COLUMNS));
    for (account, seq) in from {
        sql.push(" OR (account_id = ").bind(*account).push(" AND seq > ").bind(*seq).push(")");
    }
    sql.push(" ORDER BY account_id, seq LIMIT ").bind(most);
    sql.all(tx).await
}

/// The oldest entry of a feed that is kept.
pub(crate) async fn oldest(tx: &mut Tx, account: AccountId) -> Result<Option<i64>> {
    let sql = "SELECT seq FROM inbox_feed WHERE account_id = $1 ORDER BY seq LIMIT 1";
    tx.fetch_optional(sql, args![account]).await
}

/// Forgets entries that are older than this. Tells how many.
pub(crate) async fn forget(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let sql = "DELETE FROM inbox_feed WHERE (account_id, seq) IN \
               (SELECT account_id, seq FROM inbox_feed WHERE created_at < $1 ORDER BY created_at LIMIT $2)";
    tx.execute(sql, args![before, BITE]).await
}

/// Counts one more of this in the present stretch of time, and tells how many there are.
pub(crate) async fn flood(tx: &mut Tx, account: AccountId, name: &str, per: i64, now: Timestamp) -> Result<u64> {
    let bucket = now.micros() / per;
    let until = Timestamp::from_micros((bucket + 1) * per);
    let sql = "INSERT INTO inbox_floods (account_id, name, bucket, counted, until) VALUES ($1, $2, $3, 1, $4) \
               ON CONFLICT (account_id, name, bucket) DO UPDATE SET counted = inbox_floods.counted + 1 RETURNING counted";
    tx.fetch_value(sql, args![account, name, bucket, until]).await
}

/// Forgets what was counted in stretches of time that are over. Tells how many.
pub(crate) async fn forget_floods(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let sql = "DELETE FROM inbox_floods WHERE (account_id, name, bucket) IN \
               (SELECT account_id, name, bucket FROM inbox_floods WHERE until < $1 ORDER BY until LIMIT $2)";
    tx.execute(sql, args![now, BITE]).await
}

/// The numbers of these accounts.
pub(crate) async fn all_numbers(tx: &mut Tx, accounts: &[AccountId]) -> Result<Vec<(AccountId, Numbers)>> {
    let mut sql = Sql::new(format!("SELECT account_id, {} FROM inbox_accounts WHERE TRUE", Numbers::COLUMNS));
    sql.and_in("account_id", accounts.iter().copied()).all(tx).await
}
