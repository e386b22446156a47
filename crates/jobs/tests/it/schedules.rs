use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jobs::{Registry, Workers, run_until_idle};
use kernel::time::{HOUR, MINUTE};
use testkit_db::{FreshDb, both_engines};

use crate::{clock, migrate};

fn counting(every: Duration) -> (Registry, Arc<AtomicU32>) {
    let runs = Arc::new(AtomicU32::new(0));
    let mut registry = Registry::new();
    let count = Arc::clone(&runs);
    registry.on("tick", move |_, _| {
        count.fetch_add(1, Ordering::SeqCst);
        async { Ok(()) }
    });
    registry.every(every, "tick");
    (registry, runs)
}

#[both_engines]
async fn a_schedule_runs_by_the_clock(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    let (registry, runs) = counting(Duration::from_hours(1));
    let run = async || {
        run_until_idle(&fresh.db, &clock, &registry).await.unwrap();
        runs.load(Ordering::SeqCst)
    };
    assert_eq!(run().await, 1, "at once, the first time");
    clock.advance(59 * MINUTE);
    assert_eq!(run().await, 1);
    clock.advance(MINUTE);
    assert_eq!(run().await, 2);
    clock.advance(10 * HOUR + MINUTE);
    assert_eq!(run().await, 3, "what was missed is made up for once");
    clock.advance(58 * MINUTE);
    assert_eq!(run().await, 3);
    clock.advance(MINUTE);
    assert_eq!(run().await, 4, "and the beat is kept");

    let (faster, runs) = counting(Duration::from_mins(10));
    run_until_idle(&fresh.db, &clock, &faster).await.unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 1, "a changed schedule takes effect at once");
    clock.advance(10 * MINUTE);
    run_until_idle(&fresh.db, &clock, &faster).await.unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 2);
}

#[both_engines]
async fn several_processes_run_it_once(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    let (registry, runs) = counting(Duration::from_hours(1));
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(Workers::start(fresh.reopen().await, clock.clone(), registry.clone(), 2).await.unwrap());
    }
    for round in 1..=3 {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
        while runs.load(Ordering::SeqCst) < round && tokio::time::Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(runs.load(Ordering::SeqCst), round);
        clock.advance(HOUR);
    }
    for workers in all {
        workers.stop().await;
    }
}
