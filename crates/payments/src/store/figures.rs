//! Sums of payments, never across currencies.

use db::{Sql, Tx};
use kernel::{Amount, CreatorId, Currency, PaymentId, Result, Scope, Timestamp};

use super::scoped;
use crate::model::Status;

/// How many payments of one currency and status there are, and what they come to.
#[derive(Clone, Copy, Debug, db::Row)]
pub struct Figure {
    /// The currency.
    pub currency: Currency,
    /// The status.
    pub status: Status,
    /// How many.
    pub count: u64,
    /// What they come to.
    pub amount: Amount,
    /// What of that went back.
    pub refunded: Amount,
}

/// The payments by currency and status.
pub async fn figures(scope: Scope, tx: &mut Tx) -> Result<Vec<Figure>> {
    let mut sql = Sql::new(
        "SELECT currency, status, count(*), CAST(sum(amount) AS BIGINT), CAST(sum(refunded) AS BIGINT) \
         FROM payments WHERE TRUE",
    );
    scoped(&mut sql, scope);
    sql.push(" GROUP BY currency, status ORDER BY currency, status").all(tx).await
}

/// A payment of late: id, creator's name, amount, currency, status, when it was paid.
pub(crate) type Recent = (PaymentId, Option<String>, Amount, Currency, Status, Option<Timestamp>);

/// The newest payments, with the names of who is paid.
pub(crate) async fn recent(scope: Scope, tx: &mut Tx, most: u32) -> Result<Vec<Recent>> {
    let mut sql = Sql::new("SELECT id, creator_id, amount, currency, status, paid_at FROM payments WHERE TRUE");
    scoped(&mut sql, scope);
    sql.push(" ORDER BY created_at DESC, id DESC LIMIT ").bind(most);
    let recent: Vec<(PaymentId, CreatorId, Amount, Currency, Status, Option<Timestamp>)> = sql.all(tx).await?;
    let names = creators::store::names(tx, recent.iter().map(|one| one.1)).await?;
    let told = |(id, creator, amount, currency, status, paid_at)| {
        (id, names.get(&creator).cloned(), amount, currency, status, paid_at)
    };
    Ok(recent.into_iter().map(told).collect())
}
