//! Settings of this crate.

use kernel::Variables;

/// How contracts are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many days a contract may be signed after it was sent, where it says nothing itself (`CONTRACT_EXPIRY_DAYS`).
    pub expiry_days: u32,
    /// How many days after a mail that asks for a signature the next one reminds of it (`CONTRACT_REMINDER_DAYS`); 0 for never.
    pub reminder_days: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { expiry_days: 30, reminder_days: 3 }
    }
}

impl Settings {
    /// Reads them.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let usual = Self::default();
        Self {
            expiry_days: from.number("CONTRACT_EXPIRY_DAYS", usual.expiry_days, 1, 3650),
            reminder_days: from.number("CONTRACT_REMINDER_DAYS", usual.reminder_days, 0, 365),
        }
    }
}
