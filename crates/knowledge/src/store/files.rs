//! Files that belong to nothing: on their way in, or no document's any more. A file is written down here before it is stored, and belongs
//! to a document in the transaction that takes it off this list: whatever dies between the two, what is on the list belongs to nobody.

use super::is_of;
use db::{Tx, args};
use kernel::{Result, Scope, Timestamp, WorkspaceId, time};

/// How long an upload may be on its way.
const ON_ITS_WAY: i64 = time::DAY;
/// How many are looked at in one go.
const BITE: u32 = 200;

/// Writes down that a file of this name is about to be. To be committed before it is.
pub async fn begin(scope: Scope, tx: &mut Tx, owner: WorkspaceId, name: &str, now: Timestamp) -> Result<()> {
    debug_assert!(is_of(scope, owner));
    let sql = "INSERT INTO knowledge_files (name, owner_id, given_up, sweep_at) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, args![name, owner, false, now.plus(ON_ITS_WAY)]).await.map(drop)
}

/// The file belongs to a document from this transaction on. False if it was given up before.
pub async fn claim(scope: Scope, tx: &mut Tx, owner: WorkspaceId, name: &str) -> Result<bool> {
    debug_assert!(is_of(scope, owner));
    let sql = "DELETE FROM knowledge_files WHERE name = $1 AND owner_id = $2 AND given_up = $3";
    Ok(tx.execute(sql, args![name, owner, false]).await? == 1)
}

/// A file that belonged to a document belongs to nothing from this transaction on: it is taken away after it.
pub async fn disown(scope: Scope, tx: &mut Tx, owner: WorkspaceId, name: &str, now: Timestamp) -> Result<()> {
    debug_assert!(is_of(scope, owner));
    let sql = "INSERT INTO knowledge_files (name, owner_id, given_up, sweep_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (name) DO UPDATE SET given_up = excluded.given_up, sweep_at = excluded.sweep_at";
    tx.execute(sql, args![name, owner, true, now]).await.map(drop)
}

/// Gives an upload up, so that nobody [claims](claim) it any more. False if it belongs to something.
pub async fn give_up(scope: Scope, tx: &mut Tx, name: &str, now: Timestamp) -> Result<bool> {
    debug_assert!(scope.sees_everything());
    let sql = "UPDATE knowledge_files SET given_up = $2, sweep_at = $3 WHERE name = $1";
    Ok(tx.execute(sql, args![name, true, now]).await? == 1)
}

/// The file is gone: nothing is left to be remembered.
pub async fn forget(scope: Scope, tx: &mut Tx, name: &str) -> Result<()> {
    debug_assert!(scope.sees_everything());
    let sql = "DELETE FROM knowledge_files WHERE name = $1 AND given_up = $2";
    tx.execute(sql, args![name, true]).await.map(drop)
}

/// Files that should be taken away now, the longest due first, some of them.
pub async fn due(scope: Scope, tx: &mut Tx, now: Timestamp) -> Result<Vec<String>> {
    debug_assert!(scope.sees_everything());
    let sql = "SELECT name FROM knowledge_files WHERE sweep_at <= $1 ORDER BY sweep_at, name LIMIT $2";
    tx.fetch_all(sql, args![now, BITE]).await
}

/// Looks at a file again later: it could not be taken away now.
pub async fn later(scope: Scope, tx: &mut Tx, name: &str, now: Timestamp) -> Result<()> {
    debug_assert!(scope.sees_everything());
    let sql = "UPDATE knowledge_files SET sweep_at = $2 WHERE name = $1";
    tx.execute(sql, args![name, now.plus(time::HOUR)]).await.map(drop)
}
