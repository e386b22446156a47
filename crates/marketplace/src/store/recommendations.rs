//! Who was told of a new offer, and who does not want to be.

use std::collections::HashSet;

use db::{Sql, Tx, args};
use kernel::{AccountId, OfferId, Result, Scope, Timestamp};

/// Does this account want to hear of new offers? Unless it has said no, it does.
pub async fn wants(scope: Scope, tx: &mut Tx, account: AccountId) -> Result<bool> {
    debug_assert!(scope.sees_everything() || scope.person() == Some(account));
    let sql = "SELECT recommendations FROM offer_preferences WHERE account_id = $1";
    Ok(tx.fetch_optional(sql, args![account]).await?.unwrap_or(true))
}

/// Keeps whether it does.
pub async fn set_wants(scope: Scope, tx: &mut Tx, account: AccountId, wants: bool, now: Timestamp) -> Result<()> {
    debug_assert!(scope.sees_everything() || scope.person() == Some(account));
    let sql = "INSERT INTO offer_preferences (account_id, recommendations, updated_at) VALUES ($1, $2, $3) \
               ON CONFLICT (account_id) DO UPDATE SET recommendations = excluded.recommendations, updated_at = excluded.updated_at";
    tx.execute(sql, args![account, wants, now]).await.map(drop)
}

/// Which of these accounts must not be told of this offer: they want to hear of none, were told of as many as one may be told of (so
/// many in a day, so many in a week), or were told of this one, or have applied to it.
pub async fn not_to_be_told(
    scope: Scope,
    tx: &mut Tx,
    offer: OfferId,
    accounts: &[AccountId],
    now: Timestamp,
    (a_day, a_week): (u64, u64),
) -> Result<HashSet<AccountId>> {
    debug_assert!(scope.sees_everything(), "the server recommends");
    let mut found = HashSet::new();
    if accounts.is_empty() {
        return Ok(found);
    }
    let own = || accounts.iter().copied();
    let mut sql = Sql::new("SELECT account_id FROM offer_preferences WHERE NOT recommendations");
    found.extend(sql.and_in("account_id", own()).all::<AccountId>(tx).await?);
    for (since, most) in [(now.plus(-kernel::time::DAY), a_day), (now.plus(-7 * kernel::time::DAY), a_week)] {
        let mut sql = Sql::new("SELECT account_id FROM offer_recommendations WHERE TRUE");
        sql.and_in("account_id", own()).and("created_at > ", since);
        sql.push(" GROUP BY account_id HAVING count(*) >= ").bind(most);
        found.extend(sql.all::<AccountId>(tx).await?);
    }
    let mut sql = Sql::new("SELECT account_id FROM offer_recommendations WHERE TRUE");
    found.extend(sql.and("offer_id = ", offer).and_in("account_id", own()).all::<AccountId>(tx).await?);
    let mut sql = Sql::new("SELECT creator_id FROM applications WHERE TRUE");
    found.extend(sql.and("offer_id = ", offer).and_in("creator_id", own()).all::<AccountId>(tx).await?);
    Ok(found)
}

/// Notes that this account was told of this offer; false if it was before.
pub async fn note(scope: Scope, tx: &mut Tx, offer: OfferId, account: AccountId, now: Timestamp) -> Result<bool> {
    debug_assert!(scope.sees_everything(), "the server recommends");
    let sql = "INSERT INTO offer_recommendations (offer_id, account_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    Ok(tx.execute(sql, args![offer, account, now]).await? == 1)
}

/// Forgets what was recommended before this moment: it counts for nothing any more.
pub async fn forget(scope: Scope, tx: &mut Tx, before: Timestamp) -> Result<u64> {
    debug_assert!(scope.sees_everything(), "the server forgets");
    tx.execute("DELETE FROM offer_recommendations WHERE created_at < $1", args![before]).await
}
