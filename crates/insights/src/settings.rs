//! Settings of this crate.

use kernel::Variables;

use crate::analytics::EarnedMedia;

/// How figures are taken in and told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// What attention is worth.
    pub earned_media: EarnedMedia,
}

impl Settings {
    /// Reads them.
    pub fn read(from: &mut Variables<'_>) -> Self {
        Self { earned_media: EarnedMedia::read(from) }
    }
}
