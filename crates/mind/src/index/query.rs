//! A query, made ready to be compared with rows of either kind.

use std::borrow::Cow;

use super::chunk::Row;
use super::simd::{self, LANES};

/// A row's whole number is at most so much.
const MOST_OF_A_ROW: f32 = 127.0;

/// A query with zeros to whole lanes: as it is, and in whole numbers of fifteen bits.
pub(super) struct Query<'a> {
    parts: Cow<'a, [f32]>,
    whole: Vec<i16>,
    /// What one is worth.
    step: f32,
}

impl<'a> Query<'a> {
    pub(super) fn new(query: &'a [f32]) -> Self {
        let greatest = query.iter().fold(0.0_f32, |greatest, x| greatest.max(x.abs()));
        let length = query.iter().map(|x| x * x).sum::<f32>().sqrt();
        // By Cauchy and Schwarz no sum of products is more than the lengths multiplied: it has to fit 32 bits.
        let longest = i32::MAX as f32 * 0.99 / (MOST_OF_A_ROW * (query.len() as f32).sqrt());
        let step = (greatest / f32::from(i16::MAX)).max(length / longest);
        let worth = if step > 0.0 { 1.0 / step } else { 0.0 };
        let mut whole: Vec<i16> = query.iter().map(|x| (x * worth + 0.5_f32.copysign(*x)) as i16).collect();
        whole.resize(query.len().next_multiple_of(LANES), 0);
        let parts = if query.len().is_multiple_of(LANES) {
            Cow::Borrowed(query)
        } else {
            let mut padded = query.to_vec();
            padded.resize(whole.len(), 0.0);
            Cow::Owned(padded)
        };
        Self { parts, whole, step }
    }

    /// The product with a row.
    pub(super) fn product(&self, row: Row<'_>) -> f32 {
        match row {
            Row::Bytes(row, scale) => simd::product(row, &self.whole) as f32 * (scale * self.step),
            Row::Halves(row) => simd::dot(row, &self.parts),
        }
    }

    /// The products of two queries with a row, each as [`Query::product`] has it.
    pub(super) fn products(queries: [&Self; 2], row: Row<'_>) -> [f32; 2] {
        let [one, other] = queries;
        match row {
            Row::Bytes(row, scale) => {
                let [first, second] = simd::products(row, [&one.whole, &other.whole]);
                [first as f32 * (scale * one.step), second as f32 * (scale * other.step)]
            }
            Row::Halves(_) => queries.map(|query| query.product(row)),
        }
    }
}

/// How far the product of a query with a vector of unit length may be from the exact one because of the query's whole numbers.
pub fn rounding(query: &[f32]) -> f32 {
    // Each component is off by at most half a step (a little more, for single precision).
    0.51 * Query::new(query).step * (query.len() as f32).sqrt()
}
