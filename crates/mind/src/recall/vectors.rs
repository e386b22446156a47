//! Vectors of chunks: a byte for each component.

use crate::embed::{DIMS, normalise};

/// A vector of whole numbers, and what these times the scale are.
#[derive(Debug)]
pub(super) struct Coarse {
    components: Box<[i8]>,
    scale: f32,
}

impl Coarse {
    /// Of a vector of any length that is not zero.
    pub(super) fn of(vector: &[f32]) -> Self {
        let (unit, scale) = scaled(vector);
        let components = unit.iter().map(|x| (x * scale).round() as i8).collect();
        Self { components, scale: if scale > 0.0 { 1.0 / scale } else { 0.0 } }
    }
}

/// A vector at unit length, and by what its components are whole numbers of up to 127; 0 of one that is all zeros.
fn scaled(vector: &[f32]) -> (Vec<f32>, f32) {
    let mut unit = vector.to_vec();
    normalise(&mut unit);
    let most = unit.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    (unit, if most > 0.0 { 127.0 / most } else { 0.0 })
}

/// The vectors of an index, by slot.
#[derive(Debug, Default)]
pub(super) struct Vectors {
    rows: Vec<i8>,
    scales: Vec<f32>,
}

impl Vectors {
    pub(super) fn push(&mut self, vector: &Coarse) {
        grow(&mut self.rows, DIMS);
        grow(&mut self.scales, 1);
        self.rows.extend_from_slice(&vector.components);
        self.scales.push(vector.scale);
    }

    /// Its cosines are 0 from now on.
    pub(super) fn clear(&mut self, slot: u32) {
        self.scales[slot as usize] = 0.0;
    }

    /// The cosine of every vector with this one, by slot.
    pub(super) fn cosines(&self, vector: &[f32]) -> Vec<f32> {
        let (unit, scale) = scaled(vector);
        if scale <= 0.0 {
            return vec![0.0; self.scales.len()];
        }
        let mut whole = [0_i16; DIMS];
        for (whole, x) in whole.iter_mut().zip(&unit) {
            *whole = (x * scale).round() as i16;
        }
        let (rows, _) = self.rows.as_chunks::<DIMS>();
        rows.iter()
            .zip(&self.scales)
            .map(|(row, its)| {
                let product: i32 = row.iter().zip(&whole).map(|(&x, &y)| i32::from(x) * i32::from(y)).sum();
                product as f32 * its / scale
            })
            .collect()
    }

    /// Gives back memory that was taken in advance.
    pub(super) fn shrink(&mut self) {
        self.rows.shrink_to_fit();
        self.scales.shrink_to_fit();
    }

    /// Bytes of memory taken.
    pub(super) fn bytes(&self) -> usize {
        self.rows.capacity() + size_of::<f32>() * self.scales.capacity()
    }
}

/// Makes room for so many more: an eighth more than there is rather than as much again, since an index is long-lived.
pub(super) fn grow<T>(list: &mut Vec<T>, more: usize) {
    if list.capacity() - list.len() < more {
        list.reserve_exact(more.max(list.len() / 8).max(16));
    }
}
