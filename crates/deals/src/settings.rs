//! Settings of this crate.

use kernel::Variables;

/// How contracts are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many days a contract may be signed after it was sent, where it says nothing itself (`CONTRACT_EXPIRY_DAYS`).
    pub expiry_days: u32,
    /// How many days after a mail that asks for a signature the next one reminds of it (`CONTRACT_REMINDER_DAYS`); 0 for never.
    pub reminder_days: u32,
    /// How many people a workspace may ask to sign in 24 hours (`CONTRACT_MAILS_PER_DAY`).
    pub mails_per_day: u64,
    /// How many such mails one address gets in 24 hours (`CONTRACT_MAILS_PER_ADDRESS`).
    pub mails_per_address: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { expiry_days: 30, reminder_days: 3, mails_per_day: 500, mails_per_address: 20 }
    }
}

impl Settings {
    /// Reads them.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let usual = Self::default();
        Self {
            expiry_days: from.number("CONTRACT_EXPIRY_DAYS", usual.expiry_days, 1, 3650),
            reminder_days: from.number("CONTRACT_REMINDER_DAYS", usual.reminder_days, 0, 365),
            mails_per_day: from.number("CONTRACT_MAILS_PER_DAY", usual.mails_per_day, 1, 1 << 40),
            mails_per_address: from.number("CONTRACT_MAILS_PER_ADDRESS", usual.mails_per_address, 1, 1 << 40),
        }
    }
}
