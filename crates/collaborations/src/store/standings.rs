//! Where accounts stand.

use std::collections::HashMap;

use db::{Sql, Tx};
use kernel::{AccountId, Result, Scope, Timestamp};

use crate::model::Standing;

/// Where these accounts stand, in one statement: each of them is in it, also those that have done nothing yet. It is public.
pub async fn standing(tx: &mut Tx, accounts: &[AccountId], now: Timestamp) -> Result<HashMap<AccountId, Standing>> {
    let mut standings: HashMap<AccountId, Standing> =
        accounts.iter().map(|account| (*account, Standing::of(*account, now))).collect();
    if !standings.is_empty() {
        let mut sql = Sql::of::<Standing>();
        let found: Vec<Standing> = sql.and_in("account_id", standings.keys().copied()).all(tx).await?;
        standings.extend(found.into_iter().map(|one| (one.account_id, one)));
    }
    Ok(standings)
}

/// An account's standing for changing it; made if there is none. Until the commit nobody else reads it by this.
pub async fn hold(scope: Scope, tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<Standing> {
    debug_assert!(scope.sees_everything(), "karma is written by the server alone");
    tx.insert_new(&Standing::of(account, now)).await?;
    let mut sql = Sql::new("UPDATE standings SET revision = revision + 1 WHERE account_id = ");
    sql.bind(account).push(" RETURNING ").push(Standing::COLUMNS).one(tx).await
}

/// Writes a standing that this transaction holds.
pub async fn keep(scope: Scope, tx: &mut Tx, standing: &Standing) -> Result<()> {
    debug_assert!(scope.sees_everything(), "karma is written by the server alone");
    tx.save(standing).or_conflict("The karma of this account has changed meanwhile; try again").await
}
