//! Is the wish affordable?

use super::norms::Usual;
use super::scores::FULL;

/// What a brand wants to spend, and on how much. Amounts are minor units of the directory's currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Budget {
    /// All that may be spent; none where no limit was told.
    pub total_minor: Option<i64>,
    /// How many posts (or creators at such a rate) the budget has to pay for.
    pub wanted: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { total_minor: None, wanted: 1 }
    }
}

impl Budget {
    /// A budget for one post.
    pub const fn of(total_minor: i64) -> Self {
        Self { total_minor: Some(total_minor), wanted: 1 }
    }

    /// What the whole wish costs at so much a post.
    pub fn cost(self, price_minor: i64) -> i64 {
        price_minor.max(0).saturating_mul(i64::from(self.wanted.max(1)))
    }

    /// The budget fit in hundredths of a percent: 100 % while the whole wish is affordable, beyond it (budget / cost)^1.5.
    /// Without a limit everything fits; nothing fits a budget of nothing; an unknown price scores 0, for want of evidence.
    pub fn fit(self, price_minor: Option<i64>) -> u16 {
        let Some(total) = self.total_minor else { return FULL };
        let Some(price) = price_minor else { return 0 };
        let cost = self.cost(price);
        match total {
            ..=0 => 0,
            total if cost <= total => FULL,
            total => {
                let share = total as f64 / cost as f64;
                // Rounded down: 100 % is said of what is affordable only.
                (share * share.sqrt() * f64::from(FULL)) as u16
            }
        }
        .min(FULL)
    }
}

/// What a creator asks for a post.
#[derive(Clone, PartialEq, Debug)]
pub enum Price {
    /// The rate on record, in minor units.
    Stated(i64),
    /// No rate is on record: what is usual for the platform and size.
    Usual(Usual),
    /// No rate is on record, and none can be estimated.
    Unknown,
}

impl Price {
    /// The price to reckon with, in minor units.
    pub fn minor(&self) -> Option<i64> {
        match self {
            Self::Stated(minor) => Some(*minor),
            Self::Usual(usual) => Some(usual.middle),
            Self::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_affordable_fits_and_the_rest_falls_smoothly() {
        let budget = Budget::of(100_000);
        assert_eq!([0, 50_000, 100_000].map(|price| budget.fit(Some(price))), [FULL; 3]);
        assert_eq!([100_001, 200_000, 400_000, i64::MAX].map(|price| budget.fit(Some(price))), [9999, 3535, 1250, 0]);
        assert_eq!(Budget { wanted: 4, ..budget }.fit(Some(50_000)), 3535);
        assert_eq!((Budget::of(0).fit(Some(0)), Budget::of(-5).fit(Some(1))), (0, 0));
        assert_eq!((Budget::default().fit(None), budget.fit(None)), (FULL, 0));
    }

    proptest! {
        #[test]
        fn more_money_never_fits_worse_and_a_higher_price_never_better(
            total in 0_i64..10_000_000, more in 0_i64..10_000_000, price in 0_i64..10_000_000, dearer in 0_i64..10_000_000,
            wanted in 0_u32..50,
        ) {
            let fit = |total, price| Budget { total_minor: Some(total), wanted }.fit(Some(price));
            prop_assert!(fit(total, price) <= fit(total + more, price));
            prop_assert!(fit(total, price + dearer) <= fit(total, price));
            prop_assert!(fit(total, price) <= FULL);
        }
    }
}
