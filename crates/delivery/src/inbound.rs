//! Events that providers tell by themselves, each taken in once.

use db::{Tx, args};
use kernel::{Result, Timestamp};

/// The longest id of an event that is kept; providers' are far shorter.
const LONGEST_ID: usize = 500;

/// Writes down that an event came, in the transaction of what it does. Tells whether it came for the first time; if not, it has been
/// taken in already and is to change nothing.
pub async fn first_time(tx: &mut Tx, source: &str, event_id: &str, now: Timestamp) -> Result<bool> {
    let event_id: String = event_id.chars().take(LONGEST_ID).collect();
    let sql = "INSERT INTO inbound_events (source, event_id, received_at) VALUES ($1, $2, $3) \
               ON CONFLICT (source, event_id) DO NOTHING";
    Ok(tx.execute(sql, args![source, event_id, now]).await? == 1)
}

/// Forgets events that came before this moment, some at a time. Tells how many.
pub(crate) async fn purge(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let sql = "DELETE FROM inbound_events WHERE (source, event_id) IN \
               (SELECT source, event_id FROM inbound_events WHERE received_at < $1 ORDER BY received_at LIMIT 1000)";
    tx.execute(sql, args![before]).await
}
