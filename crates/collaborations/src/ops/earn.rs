//! Karma is earned and lost: an entry of the ledger and the sum beside it, in one transaction.

use db::{Json, Tx};
use events::TxExt as _;
use kernel::{Result, Scope};

use super::Act;
use crate::events::TierChanged;
use crate::model::{Circumstances, Collaboration, Earned, RULES_VERSION, Rating, Rule, Side, Standing, tier_of};
use crate::store;

const SYSTEM: Scope = Scope::system();

/// The standings of both sides, held in one order, so that no two transactions wait for each other: the creator's, and the business's.
async fn both(act: &Act<'_>, tx: &mut Tx, of: &Collaboration) -> Result<(Standing, Standing)> {
    if of.creator_id < of.business_id {
        let creator = store::hold(SYSTEM, tx, of.creator_id, act.now).await?;
        Ok((creator, store::hold(SYSTEM, tx, of.business_id, act.now).await?))
    } else {
        let business = store::hold(SYSTEM, tx, of.business_id, act.now).await?;
        Ok((store::hold(SYSTEM, tx, of.creator_id, act.now).await?, business))
    }
}

/// Writes what the sides of a collaboration earn and lose by these rules; each rule counts once in a collaboration, however often this is
/// called. People who deal with themselves earn and lose nothing.
pub(crate) async fn earn(act: &Act<'_>, tx: &mut Tx, of: &Collaboration, rules: &[(Side, Rule)]) -> Result<()> {
    if of.is_own || rules.is_empty() {
        return Ok(());
    }
    let (mut creator, mut business) = both(act, tx, of).await?;
    let (earlier, _) = store::earlier(tx, of, act.now).await?;
    for (side, rule) in rules {
        let (own, other) = match side {
            Side::Creator => (&mut creator, &business),
            Side::Business => (&mut business, &creator),
        };
        let (gained, gained_from_newcomers) = store::gained(SYSTEM, tx, own.account_id, act.now).await?;
        let under = Circumstances {
            earlier,
            fee: of.fee,
            partners_of_other: other.partners,
            tier_of_other: other.tier,
            gained,
            gained_from_newcomers,
        };
        let (points, weights) = rule.weighed(&under);
        let entry = Earned {
            id: act.clock().new_id(),
            account_id: own.account_id,
            partner_id: other.account_id,
            collaboration_id: of.id,
            rule: *rule,
            rules_version: RULES_VERSION,
            base: rule.points(),
            points,
            from_newcomer: other.tier == 0,
            weights: Json(weights),
            created_at: act.now,
        };
        if store::add_earned(SYSTEM, tx, &entry).await? {
            own.add(points, act.now);
            match rule {
                Rule::OnTime | Rule::ReviewedInTime => own.on_time += 1,
                Rule::Late | Rule::VeryLate | Rule::ReviewedLate => own.late += 1,
                Rule::CancelledLate | Rule::NoShow | Rule::Unpaid | Rule::DisputeLost => own.failed += 1,
                _ => {}
            }
        }
    }
    for standing in [&mut creator, &mut business] {
        settle_tier(act, tx, standing).await?;
    }
    Ok(())
}

/// Writes a standing that this transaction holds, in the tier that it has earned.
pub(crate) async fn settle_tier(act: &Act<'_>, tx: &mut Tx, standing: &mut Standing) -> Result<()> {
    if let Some(was) = standing.move_tier(act.now) {
        let (account_id, tier) = (standing.account_id, standing.tier);
        tx.event(TierChanged { workspace_id: None, account_id, was, tier, name: tier_of(tier).name.into() });
    }
    store::keep(SYSTEM, tx, standing).await
}

/// Counts a completed collaboration and its ratings in both profiles.
pub(super) async fn keep_score(act: &Act<'_>, tx: &mut Tx, of: &Collaboration, ratings: &[Rating]) -> Result<()> {
    if of.is_own {
        return Ok(());
    }
    let (creator, business) = both(act, tx, of).await?;
    let (_, ever) = store::earlier(tx, of, act.now).await?;
    for mut standing in [creator, business] {
        standing.completed += 1;
        standing.partners += u64::from(ever == 0);
        for rating in ratings.iter().filter(|rating| rating.rated_id == standing.account_id) {
            standing.rating_sum += rating.rating.unsigned_abs();
            standing.rating_count += 1;
        }
        standing.updated_at = act.now;
        store::keep(SYSTEM, tx, &standing).await?;
    }
    Ok(())
}
