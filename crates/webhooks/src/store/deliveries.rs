//! Deliveries.

use db::{Listing, Sql, Tx, args};
use kernel::{Result, Timestamp, WorkspaceId};
use uuid::Uuid;

use crate::model::{DeliveryId, DeliveryStatus, Log, Subscription, SubscriptionId};

/// A delivery to this subscription.
pub(crate) async fn find(of: &Subscription, tx: &mut Tx, id: DeliveryId) -> Result<Option<Log>> {
    Sql::of::<Log>().and("id = ", id).and("subscription_id = ", of.id).optional(tx).await
}

/// Deliveries, whosever they are: for the courier.
pub(crate) async fn by_ids(tx: &mut Tx, ids: &[DeliveryId]) -> Result<Vec<Log>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Sql::of::<Log>().and_in("id", ids.iter().copied()).all(tx).await
}

/// A page of what was sent to a subscription, the newest first, and how many there are.
pub(crate) async fn page(
    of: &Subscription,
    tx: &mut Tx,
    (status, event): (Option<DeliveryStatus>, Option<&str>),
    limit: u32,
    offset: u32,
) -> Result<(Vec<Log>, u64)> {
    let mut filter = Sql::filter();
    filter.and("subscription_id = ", of.id).and_if("status = ", status).and_if("event = ", event);
    Listing::of::<Log>(filter).order("created_at DESC, id DESC").page(tx, limit, offset).await
}

/// What did not arrive since then, the oldest first; its ids.
pub(crate) async fn failed_since(
    of: &Subscription,
    tx: &mut Tx,
    since: Timestamp,
    most: u32,
) -> Result<Vec<DeliveryId>> {
    let mut all = Vec::new();
    // One index for each: an OR over both would sort everything.
    for status in [DeliveryStatus::Failed, DeliveryStatus::Withheld] {
        let sql = "SELECT created_at, id FROM webhook_deliveries WHERE subscription_id = $1 AND status = $2 AND created_at >= $3 \
                   ORDER BY created_at, id LIMIT $4";
        let some: Vec<(Timestamp, DeliveryId)> = tx.fetch_all(sql, args![of.id, status, since, most]).await?;
        all.extend(some);
    }
    all.sort_unstable();
    all.truncate(most as usize);
    Ok(all.into_iter().map(|(_, id)| id).collect())
}

/// Begins a delivery that is over once more; tells which round this is, and nothing if it is under way.
pub(crate) async fn again(of: &Subscription, tx: &mut Tx, id: DeliveryId, now: Timestamp) -> Result<Option<u64>> {
    let sql = "UPDATE webhook_deliveries SET status = 'pending', rounds = rounds + 1, next_at = $3, settled_at = NULL, error = NULL \
               WHERE id = $1 AND subscription_id = $2 AND status <> 'pending' RETURNING rounds";
    tx.fetch_optional(sql, args![id, of.id, now]).await
}

/// What stands written after an attempt, or in place of one.
pub(crate) struct After<'a> {
    /// How it stands.
    pub(crate) status: DeliveryStatus,
    /// Is an attempt counted?
    pub(crate) counted: bool,
    /// The status of the answer.
    pub(crate) http_status: Option<u64>,
    /// Why it has not arrived.
    pub(crate) error: Option<&'a str>,
    /// When it is tried next.
    pub(crate) next_at: Option<Timestamp>,
}

/// A delivery whose row was changed.
#[derive(Clone, Copy, Debug, db::Row)]
pub(crate) struct Settled {
    /// Which one.
    pub(crate) id: DeliveryId,
    /// How often it was tried.
    pub(crate) attempts: u64,
    /// To whom it goes.
    pub(crate) subscription_id: SubscriptionId,
}

/// Writes down how a pending delivery stands. Nothing if it was over.
pub(crate) async fn settle(tx: &mut Tx, id: DeliveryId, after: After<'_>, now: Timestamp) -> Result<Option<Settled>> {
    let over = (after.status != DeliveryStatus::Pending).then_some(now);
    let sql = "UPDATE webhook_deliveries SET status = $2, attempts = attempts + $3, http_status = coalesce($4, http_status), error = $5, \
               next_at = $6, settled_at = $7 WHERE id = $1 AND status = 'pending' RETURNING id, attempts, subscription_id";
    let counted = i64::from(after.counted);
    let arguments = args![id, after.status, counted, after.http_status, after.error, after.next_at, over];
    tx.fetch_optional(sql, arguments).await
}

/// Writes down that these pending deliveries arrived, with this status of the answer; those that were over are left out.
pub(crate) async fn arrived(
    tx: &mut Tx,
    ids: &[DeliveryId],
    http_status: Option<u64>,
    now: Timestamp,
) -> Result<Vec<Settled>> {
    let mut sql = Sql::new("UPDATE webhook_deliveries SET status = ");
    sql.bind(DeliveryStatus::Delivered).push(", attempts = attempts + 1, http_status = coalesce(CAST(");
    sql.bind(http_status).push(" AS BIGINT), http_status), error = NULL, next_at = NULL, settled_at = ").bind(now);
    sql.push(" WHERE id IN ").bind_list(ids.iter().copied()).and("status = ", DeliveryStatus::Pending);
    sql.push(" RETURNING id, attempts, subscription_id").all(tx).await
}

/// What tells of this member, the newest first.
pub(crate) async fn of_member(workspace: WorkspaceId, tx: &mut Tx, member: Uuid, most: u32) -> Result<Vec<Log>> {
    let mut sql = Sql::of::<Log>();
    sql.and("workspace_id = ", workspace).and("member_id = ", member);
    sql.push(" ORDER BY created_at DESC, id DESC LIMIT ").bind(most).all(tx).await
}

/// Says something else than it did: for a member who was erased.
pub(crate) async fn reword(tx: &mut Tx, id: DeliveryId, body: &str) -> Result<()> {
    let sql = "UPDATE webhook_deliveries SET body = $2, member_id = NULL, error = NULL WHERE id = $1";
    tx.execute(sql, args![id, body]).await?;
    tx.execute("UPDATE webhook_attempts SET answer = NULL WHERE delivery_id = $1", args![id]).await.map(drop)
}

/// Has everything that tells of one member tell of another.
pub(crate) async fn hand_over(workspace: WorkspaceId, tx: &mut Tx, from: Uuid, to: Uuid) -> Result<()> {
    let sql = "UPDATE webhook_deliveries SET member_id = $3 WHERE workspace_id = $1 AND member_id = $2";
    tx.execute(sql, args![workspace, from, to]).await.map(drop)
}

/// Forgets a bite of what is over and older than this; tells how many.
pub(crate) async fn purge(tx: &mut Tx, before: Timestamp, most: u32) -> Result<usize> {
    let sql =
        "SELECT id FROM webhook_deliveries WHERE status <> 'pending' AND created_at < $1 ORDER BY created_at LIMIT $2";
    let ids: Vec<DeliveryId> = tx.fetch_all(sql, args![before, most]).await?;
    take_away(tx, &ids).await?;
    Ok(ids.len())
}

/// Forgets a bite of what was sent to subscriptions that are gone.
pub(crate) async fn purge_of(tx: &mut Tx, subscription: SubscriptionId, most: u32) -> Result<usize> {
    let sql = "SELECT id FROM webhook_deliveries WHERE subscription_id = $1 LIMIT $2";
    let ids: Vec<DeliveryId> = tx.fetch_all(sql, args![subscription, most]).await?;
    take_away(tx, &ids).await?;
    Ok(ids.len())
}

async fn take_away(tx: &mut Tx, ids: &[DeliveryId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    for table in ["DELETE FROM webhook_attempts WHERE delivery_id IN ", "DELETE FROM webhook_deliveries WHERE id IN "] {
        Sql::new(table).bind_list(ids.iter().copied()).run(tx).await?;
    }
    Ok(())
}
