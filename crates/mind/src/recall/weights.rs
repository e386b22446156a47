//! Learnt weights. `tools/recall/train.py` writes this file; `docs/recall.md` says from what and how well.

use super::answer::SURES;
use super::features::RANKS;

/// From this confidence on an answer is given, unless told otherwise.
pub(super) const ANSWERED: f32 = 0.5;
/// From this confidence on passages are shown, unless told otherwise.
pub(super) const MAYBE: f32 = 0.2;

/// The ranker's weights, by `RANK_FEATURES`.
pub(super) const RANK: [f32; RANKS] = [
    1.6171, 1.6266, 1.3547, 2.2547, -0.7754, 0.4870, 1.4625, 2.9665, 1.0532, 0.4750, 0.7418, 1.5527, 1.3335, -1.3335,
    0.3518, -2.3146, -2.1344, 1.6933, 1.8425, 1.0690, 2.0000, -4.0000, -0.4186, 0.2371, 0.5444, 0.0440, -0.0441,
    0.0272, 0.3617, 0.0492, 0.9300, 0.9718, -0.0424, 2.4217, 1.1909, 0.0161, 1.3128, 0.8622, -0.7975, -1.0000, -0.0683,
];

/// The weights of the confidence: of 1, the score, the margin, `RANK_FEATURES`, `SURE_FEATURES`.
pub(super) const SURE: [f32; SURES] = [
    -5.0742, 0.1899, 0.4941, 0.0000, 0.3623, 0.0000, 0.8217, 0.0000, 0.2536, 0.0000, 0.0678, 0.5420, 0.0000, 0.0000,
    0.0000, 0.1108, -0.1075, 0.0000, 0.0000, 0.0000, 0.0000, 1.4950, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000,
    0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, -0.3960,
    0.0000, 0.0000, -0.4772, -0.0279, 1.3265, -0.1301, 0.5717, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000,
    0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000,
];
