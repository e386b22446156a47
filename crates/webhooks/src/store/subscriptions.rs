//! Subscriptions.

use db::{Listing, Sql, Tx, args};
use kernel::{Result, Timestamp, WorkspaceId};

use crate::model::{Status, Subscription, SubscriptionId};

/// A subscription of this hub.
pub(crate) async fn find(workspace: WorkspaceId, tx: &mut Tx, id: SubscriptionId) -> Result<Option<Subscription>> {
    Sql::of::<Subscription>().and("id = ", id).and("workspace_id = ", workspace).optional(tx).await
}

/// A subscription, whosever it is: for the courier.
pub(crate) async fn by_id(tx: &mut Tx, id: SubscriptionId) -> Result<Option<Subscription>> {
    Sql::of::<Subscription>().and("id = ", id).optional(tx).await
}

/// A page of a hub's subscriptions, the oldest first, and how many there are.
pub(crate) async fn page(
    workspace: WorkspaceId,
    tx: &mut Tx,
    limit: u32,
    offset: u32,
) -> Result<(Vec<Subscription>, u64)> {
    let mut filter = Sql::filter();
    filter.and("workspace_id = ", workspace);
    Listing::of::<Subscription>(filter).order("created_at, id").page(tx, limit, offset).await
}

/// How many a hub has.
pub(crate) async fn count(workspace: WorkspaceId, tx: &mut Tx) -> Result<u64> {
    tx.fetch_value("SELECT count(*) FROM webhook_subscriptions WHERE workspace_id = $1", args![workspace]).await
}

/// Those of these hubs that are enabled.
pub(crate) async fn listening(hubs: &[WorkspaceId], tx: &mut Tx) -> Result<Vec<Subscription>> {
    let mut sql = Sql::of::<Subscription>();
    sql.and_in("workspace_id", hubs.iter().copied()).and("status = ", Status::Enabled);
    sql.push(" ORDER BY workspace_id, created_at, id").all(tx).await
}

/// Something arrived: what failed before counts no more.
pub(crate) async fn arrived(tx: &mut Tx, id: SubscriptionId, now: Timestamp) -> Result<()> {
    let sql =
        "UPDATE webhook_subscriptions SET failing_since = NULL, failed_at = NULL, delivered_at = $2 WHERE id = $1";
    tx.execute(sql, args![id, now]).await.map(drop)
}

/// An attempt failed.
pub(crate) async fn failed(tx: &mut Tx, id: SubscriptionId, since: Timestamp, now: Timestamp) -> Result<()> {
    let sql = "UPDATE webhook_subscriptions SET failing_since = $2, failed_at = $3 WHERE id = $1";
    tx.execute(sql, args![id, since, now]).await.map(drop)
}

/// Disables one that is enabled; tells whether it was.
pub(crate) async fn disable(tx: &mut Tx, id: SubscriptionId, reason: &str, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE webhook_subscriptions SET status = 'disabled', reason = $2, updated_at = $3 \
               WHERE id = $1 AND status = 'enabled'";
    Ok(tx.execute(sql, args![id, reason, now]).await? == 1)
}

/// What failed before it was enabled counts no more.
pub(crate) async fn forgive(tx: &mut Tx, id: SubscriptionId) -> Result<()> {
    let sql = "UPDATE webhook_subscriptions SET failing_since = NULL, failed_at = NULL WHERE id = $1";
    tx.execute(sql, args![id]).await.map(drop)
}

/// Deletes one of a hub's; tells whether it was there. Its log goes with the next sweep.
pub(crate) async fn delete(workspace: WorkspaceId, tx: &mut Tx, id: SubscriptionId) -> Result<bool> {
    let sql = "DELETE FROM webhook_subscriptions WHERE id = $1 AND workspace_id = $2";
    Ok(tx.execute(sql, args![id, workspace]).await? == 1)
}
