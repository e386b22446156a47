//! A search: which rows, which candidates, in which order.

use std::cmp::Reverse;
use std::ops::Range;

use super::chunk::{ROWS, WORDS};
use super::query::Query;
use super::simd::{self, BLOCK, Pattern};
use super::{Filter, Hit, VectorIndex};

/// Candidates that the first pass keeps: at least so many,
const CANDIDATES: usize = 4_000;
/// one of so many rows,
const ROWS_PER_CANDIDATE: usize = 64;
/// and so many for each hit wanted. They are compared in full in batches, the most promising first,
const CANDIDATES_PER_HIT: usize = 16;
/// until so many standard errors of a sketch lie between the worst hit and what the rest promise. All four by measurement
/// (benches/index.rs).
const ERRORS: f32 = 3.0;
const BATCH: usize = 256;
/// Comparing a row in full costs as much as the sketches of about so many rows: when no more than one in so many passes
/// the filter, the first pass is left out.
const ROWS_PER_FULL: usize = 24;
/// A further thread is begun for every so many rows: fewer are scanned before it is up.
const ROWS_PER_THREAD: usize = 150_000;

impl VectorIndex {
    /// The `k` rows nearest to a query among those that pass the filter, best first, equal ones by row number.
    ///
    /// The scores are those of [`dot`](Self::dot), and the same search over the same rows always finds the same. Nothing
    /// is found for a query with a component that is not finite.
    ///
    /// # Panics
    /// When the query has another number of components than the index.
    pub fn search(&self, query: &[f32], k: usize, filter: Filter<'_>) -> Vec<Hit> {
        let ready = self.query(query);
        if k == 0 || self.is_empty() || !query.iter().all(|x| x.is_finite()) {
            return Vec::new();
        }
        let mut hits = match filter {
            Filter::All => self.search_all(query, &ready, k, None, self.len),
            Filter::Bits(bits) => {
                let passing = self.count(bits);
                self.search_all(query, &ready, k, Some(bits), passing)
            }
            Filter::Slots(slots) => self.search_slots(query, &ready, k, slots),
        };
        worst_of(&mut hits, k);
        hits.sort_unstable_by(order);
        hits
    }

    fn search_slots(&self, query: &[f32], ready: &Query<'_>, k: usize, slots: &[u32]) -> Vec<Hit> {
        if self.in_full(slots.len(), k) {
            let mut slots = slots.to_vec();
            slots.sort_unstable();
            slots.dedup();
            return self.compare(&slots, ready);
        }
        let mut bits = vec![0_u64; self.chunks.len() * WORDS];
        for &slot in slots {
            if let Some(word) = bits.get_mut(slot as usize / 64) {
                *word |= 1 << (slot % 64);
            }
        }
        self.search_all(query, ready, k, Some(&bits), self.count(&bits))
    }

    fn search_all(&self, query: &[f32], ready: &Query<'_>, k: usize, bits: Option<&[u64]>, passing: usize) -> Vec<Hit> {
        if self.in_full(passing, k) {
            return self.compare(&self.slots(bits, passing), ready);
        }
        let wanted = (passing / ROWS_PER_CANDIDATE).max(CANDIDATES).max(k.saturating_mul(CANDIDATES_PER_HIT));
        let asked = self.sketch.ask(query);
        let mut candidates = self.candidates(&asked.patterns, wanted, bits);
        let mut rest = candidates.as_mut_slice();
        let mut hits = Vec::new();
        let mut size = BATCH.max(k);
        while !rest.is_empty() {
            let (batch, others) = take_best(rest, size);
            if let Some(worst) = worst_of(&mut hits, k)
                && worst - asked.promise(batch.iter().map(|&key| score_of(key)).max().unwrap_or(0))
                    > ERRORS * asked.error(worst)
            {
                break;
            }
            let mut slots: Vec<_> = batch.iter().map(|&key| slot_of(key)).collect();
            slots.sort_unstable();
            hits.extend(self.compare(&slots, ready));
            rest = others;
            size *= 2;
        }
        hits
    }

    /// Whether so few rows pass that each is compared in full.
    fn in_full(&self, passing: usize, k: usize) -> bool {
        passing <= (self.len / ROWS_PER_FULL).max(CANDIDATES).max(k.saturating_mul(CANDIDATES_PER_HIT))
    }

    fn compare(&self, slots: &[u32], ready: &Query<'_>) -> Vec<Hit> {
        let mut hits = Vec::with_capacity(slots.len());
        self.each_row(slots, |slot, row| hits.extend(row.map(|row| Hit { slot, score: ready.product(row) })));
        hits
    }

    /// The set rows of a word of a chunk that pass.
    fn passing(&self, chunk: usize, word: usize, bits: Option<&[u64]>) -> u64 {
        let Some(live) = self.chunks[chunk].as_ref().map(|chunk| chunk.live()[word]) else { return 0 };
        live & bits.map_or(u64::MAX, |bits| bits.get(chunk * WORDS + word).copied().unwrap_or(0))
    }

    fn count(&self, bits: &[u64]) -> usize {
        let words = (0..self.chunks.len()).flat_map(|chunk| (0..WORDS).map(move |word| (chunk, word)));
        words.map(|(chunk, word)| self.passing(chunk, word, Some(bits)).count_ones() as usize).sum()
    }

    /// All set rows that pass, ascending.
    fn slots(&self, bits: Option<&[u64]>, passing: usize) -> Vec<u32> {
        let mut slots = Vec::with_capacity(passing);
        for chunk in 0..self.chunks.len() {
            for word in 0..WORDS {
                let mut rows = self.passing(chunk, word, bits);
                while rows != 0 {
                    slots.push((chunk * ROWS + word * 64) as u32 + rows.trailing_zeros());
                    rows &= rows - 1;
                }
            }
        }
        slots
    }

    /// The first pass: the rows whose sketches are worth most to the query, as keys in no order.
    fn candidates(&self, patterns: &[Pattern], wanted: usize, bits: Option<&[u64]>) -> Vec<u64> {
        let threads = self.threads.min(self.len.div_ceil(ROWS_PER_THREAD)).max(1);
        let share = self.chunks.len().div_ceil(threads);
        let part = &|thread: usize| {
            let chunks = (thread * share).min(self.chunks.len())..((thread + 1) * share).min(self.chunks.len());
            self.scan(patterns, chunks, wanted, bits)
        };
        let mut best = Best::new(wanted);
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|thread| scope.spawn(move || part(thread))).collect();
            best.keys = part(0).keys;
            for other in others {
                match other.join() {
                    Ok(other) => best.keys.extend(other.keys),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        best.cut();
        best.keys
    }

    fn scan(&self, patterns: &[Pattern], chunks: Range<usize>, wanted: usize, bits: Option<&[u64]>) -> Best {
        let mut best = Best::new(wanted);
        let mut scores = [0; BLOCK];
        for (number, chunk) in chunks.clone().zip(&self.chunks[chunks]) {
            let Some(chunk) = chunk else { continue };
            for word in 0..WORDS {
                let passing = self.passing(number, word, bits);
                for (half, passing) in [passing as u32, (passing >> 32) as u32].into_iter().enumerate() {
                    if passing == 0 {
                        continue;
                    }
                    let block = 2 * word + half;
                    let mut rows = passing & simd::score_block(chunk.block(block), patterns, best.least, &mut scores);
                    while rows != 0 {
                        let row = rows.trailing_zeros();
                        best.push(scores[row as usize], (number * ROWS + block * BLOCK) as u32 + row);
                        rows &= rows - 1;
                    }
                }
            }
        }
        best.cut();
        best
    }
}

/// A row's place in the order of the first pass: its score above, the complement of its slot below, so that of equal
/// scores the lower slot has the greater key.
fn key(score: u16, slot: u32) -> u64 {
    u64::from(score) << 32 | u64::from(!slot)
}

fn score_of(key: u64) -> u16 {
    (key >> 32) as u16
}

fn slot_of(key: u64) -> u32 {
    !(key as u32)
}

/// Puts the greatest keys first; answers them and the others.
fn take_best(keys: &mut [u64], count: usize) -> (&mut [u64], &mut [u64]) {
    if count < keys.len() {
        keys.select_nth_unstable_by_key(count, |&key| Reverse(key));
    }
    keys.split_at_mut(count.min(keys.len()))
}

/// The `k`th best score, if there are so many; the hits below it are dropped.
fn worst_of(hits: &mut Vec<Hit>, k: usize) -> Option<f32> {
    if hits.len() < k {
        return None;
    }
    hits.select_nth_unstable_by(k - 1, order);
    hits.truncate(k);
    hits.last().map(|hit| hit.score)
}

/// Best first, equal ones by row number.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "sorting hands out references")]
fn order(a: &Hit, b: &Hit) -> std::cmp::Ordering {
    b.score.total_cmp(&a.score).then(a.slot.cmp(&b.slot))
}

/// The best rows so far, in batches: a few more than wanted are gathered, then cut back to the wanted ones.
struct Best {
    wanted: usize,
    keys: Vec<u64>,
    /// No lower score can be among the wanted any more.
    least: u16,
}

impl Best {
    fn new(wanted: usize) -> Self {
        Self { wanted, keys: Vec::with_capacity(2 * wanted.min(1 << 16)), least: 0 }
    }

    fn push(&mut self, score: u16, slot: u32) {
        self.keys.push(key(score, slot));
        if self.keys.len() >= 2 * self.wanted {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.keys.len() < self.wanted {
            return;
        }
        let (best, _) = take_best(&mut self.keys, self.wanted);
        // Rows come in ascending order: one of the same score that is yet to come stands behind the last.
        self.least = best.iter().map(|&key| score_of(key)).min().unwrap_or(0).saturating_add(1);
        self.keys.truncate(self.wanted);
    }
}
