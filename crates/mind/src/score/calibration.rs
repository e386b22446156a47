//! From cosines to percent: a scale for each embedding model, measured on texts whose relation is known.
//!
//! A cosine of 0.4 means "hardly related" to one model and "the same thing" to another. The probes (`data/probes.tsv`)
//! are campaigns, audiences, profiles and labels of some twenty subjects in English and Spanish; the quantiles of the cosines
//! between unrelated subjects and within the same one become the knots of a piecewise linear scale.

use serde::{Deserialize, Serialize};

use super::probes::{Cosines, Probes, SAME, UNRELATED};
use super::scores::FULL;

/// A monotone, piecewise linear map from cosine to hundredths of a percent.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Vec<(f32, u16)>", into = "Vec<(f32, u16)>")]
pub struct Scale {
    knots: Vec<(f32, u16)>,
}

impl Scale {
    /// A scale through these points; nothing unless cosines rise strictly, percentages never fall, and both stay in range.
    pub fn new(knots: Vec<(f32, u16)>) -> Option<Self> {
        let in_range = knots.iter().all(|&(cosine, score)| (-1.0..=1.0).contains(&cosine) && score <= FULL);
        let rising = knots.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1);
        (!knots.is_empty() && in_range && rising).then_some(Self { knots })
    }

    /// What a cosine is worth, in hundredths of a percent. Rises with the cosine; NaN is worth nothing.
    pub fn percent(&self, cosine: f32) -> u16 {
        // There are a handful of knots: counting them all is faster than a search that no branch predictor can follow.
        let above = self.knots.iter().map(|knot| usize::from(knot.0 < cosine)).sum::<usize>();
        let Some(&(right, high)) = self.knots.get(above) else { return self.knots.last().map_or(0, |last| last.1) };
        if above == 0 {
            return if cosine.is_nan() { 0 } else { high };
        }
        let (left, low) = self.knots[above - 1];
        let share = (f64::from(cosine) - f64::from(left)) / (f64::from(right) - f64::from(left));
        low + (share * f64::from(high - low) + 0.5) as u16
    }

    /// The points of the scale.
    pub fn knots(&self) -> &[(f32, u16)] {
        &self.knots
    }
}

impl TryFrom<Vec<(f32, u16)>> for Scale {
    type Error = &'static str;

    fn try_from(knots: Vec<(f32, u16)>) -> Result<Self, Self::Error> {
        Self::new(knots).ok_or("a scale wants rising cosines within -1 to 1 and rising percentages up to 10000")
    }
}

impl From<Scale> for Vec<(f32, u16)> {
    fn from(scale: Scale) -> Self {
        scale.knots
    }
}

/// The scales of one embedding model. Computed once for a model and stored beside its name.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Calibration {
    /// Between the names of niches: "vegan food" and "cooking".
    pub labels: Scale,
    /// Between what a campaign is about and a creator's profile.
    pub topics: Scale,
    /// Between a wanted audience and a creator's profile.
    pub audiences: Scale,
}

impl Calibration {
    /// The texts that [`Calibration::from_probes`] will ask for, so that a remote model can embed them in one batch.
    pub fn texts() -> Vec<String> {
        Probes::builtin().texts()
    }

    /// Measures a model. `embed` gives a text's vector as the index will hold it (the same centring, any length but zero).
    pub fn from_probes(embed: impl Fn(&str) -> Vec<f32>) -> Self {
        let [labels, topics, audiences] = Probes::builtin().cosines(embed);
        // Of two names of one subject every other is a relation rather than the same thing ("gaming", "esports").
        let labels = scale(labels, [(0.25, 5000), (0.5, 7000), (0.75, 8500)]);
        let texts = [(0.25, 7500), (0.5, 8500), (0.9, 9500)];
        Self { labels, topics: scale(topics, texts), audiences: scale(audiences, texts) }
    }
}

/// Half of the unrelated pairs are worth nothing, nine in ten at most 10 % and all but one in a hundred at most 25 %; the same
/// subject is worth what `same` says of its quantiles (share of pairs below, hundredths of a percent).
fn scale(mut cosines: Cosines, same: [(f64, u16); 3]) -> Scale {
    for values in &mut cosines {
        values.retain(|cosine| cosine.is_finite());
        values.sort_by(f32::total_cmp);
    }
    let quantile = |relation: usize, share: f64| {
        let values = &cosines[relation];
        values.get((share * (values.len().max(1) - 1) as f64).round() as usize).copied().unwrap_or(0.0)
    };
    let unrelated = [(0.5, 0), (0.9, 1000), (0.99, 2500)].map(|(share, score)| (quantile(UNRELATED, share), score));
    let same = same.map(|(share, score)| (quantile(SAME, share), score));
    // A model that cannot tell two relations apart gives knots out of order: the later one moves up, by as little as keeps the
    // scale a function. No model's cosines differ by less than this.
    let least_step = 1e-3_f32;
    let mut knots: Vec<(f32, u16)> = Vec::with_capacity(unrelated.len() + same.len() + 1);
    for (cosine, score) in unrelated.into_iter().chain(same) {
        let floor = knots.last().map_or(-1.0, |last| last.0 + least_step);
        knots.push((cosine.min(0.99).max(floor), score));
    }
    knots.push((1.0, FULL));
    Scale { knots }
}
