//! Drawing lots: everything random here goes through these.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A generator whose stream is the same on every machine.
pub(crate) struct Lots(ChaCha8Rng);

impl Lots {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// From 0 (in) to 1 (out).
    pub(crate) fn unit(&mut self) -> f64 {
        self.0.random()
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Below `end`, which is at most 2^32; 0 if there is nothing below it.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        // The product of a 32-bit lot is uniform to one in four thousand million, and cheaper than rejection.
        ((u64::from(self.0.random::<u32>()) * end as u64) >> 32) as usize
    }

    /// Both ends included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).unsigned_abs() as usize).cast_signed() as i64
    }

    /// One of several; there has to be one.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// The standard normal distribution (Box and Muller, 1958).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Around `median`, a factor e^`spread` either way for two thirds of all.
    pub(crate) fn log_normal(&mut self, median: f64, spread: f64) -> f64 {
        median * (spread * self.normal()).exp()
    }

    /// Mixes the order up.
    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }
}

/// Indices drawn by weight, by a table of 4,096 tickets: one lot each.
pub(crate) struct Weighted(Vec<u16>);

impl Weighted {
    /// A weight below one 4,096th of the sum may never be drawn.
    pub(crate) fn new(weights: &[f64]) -> Self {
        const TICKETS: f64 = 4096.0;
        let sum: f64 = weights.iter().sum();
        let (mut tickets, mut upto) = (Vec::new(), 0.0);
        for (index, weight) in weights.iter().enumerate() {
            upto += weight / sum * TICKETS;
            tickets.resize(upto.round() as usize, index as u16);
        }
        Self(tickets)
    }

    pub(crate) fn draw(&self, lots: &mut Lots) -> usize {
        usize::from(*lots.pick(&self.0))
    }
}
