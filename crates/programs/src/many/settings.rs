//! Settings of programs.

use kernel::Variables;

/// How much programs do at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `PROGRAM_ENROLL_MOST`: how many members are enrolled by one filter.
    pub most: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { most: 100_000 }
    }
}

impl Settings {
    /// Reads them.
    pub fn read(from: &mut Variables<'_>) -> Self {
        Self { most: from.number("PROGRAM_ENROLL_MOST", Self::default().most, 1, 10_000_000) }
    }
}
