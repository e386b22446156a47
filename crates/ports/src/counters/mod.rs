//! Counters that fade, for rate limits: of this process, or shared by all.

mod cells;
mod local;

use std::time::Duration;

use async_trait::async_trait;
use kernel::Result;

pub use cells::Cells;
pub use local::LocalCounters;

/// How much of something there may be in a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quota {
    /// So many at most (more than 0),
    pub most: u32,
    /// in this time; what was used comes back evenly over it.
    pub per: Duration,
}

/// What a counter says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Is there room for it?
    pub allowed: bool,
    /// How many more there is room for now.
    pub remaining: u32,
    /// When there is room again, from now; zero if there is some.
    pub retry_after: Duration,
    /// When nothing of it is used any more, from now.
    pub reset_after: Duration,
}

/// Counts by key, and forgets with time (the generic cell rate algorithm).
#[async_trait]
pub trait Counters: Send + Sync {
    /// Uses one of the quota of this key, if there is room; what is refused uses nothing.
    async fn take(&self, key: &str, quota: Quota) -> Result<Verdict>;
    /// What [`Counters::take`] would say, without using anything.
    async fn look(&self, key: &str, quota: Quota) -> Result<Verdict>;
    /// Forgets what was used of this key.
    async fn forget(&self, key: &str) -> Result<()>;
}
