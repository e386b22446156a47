//! Tokens that were mailed: good once, for a while.

use db::{Sql, Tx, args};
use kernel::{AccountId, Result, Scope, Timestamp};

use super::of_accounts;

/// What a mailed token is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
pub enum Purpose {
    /// To show that the address is one's own.
    Verify,
    /// To set a password without the old one.
    Reset,
}

/// Keeps the hash of a token that is being mailed to this address.
pub async fn insert_mail_token(
    scope: Scope,
    tx: &mut Tx,
    purpose: Purpose,
    account: AccountId,
    key: &str,
    hash: &str,
    (now, until): (Timestamp, Timestamp),
) -> Result<()> {
    debug_assert!(scope.sees_everything(), "only the server mails tokens");
    let sql = "INSERT INTO mail_tokens (hash, account_id, purpose, email_key, created_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    tx.execute(sql, args![hash, account, purpose, key, now, until]).await.map(drop)
}

/// Whose token this is, and which address it was mailed to, while it is good.
pub async fn peek_mail_token(
    scope: Scope,
    tx: &mut Tx,
    purpose: Purpose,
    hash: &str,
    now: Timestamp,
) -> Result<Option<(AccountId, String)>> {
    let mut sql = Sql::new("SELECT account_id, email_key FROM mail_tokens WHERE used_at IS NULL AND hash = ");
    sql.bind(hash).push(" AND purpose = ").bind(purpose).push(" AND expires_at > ").bind(now);
    of_accounts(&mut sql, scope, "account_id");
    sql.optional(tx).await
}

/// Uses a token up, and tells whose it was; nothing if it was used, is over, or never was.
pub async fn take_mail_token(
    scope: Scope,
    tx: &mut Tx,
    purpose: Purpose,
    hash: &str,
    now: Timestamp,
) -> Result<Option<(AccountId, String)>> {
    let mut sql = Sql::new("UPDATE mail_tokens SET used_at = ");
    sql.bind(now).push(" WHERE used_at IS NULL AND hash = ").bind(hash);
    sql.push(" AND purpose = ").bind(purpose).push(" AND expires_at > ").bind(now);
    of_accounts(&mut sql, scope, "account_id");
    sql.push(" RETURNING account_id, email_key");
    sql.optional(tx).await
}

/// Ends every token of this purpose that the account still has.
pub async fn kill_mail_tokens(
    scope: Scope,
    tx: &mut Tx,
    purpose: Purpose,
    account: AccountId,
    now: Timestamp,
) -> Result<u64> {
    let mut sql = Sql::new("UPDATE mail_tokens SET used_at = ");
    sql.bind(now).push(" WHERE used_at IS NULL AND account_id = ").bind(account);
    sql.push(" AND purpose = ").bind(purpose);
    of_accounts(&mut sql, scope, "account_id");
    sql.run(tx).await
}
