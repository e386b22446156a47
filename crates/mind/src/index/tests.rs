use proptest::prelude::*;

use super::*;
use crate::embed::normalise;

/// Unit vectors around a few centres, from a fixed sequence.
fn vectors(count: usize, dims: usize, seed: u64) -> Vec<Vec<f32>> {
    let mut state = seed.wrapping_mul(2).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    let centres: Vec<Vec<f32>> = (0..20).map(|_| (0..dims).map(|_| next()).collect()).collect();
    let around = |i: usize| {
        let mut vector: Vec<f32> = centres[i % centres.len()].iter().map(|c| c + 0.8 * next()).collect();
        normalise(&mut vector);
        vector
    };
    (0..count).map(around).collect()
}

fn filled(vectors: &[Vec<f32>]) -> VectorIndex {
    let mut index = VectorIndex::new(vectors[0].len());
    for (slot, vector) in (0..).zip(vectors) {
        index.set(slot, vector);
    }
    index
}

/// What comparing everything finds.
fn exhaustive(index: &VectorIndex, query: &[f32], k: usize, passes: impl Fn(u32) -> bool) -> Vec<Hit> {
    let slots = (0..index.chunks.len() * ROWS).map(|slot| slot as u32);
    let mut hits: Vec<_> = slots
        .filter(|&slot| index.contains(slot) && passes(slot))
        .map(|slot| Hit { slot, score: index.dot(slot, query) })
        .collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.slot.cmp(&b.slot)));
    hits.truncate(k);
    hits
}

fn bits(rows: usize, passes: impl Fn(u32) -> bool) -> Vec<u64> {
    let mut bits = vec![0; rows.div_ceil(64)];
    for row in (0..rows as u32).filter(|&row| passes(row)) {
        bits[row as usize / 64] |= 1 << (row % 64);
    }
    bits
}

#[test]
fn the_first_pass_loses_nearly_nothing() {
    let vectors = vectors(30_000, 256, 1);
    let index = filled(&vectors);
    let mut found = 0;
    let queries = self::vectors(50, 256, 2);
    for query in &queries {
        let best = exhaustive(&index, query, 10, |_| true);
        let hits = index.search(query, 10, Filter::All);
        found += hits.iter().filter(|hit| best.contains(hit)).count();
    }
    // These queries have no near neighbours at all, which is the hardest case: measured 0.996.
    let recall = found as f64 / (10 * queries.len()) as f64;
    assert!(recall >= 0.99, "recall@10 {recall}");
}

#[test]
fn what_is_in_the_index_finds_itself_first() {
    let vectors = vectors(20_000, 256, 3);
    let index = filled(&vectors);
    for slot in (0..20_000).step_by(997) {
        let hits = index.search(&vectors[slot], 3, Filter::All);
        assert_eq!(hits[0].slot as usize, slot);
        assert!((hits[0].score - 1.0).abs() < 1e-3);
        assert!(hits.iter().all(|hit| hit.score.to_bits() == index.dot(hit.slot, &vectors[slot]).to_bits()));
    }
}

#[test]
fn every_kind_of_filter_finds_the_same() {
    let vectors = vectors(20_000, 64, 4);
    let index = filled(&vectors);
    for step in [2, 7, 50, 3_000] {
        let passes = |slot: u32| slot.is_multiple_of(step);
        let bits = bits(20_000, passes);
        let slots: Vec<_> = (0..20_000).filter(|&slot| passes(slot)).rev().collect();
        let twice = [&slots[..], &slots[..]].concat();
        let query = &vectors[step as usize];
        let hits = index.search(query, 20, Filter::Bits(&bits));
        assert!(hits.iter().all(|hit| passes(hit.slot)));
        assert_eq!(hits, index.search(query, 20, Filter::Slots(&slots)));
        assert_eq!(hits, index.search(query, 20, Filter::Slots(&twice)));
        if step >= 50 {
            assert_eq!(hits, exhaustive(&index, query, 20, passes));
        }
    }
    assert!(index.search(&vectors[0], 5, Filter::Bits(&[])).is_empty());
    assert!(index.search(&vectors[0], 5, Filter::Slots(&[])).is_empty());
    assert!(index.search(&vectors[0], 5, Filter::Slots(&[20_000, u32::MAX])).is_empty());
    assert_eq!(index.search(&vectors[0], 5, Filter::Bits(&vec![u64::MAX; 10_000])).len(), 5);
}

#[test]
fn equal_rows_come_by_number_however_many_they_are() {
    let mut vectors = vectors(6_000, 64, 5);
    for slot in 500..5_500 {
        vectors[slot] = vectors[0].clone();
    }
    let index = filled(&vectors);
    let hits = index.search(&vectors[0], 30, Filter::All);
    assert_eq!(
        hits.iter().map(|hit| hit.slot).collect::<Vec<_>>(),
        [&[0], &(500..529).collect::<Vec<_>>()[..]].concat()
    );
}

#[test]
fn threads_change_nothing() {
    let vectors = vectors(4_000, 64, 6);
    let mut index = VectorIndex::new(64);
    for slot in 0..400_000 {
        index.set(slot, &vectors[slot as usize % 4_000]);
    }
    for query in self::vectors(5, 64, 7) {
        let hits = index.search(&query, 100, Filter::All);
        index = index.with_threads(2);
        assert_eq!(hits, index.search(&query, 100, Filter::All));
        index = index.with_threads(5);
        assert_eq!(hits, index.search(&query, 100, Filter::All));
        index = index.with_threads(1);
    }
}

#[test]
fn rows_come_and_go() {
    let vectors = vectors(3, 100, 8);
    let mut index = VectorIndex::new(100);
    assert!(index.is_empty() && index.search(&vectors[0], 5, Filter::All).is_empty());
    index.set(70_000, &vectors[0]);
    index.set(3, &vectors[1]);
    assert_eq!((index.len(), index.contains(70_000), index.contains(4)), (2, true, false));
    // Only the two runs of rows that are used take memory.
    assert!(index.bytes() < 3 * ROWS * (128 * 2 + 13), "{}", index.bytes());
    index.set(3, &vectors[2]);
    assert_eq!((index.len(), index.search(&vectors[2], 1, Filter::All)[0].slot), (2, 3));
    index.clear(3);
    index.clear(3);
    index.clear(u32::MAX);
    assert_eq!((index.len(), index.dot(3, &vectors[2]).to_bits()), (1, 0));
    assert_eq!(index.search(&vectors[2], 5, Filter::All).len(), 1);
    index.set(3, &vectors[2]);
    assert_eq!(index.len(), 2);
}

#[test]
fn what_has_no_direction_scores_nothing() {
    let vectors = vectors(2, 64, 9);
    let mut index = VectorIndex::new(64);
    index.set(0, &[f32::NAN; 64]);
    index.set(1, &[0.0; 64]);
    index.set(2, &vectors[0]);
    let hits = index.search(&vectors[0], 5, Filter::All);
    assert_eq!(hits.iter().map(|hit| hit.slot).collect::<Vec<_>>(), [2, 0, 1]);
    assert_eq!(hits[1].score.to_bits(), 0);
    let nothing = index.search(&[0.0; 64], 5, Filter::All);
    assert_eq!(nothing.iter().map(|hit| hit.slot).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(index.search(&[f32::INFINITY; 64], 5, Filter::All).is_empty());
    assert!(index.search(&vectors[0], 0, Filter::All).is_empty());
}

#[test]
fn dots_are_dot_for_each() {
    let vectors = vectors(100, 40, 10);
    let index = filled(&vectors);
    let slots = [5, 99, 100, 5, u32::MAX, 0];
    let mut scores = vec![7.0];
    index.dots(&slots, &vectors[1], &mut scores);
    assert_eq!(scores, slots.map(|slot| index.dot(slot, &vectors[1])));
    let exact: f32 = vectors[5].iter().zip(&vectors[1]).map(|(x, y)| x * y).sum();
    assert!((scores[0] - exact).abs() < 1e-3);
}

#[test]
fn rounded_vectors_take_half_the_memory_at_the_same_bits() {
    let whole: Vec<Vec<f32>> = vectors(100, 256, 11).into_iter().map(rounded).collect();
    for (vector, exact) in whole.iter().zip(vectors(100, 256, 11)) {
        assert_eq!(*vector, rounded(vector.clone()));
        assert!(vector.iter().all(|part| half::f16::from_f32(*part).to_f32().to_bits() == (part + 0.0).to_bits()));
        assert!(crate::embed::cosine(vector, &exact) > 0.9999);
    }
    let mut index = filled(&whole);
    let (few, query) = (index.bytes(), vectors(1, 256, 12).remove(0));
    assert!(few < ROWS * (256 + 32 + 5), "{few}");
    let dots = |index: &VectorIndex| (0..100).map(|slot| index.dot(slot, &query)).collect::<Vec<_>>();
    let before = dots(&index);
    // One vector that is not rounded, and the chunk keeps all of them as they are.
    index.set(100, &query);
    assert!(index.bytes() > few + ROWS * 250, "{}", index.bytes());
    assert!((index.dot(100, &query) - 1.0).abs() < 1e-3);
    for (before, after) in before.iter().zip(dots(&index)) {
        assert!((before - after).abs() <= rounding(&query) + 1e-6, "{before} became {after}");
    }
    let mut pairs = Vec::new();
    index.dots_of_two(&[3, 7, 500], [&query, &[]], &mut pairs);
    assert_eq!(pairs, [[index.dot(3, &query), 0.0], [index.dot(7, &query), 0.0], [0.0; 2]]);
    assert_eq!(rounded(vec![0.0; 3]), [0.0; 3]);
    assert!(rounded(vec![f32::NAN, 1.0])[0].is_nan());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_history_of_changes_is_searched_as_it_stands(
        dims in 1_usize..80,
        seed in any::<u64>(),
        changes in prop::collection::vec((0_u32..9_000, any::<bool>()), 1..300),
        k in 1_usize..400,
        step in 1_u32..4,
    ) {
        let vectors = vectors(changes.len() + 1, dims, seed);
        let mut index = VectorIndex::new(dims);
        let mut expected = std::collections::BTreeMap::new();
        for (&(slot, set), vector) in changes.iter().zip(&vectors) {
            if set {
                index.set(slot, vector);
                expected.insert(slot, vector);
            } else {
                index.clear(slot);
                expected.remove(&slot);
            }
        }
        let query = &vectors[changes.len()];
        prop_assert_eq!(index.len(), expected.len());
        for (&slot, vector) in &expected {
            let exact: f32 = vector.iter().zip(query).map(|(x, y)| x * y).sum();
            prop_assert!((index.dot(slot, query) - exact).abs() < 2e-3);
        }
        let passes = |slot: u32| slot.is_multiple_of(step);
        let bits = bits(9_000, passes);
        prop_assert_eq!(index.search(query, k, Filter::Bits(&bits)), exhaustive(&index, query, k, passes));
    }
}
