//! Taking orders in: whom each counts for, and what it changes.

use std::collections::HashMap;

use db::Tx;
use kernel::{CampaignId, Clock, CreatorId, Day, Error, Kind, Result, Scope, Timestamp, WorkspaceId};

use super::model::{By, NewOrder, Order};
use super::store;
use crate::codes::{self, PromoCodeId};
use crate::figures::Deltas;
use crate::links::{self, LinkId};
use crate::table::Count;

/// Whom an order counts for.
#[derive(Clone, Copy, Debug)]
struct Earned {
    campaign: CampaignId,
    creator: CreatorId,
    link: Option<LinkId>,
    promo: Option<PromoCodeId>,
    /// Later orders do not count.
    until: Option<Timestamp>,
}

/// What comes of orders.
pub(super) struct Plan {
    /// Those that are taken, as they will be, each once, in the order in which they came first.
    pub(super) orders: Vec<Order>,
    pub(super) count: Count,
    /// Those that are not: their place, and why.
    pub(super) refused: Vec<(usize, Error)>,
    pub(super) changed: Vec<usize>,
    pub(super) deltas: Deltas,
}

/// Finds out what comes of these orders. Of two with the same reference the last one holds. Whoever writes the plan has the
/// [lock](crate::figures::lock) since before.
pub(super) async fn plan(
    scope: Scope,
    tx: &mut Tx,
    workspace: WorkspaceId,
    clock: &Clock,
    new: Vec<NewOrder>,
) -> Result<Plan> {
    let now = clock.now();
    let earned = earned(scope, tx, workspace, &new).await?;
    let mut there =
        store::by_references(scope, tx, workspace, new.iter().map(|order| order.reference.as_str())).await?;
    let mut plan = Plan {
        orders: Vec::new(),
        count: Count::default(),
        refused: Vec::new(),
        changed: Vec::new(),
        deltas: Deltas::default(),
    };
    let mut places: HashMap<String, usize> = HashMap::new();
    for (at, order) in new.into_iter().enumerate() {
        let known = places.get(&order.reference).copied();
        let before = known.map(|place| &plan.orders[place]).or_else(|| there.get(&order.reference));
        // Whoever tells an order again without its time means the time that is known.
        let ordered_at = order.ordered_at.or(before.map(|before| before.ordered_at)).unwrap_or(now);
        match judged(earned.get(&order.by()), &order, ordered_at) {
            Err(error) => plan.refused.push((at, error)),
            Ok(earned) => {
                let order = Order {
                    id: before.map_or_else(|| clock.new_id(), |before| before.id),
                    workspace_id: workspace,
                    campaign_id: earned.campaign,
                    creator_id: earned.creator,
                    link_id: earned.link,
                    promo_code_id: earned.promo,
                    day: Day::of(ordered_at),
                    ordered_at,
                    revenue: order.revenue,
                    currency: order.currency(),
                    created_at: before.map_or(now, |before| before.created_at),
                    updated_at: now,
                    reference: order.reference,
                };
                let place = *places.entry(order.reference.clone()).or_insert(plan.orders.len());
                if place == plan.orders.len() {
                    plan.orders.push(order);
                } else {
                    plan.orders[place] = order;
                }
            }
        }
    }
    for (at, order) in plan.orders.iter_mut().enumerate() {
        match there.remove(&order.reference) {
            Some(old) if (Order { updated_at: old.updated_at, ..order.clone() }) == old => {
                plan.count.unchanged += 1;
                *order = old;
                continue;
            }
            Some(old) => {
                plan.count.replaced += 1;
                plan.deltas.subtract(old.place(), old.figures());
            }
            None => plan.count.created += 1,
        }
        plan.deltas.add(order.place(), order.figures());
        plan.changed.push(at);
    }
    Ok(plan)
}

/// Whom the codes of these orders belong to.
async fn earned(scope: Scope, tx: &mut Tx, workspace: WorkspaceId, new: &[NewOrder]) -> Result<HashMap<By, Earned>> {
    let mut earned = HashMap::new();
    let (mut keys, mut codes): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for order in new {
        match order.by() {
            By::Promo(key) => keys.push(key),
            By::Link(code) => codes.push(code),
        }
    }
    for list in [&mut keys, &mut codes] {
        list.sort_unstable();
        list.dedup();
    }
    if !keys.is_empty() {
        for code in codes::by_keys(scope, tx, workspace, keys.iter().map(String::as_str)).await? {
            let whom = Earned {
                campaign: code.campaign_id,
                creator: code.creator_id,
                link: None,
                promo: Some(code.id),
                until: code.disabled_at,
            };
            earned.insert(By::Promo(code.code_key), whom);
        }
    }
    if !codes.is_empty() {
        for link in links::by_codes(scope, tx, workspace, codes.iter().map(String::as_str)).await? {
            let whom = Earned {
                campaign: link.campaign_id,
                creator: link.creator_id,
                link: Some(link.id),
                promo: None,
                until: link.disabled_at,
            };
            earned.insert(By::Link(link.code), whom);
        }
    }
    Ok(earned)
}

fn judged(earned: Option<&Earned>, order: &NewOrder, ordered_at: Timestamp) -> Result<Earned> {
    let named = match order.by() {
        By::Promo(key) => format!("promo code {key}"),
        By::Link(code) => format!("link {code}"),
    };
    let Some(earned) = earned else {
        let message = format!("The {named} of order {} is none of this workspace's; create it first", order.reference);
        return Err(Error::new(Kind::NotFound, message));
    };
    match earned.until {
        Some(until) if ordered_at > until => Err(Error::conflict(format!(
            "The {named} was taken back at {until}; order {} of {ordered_at} does not count by it",
            order.reference
        ))),
        _ => Ok(*earned),
    }
}
