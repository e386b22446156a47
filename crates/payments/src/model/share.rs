//! Shares of amounts, to the last cent.

use kernel::{Amount, Money};

/// `whole · numerator / denominator`, rounded down to the currency's smallest unit; nothing of a denominator that is not more than 0.
pub fn part(whole: Money, numerator: i64, denominator: i64) -> Money {
    let currency = whole.currency();
    if denominator <= 0 {
        return Money::zero(currency);
    }
    let step = currency.step().minor();
    let steps = i128::from(whole.minor() / step) * i128::from(numerator) / i128::from(denominator);
    Money::new(Amount::from_minor(i64::try_from(steps).unwrap_or_default().saturating_mul(step)), currency)
}

/// Splits an amount by weights (percentages, say) so that the parts sum to it exactly: each gets its share rounded down, and the cents that
/// are left go to those that lost most by it, the first ones first. Weights that sum to nothing give it all to the first.
pub fn split(whole: Amount, weights: &[u64]) -> Vec<Amount> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let total = u128::from(whole.minor().unsigned_abs());
    if sum == 0 {
        let mut parts = vec![Amount::default(); weights.len()];
        if let Some(first) = parts.first_mut() {
            *first = whole;
        }
        return parts;
    }
    let exact = |weight: &u64| (total * u128::from(*weight) / sum, total * u128::from(*weight) % sum);
    let mut parts: Vec<(usize, u128, u128)> =
        weights.iter().enumerate().map(|(at, weight)| (at, exact(weight).0, exact(weight).1)).collect();
    let left = total - parts.iter().map(|part| part.1).sum::<u128>();
    parts.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(&b.0)));
    for part in parts.iter_mut().take(usize::try_from(left).unwrap_or_default()) {
        part.1 += 1;
    }
    parts.sort_by_key(|part| part.0);
    let sign = whole.minor().signum();
    parts.into_iter().map(|part| Amount::from_minor(i64::try_from(part.1).unwrap_or_default() * sign)).collect()
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use kernel::money::MOST_MINOR;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_documents_example() {
        // 33 and 67 percent of 1200 are 396 and 804.
        let parts = split(Amount::from_minor(120_000), &[33, 67]);
        assert_eq!(parts, [Amount::from_minor(39_600), Amount::from_minor(80_400)]);
        assert_eq!(
            split(Amount::from_minor(100), &[1, 1, 1]).iter().map(|part| part.minor()).collect::<Vec<_>>(),
            [34, 33, 33]
        );
    }

    proptest! {
        #[test]
        fn no_cent_is_lost(whole in 0..=MOST_MINOR, weights in prop::collection::vec(0_u64..100_000, 1..40)) {
            let parts = split(Amount::from_minor(whole), &weights);
            prop_assert_eq!(parts.iter().map(|part| part.minor()).sum::<i64>(), whole);
            prop_assert_eq!(parts.len(), weights.len());
            let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!(part.minor() >= 0);
                let exact = (u128::from(whole.unsigned_abs()) * u128::from(*weight)).checked_div(sum);
                if let Some(exact) = exact {
                    prop_assert!(u128::from(part.minor().unsigned_abs()).abs_diff(exact) <= 1);
                }
            }
        }

        #[test]
        fn a_part_is_never_more_than_its_share(whole in 0..=MOST_MINOR / 100, of in 1_i64..10_000, share in 0.0..=1.0) {
            let (numerator, whole) = ((of as f64 * share) as i64, Amount::from_minor(whole * 100));
            for currency in ["USD", "JPY", "MGA"].map(|code| Currency::parse(code).unwrap()) {
                let part = part(Money::new(whole, currency), numerator, of);
                prop_assert!(part.is_exact());
                let exact = i128::from(whole.minor()) * i128::from(numerator);
                let off = exact - i128::from(part.minor()) * i128::from(of);
                prop_assert!(off >= 0 && off < i128::from(of) * i128::from(currency.step().minor()));
            }
        }
    }
}
