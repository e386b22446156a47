//! What a campaign may cost and did, and what was delivered for it.

use std::collections::BTreeMap;

use deals::model::Status;
use deals::store::Handed;
use kernel::{Amount, Currency};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Cost, percent};
use crate::analytics::store::Found;

/// What was agreed and paid in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct SpentSums {
    /// What signed and completed contracts pay.
    pub agreed: Amount,
    /// What was paid.
    pub paid: Amount,
    /// What of that went back.
    pub refunded: Amount,
}

/// The same, with its currency.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct CurrencyBudget {
    /// The currency.
    pub currency: Currency,
    /// What was agreed and paid.
    #[serde(flatten)]
    pub sums: SpentSums,
}

/// What a campaign may cost, and did: in US dollars, as budgets are; other currencies are told beside them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Budget {
    /// The currency of what follows.
    pub currency: Currency,
    /// The campaign's budget.
    pub planned: Amount,
    /// What was agreed and paid.
    #[serde(flatten)]
    pub sums: SpentSums,
    /// The budget less what was paid and did not come back. Null where payments are in other currencies too.
    pub left: Option<Amount>,
    /// The budget less what was agreed. Null where contracts are in other currencies too.
    pub uncommitted: Option<Amount>,
    /// What was agreed and paid in other currencies.
    pub by_currency: Vec<CurrencyBudget>,
}

fn minus(a: Amount, b: Amount) -> Amount {
    Amount::from_minor(a.minor().saturating_sub(b.minor()))
}

impl Budget {
    pub(super) fn new(found: &Found, costs: &[Cost]) -> Self {
        let mut all: BTreeMap<Currency, SpentSums> = BTreeMap::new();
        for agreed in found.agreed.iter().filter(|agreed| matches!(agreed.status, Status::Signed | Status::Completed)) {
            let sums = all.entry(agreed.currency).or_default();
            sums.agreed = Amount::from_minor(sums.agreed.minor().saturating_add(agreed.amount.minor()));
        }
        for cost in costs {
            let sums = all.entry(cost.currency).or_default();
            (sums.paid, sums.refunded) = (cost.paid, cost.refunded);
        }
        let sums = all.remove(&Currency::USD).unwrap_or_default();
        let planned = found.campaign.total_budget;
        let paid_elsewhere = all.values().any(|sums| sums.paid != sums.refunded);
        let agreed_elsewhere = all.values().any(|sums| sums.agreed != Amount::default());
        Self {
            currency: Currency::USD,
            planned,
            sums,
            left: (!paid_elsewhere).then(|| minus(planned, minus(sums.paid, sums.refunded))),
            uncommitted: (!agreed_elsewhere).then(|| minus(planned, sums.agreed)),
            by_currency: all.into_iter().map(|(currency, sums)| CurrencyBudget { currency, sums }).collect(),
        }
    }
}

/// What was delivered under the campaign's contracts, but for cancelled and expired ones.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// Deliverables in all.
    pub total: u64,
    /// Awaited.
    pub pending: u64,
    /// Handed in, and not judged yet.
    pub submitted: u64,
    /// Accepted.
    pub approved: u64,
    /// Not handed in by their deadline.
    pub late: u64,
    /// How many in a hundred of those with a deadline that were handed in, or are late, were handed in by it; null where there are none.
    pub on_time_rate: Option<f64>,
}

impl Delivery {
    pub(super) fn new(handed: &[Handed]) -> Self {
        let sum = |of: fn(&Handed) -> u64| handed.iter().map(of).sum::<u64>();
        let (judged, on_time) = (sum(|one| one.judged), sum(|one| one.on_time));
        Self {
            total: sum(|one| one.total),
            pending: sum(|one| one.pending),
            submitted: sum(|one| one.submitted),
            approved: sum(|one| one.approved),
            late: sum(|one| one.late),
            on_time_rate: percent(on_time.cast_signed(), judged.cast_signed()),
        }
    }
}
