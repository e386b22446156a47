//! A ranking: everybody who passes, shelf by shelf, the most promising shelf first.

use std::collections::BinaryHeap;

use super::bounds::{Bounds, Line, Worths, points_of, unused};
use super::shelves::{Block, Shelf};
use super::{People, Place, Ranked, Wanted, facts};
use crate::score::{Brief, Facts};

/// Where no more than so many pass, or one in so many, each is compared at once.
const FEW: usize = 2_048;
const ONE_IN: usize = 32;
/// Candidates are compared so many at a time, the best bounds first,
const BATCH: usize = 64;
/// as soon as so many wait.
const MANY: usize = 1_024;

/// Somebody who may be among the best.
#[derive(Clone, Copy)]
struct Candidate {
    /// The most points that they can have, and what puts their niche first.
    most: f32,
    slot: u32,
}

struct Scan<'a> {
    people: People<'a>,
    brief: &'a Brief,
    labels: &'a [u16],
    mask: &'a [u8],
    wanted: Wanted,
    best: BinaryHeap<Place>,
    /// Those who count for certain, or where nobody is counted, and may be among the best.
    waiting: Vec<Candidate>,
    /// Those of whom it is not known whether they count.
    doubtful: Vec<u32>,
    counted: usize,
    cosines: Vec<[f32; 2]>,
}

/// Ranks those whose byte of the mask is not 0. `labels` has the score of each niche. Answers the wanted part of the order, and
/// how many there are in all.
pub fn rank(people: People<'_>, brief: &Brief, labels: &[u16], mask: &[u8], wanted: Wanted) -> (Vec<Ranked>, usize) {
    let passing =
        mask.chunks(255).map(|run| usize::from(run.iter().map(|byte| u8::from(*byte != 0)).sum::<u8>())).sum();
    if wanted.keep() == 0 && !wanted.counts() {
        return (Vec::new(), passing);
    }
    let mut scan = Scan {
        people,
        brief,
        labels,
        mask,
        wanted,
        best: BinaryHeap::new(),
        waiting: Vec::new(),
        doubtful: Vec::new(),
        counted: 0,
        cosines: Vec::new(),
    };
    if passing <= FEW.max(mask.len() / ONE_IN) || wanted.keep() >= passing / 2 {
        let slots = (0..).zip(mask).filter(|(_, byte)| **byte != 0).map(|(slot, _)| slot);
        scan.one_by_one(&slots.collect::<Vec<_>>());
    } else {
        scan.one_by_one(people.shelves.bare());
        scan.shelves();
    }
    let total = if wanted.counts() { scan.counted } else { passing };
    let places = scan.best.into_sorted_vec();
    (places.iter().skip(wanted.offset).map(Place::ranked).collect(), total)
}

impl<'a> Scan<'a> {
    /// The least key with which somebody still matters to the order.
    fn least(&self) -> u32 {
        match self.best.peek() {
            Some(worst) if self.best.len() >= self.wanted.keep() => worst.key(),
            None if self.wanted.keep() == 0 => u32::MAX,
            _ => 0,
        }
    }

    fn passes(&self, slot: u32) -> bool {
        self.mask.get(slot as usize).is_some_and(|byte| *byte != 0)
    }

    /// Compares whoever of these passes and can matter.
    fn one_by_one(&mut self, slots: &[u32]) {
        let mut batch = Vec::with_capacity(BATCH);
        for slots in slots.chunks(BATCH) {
            batch.clear();
            let least = self.least();
            batch.extend(slots.iter().copied().filter(|&slot| {
                self.passes(slot) && {
                    let facts = facts(self.people, self.brief, self.labels, slot);
                    let bound = self.brief.bound(facts);
                    let key = u32::from(bound) + u32::from(self.wanted.first(facts.niche_score));
                    bound >= self.wanted.least && (self.wanted.counts() || key >= least)
                }
            }));
            self.compare(&batch, true);
        }
    }

    fn shelves(&mut self) {
        let bounds = Bounds::new(self.brief, self.people.vectors, self.wanted.counts());
        let Self { people, brief, labels, wanted, .. } = *self;
        let label = |shelf: &Shelf| labels.get(shelf.niche as usize).copied().unwrap_or(Facts::NO_LABEL);
        let ready = |shelf: &'a Shelf| {
            let (line, first) = (Line::new(brief, label(shelf)), wanted.first(label(shelf)));
            (line.most(shelf.most_engagement) + 100.0 * f32::from(first), shelf, line, first)
        };
        let mut shelves: Vec<_> = people.shelves.shelves().map(ready).collect();
        shelves.sort_unstable_by(|one, other| other.0.total_cmp(&one.0));
        let mut worths = Worths::default();
        for (most, shelf, line, first) in shelves {
            if !self.wanted.counts() && most < points_of(self.least()) {
                break;
            }
            if self.wanted.counts() && line.most(shelf.most_engagement) < points_of(self.wanted.least.into()) {
                continue;
            }
            let (mut needed, mut least_topic) = (f32::NEG_INFINITY, 0);
            for block in &shelf.blocks {
                let now = self.needed(first);
                if now > needed {
                    (needed, least_topic) = (now, bounds.least_topic(line, now, shelf.most_engagement));
                }
                self.look(&bounds, line, [first, least_topic], block, &mut worths);
            }
        }
        self.settle(0);
        self.decide(0);
        self.settle(0);
    }

    /// The points that somebody needs to matter, whose niche is put first by so much.
    fn needed(&self, first: u16) -> f32 {
        // Where somebody is counted, they are so whether or not they are among the best.
        if self.wanted.counts() {
            points_of(self.wanted.least.into())
        } else {
            points_of(self.least()) - 100.0 * f32::from(first)
        }
    }

    /// Looks at the sketches of a block.
    fn look(
        &mut self,
        bounds: &Bounds,
        line: Line,
        [first, least_topic]: [u16; 2],
        block: &Block,
        worths: &mut Worths,
    ) {
        let first_points = 100.0 * f32::from(first);
        let least = points_of(self.least()) - first_points;
        let needed = self.needed(first);
        let enough = line.least_engagement(needed);
        let mut rows = 0_u32;
        for (row, engagement) in block.engagement.iter().enumerate() {
            rows |= u32::from(*engagement >= enough) << row;
        }
        if rows == 0 {
            return;
        }
        rows = bounds.look(&block.codes, least_topic, rows, worths);
        while rows != 0 {
            let row = rows.trailing_zeros() as usize;
            rows &= rows - 1;
            let most = bounds.most(line, worths, row, block.engagement[row]);
            let slot = block.slots[row];
            if most < needed || !self.passes(slot) {
                continue;
            }
            if !self.wanted.counts() || self.counts(bounds, line, worths, row, block) == Some(true) {
                self.counted += 1;
                if most >= least {
                    self.waiting.push(Candidate { most: most + first_points, slot });
                }
            }
        }
        if self.waiting.len() >= MANY {
            self.settle(MANY / 2);
        }
        if self.doubtful.len() >= MANY {
            self.decide(0);
        }
    }

    /// Does somebody count whose points may be enough? Who has to be compared to know is put aside.
    fn counts(&mut self, bounds: &Bounds, line: Line, worths: &Worths, row: usize, block: &Block) -> Option<bool> {
        let [most, least] = bounds.niche_match(line, worths, row);
        let wanted = f32::from(self.wanted.least_niche);
        if most < wanted {
            return Some(false);
        }
        let slot = block.slots[row];
        let enough = self.wanted.least == 0 || {
            let fit = facts(self.people, self.brief, self.labels, slot).budget_fit;
            bounds.least(line, worths, row, block.engagement[row], fit) >= points_of(self.wanted.least.into())
        };
        if enough && (self.wanted.least_niche == 0 || least >= wanted) {
            return Some(true);
        }
        self.doubtful.push(slot);
        None
    }

    /// Compares those who wait, the best bounds first, until no more than so many can still come in.
    fn settle(&mut self, left: usize) {
        let mut waiting = std::mem::take(&mut self.waiting);
        let mut slots = Vec::with_capacity(BATCH);
        loop {
            let least = points_of(self.least());
            waiting.retain(|candidate| candidate.most >= least);
            if waiting.len() <= left {
                break;
            }
            let batch = BATCH.max(self.wanted.keep() - self.best.len()).min(waiting.len());
            if batch < waiting.len() {
                waiting.select_nth_unstable_by(batch - 1, |one, other| other.most.total_cmp(&one.most));
            }
            slots.clear();
            slots.extend(waiting.drain(..batch).filter_map(|candidate| {
                let facts = facts(self.people, self.brief, self.labels, candidate.slot);
                (candidate.most - unused(facts.budget_fit) >= least).then_some(candidate.slot)
            }));
            self.compare(&slots, false);
        }
        self.waiting = waiting;
    }

    /// Compares those of whom it is not known whether they count.
    fn decide(&mut self, left: usize) {
        if self.doubtful.len() > left {
            let slots = std::mem::take(&mut self.doubtful);
            self.compare(&slots, true);
            self.doubtful = slots;
            self.doubtful.clear();
        }
    }

    /// Compares the vectors of these, and puts them in their places if those are among the best.
    fn compare(&mut self, slots: &[u32], count: bool) {
        let People { vectors, ids, .. } = self.people;
        let mut cosines = std::mem::take(&mut self.cosines);
        vectors.dots_of_two(slots, [self.brief.topic(), self.brief.audience()], &mut cosines);
        for (&slot, [topic, audience]) in slots.iter().zip(&cosines) {
            let facts = facts(self.people, self.brief, self.labels, slot);
            let scores = self.brief.combine(facts, *topic, *audience);
            if !self.wanted.takes(scores) {
                continue;
            }
            self.counted += usize::from(count);
            let place = Place::new(self.wanted, ids[slot as usize], slot, facts.niche_score, scores);
            if self.best.len() < self.wanted.keep() {
                self.best.push(place);
            } else if self.best.peek().is_some_and(|worst| place < *worst) {
                self.best.pop();
                self.best.push(place);
            }
        }
        self.cosines = cosines;
    }
}
