//! Some thousand rows and all that is kept of them: growth adds a chunk and moves none.

use half::f16;
use half::slice::HalfFloatSliceExt;

use super::bytes;
use super::simd::BLOCK;

/// Rows of a chunk.
pub(super) const ROWS: usize = 4096;
/// Words of a bitmap of a chunk's rows.
pub(super) const WORDS: usize = ROWS / 64;

#[derive(Debug)]
pub(super) struct Chunk {
    vectors: Vectors,
    /// The sketches, block after block, in a block byte after byte, of each byte the rows'.
    codes: Box<[u8]>,
    /// Which rows are set.
    live: [u64; WORDS],
}

/// The vectors, row after row, each padded to whole lanes.
#[derive(Debug)]
enum Vectors {
    /// A byte a component, times the row's scale. A chunk is kept so as long as that loses nothing.
    Bytes { rows: Box<[i8]>, scales: Box<[f32]> },
    /// In half precision.
    Halves(Box<[f16]>),
}

/// A row's vector, padded.
#[derive(Clone, Copy)]
pub(super) enum Row<'a> {
    /// Whole numbers, and what one is worth.
    Bytes(&'a [i8], f32),
    /// In half precision.
    Halves(&'a [f16]),
}

impl Chunk {
    pub(super) fn new(stride: usize, code_bytes: usize) -> Self {
        let rows = vec![0; ROWS * stride].into_boxed_slice();
        Self {
            vectors: Vectors::Bytes { rows, scales: vec![0.0; ROWS].into_boxed_slice() },
            codes: vec![0; ROWS * code_bytes].into_boxed_slice(),
            live: [0; WORDS],
        }
    }

    pub(super) fn bytes(&self) -> usize {
        let vectors = match &self.vectors {
            Vectors::Bytes { rows, scales } => size_of_val(&**rows) + size_of_val(&**scales),
            Vectors::Halves(rows) => size_of_val(&**rows),
        };
        size_of::<Self>() + vectors + size_of_val(&*self.codes)
    }

    pub(super) fn live(&self) -> &[u64; WORDS] {
        &self.live
    }

    pub(super) fn is_live(&self, row: usize) -> bool {
        self.live[row / 64] >> (row % 64) & 1 == 1
    }

    /// A row's vector, padded.
    pub(super) fn vector(&self, row: usize) -> Row<'_> {
        match &self.vectors {
            Vectors::Bytes { rows, scales } => {
                let stride = rows.len() / ROWS;
                Row::Bytes(&rows[row * stride..][..stride], scales[row])
            }
            Vectors::Halves(rows) => {
                let stride = rows.len() / ROWS;
                Row::Halves(&rows[row * stride..][..stride])
            }
        }
    }

    /// The codes of a block of rows.
    pub(super) fn block(&self, block: usize) -> &[u8] {
        let bytes = self.codes.len() / (ROWS / BLOCK);
        &self.codes[block * bytes..][..bytes]
    }

    /// Keeps a vector and its sketch; says whether the row is new.
    pub(super) fn set(&mut self, row: usize, vector: &[f32], code: impl Iterator<Item = u8>) -> bool {
        self.keep(row, vector);
        let bytes = self.codes.len() / (ROWS / BLOCK);
        let block = &mut self.codes[row / BLOCK * bytes..][..bytes];
        for (places, code) in block.chunks_exact_mut(BLOCK).zip(code) {
            places[row % BLOCK] = code;
        }
        let new = !self.is_live(row);
        self.live[row / 64] |= 1 << (row % 64);
        new
    }

    fn keep(&mut self, row: usize, vector: &[f32]) {
        if let Vectors::Bytes { rows, scales } = &mut self.vectors {
            let stride = rows.len() / ROWS;
            if let Some(scale) = bytes::scale_of(vector) {
                bytes::write(vector, scale, &mut rows[row * stride..][..vector.len()]);
                scales[row] = scale;
                return;
            }
            let mut halves = vec![f16::ZERO; rows.len()].into_boxed_slice();
            for ((halves, rows), &scale) in
                halves.chunks_exact_mut(stride).zip(rows.chunks_exact(stride)).zip(&**scales)
            {
                for (half, &part) in halves.iter_mut().zip(rows) {
                    *half = f16::from_f32(f32::from(part) * scale);
                }
            }
            self.vectors = Vectors::Halves(halves);
        }
        if let Vectors::Halves(rows) = &mut self.vectors {
            let stride = rows.len() / ROWS;
            rows[row * stride..][..vector.len()].convert_from_f32_slice(vector);
        }
    }

    /// Forgets a row; says whether there was one.
    pub(super) fn clear(&mut self, row: usize) -> bool {
        let was = self.is_live(row);
        self.live[row / 64] &= !(1 << (row % 64));
        was
    }
}
