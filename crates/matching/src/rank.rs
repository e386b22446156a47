//! The order of the match score, exact, with as few vectors compared as can be.
//!
//! What a score is made of besides vectors (the niche's name, engagement, budget) is known from the columns, and bounds what
//! the whole can be. Creators are visited in the order of their bounds; once there are enough of them whose scores are
//! above every bound that is left, nobody else can come in (Fagin's threshold algorithm). As most are never visited, most are
//! never sorted: a ceiling is known of everyone from niche and engagement alone, and those with the highest ones are taken
//! out tier by tier.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use creators::Columns;
use kernel::CreatorId;
use mind::score::{Brief, FULL, Facts, Scores};

/// Creators whose vectors are compared at once, where that is a loop over memory.
const CHUNK: usize = 512;

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
    pub(crate) fn counts(self) -> bool {
        self.least > 0 || self.least_niche > 0
    }
}

/// A creator in their place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ranked {
    /// Who.
    pub id: CreatorId,
    /// The slot of the catalogue.
    pub slot: u32,
    /// The parts of the score.
    pub scores: Scores,
}

/// From this label score on, a niche is the wished one by its name: the same, a narrower or a wider one.
const SAME_NICHE: u16 = 8_000;
/// Above every score.
const A_CLASS: u32 = FULL as u32 + 1;

/// At least so many are taken out first,
const TIER: usize = 4 * CHUNK;
/// and each further time so many times more.
const FURTHER: usize = 4;
/// Ceilings that are looked at together.
const RUN: usize = 16;

#[derive(Clone, Copy)]
struct Candidate {
    bound: u32,
    slot: u32,
    facts: Facts,
}

/// Everybody, by the most that their key can be.
struct Rest {
    slots: Vec<u32>,
    /// The ceiling of each of them.
    ceilings: Vec<u16>,
    /// How many have each ceiling.
    counts: Vec<u32>,
    /// Only those below this ceiling are still here.
    below: u32,
    /// How many the next tier has at least.
    tier: usize,
}

impl Rest {
    fn new(columns: &Columns, brief: &Brief, labels: &[u16], slots: Vec<u32>, wanted: Wanted) -> Self {
        let ceiling = |label| (brief.ceiling(label), first(wanted, label));
        let by_niche: Vec<_> = labels.iter().map(|label| ceiling(*label)).collect();
        let unnamed = ceiling(Facts::NO_LABEL);
        let mut counts = vec![0; 2 * A_CLASS as usize];
        let (niches, engagement) = (columns.niches(), columns.engagement_scores());
        let ceilings = slots.iter().map(|slot| {
            let slot = *slot as usize;
            let (ceiling, first) = by_niche.get(niches[slot] as usize).unwrap_or(&unnamed);
            let most = ceiling.of(engagement[slot]) + first;
            counts[usize::from(most)] += 1;
            most
        });
        let ceilings = ceilings.collect();
        Self { slots, ceilings, counts, below: 2 * A_CLASS, tier: TIER }
    }

    /// The highest ceiling that anybody here can have.
    fn highest(&self) -> Option<u32> {
        (0..self.below).rev().find(|ceiling| self.counts[*ceiling as usize] > 0)
    }

    /// Takes those with the highest ceilings out, at least so many if there are as many, but nobody who cannot reach `least`.
    fn take(&mut self, least: u32, at_least: usize) -> Vec<u32> {
        let at_least = at_least.max(self.tier);
        let (mut from, mut taken) = (self.below, 0);
        while from > least && taken < at_least {
            from -= 1;
            taken += self.counts[from as usize] as usize;
        }
        let range = from as u16..self.below as u16;
        self.below = if from == least { 0 } else { from };
        self.tier = self.tier.saturating_mul(FURTHER);
        let mut found = Vec::with_capacity(taken);
        // Most are not among them: whole runs are passed over without a branch for each.
        for (slots, ceilings) in self.slots.chunks(RUN).zip(self.ceilings.chunks(RUN)) {
            if ceilings.iter().fold(false, |any, ceiling| any | range.contains(ceiling)) {
                let both = slots.iter().zip(ceilings).filter(|(_, ceiling)| range.contains(ceiling));
                found.extend(both.map(|(slot, _)| *slot));
            }
        }
        found
    }
}

/// Orders by key, best first, then by id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    // The heap's greatest is the worst place, which is the first to go.
    key: Reverse<u32>,
    id: CreatorId,
    slot: u32,
    parts: [u16; 4],
}

/// A ranking under way: it says whose vectors it wants compared, and is told their cosines.
pub struct Ranking {
    labels: Vec<u16>,
    rest: Rest,
    /// The present tier.
    candidates: Vec<Candidate>,
    /// Candidates before this place have been dealt with;
    at: usize,
    /// so many from there on were named last.
    named: usize,
    /// Candidates that were dealt with, but whose cosines have to be known exactly.
    doubtful: Vec<Candidate>,
    best: BinaryHeap<Place>,
    wanted: Wanted,
    counted: usize,
}

impl Ranking {
    /// Begins a ranking of these slots. `labels` has the score of each niche of the columns.
    pub fn new(columns: &Columns, brief: &Brief, labels: &[u16], slots: Vec<u32>, wanted: Wanted) -> Self {
        Self {
            labels: labels.to_vec(),
            rest: Rest::new(columns, brief, labels, slots, wanted),
            candidates: Vec::new(),
            at: 0,
            named: 0,
            doubtful: Vec::new(),
            best: BinaryHeap::new(),
            wanted,
            counted: 0,
        }
    }

    /// The next slots whose cosines are needed, at most so many; none when the ranking is done.
    pub fn next(&mut self, columns: &Columns, brief: &Brief, most: usize) -> Option<Vec<u32>> {
        if self.keep() == 0 && !self.wanted.counts() {
            return None;
        }
        loop {
            let least = self.least();
            let rest = &self.candidates[self.at..];
            if rest.first().is_some_and(|first| first.bound >= least) {
                self.named = rest.len().min(most);
                return Some(rest[..self.named].iter().map(|candidate| candidate.slot).collect());
            }
            if self.rest.highest().is_none_or(|highest| highest < least) {
                return None;
            }
            self.take_tier(columns, brief, least, most);
        }
    }

    /// The least key with which somebody still matters.
    fn least(&self) -> u32 {
        // Where a score decides who counts, everyone has to be looked at; else the best are all that is needed.
        if self.wanted.counts() || self.best.len() < self.keep() {
            return 0;
        }
        self.best.peek().map_or(0, |worst| worst.key.0)
    }

    fn take_tier(&mut self, columns: &Columns, brief: &Brief, least: u32, most: usize) {
        let everyone = self.wanted.counts();
        let slots = self.rest.take(least, if everyone { usize::MAX } else { most });
        let candidates = slots.into_iter().map(|slot| {
            let facts = facts(columns, brief, &self.labels, slot);
            Candidate { bound: key(self.wanted, facts, brief.bound(facts)), slot, facts }
        });
        let least_total = u32::from(self.wanted.least);
        self.candidates = candidates
            .filter(|candidate| candidate.bound >= least && candidate.bound % A_CLASS >= least_total)
            .collect();
        self.at = 0;
        if !everyone {
            self.candidates.sort_unstable_by_key(|candidate| (Reverse(candidate.bound), candidate.slot));
        }
    }

    /// Takes the cosines with [`Brief::topic`] and [`Brief::audience`] of the slots that [`Ranking::next`] named.
    pub fn take(&mut self, columns: &Columns, brief: &Brief, topic: &[f32], audience: &[f32]) {
        for place in 0..self.named {
            let candidate = self.candidates[self.at + place];
            let cosine = |cosines: &[f32]| cosines.get(place).copied().unwrap_or(0.0);
            self.place(columns, candidate, brief.combine(candidate.facts, cosine(topic), cosine(audience)));
        }
        self.pass();
    }

    /// As [`Ranking::take`], with cosines that are no further than `error` from the exact ones; nothing where there is no vector.
    /// Answers the slots for which that leaves open whether they come in, or with which score: [`Ranking::settle`] wants their
    /// exact ones before anything else is done.
    pub fn take_about(
        &mut self,
        columns: &Columns,
        brief: &Brief,
        cosines: &[Option<[f32; 2]>],
        error: f32,
    ) -> Vec<u32> {
        let mut open = Vec::new();
        let mut floors: Vec<u32> = self.best.iter().map(|place| place.key.0).collect();
        for place in 0..self.named {
            let candidate = self.candidates[self.at + place];
            let cosines = cosines.get(place).copied().flatten();
            let error = if cosines.is_some() { error } else { 0.0 };
            let [topic, audience] = cosines.unwrap_or_default();
            // No score falls when a cosine rises: what is the same at both ends is so in between.
            let [low, high] = [-error, error].map(|e| brief.combine(candidate.facts, topic + e, audience + e));
            if self.counts(low) {
                floors.push(key(self.wanted, candidate.facts, low.total()));
            }
            if low == high {
                self.place(columns, candidate, low);
            } else {
                open.push((candidate, low, high));
            }
        }
        self.pass();
        // So many are at least this good; who is worse at best does not come in.
        let keep = self.keep();
        let floor = match keep.checked_sub(1) {
            None => u32::MAX,
            Some(last) if last < floors.len() => *floors.select_nth_unstable_by_key(last, |key| Reverse(*key)).1,
            Some(_) => 0,
        };
        for (candidate, low, high) in open {
            let comes_in = key(self.wanted, candidate.facts, high.total()) >= floor;
            match (self.counts(low), self.counts(high)) {
                (_, false) => {}
                (true, true) if !comes_in => self.counted += 1,
                _ => self.doubtful.push(candidate),
            }
        }
        self.doubtful.iter().map(|candidate| candidate.slot).collect()
    }

    /// Takes the exact cosines of the slots that [`Ranking::take_about`] answered.
    pub fn settle(&mut self, columns: &Columns, brief: &Brief, cosines: &[[f32; 2]]) {
        for (candidate, [topic, audience]) in std::mem::take(&mut self.doubtful).into_iter().zip(cosines) {
            self.place(columns, candidate, brief.combine(candidate.facts, *topic, *audience));
        }
    }

    /// Those who were named last are dealt with.
    fn pass(&mut self) {
        self.at += std::mem::take(&mut self.named);
    }

    /// Is somebody with these scores wanted at all?
    fn counts(&self, scores: Scores) -> bool {
        scores.total() >= self.wanted.least && scores.niche_match >= self.wanted.least_niche
    }

    /// Puts somebody in their place, if it is among the best.
    fn place(&mut self, columns: &Columns, candidate: Candidate, scores: Scores) {
        if !self.counts(scores) {
            return;
        }
        self.counted += 1;
        let place = Place {
            key: Reverse(key(self.wanted, candidate.facts, scores.total())),
            id: columns.id(candidate.slot),
            slot: candidate.slot,
            parts: scores.parts(),
        };
        if self.best.len() < self.keep() {
            self.best.push(place);
        } else if self.best.peek().is_some_and(|worst| place < *worst) {
            self.best.pop();
            self.best.push(place);
        }
    }

    /// The wanted part of the order, and how many there are in all.
    pub fn finish(self) -> (Vec<Ranked>, usize) {
        let total = if self.wanted.counts() { self.counted } else { self.rest.slots.len() };
        let places = self.best.into_sorted_vec();
        let ranked = places.into_iter().skip(self.wanted.offset).map(|place| {
            let [niche_match, audience_match, engagement_score, budget_fit] = place.parts;
            let scores = Scores { niche_match, audience_match, engagement_score, budget_fit };
            Ranked { id: place.id, slot: place.slot, scores }
        });
        (ranked.collect(), total)
    }

    fn keep(&self) -> usize {
        self.wanted.offset.saturating_add(self.wanted.limit)
    }
}

fn key(wanted: Wanted, facts: Facts, total: u16) -> u32 {
    u32::from(total + first(wanted, facts.niche_score))
}

/// What puts somebody whose niche has this score before everyone of another niche.
fn first(wanted: Wanted, niche_score: u16) -> u16 {
    let first = wanted.niche_first && niche_score != Facts::NO_LABEL && niche_score >= SAME_NICHE;
    if first { A_CLASS as u16 } else { 0 }
}

/// What is known of a creator besides the vector.
pub(crate) fn facts(columns: &Columns, brief: &Brief, labels: &[u16], slot: u32) -> Facts {
    // Only the columns that are needed: each one more is one more miss of the processor's cache.
    let at = slot as usize;
    let price = columns.prices()[at];
    let price = (price != creators::catalogue::UNKNOWN).then_some(price);
    Facts {
        niche_score: labels.get(columns.niches()[at] as usize).copied().unwrap_or(Facts::NO_LABEL),
        engagement_score: columns.engagement_scores()[at],
        budget_fit: brief.wish().budget.fit(price),
    }
}

/// Ranks with the vectors of the columns themselves.
pub fn rank(columns: &Columns, brief: &Brief, labels: &[u16], slots: Vec<u32>, wanted: Wanted) -> (Vec<Ranked>, usize) {
    let mut ranking = Ranking::new(columns, brief, labels, slots, wanted);
    let (mut topic, mut audience) = (Vec::new(), Vec::new());
    while let Some(slots) = ranking.next(columns, brief, CHUNK) {
        cosines(columns, &slots, brief.topic(), &mut topic);
        cosines(columns, &slots, brief.audience(), &mut audience);
        ranking.take(columns, brief, &topic, &audience);
    }
    ranking.finish()
}

/// The cosines of these slots with a query; of an empty query, and of creators without a vector, there are none (0).
fn cosines(columns: &Columns, slots: &[u32], query: &[f32], cosines: &mut Vec<f32>) {
    cosines.clear();
    if query.len() == columns.vectors().dims() {
        columns.vectors().dots(slots, query, cosines);
    }
}
