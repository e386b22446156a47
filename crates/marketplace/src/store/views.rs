//! Who looked at an offer: once for each account or visitor and day, without knowing visitors again on another day.

use db::{Tx, args};
use kernel::{Day, OfferId, Result, Scope};

use crate::TOPIC;

/// Rows that are forgotten at once.
const BITE: u32 = 5_000;

/// The day's key, by which visitors are known again on that day and on no other. The first to ask makes it from these bytes.
pub async fn salt(scope: Scope, tx: &mut Tx, day: Day, fresh: &[u8]) -> Result<Vec<u8>> {
    debug_assert!(scope.sees_everything(), "keys are the server's own");
    let select = "SELECT salt FROM offer_view_salts WHERE day = $1";
    if let Some(salt) = tx.fetch_optional(select, args![day]).await? {
        return Ok(salt);
    }
    let sql = "INSERT INTO offer_view_salts (day, salt) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING";
    tx.execute(sql, args![day, fresh]).await?;
    tx.fetch_one(select, args![day]).await
}

/// Counts a view, unless this viewer was counted on this day. Says whether it did.
pub async fn count(scope: Scope, tx: &mut Tx, offer: OfferId, day: Day, viewer: &[u8]) -> Result<bool> {
    debug_assert!(scope.sees_everything(), "views are counted by the server");
    let sql = "INSERT INTO offer_views (offer_id, day, viewer) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    if tx.execute(sql, args![offer, day, viewer]).await? == 0 {
        return Ok(false);
    }
    tx.execute("UPDATE offers SET views_count = views_count + 1 WHERE id = $1", args![offer]).await?;
    let seq = tx.next_version(TOPIC).await?;
    tx.execute("UPDATE offers SET seq = $2 WHERE id = $1", args![offer, seq]).await?;
    Ok(true)
}

/// Forgets the viewers of days before this one, some thousand at once, and those days' keys. Tells how many.
pub async fn forget(scope: Scope, tx: &mut Tx, before: Day) -> Result<u64> {
    debug_assert!(scope.sees_everything(), "viewers are forgotten by the server");
    tx.execute("DELETE FROM offer_view_salts WHERE day < $1", args![before]).await?;
    let sql = "DELETE FROM offer_views WHERE (offer_id, day, viewer) IN \
               (SELECT offer_id, day, viewer FROM offer_views WHERE day < $1 ORDER BY day LIMIT $2)";
    tx.execute(sql, args![before, BITE]).await
}
