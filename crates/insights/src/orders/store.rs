//! All SQL of orders.

use std::collections::HashMap;

use db::{Sql, Tx};
use http_base::Offsets;
use kernel::{CampaignId, Day, Result, Scope, WorkspaceId};

use super::model::Order;
use super::ops::Plan;
use crate::figures::{self, Deltas};

/// References in one query.
const AT_ONCE: usize = 500;

/// A workspace's orders of these references.
pub(super) async fn by_references(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    references: impl Iterator<Item = &str>,
) -> Result<HashMap<String, Order>> {
    let mut all: Vec<&str> = references.collect();
    all.sort_unstable();
    all.dedup();
    let mut found = HashMap::new();
    for some in all.chunks(AT_ONCE) {
        let mut sql = Sql::of::<Order>();
        sql.and("workspace_id = ", workspace).and_in("reference", some).within(scope, "workspace_id");
        let orders: Vec<Order> = sql.all(tx).await?;
        found.extend(orders.into_iter().map(|order| (order.reference.clone(), order)));
    }
    Ok(found)
}

/// Writes what was planned, and moves the sums by the difference.
pub(super) async fn write(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, plan: Plan) -> Result<Vec<Order>> {
    debug_assert!(
        scope.sees_everything() || plan.orders.iter().all(|order| scope.workspace() == Some(order.workspace_id))
    );
    tx.put_all(plan.changed.iter().map(|at| &plan.orders[*at])).await?;
    figures::apply(tx, workspace, plan.deltas).await?;
    Ok(plan.orders)
}

/// Takes an order out, and what it added to the sums.
pub(super) async fn delete(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    reference: &str,
) -> Result<Option<Order>> {
    let mut sql = Sql::new("DELETE FROM orders WHERE workspace_id = ");
    sql.bind(workspace).push(" AND reference = ").bind(reference);
    sql.within(scope, "workspace_id");
    sql.push(" RETURNING ").push(Order::COLUMNS);
    let order = sql.optional::<Order>(tx).await?;
    if let Some(order) = &order {
        let mut deltas = Deltas::default();
        deltas.subtract(order.place(), order.figures());
        figures::apply(tx, workspace, deltas).await?;
    }
    Ok(order)
}

/// A page of a campaign's orders of these days, the newest first, and how many there are.
pub(super) async fn list(
    scope: Scope,
    tx: &mut Tx,
    campaign: CampaignId,
    (from, to): (Option<Day>, Option<Day>),
    offsets: Offsets,
) -> Result<(Vec<Order>, u64)> {
    // The sums know how many orders there are, without looking at them.
    let mut sql = Sql::new("SELECT CAST(COALESCE(sum(orders), 0) AS BIGINT) FROM figures_by_day WHERE campaign_id = ");
    sql.bind(campaign).and_if("day >= ", from).and_if("day <= ", to);
    let total: u64 = sql.one(tx).await?;
    let mut sql = Sql::of::<Order>();
    sql.and("campaign_id = ", campaign).and_if("ordered_at >= ", from.map(Day::start));
    sql.and_if("ordered_at < ", to.map(|to| to.plus(1).start())).within(scope, "workspace_id");
    sql.push(" ORDER BY ordered_at DESC, id DESC LIMIT ").bind(offsets.limit).push(" OFFSET ").bind(offsets.offset);
    Ok((sql.all(tx).await?, total))
}
