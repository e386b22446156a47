//! Words near a word, among all that the table has: its use as a dictionary of synonyms, within a language and across.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::table::Table;
use super::{DIMS, StaticModel, normalise};

/// A row of the table near a word, and the cosine of the two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Near {
    pub(crate) row: u32,
    pub(crate) cosine: f32,
}

/// Words below this cosine have little to do with each other.
pub(crate) const LEAST: f32 = 0.5;
/// Words whose neighbours are kept; past it all are forgotten, which a scan each brings back.
const KEPT: usize = 8_192;

/// What every row needs to be compared as [`StaticModel::embed`] of its word would be, without making its vector.
#[derive(Debug)]
struct Norms {
    /// 1 / length of the stored row, and 1 / length once the mean is taken off.
    of_rows: Vec<[f32; 2]>,
}

impl StaticModel {
    /// The rows whose words are near a word (cosine at least [`LEAST`]), the nearest first, its own row among them. None for a word
    /// that the model has not, nor a beginning of it. A scan of the table (some milliseconds) the first time, kept for the next.
    pub(crate) fn near(&self, word: &str) -> Arc<[Near]> {
        type Kept = Mutex<HashMap<Box<str>, Arc<[Near]>>>;
        static KEPT_WORDS: OnceLock<Kept> = OnceLock::new();
        let kept = KEPT_WORDS.get_or_init(Kept::default);
        if let Some(near) = kept.lock().unwrap_or_else(PoisonError::into_inner).get(word) {
            return Arc::clone(near);
        }
        let near: Arc<[Near]> = self.scan(word).into();
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(word.into(), Arc::clone(&near));
        near
    }

    /// The row of a folded word: its own, or that of its longest known beginning; none for words of two parts.
    pub(crate) fn row_of(&self, word: &str) -> Option<u32> {
        let mut rows = [None; 2];
        let mut count = 0;
        self.table.rows_of(word.as_bytes(), |row| {
            if let Some(place) = rows.get_mut(count) {
                *place = Some(row);
            }
            count += 1;
        });
        if count == 1 { rows[0] } else { None }
    }

    /// Whether the table has exactly this folded word.
    pub(crate) fn knows(&self, word: &str) -> bool {
        self.table.find(word.as_bytes()).is_some()
    }

    fn scan(&self, word: &str) -> Vec<Near> {
        static NORMS: OnceLock<Norms> = OnceLock::new();
        let mut query = [0.0; DIMS];
        if word.len() < 2 || !self.embed_into(word, &mut query) {
            return Vec::new();
        }
        let norms = NORMS.get_or_init(|| Norms::of(&self.table));
        // Products are taken with the query at seven bits: exact to some thousandths, and eight at once in any processor.
        let scale = 127.0 / query.iter().fold(1e-9_f32, |most, x| most.max(x.abs()));
        let whole = query.map(|x| (x * scale).round() as i16);
        let shared: f32 = query.iter().zip(self.table.mean()).map(|(x, m)| x * m).sum();
        let mut near: Vec<Near> = (0..self.table.len() as u32)
            .zip(&norms.of_rows)
            .filter_map(|(row, &[length, rest])| {
                let cosine = (self.table.product(row, &whole) / scale * length - shared) * rest;
                (cosine >= LEAST).then_some(Near { row, cosine })
            })
            .collect();
        near.sort_by(|a, b| b.cosine.total_cmp(&a.cosine).then(a.row.cmp(&b.row)));
        near
    }
}

impl Norms {
    fn of(table: &Table) -> Self {
        let mut vector = [0.0; DIMS];
        let of_rows = (0..table.len() as u32)
            .map(|row| {
                let length = table.length(row);
                vector.fill(0.0);
                table.add(row, &mut vector);
                normalise(&mut vector);
                let rest = vector.iter().zip(table.mean()).map(|(x, m)| (x - m) * (x - m)).sum::<f32>().sqrt();
                [1.0 / length.max(1e-9), 1.0 / rest.max(1e-9)]
            })
            .collect();
        Self { of_rows }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cosine;
    use super::*;

    #[test]
    fn neighbours_are_those_of_the_vectors() {
        let model = StaticModel::embedded();
        for word in ["price", "precio", "yoga", "kitchen"] {
            let own = model.embed(word);
            let near = model.near(word);
            assert!(near.len() > 3, "{word}: {near:?}");
            assert!(near[0].cosine > 0.98 && near.iter().any(|near| Some(near.row) == model.row_of(word)));
            for found in near.iter().take(50) {
                let other = std::str::from_utf8(model.table.word(found.row)).unwrap();
                let exact = cosine(&own, &model.embed(other));
                assert!((exact - found.cosine).abs() < 1e-2, "{word} and {other}: {exact}, {}", found.cosine);
            }
        }
        let price: Vec<_> =
            model.near("price").iter().map(|near| std::str::from_utf8(model.table.word(near.row)).unwrap()).collect();
        assert!(price.contains(&"precio"), "{price:?}");
        assert!(model.near("zzqqzz").is_empty());
    }
}
