//! Learnt weights. `tools/recall/train.py` writes this file; `docs/recall.md` says from what and how well.

use super::answer::SURES;
use super::features::RANKS;

/// From this confidence on an answer is given, unless told otherwise.
pub(super) const ANSWERED: f32 = 0.5;
/// From this confidence on passages are shown, unless told otherwise.
pub(super) const MAYBE: f32 = 0.2;

/// The ranker's weights, by `RANK_FEATURES`.
pub(super) const RANK: [f32; RANKS] = [
    1.0, 0.5, 1.0, 0.5, 0.5, 0.5, 0.0, 0.5, 0.2, 0.3, 0.2, 0.3, 0.3, -0.3, 0.0, -1.5, -1.5, 0.5, 0.5, 0.2, 0.5, -1.5,
    0.0, 0.0, 0.1, -0.3, 0.3, 0.1, 0.1, 0.1, -0.5, -0.5, 0.0, 0.1,
];

/// The weights of the confidence: of 1, the score, the margin, `RANK_FEATURES`, `SURE_FEATURES`.
pub(super) const SURE: [f32; SURES] = sure();

const fn sure() -> [f32; SURES] {
    let mut sure = [0.0; SURES];
    sure[0] = -6.0;
    sure[1] = 2.0;
    sure
}
