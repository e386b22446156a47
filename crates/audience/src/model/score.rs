//! The engagement score.
//!
//! `0.5 · min(1, days of the last 14 on which the member did something / 7)`, `0.3 · answered / asked` of the last 30 days, and
//! `0.2 · mean progress` of active enrolments. What there is none of (nothing asked, no enrolment) is left out, and the weights of the rest are
//! raised so that they add up to 1. There is no score before the member did something for the first time.

/// No score.
pub(crate) const NONE: i64 = -1;
/// A score of 1.
const ONE: i64 = 1_000_000;
/// Days that count for activity, with today;
pub(crate) const ACTIVE_DAYS: i64 = 14;
/// so many of them are all that it takes.
const ENOUGH_DAYS: i64 = 7;
/// Days that count for questions, with today.
pub(crate) const QUESTION_DAYS: i64 = 30;

/// The score in millionths, rounded half up, of active days, of what was asked and answered, and of progress in millionths. In whole numbers, so that
/// the same sums give the same score everywhere.
pub(crate) fn score(active_days: i64, asked: i64, answered: i64, progress: Option<i64>) -> i64 {
    let mut parts = vec![(5, active_days.clamp(0, ENOUGH_DAYS) * ONE, ENOUGH_DAYS)];
    if asked > 0 {
        parts.push((3, answered.clamp(0, asked) * ONE, asked));
    }
    if let Some(progress) = progress {
        parts.push((2, progress.clamp(0, ONE), 1));
    }
    let weights: i64 = parts.iter().map(|(weight, ..)| weight).sum();
    let total: f64 = parts.iter().map(|(weight, of, among)| *weight as f64 * *of as f64 / *among as f64).sum();
    ((total / weights as f64).round() as i64).clamp(0, ONE)
}

/// A score as it is told: from 0 to 1 with four decimals, if there is one.
pub(crate) fn told(score: i64) -> Option<f64> {
    (score >= 0).then(|| ((score as f64 / 100.0).round()) / 10_000.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_published_formula() {
        assert_eq!(told(score(7, 0, 0, None)), Some(1.0));
        assert_eq!(told(score(14, 4, 2, None)), Some(0.8125), "(.5 + .3 · .5) / .8");
        assert_eq!(told(score(0, 0, 0, Some(500_000))), Some(0.1429), ".2 · .5 / .7");
        assert_eq!(told(score(7, 10, 10, Some(0))), Some(0.8));
        assert_eq!(told(score(3, 10, 5, Some(600_000))), Some(0.4843));
        assert_eq!(told(NONE), None);
    }

    proptest! {
        #[test]
        fn more_is_never_less(days in 0_i64..20, asked in 0_i64..50, answered in 0_i64..60, progress in proptest::option::of(0_i64..=ONE)) {
            let now = score(days, asked, answered, progress);
            prop_assert!((0..=ONE).contains(&now));
            prop_assert!(score(days + 1, asked, answered, progress) >= now);
            prop_assert!(score(days, asked, answered + 1, progress) >= now);
        }
    }
}
