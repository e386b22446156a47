//! The arithmetic of the generic cell rate algorithm, without any storage: one moment per key is all there is to remember.

use std::time::Duration;

use super::{Quota, Verdict};

/// A quota as a bucket that drains: each use fills it by one cell, and a cell drains in its time.
///
/// Moments are nanoseconds of any one clock. Of a key its moment of being empty again is remembered; none is a key that was never used.
#[derive(Clone, Copy, Debug)]
pub struct Cells {
    most: i64,
    cell: i64,
}

impl Cells {
    /// The cells of a quota.
    pub fn of(quota: Quota) -> Self {
        let most = i64::from(quota.most.max(1));
        let per = i64::try_from(quota.per.as_nanos()).unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
        Self { most, cell: (per / most).max(1) }
    }

    /// Uses one, if there is room. Answers the new moment, too, which is the old one if there is none.
    pub fn take(self, empty_at: Option<i64>, now: i64) -> (Verdict, i64) {
        let from = empty_at.unwrap_or(now).max(now);
        let then = from.saturating_add(self.cell);
        let allowed = then.saturating_sub(now) <= self.whole();
        let empty_at = if allowed { then } else { from };
        (Verdict { allowed, ..self.look(Some(empty_at), now) }, empty_at)
    }

    /// What [`Cells::take`] would say.
    pub fn look(self, empty_at: Option<i64>, now: i64) -> Verdict {
        let used = empty_at.unwrap_or(now).saturating_sub(now).clamp(0, self.whole());
        let wait = used.saturating_add(self.cell) - self.whole();
        Verdict {
            allowed: wait <= 0,
            remaining: u32::try_from((self.whole() - used) / self.cell).unwrap_or(u32::MAX),
            retry_after: nanos(wait),
            reset_after: nanos(used),
        }
    }

    fn whole(self) -> i64 {
        self.cell.saturating_mul(self.most)
    }
}

fn nanos(count: i64) -> Duration {
    Duration::from_nanos(u64::try_from(count).unwrap_or_default())
}
