//! Nearest neighbours among a million vectors, exact in their scores, after the filter.
//!
//! Two passes. The first reads one bit a component of every row that the filter lets pass (`sketch.rs`) and keeps some
//! thousand candidates; the second compares those in full, the most promising first, until the rest have no prospect. What is found is nearly always what comparing everything would find (recall@10 at least 0.99, measured
//! by `benches/index.rs`); its scores are always exactly those of [`VectorIndex::dot`]. Where few rows pass, they are
//! compared in full at once. No graph: graphs lose their recall under filters, and take long to build.
//!
//! Rows are kept in half precision, or, where that is the same to the last bit ([`rounded`]), in a byte a component.

mod bytes;
mod chunk;
mod query;
mod search;
mod simd;
mod sketch;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use bytes::rounded;
use chunk::{Chunk, ROWS, Row};
use query::Query;
pub use query::rounding;
pub(crate) use simd::BLOCK;
pub(crate) use sketch::Asked as Glance;
use sketch::Sketch;

/// Vectors by row number, in memory.
///
/// Rows are numbers that the caller gives out from 0, densely: memory is taken in runs of 4,096 of them. Vectors should be
/// of unit length, so that their products are cosines; of others the first pass would choose by angle and not by product.
#[derive(Debug)]
pub struct VectorIndex {
    dims: usize,
    sketch: Sketch,
    chunks: Vec<Option<Chunk>>,
    len: usize,
    threads: usize,
}

/// Which rows a search looks at.
#[derive(Debug, Clone, Copy)]
pub enum Filter<'a> {
    /// All of them.
    All,
    /// Those whose bit is set: row r is bit `r % 64` of word `r / 64`. Rows past the end do not pass.
    Bits(&'a [u64]),
    /// These, in any order. Rows that are not in the index are passed over.
    Slots(&'a [u32]),
}

/// A row that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Its number.
    pub slot: u32,
    /// Its product with the query: the cosine, when both are of unit length.
    pub score: f32,
}

impl VectorIndex {
    /// An empty index for vectors of so many components.
    ///
    /// # Panics
    /// When there are none, or more than 65,536.
    pub fn new(dims: usize) -> Self {
        assert!((1..=65_536).contains(&dims), "an index of {dims} dimensions");
        Self { dims, sketch: Sketch::new(dims), chunks: Vec::new(), len: 0, threads: 1 }
    }

    /// How many threads one search of many rows may use, its own included. One unless told: a server has other searches for
    /// its other cores, and waiting for a busy one costs more than it brings (measured).
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Components of a vector.
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// How many rows are set.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no row is set.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes of memory taken.
    pub fn bytes(&self) -> usize {
        let chunks: usize = self.chunks.iter().flatten().map(Chunk::bytes).sum();
        chunks + self.chunks.capacity() * size_of::<Option<Chunk>>()
    }

    /// Whether a row is set.
    pub fn contains(&self, slot: u32) -> bool {
        self.row(slot).is_some()
    }

    /// Sets a row, in place of what it held. A vector with a component that is not finite is kept as zeros, like that of a
    /// text without a known word: its score is 0 against everything.
    ///
    /// # Panics
    /// When the vector has another number of components than the index.
    pub fn set(&mut self, slot: u32, vector: &[f32]) {
        assert_eq!(vector.len(), self.dims, "vectors of different models cannot share an index");
        let (number, row) = place(slot);
        if number >= self.chunks.len() {
            self.chunks.resize_with(number + 1, || None);
        }
        let chunk = self.chunks[number]
            .get_or_insert_with(|| Chunk::new(self.dims.next_multiple_of(simd::LANES), self.sketch.bytes()));
        let vector =
            if vector.iter().all(|x| x.is_finite()) { Cow::Borrowed(vector) } else { Cow::Owned(vec![0.0; self.dims]) };
        self.len += usize::from(chunk.set(row, &vector, self.sketch.code(&vector)));
    }

    /// Empties a row. Emptying an empty one does nothing.
    pub fn clear(&mut self, slot: u32) {
        let (number, row) = place(slot);
        if let Some(Some(chunk)) = self.chunks.get_mut(number) {
            self.len -= usize::from(chunk.clear(row));
        }
    }

    /// A row's product with a query, computed from what is stored: the one source of scores, the same to the last bit
    /// on every machine. 0 for a row that is not set.
    ///
    /// # Panics
    /// When the query has another number of components than the index.
    pub fn dot(&self, slot: u32, query: &[f32]) -> f32 {
        let query = self.query(query);
        self.row(slot).map_or(0.0, |row| query.product(row))
    }

    /// As [`dot`](Self::dot) for many rows: `scores` becomes one score for each of `slots`, in their order.
    ///
    /// # Panics
    /// When the query has another number of components than the index.
    pub fn dots(&self, slots: &[u32], query: &[f32], scores: &mut Vec<f32>) {
        let query = self.query(query);
        scores.clear();
        scores.reserve(slots.len());
        self.each_row(slots, |_, row| scores.push(row.map_or(0.0, |row| query.product(row))));
    }

    /// As [`dots`](Self::dots) with two queries, for little more than one of them takes. With a query that has another number of
    /// components than the index, every product is 0.
    pub fn dots_of_two(&self, slots: &[u32], queries: [&[f32]; 2], scores: &mut Vec<[f32; 2]>) {
        let nothing = vec![0.0; self.dims];
        let queries = queries.map(|query| Query::new(if query.len() == self.dims { query } else { &nothing }));
        let queries = queries.each_ref();
        scores.clear();
        scores.reserve(slots.len());
        self.each_row(slots, |_, row| scores.push(row.map_or([0.0; 2], |row| Query::products(queries, row))));
    }

    /// Calls `found` with every slot and its row, `None` when it is not set. Rows are asked of memory ahead of their turn.
    fn each_row(&self, slots: &[u32], mut found: impl FnMut(u32, Option<Row<'_>>)) {
        const AHEAD: usize = 8;
        for (i, &slot) in slots.iter().enumerate() {
            match slots.get(i + AHEAD).and_then(|&ahead| self.row(ahead)) {
                Some(Row::Bytes(row, _)) => simd::prefetch(row),
                Some(Row::Halves(row)) => simd::prefetch(row),
                None => {}
            }
            found(slot, self.row(slot));
        }
    }

    /// A query, to be held against sketches.
    pub(crate) fn glance(&self, query: &[f32]) -> Glance {
        self.sketch.ask(query)
    }

    /// Bytes of a sketch.
    pub(crate) fn code_bytes(&self) -> usize {
        self.sketch.bytes()
    }

    /// A row's sketch, if it is set.
    pub(crate) fn code(&self, slot: u32) -> Option<impl Iterator<Item = u8>> {
        let (number, row) = place(slot);
        let chunk = self.chunks.get(number)?.as_ref()?;
        chunk.is_live(row).then(|| chunk.block(row / BLOCK).iter().skip(row % BLOCK).step_by(BLOCK).copied())
    }

    fn row(&self, slot: u32) -> Option<Row<'_>> {
        let (number, row) = place(slot);
        let chunk = self.chunks.get(number)?.as_ref()?;
        chunk.is_live(row).then(|| chunk.vector(row))
    }

    fn query<'a>(&self, query: &'a [f32]) -> Query<'a> {
        assert_eq!(query.len(), self.dims, "a query of another model than the index's");
        Query::new(query)
    }
}

/// A slot's chunk and its row there.
fn place(slot: u32) -> (usize, usize) {
    (slot as usize / ROWS, slot as usize % ROWS)
}
