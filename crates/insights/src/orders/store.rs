//! All SQL of orders.

use std::collections::HashMap;

use db::{Sql, Tx, args};
use http_base::Offsets;
use kernel::{CampaignId, Result, Scope, WorkspaceId};

use super::model::Order;
use super::ops::Plan;
use crate::day::Day;
use crate::figures::{self, Deltas};
use crate::scoped;

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
        let mut sql = Sql::new(format!("SELECT {} FROM orders WHERE workspace_id = ", Order::COLUMNS));
        sql.bind(workspace).push(" AND reference IN ").bind_list(some.iter().copied());
        scoped(&mut sql, scope, "workspace_id");
        let orders: Vec<Order> = tx.fetch_all(&sql.text, sql.args).await?;
        found.extend(orders.into_iter().map(|order| (order.reference.clone(), order)));
    }
    Ok(found)
}

/// Writes what was planned, and moves the sums by the difference.
pub(super) async fn write(scope: Scope, tx: &mut Tx, plan: Plan) -> Result<Vec<Order>> {
    debug_assert!(
        scope.sees_everything() || plan.orders.iter().all(|order| scope.workspace() == Some(order.workspace_id))
    );
    let insert = format!("INSERT INTO orders ({})", Order::COLUMNS);
    let conflict = "ON CONFLICT (workspace_id, reference) DO UPDATE SET campaign_id = excluded.campaign_id, \
                    creator_id = excluded.creator_id, link_id = excluded.link_id, promo_code_id = excluded.promo_code_id, \
                    day = excluded.day, ordered_at = excluded.ordered_at, revenue = excluded.revenue, \
                    currency = excluded.currency, updated_at = excluded.updated_at";
    let values = plan.changed.iter().map(|at| {
        let order = &plan.orders[*at];
        args![
            order.id,
            order.workspace_id,
            &order.reference,
            order.campaign_id,
            order.creator_id,
            order.link_id,
            order.promo_code_id,
            order.day,
            order.ordered_at,
            order.revenue,
            &order.currency,
            order.created_at,
            order.updated_at,
        ]
    });
    tx.insert_rows(&insert, conflict, values.collect()).await?;
    figures::apply(tx, plan.deltas).await?;
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
    scoped(&mut sql, scope, "workspace_id");
    sql.push(" RETURNING ").push(Order::COLUMNS);
    let order = tx.fetch_optional::<Order>(&sql.text, sql.args).await?;
    if let Some(order) = &order {
        let mut deltas = Deltas::default();
        deltas.subtract(order.place(), order.figures());
        figures::apply(tx, deltas).await?;
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
    sql.bind(campaign);
    if let Some(from) = from {
        sql.push(" AND day >= ").bind(from);
    }
    if let Some(to) = to {
        sql.push(" AND day <= ").bind(to);
    }
    let total: u64 = tx.fetch_value(&sql.text, sql.args).await?;
    let mut sql = Sql::new(format!("SELECT {} FROM orders WHERE campaign_id = ", Order::COLUMNS));
    sql.bind(campaign);
    if let Some(from) = from {
        sql.push(" AND ordered_at >= ").bind(from.start());
    }
    if let Some(to) = to {
        sql.push(" AND ordered_at < ").bind(to.plus(1).start());
    }
    scoped(&mut sql, scope, "workspace_id");
    sql.push(" ORDER BY ordered_at DESC, id DESC LIMIT ").bind(offsets.limit).push(" OFFSET ").bind(offsets.offset);
    Ok((tx.fetch_all(&sql.text, sql.args).await?, total))
}
