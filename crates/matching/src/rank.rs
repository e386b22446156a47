//! The order of the match score, exact, where PostgreSQL has the vectors: with as few of them asked for as can be.
//!
//! (Where they are in memory, [`mind::rank`] does it by their sketches.) What a score is made of besides vectors (the niche's
//! name, engagement, budget) is known from the columns, and bounds what the whole can be. Creators are visited in the order of
//! their bounds; once there are enough of them whose scores are above every bound that is left, nobody else can come in (Fagin's
//! threshold algorithm). As most are never visited, most are never sorted: a ceiling is known of everyone from niche and
//! engagement alone, and those with the highest ones are taken out tier by tier.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use creators::Columns;
use mind::rank::{A_CLASS, Place, facts};
pub use mind::rank::{Ranked, Wanted};
use mind::score::{Brief, Facts, Scores};

/// At least so many are taken out first,
const TIER: usize = 2_048;
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
        let ceiling = |label| (brief.ceiling(label), wanted.first(label));
        let by_niche: Vec<_> = labels.iter().map(|label| ceiling(*label)).collect();
        let unnamed = ceiling(Facts::NO_LABEL);
        let mut counts = vec![0; 2 * usize::from(A_CLASS)];
        let (niches, engagement) = (columns.niches(), columns.engagement_scores());
        let ceilings = slots.iter().map(|slot| {
            let slot = *slot as usize;
            let (ceiling, first) = by_niche.get(niches[slot] as usize).unwrap_or(&unnamed);
            let most = ceiling.of(engagement[slot]) + first;
            counts[usize::from(most)] += 1;
            most
        });
        let ceilings = ceilings.collect();
        Self { slots, ceilings, counts, below: 2 * u32::from(A_CLASS), tier: TIER }
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
        if self.wanted.keep() == 0 && !self.wanted.counts() {
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
        if self.wanted.counts() || self.best.len() < self.wanted.keep() {
            return 0;
        }
        self.best.peek().map_or(0, Place::key)
    }

    fn take_tier(&mut self, columns: &Columns, brief: &Brief, least: u32, most: usize) {
        let everyone = self.wanted.counts();
        let slots = self.rest.take(least, if everyone { usize::MAX } else { most });
        let candidates = slots.into_iter().map(|slot| {
            let facts = facts(columns.people(), brief, &self.labels, slot);
            Candidate { bound: key(self.wanted, facts, brief.bound(facts)), slot, facts }
        });
        let least_total = u32::from(self.wanted.least);
        self.candidates = candidates
            .filter(|candidate| candidate.bound >= least && candidate.bound % u32::from(A_CLASS) >= least_total)
            .collect();
        self.at = 0;
        if !everyone {
            self.candidates.sort_unstable_by_key(|candidate| (Reverse(candidate.bound), candidate.slot));
        }
    }

    /// Takes the cosines with [`Brief::topic`] and [`Brief::audience`] of the slots that [`Ranking::next`] named: no further than
    /// `error` from the exact ones; nothing where there is no vector. Answers the slots for which that leaves open whether they
    /// come in, or with which score: [`Ranking::settle`] wants their exact ones before anything else is done.
    pub fn take_about(
        &mut self,
        columns: &Columns,
        brief: &Brief,
        cosines: &[Option<[f32; 2]>],
        error: f32,
    ) -> Vec<u32> {
        let mut open = Vec::new();
        let mut floors: Vec<u32> = self.best.iter().map(Place::key).collect();
        for place in 0..self.named {
            let candidate = self.candidates[self.at + place];
            let cosines = cosines.get(place).copied().flatten();
            let error = if cosines.is_some() { error } else { 0.0 };
            let [topic, audience] = cosines.unwrap_or_default();
            // No score falls when a cosine rises: what is the same at both ends is so in between.
            let [low, high] = [-error, error].map(|e| brief.combine(candidate.facts, topic + e, audience + e));
            if self.wanted.takes(low) {
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
        let keep = self.wanted.keep();
        let floor = match keep.checked_sub(1) {
            None => u32::MAX,
            Some(last) if last < floors.len() => *floors.select_nth_unstable_by_key(last, |key| Reverse(*key)).1,
            Some(_) => 0,
        };
        for (candidate, low, high) in open {
            let comes_in = key(self.wanted, candidate.facts, high.total()) >= floor;
            match (self.wanted.takes(low), self.wanted.takes(high)) {
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

    /// Puts somebody in their place, if it is among the best.
    fn place(&mut self, columns: &Columns, candidate: Candidate, scores: Scores) {
        if !self.wanted.takes(scores) {
            return;
        }
        self.counted += 1;
        let Candidate { slot, facts, .. } = candidate;
        let place = Place::new(self.wanted, columns.id(slot), slot, facts.niche_score, scores);
        if self.best.len() < self.wanted.keep() {
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
        (places.iter().skip(self.wanted.offset).map(Place::ranked).collect(), total)
    }
}

fn key(wanted: Wanted, facts: Facts, total: u16) -> u32 {
    u32::from(total + wanted.first(facts.niche_score))
}
