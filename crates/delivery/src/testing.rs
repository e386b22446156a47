//! For the tests of crates that stand on this one.

use db::{Tx, args};
use kernel::{DeliveryId, Result};

/// Leaves a delivery as if whoever was at its last attempt had been stopped.
pub async fn abandon(tx: &mut Tx, id: DeliveryId) -> Result<()> {
    let sql = "UPDATE deliveries SET state = 'sending', attempts = max_attempts WHERE id = $1";
    tx.execute(sql, args![id]).await.map(drop)
}

/// How many events of providers are remembered.
pub async fn taken_in(tx: &mut Tx) -> Result<u64> {
    tx.fetch_value("SELECT count(*) FROM inbound_events", args![]).await
}
