//! The four scores of a match, their weighted sum and its band. Integers throughout, so equal input is equal output.

use std::fmt;

/// 100 %, in hundredths of a percent: the unit of every score here.
pub const FULL: u16 = 10_000;

/// The four scores of one creator for one campaign, each in hundredths of a percent (`0..=10_000`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Scores {
    /// Is the creator's subject the product's?
    pub niche_match: u16,
    /// Are the people whom the brand wants those whom the creator speaks to?
    pub audience_match: u16,
    /// Where the creator's engagement stands among accounts of the same platform and size.
    pub engagement_score: u16,
    /// Is the wish affordable?
    pub budget_fit: u16,
}

impl Scores {
    /// The weights of the four scores in the total, in percent, in the order of [`Scores::parts`]. They sum to 100.
    pub const WEIGHTS: [u16; 4] = [35, 25, 25, 15];

    /// The scores in the order of the formula.
    pub const fn parts(self) -> [u16; 4] {
        [self.niche_match, self.audience_match, self.engagement_score, self.budget_fit]
    }

    /// The match score, rounded half up to a hundredth of a percent.
    pub const fn total(self) -> u16 {
        rounded(self.sum())
    }

    /// The match score before it is divided by the sum of the weights.
    pub(super) const fn sum(self) -> u32 {
        let Self { niche_match, audience_match, engagement_score, budget_fit } = self;
        let [niche, audience, engagement, budget] = Self::WEIGHTS;
        points(niche_match, niche)
            + points(audience_match, audience)
            + points(engagement_score, engagement)
            + points(budget_fit, budget)
    }

    /// The band that the total falls into.
    pub const fn band(self) -> Band {
        Band::of(self.total())
    }
}

/// The match score of a [`Scores::sum`].
pub(super) const fn rounded(sum: u32) -> u16 {
    ((sum + 50) / 100) as u16
}

pub(super) const fn points(score: u16, weight: u16) -> u32 {
    // The formula cannot exceed 100 % even if a stored score does.
    (if score > FULL { FULL } else { score }) as u32 * weight as u32
}

/// `match_status`: the band of a match score.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Band {
    /// Below 50 %.
    Low,
    /// From 50 %.
    Medium,
    /// From 75 %.
    High,
}

kernel::word_schema!(
    pub MatchStatus,
    "How well the two fit: `high` from 75 percent, `medium` from 50, else `low`.",
    "high" | "medium" | "low"
);

impl Band {
    /// The band of a score in hundredths of a percent.
    pub const fn of(score: u16) -> Self {
        match score {
            7_500.. => Self::High,
            5_000.. => Self::Medium,
            _ => Self::Low,
        }
    }

    /// As the documents write it: `high`, `medium`, `low`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A score as it is shown: `78.31%`.
pub fn percent(score: u16) -> String {
    format!("{}.{:02}%", score / 100, score % 100)
}

/// A score as a JSON number: `78.31`.
pub fn number(score: u16) -> f64 {
    f64::from(score) / 100.0
}

/// Reads a percentage (`78.31`) as hundredths of a percent; nothing unless it is within 0 to 100.
pub fn from_number(percent: f64) -> Option<u16> {
    (0.0..=100.0).contains(&percent).then(|| (percent * 100.0).round() as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_example_of_document_a() {
        let scores = Scores { niche_match: 9160, audience_match: 4300, engagement_score: 8200, budget_fit: 10_000 };
        assert_eq!((scores.total(), percent(scores.total()).as_str(), scores.band()), (7831, "78.31%", Band::High));
    }

    #[test]
    fn the_bands_of_document_b() {
        let of = |percent| Band::of(from_number(percent).unwrap()).name();
        assert_eq!([of(85.0), of(70.0), of(45.0)], ["high", "medium", "low"]);
        assert_eq!([of(75.0), of(74.99), of(50.0), of(49.99)], ["high", "medium", "medium", "low"]);
    }

    #[test]
    fn rounds_half_up() {
        // 0.35 of one hundredth is nothing, 0.25 + 0.25 of one is one.
        assert_eq!(Scores { niche_match: 1, ..Scores::default() }.total(), 0);
        assert_eq!(Scores { audience_match: 1, engagement_score: 1, ..Scores::default() }.total(), 1);
    }

    #[test]
    fn reads_only_percentages() {
        assert_eq!((from_number(78.31), from_number(0.0), from_number(100.0)), (Some(7831), Some(0), Some(FULL)));
        for wrong in [-0.01, 100.01, f64::NAN, f64::INFINITY] {
            assert_eq!(from_number(wrong), None, "{wrong}");
        }
        assert_eq!((0..=FULL).find(|&score| from_number(number(score)) != Some(score)), None);
    }

    proptest! {
        #[test]
        fn the_total_lies_between_the_least_and_the_greatest_part(parts in proptest::array::uniform4(0..=FULL)) {
            let [niche_match, audience_match, engagement_score, budget_fit] = parts;
            let total = Scores { niche_match, audience_match, engagement_score, budget_fit }.total();
            let (least, most) = (parts.iter().min().unwrap(), parts.iter().max().unwrap());
            prop_assert!(least <= &total && &total <= most, "{parts:?} make {total}");
            let exact = 0.35 * number(niche_match) + 0.25 * number(audience_match)
                + 0.25 * number(engagement_score) + 0.15 * number(budget_fit);
            prop_assert!((number(total) - exact).abs() <= 0.005_001, "{parts:?}: {total}, not {exact}");
        }
    }
}
