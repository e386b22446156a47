//! Where time, ids and randomness come from: the system in earnest, a seed in tests and samples.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use uuid::Uuid;

use crate::{Id, Timestamp};

/// The source of time, ids and random bytes. Cheap to clone; clones share one state.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    System,
    Mock(Box<Mutex<Mock>>),
}

#[derive(Debug)]
struct Mock {
    now: Timestamp,
    random: ChaCha20Rng,
}

impl Clock {
    /// The machine's clock and its random bytes.
    pub fn system() -> Self {
        Self(Arc::new(Source::System))
    }

    /// A clock that stands still at `start` until it is [moved](Clock::advance), and always gives the same ids for a seed.
    pub fn mock(start: Timestamp, seed: u64) -> Self {
        Self(Arc::new(Source::Mock(Box::new(Mutex::new(Mock {
            now: start,
            random: ChaCha20Rng::seed_from_u64(seed),
        })))))
    }

    /// Now, to the microsecond.
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's time comes in")]
    pub fn now(&self) -> Timestamp {
        match &*self.0 {
            Source::System => Timestamp::from_micros(jiff::Timestamp::now().as_microsecond()),
            Source::Mock(mock) => mock.lock().unwrap_or_else(PoisonError::into_inner).now,
        }
    }

    /// Moves a mock clock on by so many microseconds; does nothing to the system's.
    pub fn advance(&self, micros: i64) {
        if let Source::Mock(mock) = &*self.0 {
            let mut mock = mock.lock().unwrap_or_else(PoisonError::into_inner);
            mock.now = mock.now.plus(micros);
        }
    }

    /// A new id (UUID version 7) of the present moment.
    pub fn new_id<T>(&self) -> Id<T> {
        self.id_at(self.now())
    }

    /// A new id as if made at `moment`: for history that is told afterwards.
    pub fn id_at<T>(&self, moment: Timestamp) -> Id<T> {
        let mut random = [0; 10];
        self.fill(&mut random);
        let millis = u64::try_from(moment.micros() / 1000).unwrap_or_default();
        Id::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// Random bytes: from the operating system's generator, or from the seed of a mock clock.
    pub fn fill(&self, bytes: &mut [u8]) {
        match &*self.0 {
            Source::System => with_own_generator(|random| random.fill_bytes(bytes)),
            Source::Mock(mock) => mock.lock().unwrap_or_else(PoisonError::into_inner).random.fill_bytes(bytes),
        }
    }

    /// An id for a request or a trace.
    pub fn request_id(&self) -> Uuid {
        self.new_id::<()>().uuid()
    }
}

/// A generator of this thread's own, seeded by the operating system: ids are made too often to ask it for each.
fn with_own_generator(use_it: impl FnOnce(&mut StdRng)) {
    thread_local! {
        static OWN: RefCell<StdRng> = RefCell::new(StdRng::from_os_rng());
    }
    OWN.with_borrow_mut(use_it);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_7_and_sort_by_time() {
        let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1);
        let first = clock.new_id::<()>();
        clock.advance(crate::time::SECOND);
        let second = clock.new_id::<()>();
        assert_eq!(first.uuid().get_version_num(), 7);
        assert!(first < second);
        assert_eq!(Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1).new_id::<()>(), first);
    }
}
