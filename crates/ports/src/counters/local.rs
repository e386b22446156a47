//! Counters of this process alone.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher, RandomState};

use async_trait::async_trait;
use kernel::{Clock, Result, Timestamp};
use parking_lot::Mutex;

use super::{Cells, Counters, Quota, Verdict};

/// Requests of different keys seldom wait for each other.
const SHARDS: usize = 64;
/// How many keys are remembered at most, if nothing else is said: some 24 bytes each.
const KEYS: usize = 1 << 18;

/// Counters in this process's memory, which is bounded: keys that have faded are swept out, and if that is not enough,
/// those of which the least is used.
pub struct LocalCounters {
    clock: Clock,
    start: Timestamp,
    names: RandomState,
    shards: Vec<Mutex<Shard>>,
    most_of_shard: usize,
}

/// When each key will have faded, in nanoseconds since the start. A key is known by its hash alone: nobody who does not know
/// this process's random seed can make two that are the same.
type Shard = HashMap<u64, i64, BuildHasherDefault<Known>>;

impl LocalCounters {
    /// Empty counters that go by this clock.
    pub fn new(clock: Clock) -> Self {
        Self::bounded(clock, KEYS)
    }

    /// Like [`LocalCounters::new`], for about so many keys at most.
    pub fn bounded(clock: Clock, most_keys: usize) -> Self {
        Self {
            start: clock.now(),
            clock,
            names: RandomState::new(),
            shards: std::iter::repeat_with(Mutex::default).take(SHARDS).collect(),
            most_of_shard: most_keys.div_ceil(SHARDS).max(4),
        }
    }

    /// [`Counters::take`], at once.
    pub fn take_now(&self, key: &str, quota: Quota) -> Verdict {
        let (now, cells) = (self.now(), Cells::of(quota));
        let (hash, shard) = self.place(key);
        let mut shard = shard.lock();
        let full_at = shard.get(&hash).copied();
        let (verdict, full_at) = cells.take(full_at, now);
        if verdict.allowed {
            if shard.len() >= self.most_of_shard && !shard.contains_key(&hash) {
                make_room(&mut shard, now);
            }
            shard.insert(hash, full_at);
        }
        verdict
    }

    /// [`Counters::look`], at once.
    pub fn look_now(&self, key: &str, quota: Quota) -> Verdict {
        let (hash, shard) = self.place(key);
        let full_at = shard.lock().get(&hash).copied();
        Cells::of(quota).look(full_at, self.now())
    }

    /// How many keys are remembered.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().len()).sum()
    }

    /// Is none remembered?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn now(&self) -> i64 {
        self.clock.now().micros().saturating_sub(self.start.micros()).saturating_mul(1_000)
    }

    fn place(&self, key: &str) -> (u64, &Mutex<Shard>) {
        let hash = self.names.hash_one(key);
        // The map itself goes by the lowest and the highest bits.
        (hash, &self.shards[(hash >> 32) as usize % SHARDS])
    }
}

/// Forgets what has faded, and at least an eighth of the keys.
fn make_room(shard: &mut Shard, now: i64) {
    let wanted = shard.len() - shard.len().div_ceil(8);
    shard.retain(|_, full_at| *full_at > now);
    if shard.len() > wanted {
        let mut ends: Vec<i64> = shard.values().copied().collect();
        let surplus = shard.len() - wanted;
        let (_, last, _) = ends.select_nth_unstable(surplus - 1);
        let last = *last;
        let mut left = surplus;
        shard.retain(|_, full_at| {
            let goes = left > 0 && *full_at <= last;
            left -= usize::from(goes);
            !goes
        });
    }
}

#[async_trait]
impl Counters for LocalCounters {
    async fn take(&self, key: &str, quota: Quota) -> Result<Verdict> {
        Ok(self.take_now(key, quota))
    }

    async fn look(&self, key: &str, quota: Quota) -> Result<Verdict> {
        Ok(self.look_now(key, quota))
    }

    async fn forget(&self, key: &str) -> Result<()> {
        let (hash, shard) = self.place(key);
        shard.lock().remove(&hash);
        Ok(())
    }
}

/// What is a hash already is not hashed again.
#[derive(Default)]
struct Known(u64);

impl Hasher for Known {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use kernel::time::SECOND;
    use proptest::prelude::*;

    use super::*;

    fn clock() -> Clock {
        Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1)
    }

    fn quota(most: u32, seconds: u64) -> Quota {
        Quota { most, per: Duration::from_secs(seconds) }
    }

    #[test]
    fn what_is_used_comes_back_evenly() {
        let clock = clock();
        let counters = LocalCounters::new(clock.clone());
        let three = quota(3, 60);
        for remaining in [2, 1, 0] {
            let verdict = counters.take_now("a", three);
            assert!(verdict.allowed);
            assert_eq!(verdict.remaining, remaining);
        }
        let refused = counters.take_now("a", three);
        assert!(!refused.allowed);
        assert_eq!((refused.retry_after, refused.reset_after), (Duration::from_secs(20), Duration::from_mins(1)));
        assert_eq!(counters.take_now("a", three), refused, "what is refused uses nothing");
        assert!(counters.take_now("b", three).allowed, "another key is another quota");
        clock.advance(20 * SECOND - 1);
        assert!(!counters.take_now("a", three).allowed);
        clock.advance(1);
        assert_eq!(counters.look_now("a", three).remaining, 1);
        assert!(counters.take_now("a", three).allowed);
        assert!(!counters.take_now("a", three).allowed);
        clock.advance(60 * SECOND);
        let whole = counters.look_now("a", three);
        assert_eq!((whole.remaining, whole.retry_after, whole.reset_after), (3, Duration::ZERO, Duration::ZERO));
    }

    #[tokio::test]
    async fn what_was_used_can_be_forgotten() {
        let counters = LocalCounters::new(clock());
        let one = quota(1, 60);
        assert!(counters.take("a", one).await.unwrap().allowed);
        assert!(!counters.look("a", one).await.unwrap().allowed);
        counters.forget("a").await.unwrap();
        assert!(counters.take("a", one).await.unwrap().allowed);
    }

    #[test]
    fn memory_is_bounded_and_whoever_has_used_most_is_remembered() {
        let clock = clock();
        let counters = LocalCounters::bounded(clock.clone(), 6_400);
        let ten = quota(10, 3600);
        while counters.take_now("a guesser", ten).allowed {}
        for number in 0..100_000 {
            assert!(counters.take_now(&format!("someone {number}"), ten).allowed);
        }
        assert!(counters.len() <= 6_400, "{}", counters.len());
        assert!(!counters.look_now("a guesser", ten).allowed);
        clock.advance(3600 * SECOND);
        for number in 0..20_000 {
            counters.take_now(&format!("later {number}"), ten);
        }
        assert!(counters.len() <= 6_400);
        assert!(counters.look_now("a guesser", ten).allowed);
    }

    #[test]
    fn many_threads_share_one_quota() {
        let counters = Arc::new(LocalCounters::new(clock()));
        let threads = (0..8).map(|_| {
            let counters = Arc::clone(&counters);
            std::thread::spawn(move || {
                (0..1_000).filter(|_| counters.take_now("all", quota(1_234, 60)).allowed).count()
            })
        });
        let threads: Vec<_> = threads.collect();
        let taken: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert_eq!(taken, 1_234);
    }

    proptest! {
        /// In any window of the quota's length no more than twice the quota goes through, and at once never more than the quota.
        #[test]
        fn never_more_than_allowed(most in 1_u32..50, per_millis in 1_u64..5_000, steps in prop::collection::vec((0_i64..2_000_000, 1_usize..20), 1..60)) {
            let clock = clock();
            let counters = LocalCounters::new(clock.clone());
            let quota = Quota { most, per: Duration::from_millis(per_millis) };
            let window = i64::try_from(quota.per.as_micros()).unwrap();
            let mut taken: Vec<i64> = Vec::new();
            for (step, tries) in steps {
                clock.advance(step);
                let now = clock.now().micros();
                for _ in 0..tries {
                    let before = counters.look_now("k", quota);
                    let verdict = counters.take_now("k", quota);
                    prop_assert_eq!(before.allowed, verdict.allowed);
                    prop_assert_eq!(before.remaining.saturating_sub(1), verdict.remaining);
                    prop_assert!(verdict.allowed || verdict.retry_after > Duration::ZERO);
                    prop_assert!(verdict.reset_after <= quota.per);
                    if verdict.allowed {
                        taken.push(now);
                    }
                }
                let at_once = taken.iter().filter(|at| **at == now).count();
                prop_assert!(at_once <= most as usize);
                let within = taken.iter().filter(|at| now - **at < window).count();
                prop_assert!(within <= 2 * most as usize, "{within} of {most}");
            }
        }

        /// Whoever comes back when told to is let in, and not a moment earlier.
        #[test]
        fn retry_after_is_true(most in 1_u32..1000, per_millis in 1_u64..100_000) {
            let clock = clock();
            let counters = LocalCounters::new(clock.clone());
            let quota = Quota { most, per: Duration::from_millis(per_millis) };
            while counters.take_now("k", quota).allowed {}
            let wait = counters.look_now("k", quota).retry_after;
            // The clock counts microseconds.
            let micros = i64::try_from(wait.as_nanos().div_ceil(1_000)).unwrap();
            clock.advance(micros - 1);
            prop_assert!(!counters.look_now("k", quota).allowed);
            clock.advance(1);
            prop_assert!(counters.take_now("k", quota).allowed);
        }
    }
}
