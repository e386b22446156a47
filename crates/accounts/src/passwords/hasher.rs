//! Hashing by threads of its own, so that however many log in, what others read stays quick.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Argon2, Params, Version};
use kernel::{Clock, Error, Kind, Result};
use parking_lot::Mutex;
use tokio::sync::oneshot;
use unicode_normalization::UnicodeNormalization as _;

use crate::settings::{HashCost, Settings};

/// How much nicer than the rest of the program its threads are (Linux counts to 19).
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Hashes and checks passwords on a few threads of low priority; only so many may wait for them. Cheap to clone.
#[derive(Clone)]
pub struct Hasher(Arc<Inner>);

struct Inner {
    queue: SyncSender<Work>,
    computed: AtomicU64,
    clock: Clock,
    cost: HashCost,
    dummy: String,
}

/// How a password fits a hash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fit {
    /// It does not.
    Not,
    /// It does.
    Spelled,
    /// Only as it was typed: the hash should be made anew.
    AsTyped,
}

/// A password as it is hashed: in Unicode's form NFKC, so that two devices that spell the same letters otherwise type the same password.
pub(super) fn spelled(password: &str) -> String {
    password.nfkc().collect()
}

enum Work {
    Hash { password: String, salt: [u8; 16], answer: oneshot::Sender<Result<String>> },
    Check { password: String, hash: String, answer: oneshot::Sender<Result<bool>> },
}

impl Work {
    /// Has whoever asked gone away?
    fn is_unwanted(&self) -> bool {
        match self {
            Self::Hash { answer, .. } => answer.is_closed(),
            Self::Check { answer, .. } => answer.is_closed(),
        }
    }
}

impl Hasher {
    /// Starts the threads. They end with the last clone.
    pub fn start(settings: &Settings, clock: &Clock) -> Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = if settings.hash_threads == 0 { (cores / 2).max(1) } else { settings.hash_threads };
        let (queue, waiting) = sync_channel(settings.hash_queue);
        let waiting = Arc::new(Mutex::new(waiting));
        let cost = settings.hash_cost;
        for number in 0..threads {
            let waiting = Arc::clone(&waiting);
            let thread = std::thread::Builder::new().name(format!("hash-{number}"));
            thread.spawn(move || run(&waiting, cost)).map_err(Error::internal)?;
        }
        let mut salt = [0; 16];
        clock.fill(&mut salt);
        // Nobody's password: it is checked where there is no account, so that this takes as long as where there is one.
        let dummy = hash(cost, &crate::secrets::random(clock, ""), salt)?;
        Ok(Self(Arc::new(Inner { queue, computed: AtomicU64::new(0), clock: clock.clone(), cost, dummy })))
    }

    /// The hash of a new password, as a PHC string. However a keyboard spells the same letters (é as one or as two characters, full-width
    /// digits), it is the same password.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let mut salt = [0; 16];
        self.0.clock.fill(&mut salt);
        let (answer, answered) = oneshot::channel();
        self.send(Work::Hash { password: spelled(password), salt, answer })?;
        answered.await.map_err(Error::internal)?
    }

    /// Is this the password of that hash? Without a hash it is not, and that takes as long to find out.
    pub async fn check(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        Ok(self.fit(password, hash).await? != Fit::Not)
    }

    /// As [`Hasher::check`]; tells as well whether it fits only as it was typed, which is how hashes were made before passwords were
    /// spelled one way.
    pub async fn fit(&self, password: &str, hash: Option<&str>) -> Result<Fit> {
        let one_way = spelled(password);
        if self.fits(one_way.clone(), hash).await? {
            return Ok(Fit::Spelled);
        }
        if one_way != password && self.fits(password.to_owned(), hash).await? {
            return Ok(Fit::AsTyped);
        }
        Ok(Fit::Not)
    }

    async fn fits(&self, password: String, hash: Option<&str>) -> Result<bool> {
        let (answer, answered) = oneshot::channel();
        let stored = hash.unwrap_or(&self.0.dummy).to_owned();
        self.send(Work::Check { password, hash: stored, answer })?;
        let fits = answered.await.map_err(Error::internal)??;
        Ok(fits && hash.is_some())
    }

    /// How many hashes were asked for since the start, for tests and figures.
    pub fn computed(&self) -> u64 {
        self.0.computed.load(Ordering::Relaxed)
    }

    /// Was this hash made at another cost than new ones are?
    pub fn is_outdated(&self, hash: &str) -> bool {
        let cost = |hash: &str| Params::try_from(&PasswordHash::new(hash).ok()?).ok();
        let params = cost(hash).map(|params| (params.m_cost(), params.t_cost(), params.p_cost()));
        params != Some((self.0.cost.memory_kib, self.0.cost.passes, self.0.cost.lanes))
    }

    fn send(&self, work: Work) -> Result<()> {
        self.0.queue.try_send(work).map_err(|refused| match refused {
            TrySendError::Full(_) => {
                metrics::counter!("password_hashes_refused_total").increment(1);
                Error::new(Kind::Unavailable, "Very many people are logging in just now; try again in a few seconds")
            }
            TrySendError::Disconnected(_) => Error::internal("the threads that hash passwords are gone"),
        })?;
        self.0.computed.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("password_hashes_total").increment(1);
        Ok(())
    }
}

fn run(waiting: &Mutex<Receiver<Work>>, cost: HashCost) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::warn!(%error, "the threads that hash passwords keep their priority");
    }
    loop {
        let work = waiting.lock().recv();
        let Ok(work) = work else { return };
        if work.is_unwanted() {
            continue;
        }
        // Whoever has stopped waiting does not want the answer.
        match work {
            Work::Hash { password, salt, answer } => drop(answer.send(hash(cost, &password, salt))),
            Work::Check { password, hash, answer } => drop(answer.send(check(&password, &hash))),
        }
    }
}

fn hash(cost: HashCost, password: &str, salt: [u8; 16]) -> Result<String> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None).map_err(Error::internal)?;
    let argon2 = Argon2::new(argon2::Algorithm::Argon2id, Version::V0x13, params);
    let hash: PasswordHash = argon2
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| Error::internal(format!("{error:?}")))?;
    Ok(hash.to_string())
}

fn check(password: &str, stored: &str) -> Result<bool> {
    let hash = PasswordHash::new(stored).map_err(|error| Error::internal(format!("a stored hash: {error:?}")))?;
    match Argon2::default().verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(Error::internal(format!("a stored hash: {error:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher(queue: usize, memory_kib: u32) -> Hasher {
        let cost = HashCost { memory_kib, ..HashCost::default() };
        let settings = Settings { hash_threads: 1, hash_queue: queue, hash_cost: cost, ..Settings::default() };
        Hasher::start(&settings, &Clock::system()).unwrap()
    }

    #[tokio::test]
    async fn only_the_password_itself_fits() {
        let hasher = hasher(10, 19 * 1024);
        let hash = hasher.hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.check("correct horse", Some(&hash)).await.unwrap());
        assert!(!hasher.check("Correct horse", Some(&hash)).await.unwrap());
        assert!(!hasher.check("correct horse", None).await.unwrap());
        assert_eq!(hasher.computed(), 4);
        assert_ne!(hasher.hash("correct horse").await.unwrap(), hash, "every hash has its own salt");
        assert!(!hasher.is_outdated(&hash));
        assert!(hasher.is_outdated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]
        #[test]
        fn the_same_letters_are_the_same_password(text in "[ -~áéíñü\u{ff10}-\u{ff19}가-깋ﬁ①Å]{8,20}") {
            let run = tokio::runtime::Builder::new_current_thread().build().unwrap();
            run.block_on(async {
                let hasher = hasher(10, 8);
                let forms: [String; 4] =
                    [text.nfc().collect(), text.nfd().collect(), text.nfkc().collect(), text.nfkd().collect()];
                for made in &forms {
                    let hash = hasher.hash(made).await.unwrap();
                    for typed in &forms {
                        assert_eq!(hasher.fit(typed, Some(&hash)).await.unwrap(), Fit::Spelled, "{made} {typed}");
                    }
                    // Hashes from before stay good for what they were made of.
                    let old = super::hash(hasher.0.cost, made, [7; 16]).unwrap();
                    let fit = hasher.fit(made, Some(&old)).await.unwrap();
                    assert_eq!(fit, if *made == spelled(made) { Fit::Spelled } else { Fit::AsTyped });
                }
                assert_eq!(hasher.fit(&format!("{text}x"), Some(&hasher.hash(&text).await.unwrap())).await.unwrap(), Fit::Not);
            });
        }
    }

    #[tokio::test]
    async fn too_many_at_once_are_told_to_come_back() {
        let hasher = hasher(1, 19 * 1024);
        let asked = futures::future::join_all((0..20).map(|_| hasher.check("x", None))).await;
        let refused = asked.iter().filter(|answer| matches!(answer, Err(error) if error.kind() == Kind::Unavailable));
        assert!(refused.count() >= 15);
        assert!(asked.iter().any(Result::is_ok), "those that had room were answered");
    }
}
