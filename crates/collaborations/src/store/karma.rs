//! The ledger of karma.

use db::{Listing, Sql, Tx, args};
use http_base::Pages;
use kernel::time::DAY;
use kernel::{AccountId, Result, Scope, Timestamp};

use crate::model::{CAP_DAYS, Collaboration, Earned, PAIR_DAYS};

/// Adds an entry; false if this collaboration has brought it already.
pub async fn add_earned(scope: Scope, tx: &mut Tx, new: &Earned) -> Result<bool> {
    debug_assert!(scope.sees_everything(), "karma is written by the server alone");
    tx.insert_new(new).await
}

/// What an account has gained lately, in all and from others of tier 0.
pub async fn gained(scope: Scope, tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<(i64, i64)> {
    debug_assert!(scope.sees_everything(), "karma is written by the server alone");
    let sql = "SELECT CAST(coalesce(sum(points), 0) AS BIGINT), \
               CAST(coalesce(sum(CASE WHEN from_newcomer THEN points ELSE 0 END), 0) AS BIGINT) \
               FROM karma_ledger WHERE account_id = $1 AND created_at > $2 AND points > 0";
    tx.fetch_one(sql, args![account, now.plus(-CAP_DAYS * DAY)]).await
}

/// How many collaborations of the same two were completed, lately and ever, this one left out.
pub async fn earlier(tx: &mut Tx, of: &Collaboration, now: Timestamp) -> Result<(u64, u64)> {
    let sql = "SELECT CAST(coalesce(sum(CASE WHEN completed_at > $4 THEN 1 ELSE 0 END), 0) AS BIGINT), count(*) \
               FROM collaborations WHERE creator_id = $1 AND workspace_id = $2 AND status = 'COMPLETED' AND id <> $3";
    tx.fetch_one(sql, args![of.creator_id, of.workspace_id, of.id, now.plus(-PAIR_DAYS * DAY)]).await
}

/// A page of what an account has earned and lost, the newest first.
pub async fn history(tx: &mut Tx, account: AccountId, pages: Pages) -> Result<(Vec<Earned>, u64)> {
    let mut filter = Sql::filter();
    filter.and("account_id = ", account);
    Listing::of::<Earned>(filter).order("created_at DESC, id DESC").page(tx, pages.limit, pages.offset()).await
}

/// Accounts above tier 0, in the order of their ids, for whoever goes through all of them.
pub async fn with_tier(scope: Scope, tx: &mut Tx, after: AccountId, limit: u32) -> Result<Vec<AccountId>> {
    debug_assert!(scope.sees_everything());
    let sql = "SELECT account_id FROM standings WHERE tier > 0 AND account_id > $1 ORDER BY account_id LIMIT $2";
    tx.fetch_all(sql, args![after, limit]).await
}
