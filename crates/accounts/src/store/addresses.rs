//! From where an account has logged in before: strangers elsewhere cannot lock its owner out there.

use db::{Sql, Tx, args};
use kernel::{AccountId, Result, Scope, Timestamp};

use super::of_accounts;

/// Has this account logged in from this network before?
pub async fn is_known_address(scope: Scope, tx: &mut Tx, account: AccountId, network: &str) -> Result<bool> {
    let mut sql = Sql::new("SELECT count(*) FROM known_addresses WHERE account_id = ");
    sql.bind(account).push(" AND network = ").bind(network);
    of_accounts(&mut sql, scope, "account_id");
    Ok(sql.one::<i64>(tx).await? > 0)
}

/// Notes that this account logged in from this network.
pub async fn know_address(scope: Scope, tx: &mut Tx, account: AccountId, network: &str, now: Timestamp) -> Result<()> {
    debug_assert!(scope.sees_everything(), "only a log-in notes from where it comes");
    let sql = "INSERT INTO known_addresses (account_id, network, seen_at) VALUES ($1, $2, $3) \
               ON CONFLICT (account_id, network) DO UPDATE SET seen_at = excluded.seen_at";
    tx.execute(sql, args![account, network, now]).await.map(drop)
}

/// Forgets from where this account has logged in: what a stranger did there before its owner came is no reason to trust the place.
pub async fn forget_addresses(scope: Scope, tx: &mut Tx, account: AccountId) -> Result<u64> {
    let mut sql = Sql::new("DELETE FROM known_addresses WHERE account_id = ");
    sql.bind(account);
    of_accounts(&mut sql, scope, "account_id");
    sql.run(tx).await
}
