//! Counters that every process shares, in Redis.

use std::fmt::Display;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use kernel::{Clock, Error, Kind, Result, time};
use ports::counters::{Cells, Counters, LocalCounters, Quota, Verdict};
use redis::Script;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};

/// How long Redis may take for an answer: whoever asks the server is waiting behind it.
const ANSWER: Duration = Duration::from_millis(50);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_millis(250);
/// How long Redis is left alone after it has failed.
const PAUSE: i64 = time::SECOND;
/// What the keys begin with: a Redis is seldom one's own.
const PREFIX: &str = "influencerflow:count:";

/// The generic cell rate algorithm, by the clock of Redis itself, so that the processes' clocks do not matter. Answers whether one was
/// used, and how much of the quota is used now, in microseconds.
const TAKE: &str = "
local cell, whole, take = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local empty_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
if take and empty_at + cell - now <= whole then
    empty_at = empty_at + cell
    redis.call('SET', KEYS[1], string.format('%.0f', empty_at), 'PX', math.ceil((empty_at - now) / 1000))
    return {1, empty_at - now}
end
return {0, empty_at - now}
";

/// Counters in Redis. While it does not answer they are this process's own: limits hold less strictly then, and nothing fails.
pub struct RedisCounters {
    connection: ConnectionManager,
    script: Script,
    local: LocalCounters,
    clock: Clock,
    /// How long an answer may take.
    patience: Duration,
    /// When Redis is asked again, in microseconds; in the past while it answers.
    paused_until: AtomicI64,
}

impl RedisCounters {
    /// Counters in the Redis at this address (`redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS). It is connected to when it is first asked: the
    /// server starts without it. Call it inside a Tokio runtime.
    pub fn new(url: &str, clock: Clock) -> Result<Self> {
        Self::with_patience(url, clock, ANSWER)
    }

    /// Like [`RedisCounters::new`], with an answer awaited for so long.
    pub fn with_patience(url: &str, clock: Clock, patience: Duration) -> Result<Self> {
        // The address may hold a password, and so does what is said of it.
        let unusable = |_| {
            let message = "REDIS_URL must be like redis://user:password@host:6379/0, or rediss:// for TLS";
            Error::new(Kind::Invalid, message)
        };
        // The client wants to know whose cryptography it uses; an error here means that it is known already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = redis::Client::open(url).map_err(unusable)?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(patience));
        Ok(Self {
            connection: ConnectionManager::new_lazy_with_config(client, config).map_err(unusable)?,
            script: Script::new(TAKE),
            local: LocalCounters::new(clock.clone()),
            clock,
            patience,
            paused_until: AtomicI64::new(i64::MIN),
        })
    }

    /// Does Redis answer? For `/health`: without it every process counts for itself.
    pub async fn answers(&self) -> bool {
        let ping = redis::cmd("PING");
        let mut connection = self.connection.clone();
        let answer = tokio::time::timeout(CONNECT + self.patience, ping.query_async::<String>(&mut connection)).await;
        matches!(answer, Ok(Ok(_)))
    }

    /// Asks Redis; nothing if it does not answer in time, or did not a moment ago.
    async fn ask(&self, key: &str, quota: Quota, take: bool) -> Option<Verdict> {
        if self.is_paused() {
            return None;
        }
        // Redis counts in microseconds, and both sides divide alike.
        let most = u64::from(quota.most.max(1));
        let cell =
            (u64::try_from(quota.per.as_micros()).unwrap_or(u64::MAX) / most).clamp(1, u64::from(u32::MAX) << 16);
        let mut asked = self.script.key(format!("{PREFIX}{key}"));
        asked.arg(cell).arg(cell.saturating_mul(most)).arg(u8::from(take));
        let mut connection = self.connection.clone();
        let answer =
            tokio::time::timeout(CONNECT + self.patience, asked.invoke_async::<(u8, i64)>(&mut connection)).await;
        match answer {
            Ok(Ok((taken, used))) => {
                let exact = Quota { per: Duration::from_micros(cell.saturating_mul(most)), ..quota };
                let verdict = Cells::of(exact).look(Some(used.saturating_mul(1_000)), 0);
                Some(if take { Verdict { allowed: taken == 1, ..verdict } } else { verdict })
            }
            Ok(Err(error)) => self.pause(error),
            Err(late) => self.pause(late),
        }
    }

    fn is_paused(&self) -> bool {
        self.clock.now().micros() < self.paused_until.load(Ordering::Relaxed)
    }

    fn pause<T>(&self, error: impl Display) -> Option<T> {
        let now = self.clock.now().micros();
        let before = self.paused_until.swap(now.saturating_add(PAUSE), Ordering::Relaxed);
        // Of the many who wait for one answer, one is enough to tell of it.
        if before <= now {
            tracing::warn!(%error, "Redis does not answer: this process counts for itself meanwhile");
        }
        None
    }
}

#[async_trait]
impl Counters for RedisCounters {
    async fn take(&self, key: &str, quota: Quota) -> Result<Verdict> {
        Ok(match self.ask(key, quota, true).await {
            Some(verdict) => verdict,
            None => self.local.take_now(key, quota),
        })
    }

    async fn look(&self, key: &str, quota: Quota) -> Result<Verdict> {
        Ok(match self.ask(key, quota, false).await {
            Some(verdict) => verdict,
            None => self.local.look_now(key, quota),
        })
    }

    async fn forget(&self, key: &str) -> Result<()> {
        self.local.forget(key).await?;
        if self.is_paused() {
            return Ok(());
        }
        let mut connection = self.connection.clone();
        let mut delete = redis::cmd("DEL");
        delete.arg(format!("{PREFIX}{key}"));
        match tokio::time::timeout(CONNECT + self.patience, delete.query_async::<i64>(&mut connection)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => drop(self.pause::<()>(error)),
            Err(late) => drop(self.pause::<()>(late)),
        }
        Ok(())
    }
}
