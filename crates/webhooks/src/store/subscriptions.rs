//! Subscriptions.

use std::collections::BTreeSet;

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

/// Those of these that are enabled, whosever they are: for the courier.
pub(crate) async fn enabled(tx: &mut Tx, ids: BTreeSet<SubscriptionId>) -> Result<Vec<Subscription>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Sql::of::<Subscription>().and_in("id", ids).and("status = ", Status::Enabled).all(tx).await
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

/// Has every other transaction that adds a subscription to this hub wait for the end of this one, so that what it counts still holds then.
pub(crate) async fn gate(workspace: WorkspaceId, tx: &mut Tx) -> Result<()> {
    let sql = "INSERT INTO webhook_gates (workspace_id) VALUES ($1) \
               ON CONFLICT (workspace_id) DO UPDATE SET workspace_id = excluded.workspace_id";
    tx.execute(sql, args![workspace]).await.map(drop)
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

/// A page of all subscriptions of the server, in the order of their ids.
pub(crate) async fn after(tx: &mut Tx, behind: Option<SubscriptionId>, most: u32) -> Result<Vec<Subscription>> {
    let mut sql = Sql::of::<Subscription>();
    sql.and_if("id > ", behind).push(" ORDER BY id LIMIT ").bind(most).all(tx).await
}

/// Replaces the sealed secrets of a subscription that nobody has changed since it was read; tells whether it did.
pub(crate) async fn reseal(tx: &mut Tx, of: &Subscription) -> Result<bool> {
    let sql = "UPDATE webhook_subscriptions SET secrets = $2 WHERE id = $1 AND updated_at = $3";
    Ok(tx.execute(sql, args![of.id, &of.secrets, of.updated_at]).await? == 1)
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
