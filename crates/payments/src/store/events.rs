//! Events of gateways, each taken once. They are the server's own, and of no scope.

use db::{Tx, args};
use kernel::{Result, Timestamp};

/// Writes down that an event came. Tells whether it came for the first time.
pub async fn first_time(tx: &mut Tx, provider: &str, id: &str, kind: &str, now: Timestamp) -> Result<bool> {
    let sql = "INSERT INTO gateway_events (provider, event_id, kind, received_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (provider, event_id) DO NOTHING";
    Ok(tx.execute(sql, args![provider, id, kind, now]).await? == 1)
}

/// Forgets events that came before this moment. Tells how many.
pub async fn forget_events(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let sql = "DELETE FROM gateway_events WHERE (provider, event_id) IN \
               (SELECT provider, event_id FROM gateway_events WHERE received_at < $1 ORDER BY received_at LIMIT 1000)";
    tx.execute(sql, args![before]).await
}
