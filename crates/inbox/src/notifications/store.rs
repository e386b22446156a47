//! All SQL of notifications. Each statement names the account whose they are.

use db::{Listing, Sql, Tx, args};
use kernel::{AccountId, Result, Timestamp};
use uuid::Uuid;

use super::model::{NotificationId, NotificationRow, NotificationType};
use crate::pages::Paging;

/// How many are deleted in one go.
const BITE: u32 = 500;

/// Which notifications are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) kind: Option<NotificationType>,
    pub(crate) is_read: Option<bool>,
}

fn filter(account: AccountId, wanted: Wanted) -> Sql {
    let mut filter = Sql::filter();
    filter.push(" AND shown").and("account_id = ", account).and_if("kind = ", wanted.kind);
    match wanted.is_read {
        Some(true) => filter.push(" AND read_at IS NOT NULL"),
        Some(false) => filter.push(" AND read_at IS NULL"),
        None => &mut filter,
    };
    filter
}

/// A page of an account's notifications, newest first; how many there are is counted by the caller, where it is known.
pub(crate) async fn page(
    tx: &mut Tx,
    account: AccountId,
    wanted: Wanted,
    paging: Paging,
) -> Result<Vec<NotificationRow>> {
    let mut sql = Sql::of::<NotificationRow>();
    let narrowed = filter(account, wanted);
    sql.text.push_str(&narrowed.text);
    sql.args = narrowed.args;
    sql.push(" ORDER BY created_at DESC, id DESC LIMIT ").bind(paging.limit).push(" OFFSET ").bind(paging.offset());
    sql.all(tx).await
}

/// How many there are of these.
pub(crate) async fn count(tx: &mut Tx, account: AccountId, wanted: Wanted) -> Result<u64> {
    Listing::of::<NotificationRow>(filter(account, wanted)).count(tx).await
}

/// One of an account's notifications that is shown.
pub(crate) async fn by_id(tx: &mut Tx, account: AccountId, id: NotificationId) -> Result<Option<NotificationRow>> {
    Sql::of::<NotificationRow>().push(" AND shown").and("account_id = ", account).and("id = ", id).optional(tx).await
}

/// One that stands for several happenings.
#[derive(Clone, Copy, Debug, db::Row)]
pub(crate) struct Counted {
    pub(crate) id: NotificationId,
    pub(crate) counted: u64,
    pub(crate) is_unread: bool,
}

/// Counts one more happening in the one of this name, if it is there. Whoever else writes it waits for the end of this transaction.
pub(crate) async fn count_up(tx: &mut Tx, account: AccountId, happening: &str) -> Result<Option<Counted>> {
    let sql = "UPDATE notifications SET counted = counted + 1 WHERE account_id = $1 AND happening = $2 \
               RETURNING id, counted, read_at IS NULL";
    tx.fetch_optional(sql, args![account, happening]).await
}

/// The same of one that is unread; nothing if it was read, or is gone.
pub(crate) async fn count_up_unread(tx: &mut Tx, account: AccountId, id: NotificationId) -> Result<Option<u64>> {
    let sql = "UPDATE notifications SET counted = counted + 1 WHERE id = $1 AND account_id = $2 AND shown AND read_at IS NULL \
               RETURNING counted";
    tx.fetch_optional(sql, args![id, account]).await
}

/// Notifications by their ids, for those whose they are.
pub(crate) async fn by_ids(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<NotificationRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Sql::of::<NotificationRow>().push(" AND shown").and_in("id", ids.iter().copied()).all(tx).await
}

/// Has one that was just written not be shown, nor mailed at once.
pub(crate) async fn hold_back(tx: &mut Tx, row: &NotificationRow) -> Result<()> {
    let sql = "UPDATE notifications SET shown = $3, email = $3, digest = $4 WHERE id = $1 AND account_id = $2";
    tx.execute(sql, args![row.id, row.account_id, row.shown, row.digest]).await.map(drop)
}

/// Writes what is said anew into one that stands for several happenings: it is unread, and as new as the last of them.
pub(crate) async fn overwrite(tx: &mut Tx, row: &NotificationRow) -> Result<()> {
    let sql = "UPDATE notifications SET title = $3, content = $4, counted = $5, created_at = $6, digest = $7, read_at = NULL \
               WHERE id = $1 AND account_id = $2";
    let said = args![row.id, row.account_id, &row.title, &row.content, row.counted, row.created_at, row.digest];
    tx.execute(sql, said).await.map(drop)
}

/// Marks one as read; false if it is not there or was read before.
pub(crate) async fn read(tx: &mut Tx, account: AccountId, id: NotificationId, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE notifications SET read_at = $3, digest = FALSE WHERE id = $1 AND account_id = $2 AND shown AND read_at IS NULL";
    Ok(tx.execute(sql, args![id, account, now]).await? == 1)
}

/// Marks all of these as read, that were there until then; tells how many they are.
pub(crate) async fn read_all(
    tx: &mut Tx,
    account: AccountId,
    kind: Option<NotificationType>,
    until: Timestamp,
    now: Timestamp,
) -> Result<u64> {
    let mut sql = Sql::new("UPDATE notifications SET digest = FALSE, read_at = ");
    sql.bind(now).push(" WHERE shown AND read_at IS NULL").and("account_id = ", account);
    sql.and("created_at <= ", until).and_if("kind = ", kind);
    sql.run(tx).await
}

/// Deletes one. Tells whether it was unread; nothing if it was not there.
pub(crate) async fn delete(tx: &mut Tx, account: AccountId, id: NotificationId) -> Result<Option<bool>> {
    let sql = "DELETE FROM notifications WHERE id = $1 AND account_id = $2 AND shown RETURNING read_at IS NULL";
    tx.fetch_optional(sql, args![id, account]).await
}

/// An account that has notifications which were written before this moment.
pub(crate) async fn with_old(tx: &mut Tx, before: Timestamp) -> Result<Option<AccountId>> {
    let sql = "SELECT account_id FROM notifications WHERE created_at < $1 ORDER BY created_at LIMIT 1";
    tx.fetch_optional(sql, args![before]).await
}

/// Deletes an account's notifications that were written before this moment, some of them. Tells of each whether it was shown, and unread.
pub(crate) async fn delete_old(tx: &mut Tx, account: AccountId, before: Timestamp) -> Result<Vec<(bool, bool)>> {
    let sql = "DELETE FROM notifications WHERE id IN (SELECT id FROM notifications WHERE account_id = $1 AND created_at < $2 \
               ORDER BY created_at LIMIT $3) RETURNING shown, read_at IS NULL";
    tx.fetch_all(sql, args![account, before, BITE]).await
}

/// Accounts whose digest is due, the longest due first.
pub(crate) async fn digests_due(tx: &mut Tx, now: Timestamp, most: u32) -> Result<Vec<AccountId>> {
    let sql = "SELECT account_id FROM inbox_accounts WHERE digest_at <= $1 ORDER BY digest_at LIMIT $2";
    tx.fetch_all(sql, args![now, most]).await
}

/// Takes the digest of an account, once: false if somebody else has.
pub(crate) async fn take_digest(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE inbox_accounts SET digest_at = NULL WHERE account_id = $1 AND digest_at <= $2";
    Ok(tx.execute(sql, args![account, now]).await? == 1)
}

/// What waits for an account's digest, newest first, and it waits no more; what was read meanwhile is left out.
pub(crate) async fn for_digest(tx: &mut Tx, account: AccountId) -> Result<Vec<NotificationRow>> {
    let sql = format!(
        "UPDATE notifications SET digest = FALSE WHERE account_id = $1 AND digest RETURNING {}",
        <NotificationRow as db::Stored>::COLUMNS
    );
    let mut rows: Vec<NotificationRow> = tx.fetch_all(&sql, args![account]).await?;
    rows.retain(|row| row.read_at.is_none());
    rows.sort_by_key(|row| std::cmp::Reverse((row.created_at, row.id)));
    Ok(rows)
}

/// Takes a notification that is to be mailed at once; nothing if it was taken before, or is gone.
pub(crate) async fn take_for_mail(
    tx: &mut Tx,
    account: AccountId,
    id: NotificationId,
) -> Result<Option<NotificationRow>> {
    let sql = format!(
        "UPDATE notifications SET email = FALSE WHERE id = $1 AND account_id = $2 AND email RETURNING {}",
        <NotificationRow as db::Stored>::COLUMNS
    );
    tx.fetch_optional(&sql, args![id, account]).await
}
