//! What came in, what went out, and what is left of it. Never across currencies.

use std::collections::BTreeMap;

use kernel::{Amount, Currency};
use payments::store::PaidToCreator;
use serde::Serialize;
use utoipa::ToSchema;

use super::rounded;

/// What was brought in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Revenue {
    /// The currency.
    pub currency: Currency,
    /// What posts report; null where none does.
    pub reported: Option<Amount>,
    /// What orders by tracked links and promo codes brought; null where there are none.
    pub orders: Option<Amount>,
    /// Both together.
    pub total: Amount,
}

/// What was paid in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Cost {
    /// The currency.
    pub currency: Currency,
    /// What was paid.
    pub paid: Amount,
    /// What of that went back.
    pub refunded: Amount,
    /// Paid less refunded.
    pub total: Amount,
}

impl Cost {
    /// The payments added up, by currency.
    pub fn in_all<'a>(payments: impl IntoIterator<Item = &'a PaidToCreator>) -> Vec<Self> {
        let mut sums: BTreeMap<Currency, (i64, i64)> = BTreeMap::new();
        for payment in payments {
            let (paid, refunded) = sums.entry(payment.currency).or_default();
            *paid = paid.saturating_add(payment.paid.minor());
            *refunded = refunded.saturating_add(payment.refunded.minor());
        }
        let told = sums.into_iter().map(|(currency, (paid, refunded))| Self {
            currency,
            paid: Amount::from_minor(paid),
            refunded: Amount::from_minor(refunded),
            total: Amount::from_minor(paid.saturating_sub(refunded)),
        });
        told.collect()
    }
}

/// The one currency in which anything was spent, and how much.
pub(super) fn only_cost(costs: &[Cost]) -> Option<(Currency, Amount)> {
    let mut spent = costs.iter().filter(|cost| cost.total > Amount::default());
    match (spent.next(), spent.next()) {
        (Some(only), None) => Some((only.currency, only.total)),
        _ => None,
    }
}

/// The return on investment: (revenue − cost) / cost, as a ratio with two decimals. An error says why there is none.
pub fn roi(revenue: &[Revenue], costs: &[Cost], whole: bool) -> Result<f64, &'static str> {
    if !whole {
        return Err("payments are of the whole campaign, and only a part of its days was asked for");
    }
    let revenue: Vec<_> = revenue.iter().map(|revenue| (revenue.currency, revenue.total.minor())).collect();
    let costs: Vec<_> = costs.iter().map(|cost| (cost.currency, cost.total.minor())).collect();
    ratio(&revenue, &costs).map(|ratio| rounded(ratio, 100.0))
}

/// The same of any sums by currency, before it is rounded.
pub fn ratio<C: PartialEq>(revenue: &[(C, i64)], costs: &[(C, i64)]) -> Result<f64, &'static str> {
    let mut spent = costs.iter().filter(|(_, cost)| *cost > 0);
    let (cost, more) = (spent.next(), spent.next());
    match (revenue, cost, more) {
        ([], ..) => Err("no revenue is reported or ordered"),
        (_, None, _) => Err("nothing has been paid for it"),
        ([(earned_in, revenue)], Some((paid_in, cost)), None) if earned_in == paid_in => {
            Ok((*revenue - *cost) as f64 / *cost as f64)
        }
        _ => Err("revenue and payments are not in one and the same currency"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_needs_one_currency() {
        let ratio = |revenue: &[(char, i64)], costs: &[(char, i64)]| ratio(revenue, costs);
        assert_eq!(ratio(&[('$', 420)], &[('$', 100)]), Ok(3.2));
        assert_eq!(ratio(&[('$', 0)], &[('$', 100)]), Ok(-1.0));
        assert_eq!(ratio(&[('$', 150)], &[('€', 0), ('$', 100)]), Ok(0.5));
        assert!(ratio(&[], &[('$', 100)]).unwrap_err().contains("no revenue"));
        assert!(ratio(&[('$', 1)], &[]).unwrap_err().contains("nothing has been paid"));
        assert!(ratio(&[('$', 1)], &[('$', 0)]).unwrap_err().contains("nothing has been paid"));
        for (revenue, costs) in [
            (vec![('$', 1)], vec![('€', 1)]),
            (vec![('$', 1), ('€', 1)], vec![('$', 1)]),
            (vec![('$', 1)], vec![('$', 1), ('€', 1)]),
        ] {
            assert!(ratio(&revenue, &costs).unwrap_err().contains("one and the same"));
        }
    }
}
