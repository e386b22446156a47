//! Settings of proactive rules.

use kernel::{Variables, time};

/// How proactive rules behave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `PROACTIVE_GAP_HOURS`: for so long after one of these messages a member gets no other, over all rules, in microseconds.
    pub gap: i64,
    /// `PROACTIVE_LOOK_BACK_DAYS`: how far back a rule looks when it begins, or begins again, in microseconds.
    pub look_back: i64,
    /// `PROACTIVE_RULES_PER_CREATOR`: how many rules a workspace may have.
    pub rules: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { gap: 24 * time::HOUR, look_back: 7 * time::DAY, rules: 100 }
    }
}

impl Settings {
    /// Reads them.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let usual = Self::default();
        Self {
            gap: from.number("PROACTIVE_GAP_HOURS", usual.gap / time::HOUR, 0, 168) * time::HOUR,
            look_back: from.number("PROACTIVE_LOOK_BACK_DAYS", usual.look_back / time::DAY, 0, 7) * time::DAY,
            rules: from.number("PROACTIVE_RULES_PER_CREATOR", usual.rules, 1, 10_000),
        }
    }
}
