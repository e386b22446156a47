//! What a rule really adds: those who were written to, against those who were left out.

/// From so many firings in each group on something is said.
const ENOUGH: u64 = 30;

/// Those of one group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Firings whose time is over, or that were answered.
    pub firings: u64,
    /// Those of them after which the member wrote in time.
    pub answered: u64,
}

impl Group {
    /// The share that answered.
    pub fn rate(self) -> Option<f64> {
        (self.firings > 0).then(|| self.answered.min(self.firings) as f64 / self.firings as f64)
    }
}

/// What can be said.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "RuleEffect", no_column)]
pub enum Verdict {
    /// More wrote than without the rule.
    More,
    /// Fewer wrote than without the rule.
    Fewer,
    /// The difference may be chance.
    Unclear,
}

/// The difference between two groups, in shares (0.1 is ten in a hundred).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adds {
    /// How much larger the share is that wrote.
    pub difference: f64,
    /// The interval that holds the true difference in 95 of 100 cases.
    pub low: f64,
    /// Its other end.
    pub high: f64,
    /// What that means.
    pub verdict: Verdict,
}

/// Compares two groups by Newcombe's interval (of two Wilson intervals); nothing while either has fewer than thirty.
pub fn adds(treated: Group, held_out: Group) -> Option<Adds> {
    if treated.firings < ENOUGH || held_out.firings < ENOUGH {
        return None;
    }
    let (one, two) = (treated.rate()?, held_out.rate()?);
    let (low_one, high_one) = wilson(one, treated.firings as f64);
    let (low_two, high_two) = wilson(two, held_out.firings as f64);
    let difference = one - two;
    let low = difference - ((one - low_one).powi(2) + (high_two - two).powi(2)).sqrt();
    let high = difference + ((high_one - one).powi(2) + (two - low_two).powi(2)).sqrt();
    let verdict = match (low, high) {
        (low, _) if low > 0.0 => Verdict::More,
        (_, high) if high < 0.0 => Verdict::Fewer,
        _ => Verdict::Unclear,
    };
    Some(Adds { difference, low, high, verdict })
}

fn wilson(share: f64, count: f64) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    let square = Z * Z;
    let middle = (share + square / (2.0 * count)) / (1.0 + square / count);
    let half = Z * (share * (1.0 - share) / count + square / (4.0 * count * count)).sqrt() / (1.0 + square / count);
    (middle - half, middle + half)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn newcombes_own_example() {
        // Newcombe 1998, table II, method 10: 56/70 against 48/80 is 0.2000 (0.0524 to 0.3339).
        let told = adds(Group { firings: 70, answered: 56 }, Group { firings: 80, answered: 48 }).unwrap();
        assert!((told.difference - 0.2).abs() < 1e-9);
        assert!((told.low - 0.0524).abs() < 5e-5 && (told.high - 0.3339).abs() < 5e-5, "{told:?}");
        assert_eq!(told.verdict, Verdict::More);
        assert_eq!(adds(Group { firings: 1_000, answered: 900 }, Group { firings: 29, answered: 0 }), None);
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_difference(a in 30_u64..500, b in 30_u64..500, x in 0.0_f64..=1.0, y in 0.0_f64..=1.0) {
            let group = |firings: u64, share: f64| Group { firings, answered: (firings as f64 * share) as u64 };
            let told = adds(group(a, x), group(b, y)).unwrap();
            prop_assert!(told.low <= told.difference && told.difference <= told.high);
            prop_assert!(told.low >= -1.0 - 1e-9 && told.high <= 1.0 + 1e-9);
        }
    }
}
