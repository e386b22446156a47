//! Learnt weights. `tools/recall/train.py` writes this file; `docs/recall.md` says from what and how well.

use super::answer::SURES;
use super::features::RANKS;

/// From this confidence on an answer is given, unless told otherwise.
pub(super) const ANSWERED: f32 = 0.62;
/// From this confidence on passages are shown, unless told otherwise.
pub(super) const MAYBE: f32 = 0.2;

/// The ranker's weights, by `RANK_FEATURES`.
pub(super) const RANK: [f32; RANKS] = [
    1.6654, 1.6046, 1.3968, 2.2172, -0.5747, 0.6308, 1.5508, 2.7925, 1.1546, 0.3683, 0.7956, 1.4588, 1.2868, -1.2868,
    0.3919, -2.2904, -2.1685, 1.6385, 1.7915, 1.1568, 2.0000, -4.0000, -0.4872, 0.2714, 0.4959, 0.0995, -0.0324,
    0.0121, 0.4727, 0.1178, 0.7937, 0.8125, -0.0568, 2.3058, 1.2139, -0.1254, 1.2613, 0.6089, -0.6773, -1.0000, 0.0212,
];

/// The weights of the confidence: of 1, the score, the margin, `RANK_FEATURES`, `SURE_FEATURES`.
pub(super) const SURE: [f32; SURES] = [
    -4.9080, 0.1510, 0.4858, 0.0000, 0.2549, 0.0000, 1.0620, 0.0000, 0.4282, 0.0000, 0.0000, 0.3681, 0.0000, 0.0000,
    0.0000, 0.0791, -0.2696, 0.0000, 0.0000, 0.0000, 0.0000, 1.2033, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000,
    0.0000, 0.0000, 0.0000, 0.0000, 0.0000, -0.0188, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, -0.4777,
    0.0000, 0.0000, -0.4689, 0.0000, 1.5466, -0.1044, 0.5678, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000,
    0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000,
];
