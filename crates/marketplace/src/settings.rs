//! Settings of this crate.

use kernel::Variables;
use kernel::time::HOUR;

/// How the marketplace goes on by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many hours a creator has to answer to another fee (`OFFER_COUNTER_HOURS`).
    pub counter_hours: u32,
    /// How many creators hear of a new offer at most (`OFFER_RECOMMENDATIONS`); 0 is nobody.
    pub recommendations: u32,
    /// How many invitations a workspace may write in 24 hours (`OFFER_INVITATIONS_PER_DAY`).
    pub invitations_per_day: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { counter_hours: 72, recommendations: 50, invitations_per_day: 200 }
    }
}

impl Settings {
    /// Reads them.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let usual = Self::default();
        Self {
            counter_hours: from.number("OFFER_COUNTER_HOURS", usual.counter_hours, 1, 24 * 30),
            recommendations: from.number("OFFER_RECOMMENDATIONS", usual.recommendations, 0, 1_000),
            invitations_per_day: from.number("OFFER_INVITATIONS_PER_DAY", usual.invitations_per_day, 1, 100_000),
        }
    }

    /// How long a creator has to answer to another fee, in microseconds.
    pub fn counter_time(self) -> i64 {
        i64::from(self.counter_hours) * HOUR
    }
}
