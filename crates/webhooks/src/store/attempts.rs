//! Attempts.

use db::{Sql, Tx};
use kernel::Result;

use crate::model::{Attempt, Log};

/// The attempts of a delivery, the newest first.
pub(crate) async fn of(delivery: &Log, tx: &mut Tx, most: u32) -> Result<Vec<Attempt>> {
    let mut sql = Sql::of::<Attempt>();
    sql.and("delivery_id = ", delivery.id);
    sql.push(" ORDER BY number DESC LIMIT ").bind(most).all(tx).await
}
