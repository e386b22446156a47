//! From an engagement rate to its place among others.

use serde::{Deserialize, Serialize};

use crate::score::scores::FULL;

/// Published levels of engagement, in thousandths of a percent of followers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Levels {
    /// Up to here it is low.
    pub low: Option<u32>,
    /// From where to where it is average.
    pub average: (u32, u32),
    /// From here on it is high.
    pub high: Option<u32>,
}

impl Levels {
    /// Levels in rising order; nothing if they are not.
    pub(super) fn new(low: Option<u32>, average: (u32, u32), high: Option<u32>) -> Option<Self> {
        let rising = low.unwrap_or(0) < average.0 && average.0 <= average.1 && high.is_none_or(|high| average.1 < high);
        (rising && low != Some(0)).then_some(Self { low, average, high })
    }

    /// 20 % at the low level, 45 to 60 % within the average, 90 % at the high level, and from there ever nearer to 100 %.
    /// Where only an average is known, the curve through 50 % at the average that rises as `rate / (rate + average)`.
    pub(super) fn score(self, rate: u32) -> u16 {
        let Some(high) = self.high else {
            let middle = u64::from(self.average.0).midpoint(u64::from(self.average.1));
            return (u64::from(rate) * u64::from(FULL) / (u64::from(rate) + middle)) as u16;
        };
        if rate >= high {
            return FULL - (u64::from(high) * 1000 / u64::from(rate)) as u16;
        }
        let (from, to) = self.average;
        let average = if from == to { [(from, 5250), (to, 5250)] } else { [(from, 4500), (to, 6000)] };
        let knots = [(0, 0), (self.low.unwrap_or(0), if self.low.is_some() { 2000 } else { 0 })];
        let knots = knots.into_iter().chain(average).chain([(high, 9000)]);
        let mut left = (0, 0);
        for right in knots {
            if rate < right.0 {
                return between(left, right, rate);
            }
            left = right;
        }
        left.1
    }
}

/// The distribution of a directory's own rates: 21 points from its least to its greatest, 5 % apart.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Quantiles {
    knots: Vec<u32>,
    count: u64,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    knots: Vec<u32>,
    count: u64,
}

const STEPS: usize = 20;

impl Quantiles {
    /// The distribution of these rates, in thousandths of a percent; nothing of no rates.
    pub(super) fn of(mut rates: Vec<u32>) -> Option<Self> {
        let last = rates.len().checked_sub(1)?;
        rates.sort_unstable();
        let knots = (0..=STEPS).map(|step| rates[(last * step + STEPS / 2) / STEPS]).collect();
        Some(Self { knots, count: rates.len() as u64 })
    }

    /// Of how many rates.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The middle rate, in thousandths of a percent.
    pub fn median(&self) -> u32 {
        self.knots[STEPS / 2]
    }

    /// The share of rates below this one, in hundredths of a percent; a rate that many share stands in their middle.
    pub(super) fn score(&self, rate: u32) -> u16 {
        let step = FULL / STEPS as u16;
        let (below, up_to) =
            (self.knots.partition_point(|&knot| knot < rate), self.knots.partition_point(|&knot| knot <= rate));
        if below < up_to {
            return (below + up_to - 1) as u16 * step / 2;
        }
        match (below.checked_sub(1), self.knots.get(below)) {
            (None, _) => 0,
            (_, None) => FULL,
            (Some(left), Some(&right)) => {
                between((self.knots[left], left as u16 * step), (right, below as u16 * step), rate)
            }
        }
    }
}

impl TryFrom<Stored> for Quantiles {
    type Error = &'static str;

    fn try_from(Stored { knots, count }: Stored) -> Result<Self, Self::Error> {
        if knots.len() == STEPS + 1 && knots.is_sorted() {
            Ok(Self { knots, count })
        } else {
            Err("a distribution has 21 knots in rising order")
        }
    }
}

impl From<Quantiles> for Stored {
    fn from(Quantiles { knots, count }: Quantiles) -> Self {
        Self { knots, count }
    }
}

/// On the line from `left` to `right`, whose rates differ.
fn between(left: (u32, u16), right: (u32, u16), rate: u32) -> u16 {
    let (run, rise) = (u64::from(right.0 - left.0), u64::from(right.1 - left.1));
    left.1 + (u64::from(rate - left.0) * rise / run) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const INSTAGRAM_100K: Levels = Levels { low: Some(410), average: (870, 1140), high: Some(2630) };

    #[test]
    fn the_levels_have_their_scores() {
        let scores = [0, 410, 870, 1140, 2630, 5260, u32::MAX].map(|rate| INSTAGRAM_100K.score(rate));
        assert_eq!(scores, [0, 2000, 4500, 6000, 9000, 9500, FULL]);
    }

    #[test]
    fn a_bare_average_is_half_way() {
        let twitter = Levels::new(None, (120, 120), None).unwrap();
        assert_eq!([0, 120, 360, 12_000].map(|rate| twitter.score(rate)), [0, 5000, 7500, 9900]);
    }

    #[test]
    fn levels_must_rise() {
        assert!(Levels::new(Some(0), (1, 2), Some(3)).is_none() && Levels::new(None, (0, 2), None).is_none());
        assert!(Levels::new(Some(5), (5, 6), None).is_none() && Levels::new(None, (5, 6), Some(6)).is_none());
        assert_eq!(Levels::new(None, (5, 5), Some(6)).unwrap().score(5), 5250);
    }

    #[test]
    fn a_distribution_stands_for_its_rates() {
        let uniform = Quantiles::of((0..=1000).rev().collect()).unwrap();
        assert_eq!([0, 250, 500, 505, 1000, 1001].map(|rate| uniform.score(rate)), [0, 2500, 5000, 5050, FULL, FULL]);
        assert_eq!((uniform.median(), uniform.count()), (500, 1001));
        let same = Quantiles::of(vec![700; 200]).unwrap();
        assert_eq!([699, 700, 701].map(|rate| same.score(rate)), [0, 5000, FULL]);
        assert_eq!(Quantiles::of(Vec::new()), None);
        assert!(serde_json::from_str::<Quantiles>(r#"{"knots":[2,1],"count":2}"#).is_err());
    }

    proptest! {
        #[test]
        fn a_higher_rate_never_scores_less(
            levels in (0_u32..500, 1_u32..500, 0_u32..500, 1_u32..5000, any::<(bool, bool)>()),
            rates in proptest::collection::vec(0_u32..5000, 1..300),
            one in 0_u32..20_000, more in 0_u32..20_000,
        ) {
            let (low, gap, width, rest, (has_low, has_high)) = levels;
            let (from, to) = (low + gap, low + gap + width);
            let levels = Levels::new((has_low && low > 0).then_some(low), (from, to), has_high.then_some(to + rest)).unwrap();
            prop_assert!(levels.score(one) <= levels.score(one + more) && levels.score(one + more) <= FULL);
            let own = Quantiles::of(rates).unwrap();
            prop_assert!(own.score(one) <= own.score(one + more) && own.score(one + more) <= FULL);
        }
    }
}
