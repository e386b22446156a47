//! Settings of the inbox.

use std::time::Duration;

use kernel::Variables;

/// How people are told, and what they may send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `NOTIFICATIONS_KEEP_DAYS`: for how long notifications are kept.
    pub keep_days: u32,
    /// `NEW_CONVERSATIONS_PER_DAY`: how many people an account may write to for the first time in 24 hours, if it has nothing to do with them,
    pub openings: u32,
    /// `NEW_CONVERSATIONS_PER_DAY_FRESH`: and how many in its first seven days.
    pub openings_fresh: u32,
    /// `MESSAGE_ATTACHMENT_BYTES`: how large an attachment may be.
    pub attachment_bytes: u64,
    /// `LIVE_STREAMS_PER_ACCOUNT`: how many live streams an account may have open in each process.
    pub streams_of_account: usize,
    /// `LIVE_STREAMS`: how many there may be in each process.
    pub streams: usize,
    /// `LIVE_HEARTBEAT_SECONDS`: how long a stream may be silent.
    pub heartbeat: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            keep_days: 180,
            openings: 30,
            openings_fresh: 5,
            attachment_bytes: 25 << 20,
            streams_of_account: 10,
            streams: 20_000,
            heartbeat: Duration::from_secs(15),
        }
    }
}

impl Settings {
    /// Reads them.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let usual = Self::default();
        Self {
            keep_days: from.number("NOTIFICATIONS_KEEP_DAYS", usual.keep_days, 1, 36_500),
            openings: from.number("NEW_CONVERSATIONS_PER_DAY", usual.openings, 0, 1_000_000),
            openings_fresh: from.number("NEW_CONVERSATIONS_PER_DAY_FRESH", usual.openings_fresh, 0, 1_000_000),
            attachment_bytes: from.number("MESSAGE_ATTACHMENT_BYTES", usual.attachment_bytes, 1024, 1 << 30),
            streams_of_account: from.number("LIVE_STREAMS_PER_ACCOUNT", usual.streams_of_account, 1, 10_000),
            streams: from.number("LIVE_STREAMS", usual.streams, 1, 1_000_000),
            heartbeat: Duration::from_secs(from.number("LIVE_HEARTBEAT_SECONDS", usual.heartbeat.as_secs(), 1, 300)),
        }
    }
}
