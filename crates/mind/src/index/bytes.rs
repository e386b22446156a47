//! Vectors of a byte a component: whole numbers of at most 127, times a scale of four significant bits.
//!
//! Such a number has at most eleven significant bits: half precision holds it exactly. So a vector that was [`rounded`] before
//! it was stored in half precision is the same whether it is read from there or kept in half the memory.

use super::simd::widely;

/// The greatest whole number.
const MOST: f32 = 127.0;
/// What a scale of four significant bits leaves unset of an `f32`.
const REST: u32 = (1 << 20) - 1;

/// The least scale of four significant bits at which so much fits a byte.
fn least_scale(greatest: f32) -> f32 {
    f32::from_bits((greatest / MOST).to_bits().saturating_add(REST) & !REST)
}

/// Rounds a vector to what a byte a component can hold. A vector of nothing, or with a component that is not finite, stays as
/// it is.
pub fn rounded(mut vector: Vec<f32>) -> Vec<f32> {
    let scale = least_scale(greatest(&vector));
    // Below this half precision would lose the last bits. No vector of unit length comes near it.
    if scale.is_normal() && scale >= 1e-6 && vector.iter().all(|x| x.is_finite()) {
        for component in &mut vector {
            *component = nearest(*component / scale) as f32 * scale;
        }
    }
    vector
}

/// The scale at which a vector is made of whole numbers, if there is one.
pub(super) fn scale_of(vector: &[f32]) -> Option<f32> {
    let least = least_scale(greatest(vector));
    // Rounding may have made the greatest component a little smaller, and so its least scale the next smaller one.
    let next = f32::from_bits(least.to_bits().saturating_add(REST + 1));
    let is_whole = |scale: f32| {
        vector.iter().fold(true, |whole, &component| {
            whole & ((nearest(component / scale) as f32 * scale).to_bits() == (component + 0.0).to_bits())
        })
    };
    [least, next].into_iter().find(|&scale| scale.is_finite() && widely(|| is_whole(scale)))
}

/// Writes the whole numbers of a vector.
pub(super) fn write(vector: &[f32], scale: f32, row: &mut [i8]) {
    widely(|| {
        for (place, &component) in row.iter_mut().zip(vector) {
            *place = nearest(component / scale) as i8;
        }
    });
}

fn greatest(vector: &[f32]) -> f32 {
    // Positive numbers are ordered as their bits are.
    let bits = widely(|| vector.iter().fold(0, |greatest: u32, x| greatest.max(x.abs().to_bits())));
    f32::from_bits(bits)
}

/// The nearest whole number, by instructions that every processor has for several at once.
#[inline]
fn nearest(number: f32) -> i32 {
    (number + 0.5_f32.copysign(number)) as i32
}
