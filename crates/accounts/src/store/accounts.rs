//! Accounts.

use std::collections::HashMap;

use db::{Sql, Tx, args};
use kernel::{AccountId, Clock, Error, Kind, Result, Scope, Timestamp, UserType, WorkspaceId};

use super::of_accounts;
use crate::model::{email_key, is_of_username, username_key};
use crate::workspaces::store as workspaces;
use crate::{AccountRow, NewAccount};

/// How often a name is made up before the whole of an id is taken.
const NAME_TRIES: usize = 4;

async fn one(scope: Scope, tx: &mut Tx, condition: &str, value: impl Into<db::Value>) -> Result<Option<AccountRow>> {
    let mut sql =
        Sql::new(format!("SELECT {} FROM accounts WHERE erased_at IS NULL AND {condition} = ", AccountRow::COLUMNS));
    sql.bind(value);
    of_accounts(&mut sql, scope, "id");
    sql.optional(tx).await
}

/// The account of this id, unless it was erased.
pub async fn by_id(scope: Scope, tx: &mut Tx, id: AccountId) -> Result<Option<AccountRow>> {
    one(scope, tx, "id", id).await
}

/// Those of these accounts that were not erased, in no order.
pub async fn by_ids(scope: Scope, tx: &mut Tx, ids: &[AccountId]) -> Result<Vec<AccountRow>> {
    let mut sql = Sql::new(format!("SELECT {} FROM accounts WHERE erased_at IS NULL", AccountRow::COLUMNS));
    sql.and_in("id", ids.iter().copied());
    of_accounts(&mut sql, scope, "id");
    sql.all(tx).await
}

/// The account of this e-mail address, in whatever capitals, unless it was erased.
pub async fn by_email(scope: Scope, tx: &mut Tx, email: &str) -> Result<Option<AccountRow>> {
    one(scope, tx, "email_key", email_key(email)).await
}

/// Has somebody this name?
pub(crate) async fn is_taken(tx: &mut Tx, name: &str) -> Result<bool> {
    let sql = "SELECT count(*) FROM accounts WHERE username_key = $1";
    Ok(tx.fetch_value::<i64>(sql, args![username_key(name)]).await? > 0)
}

/// A name that nobody has yet, made from this e-mail address or name.
pub async fn username_for(tx: &mut Tx, clock: &Clock, like: &str) -> Result<String> {
    let like = like.split('@').next().unwrap_or_default();
    let mut base: String = like.chars().filter(|letter| is_of_username(*letter)).take(24).collect();
    if base.len() < 3 {
        base = "user".into();
    }
    let mut name = base.clone();
    for digits in 0..NAME_TRIES {
        if !is_taken(tx, &name).await? {
            return Ok(name);
        }
        let mut bytes = [0; 8];
        clock.fill(&mut bytes);
        name = format!("{base}_{}", u64::from_be_bytes(bytes) % 10_u64.pow(4 + 2 * digits as u32));
    }
    Ok(name)
}

/// Makes an account; a business gets a workspace of its own, which it owns. An e-mail address or a name that is taken is
/// [`Kind::BadRequest`], in D's words; the transaction may go on then.
pub async fn insert_account(scope: Scope, tx: &mut Tx, clock: &Clock, new: NewAccount) -> Result<AccountRow> {
    debug_assert!(scope.sees_everything(), "accounts are made before there is anyone to ask for them");
    let like = new.email.as_deref().or(new.instagram_handle.as_deref()).unwrap_or_default();
    let mut tries = 0;
    let id = loop {
        let username = match &new.username {
            Some(name) => name.clone(),
            None => username_for(tx, clock, like).await?,
        };
        if let Some(id) = insert(tx, clock, &new, &username).await? {
            break id;
        }
        if let Some(email) = &new.email
            && email_exists(tx, email).await?
        {
            return Err(Error::new(Kind::BadRequest, "Email already registered"));
        }
        tries += 1;
        // A name that was made up may have been taken by someone else in the same moment.
        if new.username.is_some() || tries == NAME_TRIES {
            return Err(Error::new(Kind::BadRequest, "Username already taken"));
        }
    };
    by_id(scope, tx, id).await?.ok_or_else(|| Error::internal("an account that was just made is not there"))
}

async fn insert(tx: &mut Tx, clock: &Clock, new: &NewAccount, username: &str) -> Result<Option<AccountId>> {
    let (id, now): (AccountId, _) = (clock.new_id(), clock.now());
    let sql = "INSERT INTO accounts (id, email, email_key, username, username_key, user_type, password_hash, supabase_id, country, \
               is_verified, instagram_handle, instagram_followers, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13) ON CONFLICT DO NOTHING";
    let arguments = args![
        id,
        &new.email,
        new.email.as_deref().map(email_key),
        username,
        username_key(username),
        new.user_type,
        &new.password_hash,
        &new.supabase_id,
        &new.country,
        new.is_verified,
        &new.instagram_handle,
        new.instagram_followers,
        now,
    ];
    if tx.execute(sql, arguments).await? == 0 {
        return Ok(None);
    }
    if new.user_type == UserType::Business {
        let workspace: WorkspaceId = clock.new_id();
        workspaces::open(Scope::system(), tx, workspace, username, id, now).await?;
        tx.execute("UPDATE accounts SET workspace_id = $2 WHERE id = $1", args![id, workspace]).await?;
    }
    Ok(Some(id))
}

/// Also of an erased one: its address is free again then, so that there is none.
async fn email_exists(tx: &mut Tx, email: &str) -> Result<bool> {
    let sql = "SELECT count(*) FROM accounts WHERE email_key = $1";
    Ok(tx.fetch_value::<i64>(sql, args![email_key(email)]).await? > 0)
}

/// The next creators after this one whose addresses are proved, in the order of their ids.
pub(crate) async fn proved_creators(
    scope: Scope,
    tx: &mut Tx,
    after: AccountId,
    limit: u32,
) -> Result<Vec<(AccountId, String)>> {
    debug_assert!(scope.sees_everything());
    let sql = "SELECT id, email FROM accounts WHERE user_type = 'CREATOR' AND is_verified AND email IS NOT NULL \
               AND erased_at IS NULL AND id > $1 ORDER BY id LIMIT $2";
    tx.fetch_all(sql, args![after, limit]).await
}

/// Notes a log-in, if the password is still the one that was checked. Whoever changed it meanwhile meant to keep others out.
pub async fn touch(scope: Scope, tx: &mut Tx, account: &AccountRow, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE accounts SET last_login_at = ");
    sql.bind(now).push(" WHERE erased_at IS NULL AND id = ").bind(account.id);
    same_password(&mut sql, account);
    of_accounts(&mut sql, scope, "id");
    Ok(sql.run(tx).await? == 1)
}

fn same_password(sql: &mut Sql, account: &AccountRow) {
    match &account.password_hash {
        Some(hash) => sql.push(" AND password_hash = ").bind(hash),
        None => sql.push(" AND password_hash IS NULL"),
    };
}

/// Puts a new password in the place of the one that the account was read with; false if it has another by now.
pub async fn keep_password(
    scope: Scope,
    tx: &mut Tx,
    account: &AccountRow,
    hash: &str,
    now: Timestamp,
) -> Result<bool> {
    let mut sql = Sql::new("UPDATE accounts SET password_hash = ");
    sql.bind(hash).push(", updated_at = ").bind(now).push(" WHERE erased_at IS NULL AND id = ").bind(account.id);
    same_password(&mut sql, account);
    of_accounts(&mut sql, scope, "id");
    Ok(sql.run(tx).await? == 1)
}

/// Gives the account this password, whatever it had: for whoever has proved to own its mail.
pub async fn set_password(scope: Scope, tx: &mut Tx, id: AccountId, hash: &str, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE accounts SET password_hash = ");
    sql.bind(hash).push(", updated_at = ").bind(now).push(" WHERE erased_at IS NULL AND id = ").bind(id);
    of_accounts(&mut sql, scope, "id");
    Ok(sql.run(tx).await? == 1)
}

/// Takes the password from an account: whoever chose it may not be its owner.
pub(crate) async fn forget_password(scope: Scope, tx: &mut Tx, id: AccountId, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE accounts SET password_hash = NULL, updated_at = ");
    sql.bind(now).push(" WHERE erased_at IS NULL AND id = ").bind(id);
    of_accounts(&mut sql, scope, "id");
    Ok(sql.run(tx).await? == 1)
}

/// Notes that a mail to this address of the account was answered; false if it has another address by now.
pub async fn set_verified(scope: Scope, tx: &mut Tx, id: AccountId, key: &str, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE accounts SET is_verified = ");
    sql.bind(true).push(", updated_at = ").bind(now).push(" WHERE erased_at IS NULL AND id = ").bind(id);
    sql.push(" AND email_key = ").bind(key);
    of_accounts(&mut sql, scope, "id");
    Ok(sql.run(tx).await? == 1)
}

/// An account, as others see it.
#[derive(Clone, Debug, db::Row)]
pub struct Public {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub username: String,
    /// Its kind.
    pub user_type: UserType,
    /// Two letters, ISO 3166.
    pub country: Option<String>,
    /// With the @.
    pub instagram_handle: Option<String>,
    /// As Instagram last said.
    pub instagram_followers: Option<u64>,
    /// Has it shown that its address is its own?
    pub is_verified: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was erased.
    pub erased_at: Option<Timestamp>,
    /// When an administrator suspended it.
    pub suspended_at: Option<Timestamp>,
    /// Since when an administrator hides its profile.
    pub profile_hidden_at: Option<Timestamp>,
}

/// These accounts as others see them, also those that were erased, in one statement: for rows that name them.
pub async fn people(tx: &mut Tx, ids: impl IntoIterator<Item = AccountId>) -> Result<HashMap<AccountId, Public>> {
    let mut ids: Vec<AccountId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let columns = "id, username, user_type, country, instagram_handle, instagram_followers, is_verified, created_at, erased_at, \
                   suspended_at, profile_hidden_at";
    let mut sql = Sql::new(format!("SELECT {columns} FROM accounts WHERE TRUE"));
    let found: Vec<Public> = sql.and_in("id", ids).all(tx).await?;
    Ok(found.into_iter().map(|one| (one.id, one)).collect())
}
