//! The SQL of identities, and of log-ins that are kept elsewhere.

use db::{Sql, Tx, args};
use kernel::{AccountId, Result, Scope, SessionId, Timestamp};
use ports::identity::{Profile, Provider, Subject};

use crate::AccountRow;
use crate::model::email_key;
use crate::store::{moved, of_accounts};

/// One of an account's identities.
#[derive(Clone, Debug, db::Row)]
pub(crate) struct IdentityRow {
    /// `instagram`, `facebook`, `tiktok` or `google`.
    pub(crate) provider: String,
    /// As they are called there.
    pub(crate) name: Option<String>,
    /// Since when it is linked.
    pub(crate) created_at: Timestamp,
}

/// What a log-in at the identity service says of its account, as that stands now.
#[derive(db::Row)]
pub(crate) struct Seen {
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) expires_at: Timestamp,
    pub(crate) supabase_id: Option<String>,
}

/// Whose identity it is, unless the account was erased.
pub(crate) async fn account_of(
    scope: Scope,
    tx: &mut Tx,
    provider: Provider,
    subject: &str,
) -> Result<Option<AccountRow>> {
    let mut sql = Sql::new(format!("SELECT {} FROM accounts WHERE erased_at IS NULL AND id = ", AccountRow::COLUMNS));
    sql.push("(SELECT account_id FROM identities WHERE provider = ").bind(provider.word());
    sql.push(" AND subject = ").bind(subject).push(")");
    of_accounts(&mut sql, scope, "id");
    sql.optional(tx).await
}

/// Holds the account's row until the transaction ends, so that what changes its ways in comes one after the other; false if it is
/// not there.
pub(crate) async fn hold(scope: Scope, tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE accounts SET updated_at = ");
    sql.bind(now).push(" WHERE erased_at IS NULL AND id = ").bind(account);
    of_accounts(&mut sql, scope, "id");
    Ok(sql.run(tx).await? == 1)
}

/// The account's identities.
pub(crate) async fn list(scope: Scope, tx: &mut Tx, account: AccountId) -> Result<Vec<IdentityRow>> {
    let mut sql = Sql::new(format!("SELECT {} FROM identities WHERE account_id = ", IdentityRow::COLUMNS));
    sql.bind(account);
    of_accounts(&mut sql, scope, "account_id");
    // One of each provider at most.
    sql.push(" ORDER BY provider");
    sql.all(tx).await
}

/// Links an identity to an account; false if it is somebody's already.
pub(crate) async fn insert(
    scope: Scope,
    tx: &mut Tx,
    account: AccountId,
    profile: &Profile,
    now: Timestamp,
) -> Result<bool> {
    debug_assert!(scope.sees_everything() || scope.workspace().is_some() || scope.person() == Some(account));
    let sql = "INSERT INTO identities (provider, subject, account_id, name, created_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT DO NOTHING";
    let arguments = args![profile.provider.word(), &profile.subject, account, name_of(profile), now];
    Ok(tx.execute(sql, arguments).await? == 1)
}

fn name_of(profile: &Profile) -> Option<String> {
    profile.handle.as_ref().map(|handle| format!("@{handle}")).or_else(|| profile.name.clone())
}

/// Takes an identity from an account; false if it has none of this provider.
pub(crate) async fn delete(scope: Scope, tx: &mut Tx, account: AccountId, provider: Provider) -> Result<bool> {
    let mut sql = Sql::new("DELETE FROM identities WHERE provider = ");
    sql.bind(provider.word()).push(" AND account_id = ").bind(account);
    of_accounts(&mut sql, scope, "account_id");
    Ok(sql.run(tx).await? > 0)
}

/// Takes every identity from an account; tells how many.
pub(crate) async fn delete_all(scope: Scope, tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<u64> {
    let mut sql = Sql::new("DELETE FROM identities WHERE account_id = ");
    sql.bind(account);
    of_accounts(&mut sql, scope, "account_id");
    let gone = sql.run(tx).await?;
    if gone > 0 {
        forget_instagram(scope, tx, account, now).await?;
    }
    Ok(gone)
}

/// The owner of the address comes by a provider: the password that somebody chose before is nobody's any more.
pub(crate) async fn take_over(scope: Scope, tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE accounts SET password_hash = NULL, is_verified = ");
    sql.bind(true).push(", updated_at = ").bind(now).push(" WHERE erased_at IS NULL AND id = ").bind(account);
    of_accounts(&mut sql, scope, "id");
    Ok(sql.run(tx).await? == 1)
}

/// Keeps what the provider says now. What it does not tell stays as it was.
pub(crate) async fn keep_profile(
    scope: Scope,
    tx: &mut Tx,
    account: AccountId,
    profile: &Profile,
    now: Timestamp,
) -> Result<()> {
    let mut sql = Sql::new("UPDATE identities SET name = COALESCE(CAST(");
    sql.bind(name_of(profile)).push(" AS TEXT), name) WHERE provider = ").bind(profile.provider.word());
    sql.push(" AND account_id = ").bind(account);
    of_accounts(&mut sql, scope, "account_id");
    sql.run(tx).await?;
    if profile.provider != Provider::Instagram {
        return Ok(());
    }
    let mut sql = Sql::new("UPDATE accounts SET instagram_handle = COALESCE(CAST(");
    sql.bind(handle_of(profile)).push(" AS TEXT), instagram_handle), instagram_followers = COALESCE(CAST(");
    sql.bind(profile.followers).push(" AS BIGINT), instagram_followers), updated_at = ").bind(now);
    sql.push(" WHERE erased_at IS NULL AND id = ").bind(account);
    of_accounts(&mut sql, scope, "id");
    sql.run(tx).await.map(drop)
}

/// With the @.
pub(crate) fn handle_of(profile: &Profile) -> Option<String> {
    profile.handle.as_ref().map(|handle| format!("@{handle}"))
}

/// Forgets what Instagram said.
pub(crate) async fn forget_instagram(scope: Scope, tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<()> {
    let mut sql = Sql::new("UPDATE accounts SET instagram_handle = NULL, instagram_followers = NULL, updated_at = ");
    sql.bind(now).push(" WHERE erased_at IS NULL AND id = ").bind(account);
    of_accounts(&mut sql, scope, "id");
    sql.run(tx).await.map(drop)
}

/// Ends the account's log-ins by this method, but for one; tells how many.
pub(crate) async fn end_by_method(
    scope: Scope,
    tx: &mut Tx,
    (account, but): (AccountId, SessionId),
    method: &str,
    now: Timestamp,
) -> Result<u64> {
    let mut sql = Sql::new("UPDATE sessions SET ended_at = ");
    sql.bind(now).push(", ended_why = 'unlinked' WHERE ended_at IS NULL AND account_id = ").bind(account);
    sql.push(" AND method = ").bind(method).push(" AND id <> ").bind(but);
    of_accounts(&mut sql, scope, "account_id");
    let ended = sql.run(tx).await?;
    if ended > 0 {
        moved(tx).await?;
    }
    Ok(ended)
}

/// The id that the account has at the identity service.
pub(crate) async fn supabase_id(scope: Scope, tx: &mut Tx, account: AccountId) -> Result<Option<String>> {
    let mut sql = Sql::new("SELECT supabase_id FROM accounts WHERE supabase_id IS NOT NULL AND id = ");
    sql.bind(account);
    of_accounts(&mut sql, scope, "id");
    sql.optional(tx).await
}

/// The account of this id at the identity service, unless it was erased.
pub(crate) async fn by_supabase(scope: Scope, tx: &mut Tx, id: &str) -> Result<Option<AccountRow>> {
    let mut sql =
        Sql::new(format!("SELECT {} FROM accounts WHERE erased_at IS NULL AND supabase_id = ", AccountRow::COLUMNS));
    sql.bind(id);
    of_accounts(&mut sql, scope, "id");
    sql.optional(tx).await
}

/// Gives the account this id at the identity service. Its own password is of no use from then on.
pub(crate) async fn set_supabase(
    scope: Scope,
    tx: &mut Tx,
    account: AccountId,
    id: &str,
    now: Timestamp,
) -> Result<bool> {
    let mut sql = Sql::new("UPDATE accounts SET password_hash = NULL, supabase_id = ");
    sql.bind(id).push(", updated_at = ").bind(now).push(" WHERE erased_at IS NULL AND id = ").bind(account);
    of_accounts(&mut sql, scope, "id");
    Ok(sql.run(tx).await? == 1)
}

/// Gives the account the address that it has at the identity service; false if that is another account's.
pub(crate) async fn set_email(
    scope: Scope,
    tx: &mut Tx,
    account: AccountId,
    subject: &Subject,
    now: Timestamp,
) -> Result<bool> {
    let key = subject.email.as_deref().map(email_key);
    let mut sql = Sql::new("UPDATE accounts SET email = ");
    sql.bind(subject.email.clone()).push(", email_key = ").bind(key.clone());
    sql.push(", is_verified = ").bind(subject.email_proven).push(", updated_at = ").bind(now);
    sql.push(" WHERE erased_at IS NULL AND id = ").bind(account);
    sql.push(" AND NOT EXISTS (SELECT 1 FROM accounts AS other WHERE other.email_key = ").bind(key);
    sql.push(" AND other.id <> ").bind(account).push(")");
    of_accounts(&mut sql, scope, "id");
    Ok(sql.run(tx).await? == 1)
}

/// What is known of a log-in at the identity service.
pub(crate) async fn seen(scope: Scope, tx: &mut Tx, session: SessionId) -> Result<Option<Seen>> {
    let mut sql = Sql::new(
        "SELECT s.ended_at, s.expires_at, a.supabase_id FROM sessions AS s JOIN accounts AS a ON a.id = s.account_id WHERE s.id = ",
    );
    sql.bind(session);
    of_accounts(&mut sql, scope, "s.account_id");
    sql.optional(tx).await
}

/// A log-in at the identity service, that is now known here.
pub(crate) struct Foreign<'a> {
    pub(crate) id: SessionId,
    pub(crate) account: AccountId,
    pub(crate) method: &'a str,
    pub(crate) address: Option<String>,
    pub(crate) agent: Option<String>,
    pub(crate) now: Timestamp,
    pub(crate) until: Timestamp,
    /// How long it lasts in all, in microseconds.
    pub(crate) most: i64,
}

/// Notes a log-in at the identity service, or that it goes on. True if it is alive and this account's.
pub(crate) async fn note_session(scope: Scope, tx: &mut Tx, session: &Foreign<'_>) -> Result<bool> {
    debug_assert!(scope.sees_everything(), "nobody is logged in before they are");
    let sql = "INSERT INTO sessions (id, account_id, method, address, agent, created_at, last_used_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $6, $7) ON CONFLICT (id) DO UPDATE SET last_used_at = excluded.last_used_at, \
               expires_at = CASE WHEN sessions.created_at + $8 < excluded.expires_at THEN sessions.created_at + $8 \
               ELSE excluded.expires_at END WHERE sessions.ended_at IS NULL AND sessions.account_id = excluded.account_id \
               AND sessions.method = excluded.method";
    let arguments = args![
        session.id,
        session.account,
        session.method,
        &session.address,
        &session.agent,
        session.now,
        session.until.min(session.now.plus(session.most)),
        session.most,
    ];
    Ok(tx.execute(sql, arguments).await? == 1)
}
