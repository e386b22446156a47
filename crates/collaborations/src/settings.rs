//! Settings of this crate.

use kernel::Variables;

/// How collaborations go on by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many hours a business has to review content (`COLLABORATION_REVIEW_HOURS`).
    pub review_hours: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { review_hours: 72 }
    }
}

impl Settings {
    /// Reads them.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let usual = Self::default();
        Self { review_hours: from.number("COLLABORATION_REVIEW_HOURS", usual.review_hours, 1, 24 * 90) }
    }
}
