//! Some thousand rows and all that is kept of them: growth adds a chunk and moves none.

use half::f16;
use half::slice::HalfFloatSliceExt;

use super::simd::BLOCK;

/// Rows of a chunk.
pub(super) const ROWS: usize = 4096;
/// Words of a bitmap of a chunk's rows.
pub(super) const WORDS: usize = ROWS / 64;

#[derive(Debug)]
pub(super) struct Chunk {
    /// The vectors, row after row, each padded to whole lanes.
    vectors: Box<[f16]>,
    /// The sketches, block after block, in a block byte after byte, of each byte the rows'.
    codes: Box<[u8]>,
    /// Which rows are set.
    live: [u64; WORDS],
}

impl Chunk {
    pub(super) fn new(stride: usize, code_bytes: usize) -> Self {
        Self {
            vectors: vec![f16::ZERO; ROWS * stride].into_boxed_slice(),
            codes: vec![0; ROWS * code_bytes].into_boxed_slice(),
            live: [0; WORDS],
        }
    }

    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.vectors) + size_of_val(&*self.codes)
    }

    pub(super) fn live(&self) -> &[u64; WORDS] {
        &self.live
    }

    pub(super) fn is_live(&self, row: usize) -> bool {
        self.live[row / 64] >> (row % 64) & 1 == 1
    }

    /// A row's vector, padded.
    pub(super) fn vector(&self, row: usize) -> &[f16] {
        let stride = self.vectors.len() / ROWS;
        &self.vectors[row * stride..][..stride]
    }

    /// The codes of a block of rows.
    pub(super) fn block(&self, block: usize) -> &[u8] {
        let bytes = self.codes.len() / (ROWS / BLOCK);
        &self.codes[block * bytes..][..bytes]
    }

    /// Keeps a vector and its sketch; says whether the row is new.
    pub(super) fn set(&mut self, row: usize, vector: &[f32], code: impl Iterator<Item = u8>) -> bool {
        let stride = self.vectors.len() / ROWS;
        self.vectors[row * stride..][..vector.len()].convert_from_f32_slice(vector);
        let bytes = self.codes.len() / (ROWS / BLOCK);
        let block = &mut self.codes[row / BLOCK * bytes..][..bytes];
        for (places, code) in block.chunks_exact_mut(BLOCK).zip(code) {
            places[row % BLOCK] = code;
        }
        let new = !self.is_live(row);
        self.live[row / 64] |= 1 << (row % 64);
        new
    }

    /// Forgets a row; says whether there was one.
    pub(super) fn clear(&mut self, row: usize) -> bool {
        let was = self.is_live(row);
        self.live[row / 64] &= !(1 << (row % 64));
        was
    }
}
