//! The vector index alone.

use std::hint::black_box;
use std::time::Instant;

use mind::embed::{DIMS, StaticModel};
use mind::index::{Filter, VectorIndex};
use mind::score::profile_text;

use super::KEPT;
use crate::briefs;
use crate::data::Data;
use crate::load::quantile_millis;
use crate::table::{Promise, Table};

const BEST: usize = 10;
/// Each brief is asked so many times.
const ROUNDS: usize = 8;

/// Recall and time of the searches of every brief, at filters by followers.
pub(crate) fn index(data: &Data, table: &mut Table) {
    let model = StaticModel::embedded();
    let mut rows = Vec::with_capacity(data.rows * DIMS);
    let mut followers = Vec::with_capacity(data.rows);
    let mut index = VectorIndex::new(DIMS);
    for (slot, creator) in (0..).zip(data.crowd()) {
        let text = profile_text(&creator.niche, Some(&creator.about), creator.audience_type.as_deref());
        let vector = model.embed(&text);
        index.set(slot, &vector);
        rows.extend(vector);
        followers.push(creator.followers);
    }
    let queries: Vec<_> = (0..briefs::COUNT).map(|number| model.embed(&briefs::wish(number).topic_text())).collect();
    for kept in KEPT {
        let least = data.followers_of(kept);
        let mut bits = vec![0_u64; data.rows.div_ceil(64)];
        for (slot, _) in followers.iter().enumerate().filter(|(_, followers)| **followers >= least) {
            bits[slot / 64] |= 1 << (slot % 64);
        }
        let filter = if kept == 100 { Filter::All } else { Filter::Bits(&bits) };
        let (mut times, mut found, mut wanted, mut plain) = (Vec::new(), 0, 0, Vec::new());
        for query in &queries {
            let started = Instant::now();
            let exact = exact(&rows, query, &bits);
            plain.push(started.elapsed().as_nanos() as u64);
            let mut hits = Vec::new();
            for _ in 0..ROUNDS {
                let started = Instant::now();
                hits = black_box(index.search(query, BEST, filter));
                times.push(started.elapsed().as_nanos() as u64);
            }
            wanted += exact.len();
            found += hits.iter().filter(|hit| exact.contains(&hit.slot)).count();
        }
        let (p50, p99) = (quantile_millis(&mut times, 0.5), quantile_millis(&mut times, 0.99));
        let plain = quantile_millis(&mut plain, 0.5);
        let recall = found as f64 / wanted as f64;
        table.line(&format!("index: recall@10, filter keeps {kept} %"), recall, "", Promise::Least(0.99), "");
        let time = table.by_rows(Promise::Most(2.0), Promise::Most(10.0));
        let also = format!("p99 {p99:.2} ms; {:.1} times as fast as a plain f32 scan ({plain:.1} ms)", plain / p50);
        table.line(&format!("index: p50, filter keeps {kept} %"), p50, "ms", time, &also);
    }
}

/// The best by a plain scan in f32.
fn exact(rows: &[f32], query: &[f32], bits: &[u64]) -> Vec<u32> {
    let mut scored: Vec<(f32, u32)> = (0..)
        .zip(rows.chunks_exact(DIMS))
        .filter(|(slot, _)| bits[*slot as usize / 64] >> (slot % 64) & 1 == 1)
        .map(|(slot, row)| (dot(row, query), slot))
        .collect();
    scored.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.iter().take(BEST).map(|(_, slot)| *slot).collect()
}

/// In lanes, so that the compiler uses what every machine of this kind has.
fn dot(row: &[f32], query: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 16];
    for (x, y) in row.chunks_exact(16).zip(query.chunks_exact(16)) {
        for ((lane, x), y) in lanes.iter_mut().zip(x).zip(y) {
            *lane += x * y;
        }
    }
    lanes.iter().sum()
}
