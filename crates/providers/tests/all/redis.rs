//! Counters in Redis, against a Redis of the test's own.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use kernel::Clock;
use ports::counters::{Counters, Quota};
use providers::redis::RedisCounters;

/// A private server on a free port; it ends with the test.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Starts one; nothing, and loudly so, where there is no Redis and none is demanded.
    async fn start() -> Option<Self> {
        let cached = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.cache/redis/redis-server");
        let program = if std::path::Path::new(cached).exists() { cached } else { "redis-server" };
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let started = Command::new(program)
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = started else {
            let demanded =
                std::env::var_os("INFLUENCERFLOW_REQUIRE_REDIS").is_some() || std::env::var_os("CI").is_some();
            assert!(!demanded, "there is no redis-server: run tools/test-redis.sh");
            eprintln!("NOT TESTED: there is no redis-server; run tools/test-redis.sh");
            return None;
        };
        let server = Self { child, url: format!("redis://127.0.0.1:{port}/0") };
        for _ in 0..200 {
            if server.counters().answers().await {
                return Some(server);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("redis-server does not answer");
    }

    fn counters(&self) -> RedisCounters {
        // However busy the machine is, no answer is given up here.
        RedisCounters::with_patience(&self.url, Clock::system(), Duration::from_secs(10)).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn quota(most: u32, seconds: u64) -> Quota {
    Quota { most, per: Duration::from_secs(seconds) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_share_one_quota() {
    let Some(server) = Server::start().await else { return };
    let hour = quota(100, 3600);
    let processes: Vec<Arc<RedisCounters>> = (0..4).map(|_| Arc::new(server.counters())).collect();
    let asked = (0..400).map(|number| {
        let counters = Arc::clone(&processes[number % 4]);
        tokio::spawn(async move { counters.take("k", hour).await.unwrap().allowed })
    });
    let mut taken = 0;
    for asked in asked.collect::<Vec<_>>() {
        taken += usize::from(asked.await.unwrap());
    }
    assert_eq!(taken, 100);
    let last = processes[0].take("k", hour).await.unwrap();
    assert!(!last.allowed && last.remaining == 0);
    assert!(last.retry_after > Duration::from_secs(30) && last.retry_after <= Duration::from_secs(36), "{last:?}");
    assert!(last.reset_after > Duration::from_secs(3590), "{last:?}");
    processes[1].forget("k").await.unwrap();
    assert_eq!(processes[2].look("k", hour).await.unwrap().remaining, 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_used_comes_back() {
    let Some(server) = Server::start().await else { return };
    let counters = server.counters();
    let two = quota(2, 1);
    assert_eq!(counters.take("k", two).await.unwrap().remaining, 1);
    assert_eq!(counters.take("k", two).await.unwrap().remaining, 0);
    let refused = counters.take("k", two).await.unwrap();
    assert!(!refused.allowed);
    tokio::time::sleep(refused.retry_after + Duration::from_millis(5)).await;
    assert!(counters.take("k", two).await.unwrap().allowed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_redis_goes_each_process_counts_for_itself() {
    let Some(mut server) = Server::start().await else { return };
    let counters = server.counters();
    let hour = quota(3, 3600);
    assert_eq!(counters.take("k", hour).await.unwrap().remaining, 2);
    let _ = server.child.kill();
    let _ = server.child.wait();
    assert!(!counters.answers().await);
    let started = std::time::Instant::now();
    let remaining = [
        counters.take("k", hour).await.unwrap().remaining,
        counters.take("k", hour).await.unwrap().remaining,
        counters.take("k", hour).await.unwrap().remaining,
    ];
    assert_eq!(remaining, [2, 1, 0], "from the beginning, in this process");
    assert!(!counters.take("k", hour).await.unwrap().allowed);
    counters.forget("k").await.unwrap();
    assert!(counters.look("k", hour).await.unwrap().allowed);
    // A connection that is refused is not waited for, and then Redis is left alone for a while.
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

#[tokio::test]
async fn without_redis_the_server_starts_all_the_same() {
    let counters = RedisCounters::new("redis://127.0.0.1:1/0", Clock::system()).unwrap();
    assert!(counters.take("k", quota(1, 60)).await.unwrap().allowed);
    assert!(!counters.take("k", quota(1, 60)).await.unwrap().allowed);
    let Err(error) = RedisCounters::new("http://user:secret@host", Clock::system()) else { panic!("no Redis") };
    assert!(!error.to_string().contains("secret"), "{error}");
}
