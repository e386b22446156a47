//! Accounts that administrators keep out, and profiles that they hide.

use db::{Sql, Tx};
use kernel::{AccountId, Result, Scope, Timestamp, UserType};

use super::{moved, of_accounts};

/// Keeps an account out: its log-ins and keys are refused from the next request on. False if it is not there, an administrator's, or suspended
/// already, whose reason stays.
pub async fn suspend(scope: Scope, tx: &mut Tx, id: AccountId, why: &str, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE accounts SET suspended_at = ");
    sql.bind(now).push(", suspended_why = ").bind(why).push(", updated_at = ").bind(now);
    sql.push(" WHERE erased_at IS NULL AND suspended_at IS NULL")
        .and("user_type <> ", UserType::Admin)
        .and("id = ", id);
    of_accounts(&mut sql, scope, "id");
    changed(sql, tx).await
}

/// Lets an account in again, with the log-ins and keys that it had; false if it is not there or not suspended.
pub async fn lift(scope: Scope, tx: &mut Tx, id: AccountId, now: Timestamp) -> Result<bool> {
    let mut sql = Sql::new("UPDATE accounts SET suspended_at = NULL, suspended_why = NULL, updated_at = ");
    sql.bind(now).push(" WHERE erased_at IS NULL AND suspended_at IS NOT NULL").and("id = ", id);
    of_accounts(&mut sql, scope, "id");
    changed(sql, tx).await
}

async fn changed(mut sql: Sql, tx: &mut Tx) -> Result<bool> {
    let changed = sql.run(tx).await? == 1;
    if changed {
        moved(tx).await?;
    }
    Ok(changed)
}

/// Hides an account's profile from this moment on or, with none, shows it again; false if nothing changed.
pub async fn hide_profile(scope: Scope, tx: &mut Tx, id: AccountId, at: Option<Timestamp>) -> Result<bool> {
    let mut sql = Sql::new("UPDATE accounts SET profile_hidden_at = ");
    sql.bind(at).push(" WHERE erased_at IS NULL").and("id = ", id);
    sql.push(if at.is_some() { " AND profile_hidden_at IS NULL" } else { " AND profile_hidden_at IS NOT NULL" });
    of_accounts(&mut sql, scope, "id");
    Ok(sql.run(tx).await? == 1)
}
