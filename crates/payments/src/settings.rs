//! The settings of payments.

use kernel::Variables;

/// The settings of payments. The gateway's own are the provider's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// `PLATFORM_FEE_BASIS_POINTS`: what stays with the server's owner of what goes to creators, in hundredths of a percent; 0 to
    /// 5,000, usually none.
    pub fee: u32,
    /// `PAYOUT_CHANGE_DELAY_HOURS`: how long nothing is paid to a payout account that was named or changed.
    pub payout_delay_hours: u32,
}

impl Settings {
    /// Reads the settings.
    pub fn read(from: &mut Variables<'_>) -> Self {
        Self {
            fee: from.number("PLATFORM_FEE_BASIS_POINTS", 0, 0, 5_000),
            payout_delay_hours: from.number("PAYOUT_CHANGE_DELAY_HOURS", 48, 0, 24 * 30),
        }
    }
}
