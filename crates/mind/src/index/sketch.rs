//! A vector's sketch: the sign of each component after a fixed rotation, one bit each.
//!
//! The rotation spreads every component over all of them, so that no direction of a model's space is told better than
//! another and a sign is worth as much as any other. A query is not reduced to signs: against each sketch it adds up its own
//! rotated components, with the sketch's signs. That orders a million vectors well enough that the ten best are among the
//! first few thousand, which are then compared in full (measured: benches/index.rs).

use std::f32::consts::PI;

use super::simd::{self, BLOCK, Pattern};

/// The rotation of one number of dimensions: flipped signs and Walsh–Hadamard transforms, twice over.
#[derive(Debug)]
pub(super) struct Sketch {
    dims: usize,
    flips: [Vec<f32>; 2],
}

impl Sketch {
    pub(super) fn new(dims: usize) -> Self {
        // A fixed sequence: sketches of one process mean the same as those of another.
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut flips = || {
            let flip = |_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                if state >> 63 == 0 { 1.0 } else { -1.0 }
            };
            (0..dims).map(flip).collect()
        };
        Self { dims, flips: [flips(), flips()] }
    }

    /// Bytes of a sketch.
    pub(super) const fn bytes(&self) -> usize {
        self.dims.div_ceil(8)
    }

    /// The transform takes a power of two: it is done over the first such part and then over the last, which together
    /// cover everything.
    fn rotate(&self, vector: &[f32]) -> Vec<f32> {
        let mut rotated = vector.to_vec();
        if self.dims == 0 {
            return rotated;
        }
        let part = 1 << self.dims.ilog2();
        simd::widely(|| {
            for (flips, begin) in self.flips.iter().zip([0, self.dims - part]) {
                for (component, flip) in rotated.iter_mut().zip(flips) {
                    *component *= flip;
                }
                transform(&mut rotated[begin..][..part]);
            }
        });
        rotated
    }

    /// The sketch of a vector: bit i of byte j is component 8j + i.
    pub(super) fn code(&self, vector: &[f32]) -> impl Iterator<Item = u8> + use<> {
        let rotated = self.rotate(vector);
        (0..self.bytes()).map(move |byte| {
            let bits = &rotated[byte * 8..(byte * 8 + 8).min(rotated.len())];
            bits.iter().rev().fold(0, |code, &component| code << 1 | u8::from(component >= 0.0))
        })
    }

    /// A query, made ready for the scan.
    pub(super) fn ask(&self, query: &[f32]) -> Asked {
        let mut rotated = self.rotate(query);
        rotated.resize(self.bytes() * 8, 0.0);
        let quads = rotated.chunks_exact(4);
        let total = |quad: &[f32]| quad.iter().map(|x| x.abs()).sum::<f32>();
        let most = (usize::from(u16::MAX) / quads.len()).min(127) as f32;
        let widest = quads.clone().map(total).fold(0.0, f32::max);
        // A query of nothing is worth nothing against everything.
        let scale = if widest > 0.0 { most / widest } else { 0.0 };
        let worth = |quad: &[f32]| {
            std::array::from_fn(|pattern| {
                let agrees = |(i, x): (usize, &f32)| if (pattern >> i & 1 == 1) == (*x >= 0.0) { x.abs() } else { 0.0 };
                (quad.iter().enumerate().map(agrees).sum::<f32>() * scale).floor() as u8
            })
        };
        let patterns = rotated.chunks_exact(8).map(|byte| [worth(&byte[..4]), worth(&byte[4..])]).collect();
        let length = query.iter().map(|x| x * x).sum::<f32>().sqrt();
        // A rotated unit vector's components are spread like normal ones: its product with the query is about the query's
        // sum under its signs, times √(π/2d). Half a step is lost with each of the patterns that are rounded down.
        let unit = (PI / 2.0 / self.dims as f32).sqrt();
        let step = if scale > 0.0 { 2.0 * unit / scale } else { 0.0 };
        let floor = -unit * quads.clone().map(total).sum::<f32>() + 0.5 * step * quads.len() as f32;
        Asked { patterns, floor, step, length, error: ((PI / 2.0 - 1.0) / self.dims as f32).sqrt() }
    }
}

/// A query, as the scan looks it up.
pub(crate) struct Asked {
    /// What each pattern of four signs is worth, in whole numbers from 0: small enough that two of them fit a byte and all
    /// of them 16 bits.
    pub(super) patterns: Vec<Pattern>,
    floor: f32,
    step: f32,
    length: f32,
    error: f32,
}

impl Asked {
    /// What each sketch of a block is worth; answers which are worth so much, a bit each.
    pub(crate) fn worths(&self, codes: &[u8], least: u16, worths: &mut [u16; BLOCK]) -> u32 {
        simd::score_block(codes, &self.patterns, least, worths)
    }

    /// No sketch is worth more.
    pub(crate) fn most(&self) -> u16 {
        self.patterns.iter().flatten().map(|quad| quad.iter().map(|worth| u16::from(*worth)).max().unwrap_or(0)).sum()
    }

    /// The greatest standard error of a promise, for unit vectors.
    pub(crate) fn greatest_error(&self) -> f32 {
        self.error * self.length
    }

    /// The product that a sketch of this worth promises.
    pub(crate) fn promise(&self, worth: u16) -> f32 {
        self.floor + self.step * f32::from(worth)
    }

    /// The standard error of the promise, for a unit vector whose product with the query is this: the nearer it is to the
    /// query, the less its other components can say. Never less than half of the greatest: for vectors that are nearly the
    /// query the promise is off by what the query's own components differ from normal ones.
    pub(super) fn error(&self, product: f32) -> f32 {
        let square = self.length * self.length;
        self.error * (square - product * product).max(0.25 * square).sqrt()
    }
}

/// The Walsh–Hadamard transform of a power of two of components; lengths stay as they are.
#[inline]
fn transform(vector: &mut [f32]) {
    let scale = 1.0 / (vector.len() as f32).sqrt();
    let mut half = 1;
    // The first three steps in runs of eight, which stay in registers.
    if vector.len() >= 8 {
        for run in vector.as_chunks_mut::<8>().0 {
            for step in [1, 2, 4] {
                let old = *run;
                for (i, x) in run.iter_mut().enumerate() {
                    *x = if i & step == 0 { old[i] + old[i + step] } else { old[i - step] - old[i] };
                }
            }
        }
        half = 8;
    }
    while half < vector.len() {
        for pair in vector.chunks_exact_mut(2 * half) {
            let (left, right) = pair.split_at_mut(half);
            for (a, b) in left.iter_mut().zip(right) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
        half *= 2;
    }
    for component in vector {
        *component *= scale;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(dims: usize, seed: u32) -> Vec<f32> {
        (0..dims as u32).map(|i| ((i * 7919 + seed * 104_729) % 1000) as f32 / 500.0 - 1.0).collect()
    }

    #[test]
    fn the_rotation_keeps_angles() {
        for dims in [1, 3, 8, 100, 256, 768, 1536] {
            let sketch = Sketch::new(dims);
            let [a, b] = [vector(dims, 1), vector(dims, 2)];
            let before = crate::embed::cosine(&a, &b);
            let after = crate::embed::cosine(&sketch.rotate(&a), &sketch.rotate(&b));
            assert!((before - after).abs() < 1e-4, "{dims}: {before} became {after}");
        }
    }

    #[test]
    fn a_promise_is_kept_within_its_error() {
        for dims in [100, 256, 768, 1536] {
            let sketch = Sketch::new(dims);
            let unit = |seed| {
                let mut vector = vector(dims, seed);
                crate::embed::normalise(&mut vector);
                vector
            };
            let query = unit(1);
            let asked = sketch.ask(&query);
            let mut deviations = 0.0;
            for seed in 2..202 {
                // From nearly the query itself to nearly another.
                let mut other = unit(seed);
                for (x, q) in other.iter_mut().zip(&query) {
                    *x = *x * seed as f32 / 200.0 + q * (1.0 - seed as f32 / 200.0);
                }
                crate::embed::normalise(&mut other);
                let product = crate::embed::cosine(&query, &other);
                let code = sketch.code(&other).zip(&asked.patterns);
                let worth = code.map(|(code, [low, high])| {
                    u16::from(low[usize::from(code & 15)]) + u16::from(high[usize::from(code >> 4)])
                });
                let deviation = (asked.promise(worth.sum()) - product) / asked.error(product);
                assert!(deviation.abs() < 5.0, "{dims}, {product}: {deviation} standard errors");
                deviations += deviation * deviation / 200.0;
            }
            assert!((0.5..2.0).contains(&deviations), "{dims}: mean square {deviations}");
        }
    }

    #[test]
    fn a_vector_is_worth_most_to_itself_and_least_to_its_opposite() {
        for dims in [8, 100, 256, 768, 1536] {
            let sketch = Sketch::new(dims);
            let worth = |code: &[u8], patterns: &[Pattern]| -> u32 {
                let each = code.iter().zip(patterns);
                each.map(|(code, [low, high])| {
                    u32::from(low[usize::from(code & 15)]) + u32::from(high[usize::from(code >> 4)])
                })
                .sum()
            };
            let own = vector(dims, 3);
            let opposite: Vec<_> = own.iter().map(|x| -x).collect();
            let patterns = sketch.ask(&own).patterns;
            let code = |vector: &[f32]| sketch.code(vector).collect::<Vec<_>>();
            let [most, least] = [&own, &opposite].map(|v| worth(&code(v), &patterns));
            let other = worth(&code(&vector(dims, 4)), &patterns);
            assert!(most > other && other > least, "{dims}: {most}, {other}, {least}");
            assert!(u16::try_from(most).is_ok(), "{dims}: {most}");
        }
    }
}
