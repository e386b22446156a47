//! Settings of the assistants' door.

use std::time::Duration;

use kernel::Variables;
use ports::counters::Quota;

/// How much assistants may do, and under which names the server is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `MCP_CALLS_PER_HOUR`: how many tools a key (or a log-in) may call in an hour.
    pub calls: u32,
    /// `MCP_ACTS_PER_DAY`: how many of them may send, pay, sign, approve, publish or delete, in a day.
    pub acts: u32,
    /// `MCP_ALLOWED_HOSTS`: names of the server beside that of `PUBLIC_BASE_URL` and this machine's own.
    pub hosts: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { calls: 1_000, acts: 200, hosts: Vec::new() }
    }
}

impl Settings {
    /// Reads them.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let usual = Self::default();
        let hosts = from.text("MCP_ALLOWED_HOSTS").unwrap_or_default();
        Self {
            calls: from.number("MCP_CALLS_PER_HOUR", usual.calls, 1, 1_000_000),
            acts: from.number("MCP_ACTS_PER_DAY", usual.acts, 0, 1_000_000),
            hosts: hosts.split(',').map(str::trim).filter(|host| !host.is_empty()).map(str::to_owned).collect(),
        }
    }

    pub(crate) fn of_calls(&self) -> Quota {
        Quota { most: self.calls, per: Duration::from_hours(1) }
    }

    pub(crate) fn of_acts(&self) -> Quota {
        Quota { most: self.acts, per: Duration::from_hours(24) }
    }
}
