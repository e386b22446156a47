//! The order of the match score, with as few vectors compared as can be.
//!
//! What a score is made of besides vectors (the niche's name, engagement, budget) is known from columns, and bounds what the
//! whole can be. What the vectors add is bounded by their sketches: one bit a component, read for everybody of a niche in a row.
//! A sketch tells a cosine to within a known standard error; the bound is what both cosines would be worth four of them further
//! up. Only those whose bound is above the last of the best found so far are compared, best bound first, and their scores are
//! those of the stored vectors. So the order is that of the exact scores, unless the sketch of one of the best is off by more
//! than that: one in thirty thousand.

mod bounds;
mod scan;
mod shelves;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use kernel::CreatorId;
pub use scan::rank;
pub use shelves::Shelves;

use crate::index::VectorIndex;
use crate::score::{Brief, FULL, Facts, Scores};

/// The price of somebody of whom none is known.
pub const UNKNOWN: i64 = i64::MIN;

/// The columns that a ranking reads, by slot.
#[derive(Clone, Copy, Debug)]
pub struct People<'a> {
    /// Who; of equal scores the lesser id comes first.
    pub ids: &'a [CreatorId],
    /// The number of each niche.
    pub niches: &'a [u32],
    /// Engagement scores, in hundredths of a percent.
    pub engagement_scores: &'a [u16],
    /// Prices in minor units, or [`UNKNOWN`].
    pub prices: &'a [i64],
    /// The vectors.
    pub vectors: &'a VectorIndex,
    /// The shelves, which must follow all of these.
    pub shelves: &'a Shelves,
}

/// What is wanted of a ranking.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// How many to leave out first.
    pub offset: usize,
    /// How many at most.
    pub limit: usize,
    /// Only scores from here, in hundredths of a percent; 0 is everyone.
    pub least: u16,
    /// Only niche matches from here, in hundredths of a percent; 0 is everyone.
    pub least_niche: u16,
    /// Put creators whose niche is the wished one, by its name, before all others.
    pub niche_first: bool,
}

impl Wanted {
    /// A page of everyone, best first.
    pub fn page(offset: usize, limit: usize) -> Self {
        Self { offset, limit, least: 0, least_niche: 0, niche_first: false }
    }

    /// Does a score decide who counts, so that everyone has to be looked at?
    pub fn counts(self) -> bool {
        self.least > 0 || self.least_niche > 0
    }

    /// How many of the best have to be known.
    pub fn keep(self) -> usize {
        self.offset.saturating_add(self.limit)
    }

    /// Is somebody with these scores wanted at all?
    pub fn takes(self, scores: Scores) -> bool {
        scores.total() >= self.least && scores.niche_match >= self.least_niche
    }

    /// What puts somebody whose niche has this score before everyone of another niche.
    pub fn first(self, niche_score: u16) -> u16 {
        let first = self.niche_first && niche_score != Facts::NO_LABEL && niche_score >= SAME_NICHE;
        if first { A_CLASS } else { 0 }
    }
}

/// A creator in their place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ranked {
    /// Who.
    pub id: CreatorId,
    /// The slot.
    pub slot: u32,
    /// The parts of the score.
    pub scores: Scores,
}

/// From this label score on, a niche is the wished one by its name: the same, a narrower or a wider one.
const SAME_NICHE: u16 = 8_000;
/// Above every score.
pub const A_CLASS: u16 = FULL + 1;

/// Orders by key, best first, then by id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    // A heap's greatest is the worst place, which is the first to go.
    key: Reverse<u32>,
    id: CreatorId,
    slot: u32,
    parts: [u16; 4],
}

impl Place {
    /// The place of somebody whose niche has this score.
    pub fn new(wanted: Wanted, id: CreatorId, slot: u32, niche_score: u16, scores: Scores) -> Self {
        let key = u32::from(scores.total()) + u32::from(wanted.first(niche_score));
        Self { key: Reverse(key), id, slot, parts: scores.parts() }
    }

    /// What it is ordered by first: the total, and whether the niche comes first.
    pub fn key(&self) -> u32 {
        self.key.0
    }

    /// Who is there.
    pub fn ranked(&self) -> Ranked {
        let [niche_match, audience_match, engagement_score, budget_fit] = self.parts;
        let scores = Scores { niche_match, audience_match, engagement_score, budget_fit };
        Ranked { id: self.id, slot: self.slot, scores }
    }
}

/// What is known of a creator besides the vector. `labels` has the score of each niche.
pub fn facts(people: People<'_>, brief: &Brief, labels: &[u16], slot: u32) -> Facts {
    // Only the columns that are needed: each one more is one more miss of the processor's cache.
    let at = slot as usize;
    let price = people.prices[at];
    Facts {
        niche_score: labels.get(people.niches[at] as usize).copied().unwrap_or(Facts::NO_LABEL),
        engagement_score: people.engagement_scores[at],
        budget_fit: brief.wish().budget.fit((price != UNKNOWN).then_some(price)),
    }
}
