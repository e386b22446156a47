//! All SQL of post metrics.

use std::collections::HashMap;

use db::{Sql, Tx};
use http_base::Offsets;
use kernel::{CampaignId, CreatorId, Day, Result, Scope, WorkspaceId};

use super::model::{Key, Metric};
use crate::figures::{self, Deltas};
use crate::table::Count;

/// Keys in one query.
const AT_ONCE: usize = 256;
/// A campaign, and whose it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Campaign {
    pub(crate) id: CampaignId,
    pub(crate) workspace: WorkspaceId,
}

impl From<&campaigns::Campaign> for Campaign {
    fn from(campaign: &campaigns::Campaign) -> Self {
        Self { id: campaign.id, workspace: campaign.workspace_id }
    }
}

/// What is to be done, found by comparing rows with those that are there.
pub(crate) struct Plan {
    /// The rows as they will be, each once, in the order in which they came first.
    pub(crate) rows: Vec<Metric>,
    /// What comes of them.
    pub(crate) count: Count,
    changed: Vec<usize>,
    deltas: Deltas,
}

/// Compares rows with those that are there. Of rows with the same key the last one holds. Whoever writes the plan has the
/// [lock](figures::lock) since before.
pub(crate) async fn compare(scope: Scope, tx: &mut Tx, campaign: Campaign, rows: Vec<Metric>) -> Result<Plan> {
    let mut places: HashMap<Key, usize> = HashMap::with_capacity(rows.len());
    let mut latest: Vec<Metric> = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(place) = places.get(&row.key()) {
            latest[*place] = row;
        } else {
            places.insert(row.key(), latest.len());
            latest.push(row);
        }
    }
    let mut plan = Plan { rows: latest, count: Count::default(), changed: Vec::new(), deltas: Deltas::default() };
    let mut there = existing(scope, tx, campaign, &plan.rows).await?;
    for (at, row) in plan.rows.iter_mut().enumerate() {
        match there.remove(&row.key()) {
            Some(old) if old.says_the_same_as(row) => {
                plan.count.unchanged += 1;
                *row = old;
                continue;
            }
            Some(old) => {
                plan.count.replaced += 1;
                plan.deltas.subtract(old.place(), old.figures());
                row.created_at = old.created_at;
            }
            None => plan.count.created += 1,
        }
        plan.deltas.add(row.place(), row.figures());
        plan.changed.push(at);
    }
    Ok(plan)
}

/// Writes what was planned, and moves the sums by the difference.
pub(crate) async fn write(scope: Scope, tx: &mut Tx, campaign: Campaign, plan: Plan) -> Result<Vec<Metric>> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(campaign.workspace));
    tx.put_all(plan.changed.iter().map(|at| &plan.rows[*at])).await?;
    figures::apply(tx, campaign.workspace, plan.deltas).await?;
    Ok(plan.rows)
}

/// Those of these rows that are there, by their keys.
async fn existing(scope: Scope, tx: &mut Tx, campaign: Campaign, rows: &[Metric]) -> Result<HashMap<Key, Metric>> {
    let mut found = HashMap::new();
    let mut left = rows;
    while !left.is_empty() {
        // Powers of two, so that few different statements are ever prepared.
        let (chunk, rest) = left.split_at(if left.len() >= AT_ONCE { AT_ONCE } else { 1 << left.len().ilog2() });
        left = rest;
        let mut sql = Sql::new(format!("SELECT {} FROM (VALUES ", Metric::columns("m")));
        for (at, row) in chunk.iter().enumerate() {
            sql.push(if at == 0 { "(" } else { ", (" });
            sql.bind(row.creator_id).push(", ").bind(&row.post).push(", ").bind(row.day).push(")");
        }
        // From the keys to the rows, not the other way round.
        sql.push(") AS k CROSS JOIN post_metrics m WHERE m.campaign_id = ").bind(campaign.id);
        sql.push(" AND m.creator_id = k.column1 AND m.post = k.column2 AND m.day = k.column3");
        sql.within(scope, "m.workspace_id");
        let rows: Vec<Metric> = sql.all(tx).await?;
        found.extend(rows.into_iter().map(|row| (row.key(), row)));
    }
    Ok(found)
}

/// Which rows are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) creator: Option<CreatorId>,
    pub(crate) from: Option<Day>,
    pub(crate) to: Option<Day>,
}

impl Wanted {
    fn filter(&self, sql: &mut Sql) {
        sql.and_if("creator_id = ", self.creator).and_if("day >= ", self.from).and_if("day <= ", self.to);
    }
}

/// A page of a campaign's rows, the newest day first, and how many there are in all.
pub(crate) async fn list(
    scope: Scope,
    tx: &mut Tx,
    campaign: Campaign,
    wanted: Wanted,
    offsets: Offsets,
) -> Result<(Vec<Metric>, u64)> {
    // The sums know how many rows there are, without looking at them.
    let sums = if wanted.creator.is_some() { "figures_by_creator_day" } else { "figures_by_day" };
    let mut sql =
        Sql::new(format!("SELECT CAST(COALESCE(sum(metric_rows), 0) AS BIGINT) FROM {sums} WHERE campaign_id = "));
    sql.bind(campaign.id);
    wanted.filter(&mut sql);
    let total: u64 = sql.one(tx).await?;
    let mut sql = Sql::of::<Metric>();
    wanted.filter(sql.and("campaign_id = ", campaign.id));
    sql.within(scope, "workspace_id");
    sql.push(" ORDER BY day DESC, creator_id, post LIMIT ").bind(offsets.limit).push(" OFFSET ").bind(offsets.offset);
    Ok((sql.all(tx).await?, total))
}

/// Takes a row out, and what it added to the sums. False if it is not there.
pub(crate) async fn delete(scope: Scope, tx: &mut Tx, campaign: Campaign, key: &Key) -> Result<bool> {
    let mut sql = Sql::new("DELETE FROM post_metrics WHERE campaign_id = ");
    sql.bind(campaign.id).push(" AND creator_id = ").bind(key.0);
    sql.push(" AND post = ").bind(&key.1).push(" AND day = ").bind(key.2);
    sql.within(scope, "workspace_id");
    sql.push(" RETURNING ").push(Metric::COLUMNS);
    let Some(row) = sql.optional::<Metric>(tx).await? else { return Ok(false) };
    let mut deltas = Deltas::default();
    deltas.subtract(row.place(), row.figures());
    figures::apply(tx, campaign.workspace, deltas).await?;
    Ok(true)
}
