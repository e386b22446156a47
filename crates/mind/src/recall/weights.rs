//! Learnt weights. `tools/recall/train.py` writes this file; `docs/recall.md` says from what and how well.

use super::answer::SURES;
use super::features::RANKS;

/// From this confidence on an answer is given, unless told otherwise.
pub(super) const ANSWERED: f32 = 0.5;
/// From this confidence on passages are shown, unless told otherwise.
pub(super) const MAYBE: f32 = 0.2;

/// The ranker's weights, by `RANK_FEATURES`.
pub(super) const RANK: [f32; RANKS] = [
    1.4547, 1.7505, 1.4951, 2.5586, -0.6015, 0.4580, 1.9507, 2.7850, 1.1518, 0.7488, 0.1842, 1.3750, 1.7295, -1.7295,
    0.2135, -2.2990, -2.6895, 1.7080, 1.7891, 1.1902, 2.0000, -4.0000, -0.0514, 0.7074, 0.8097, 0.1492, -0.0174,
    0.3611, 0.7185, 0.0491, 0.9575, 1.1365, -0.5560, 2.4506, 0.5000, 0.3000, 0.0000, 0.0000,
];

/// The weights of the confidence: of 1, the score, the margin, `RANK_FEATURES`, `SURE_FEATURES`.
pub(super) const SURE: [f32; SURES] = [
    -6.2788, 0.1598, 0.4270, -0.2310, -0.3281, 0.9252, 0.8520, 0.5818, 0.5585, 0.5589, -0.2460, 1.8830, 0.0527, 0.3233,
    1.2228, 0.1046, -1.0568, 0.2660, 0.0000, 0.9230, 1.3437, 1.8507, -0.6715, 0.0000, -0.2154, -0.3566, -0.0618,
    0.6063, -0.5477, -0.6505, 0.2826, 0.4934, 4.9070, 0.5118, 1.4296, 0.7414, 1.6569, 0.0000, 0.0000, 0.0000, 0.0000,
    -0.8566, -0.5223, 0.7008, 0.0071, 0.7459, 0.3939, -2.2007, -0.0543, -0.6484, 0.0632, 0.5212, -1.0760, -0.1672,
    -0.4697, 0.3473, 1.2136, -0.5599, 2.9997, 1.0623, 0.2309,
];
