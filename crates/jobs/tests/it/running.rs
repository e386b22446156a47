//! Workers in earnest, with the machine's clock.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use jobs::{NewJob, Registry, Workers, counts, enqueue, run_until_idle};
use kernel::{Clock, JobId};
use parking_lot::Mutex;
use testkit_db::{FreshDb, both_engines};

use crate::{job, migrate, plain, put, statuses};

/// Waits until this holds; fails after a while.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < Duration::from_secs(20), "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[both_engines]
async fn no_job_is_run_twice_at_once(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = Clock::system();
    let running: Arc<Mutex<HashMap<JobId, u32>>> = Arc::default();
    let most = Arc::new(AtomicU32::new(0));
    let mut registry = Registry::new();
    let (seen, peak) = (Arc::clone(&running), Arc::clone(&most));
    registry.on("work", move |context, _| {
        let (seen, peak) = (Arc::clone(&seen), Arc::clone(&peak));
        async move {
            let now = seen.lock().entry(context.id).and_modify(|runs| *runs += 1).or_insert(1).to_owned();
            peak.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(3)).await;
            Ok(())
        }
    });
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(Workers::start(fresh.reopen().await, clock.clone(), registry.clone(), 4).await.unwrap());
    }
    for batch in 0..10 {
        let mut tx = fresh.db.write().await.unwrap();
        for number in 0..20 {
            enqueue(&mut tx, &clock, plain("work", &(batch * 20 + number))).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    until("all jobs are done", async || statuses(&fresh.db).await == [("done".to_owned(), 200)]).await;
    assert_eq!(most.load(Ordering::SeqCst), 1, "each was run once");
    assert_eq!(running.lock().len(), 200);
    for workers in all {
        workers.stop().await;
    }
}

#[both_engines]
async fn a_commit_wakes_the_workers(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = Clock::system();
    let done = Arc::new(tokio::sync::Notify::new());
    let mut registry = Registry::new();
    let told = Arc::clone(&done);
    registry.on("work", move |_, _| {
        told.notify_one();
        async { Ok(()) }
    });
    let workers = Workers::start(fresh.db.clone(), clock.clone(), registry, 2).await.unwrap();
    let mut waits = Vec::new();
    for number in 0..5 {
        // Somewhere between two of their own looks.
        tokio::time::sleep(Duration::from_millis(150)).await;
        put(&fresh.db, &clock, plain("work", &number)).await;
        let started = Instant::now();
        done.notified().await;
        waits.push(started.elapsed());
    }
    waits.sort();
    assert!(waits[2] < Duration::from_millis(300), "they look once a second by themselves: {waits:?}");
    workers.stop().await;
}

#[both_engines]
async fn the_job_of_a_lost_worker_is_run_again(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = crate::clock();
    let mut registry = Registry::new();
    registry.on("work", |context, _| async move {
        if context.attempt == 1 {
            std::future::pending::<()>().await;
        }
        Ok(())
    });
    let id = put(&fresh.db, &clock, plain("work", &1)).await;
    let workers = Workers::start(fresh.db.clone(), clock.clone(), registry.clone(), 1).await.unwrap();
    until("it is running", async || job(&fresh.db, id).await.status == "running").await;
    // Dropped, as by a crash: nothing is given back.
    drop(workers);
    clock.advance(14 * kernel::time::SECOND);
    assert_eq!(run_until_idle(&fresh.db, &clock, &registry).await.unwrap(), 0, "the lease holds");
    clock.advance(2 * kernel::time::SECOND);
    assert_eq!(run_until_idle(&fresh.db, &clock, &registry).await.unwrap(), 1);
    let row = job(&fresh.db, id).await;
    assert_eq!((row.status.as_str(), row.attempts), ("done", 2));
}

#[both_engines]
async fn a_worker_that_lives_keeps_its_job(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = crate::clock();
    let mut registry = Registry::new();
    registry.on("work", |_, _| std::future::pending());
    let id = put(&fresh.db, &clock, plain("work", &1)).await;
    let workers = Workers::start(fresh.db.clone(), clock.clone(), registry.clone(), 1).await.unwrap();
    until("it is running", async || job(&fresh.db, id).await.status == "running").await;
    let first = job(&fresh.db, id).await.run_at;
    clock.advance(10 * kernel::time::SECOND);
    until("the lease is renewed", async || job(&fresh.db, id).await.run_at > first).await;
    clock.advance(10 * kernel::time::SECOND);
    assert_eq!(run_until_idle(&fresh.db, &clock, &registry).await.unwrap(), 0, "nobody takes it");
    drop(workers);
}

#[both_engines]
async fn a_job_that_kills_its_workers_is_given_up(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = crate::clock();
    let mut deadly = Registry::new();
    deadly.on("work", |_, _| std::future::pending());
    let id = put(&fresh.db, &clock, plain("work", &1).max_attempts(2)).await;
    for attempt in 1..=2 {
        let workers = Workers::start(fresh.db.clone(), clock.clone(), deadly.clone(), 1).await.unwrap();
        until("it is running", async || {
            let row = job(&fresh.db, id).await;
            row.status == "running" && row.attempts == attempt
        })
        .await;
        drop(workers);
        clock.advance(16 * kernel::time::SECOND);
    }
    run_until_idle(&fresh.db, &clock, &deadly).await.unwrap();
    let row = job(&fresh.db, id).await;
    assert_eq!(row.status, "failed");
    assert!(row.last_error.unwrap().contains("worker was lost"));
}

#[both_engines]
async fn stopping_waits_and_then_gives_back(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = Clock::system();
    let mut registry = Registry::new();
    registry.on("short", |_, _| async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        Ok(())
    });
    registry.on("endless", |_, _| std::future::pending());
    let short = put(&fresh.db, &clock, plain("short", &1)).await;
    let endless = put(&fresh.db, &clock, plain("endless", &1)).await;
    let workers = Workers::start(fresh.db.clone(), clock.clone(), registry, 4).await.unwrap();
    until("both are running", async || counts(&fresh.db, clock.now()).await.unwrap().running == 2).await;
    let late = put(&fresh.db, &clock, NewJob::new("short", &2).unwrap().at(clock.now().plus(100_000))).await;
    workers.stop_within(Duration::from_millis(1500)).await;
    assert_eq!(job(&fresh.db, short).await.status, "done", "what is short is waited for");
    let row = job(&fresh.db, endless).await;
    assert_eq!(
        (row.status.as_str(), row.attempts),
        ("queued", 0),
        "what is not is given back, and not held against it"
    );
    assert_eq!(job(&fresh.db, late).await.status, "queued", "nothing new is begun");
}

#[both_engines]
async fn what_takes_too_long_is_a_failure(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = crate::clock();
    let mut registry = Registry::new();
    registry.on_within("slow", Duration::from_millis(20), |_, _| std::future::pending());
    let id = put(&fresh.db, &clock, plain("slow", &1)).await;
    run_until_idle(&fresh.db, &clock, &registry).await.unwrap();
    let row = job(&fresh.db, id).await;
    assert_eq!(row.status, "queued");
    assert!(row.last_error.unwrap().contains("took longer"));
}

#[both_engines]
async fn no_more_run_at_once_than_there_are_hands(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = Clock::system();
    let (running, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let mut registry = Registry::new();
    let (now, peak) = (Arc::clone(&running), Arc::clone(&most));
    registry.on("endless", move |_, _| {
        peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::future::pending()
    });
    for number in 0..10 {
        put(&fresh.db, &clock, plain("endless", &number)).await;
    }
    let workers = Workers::start(fresh.db.clone(), clock.clone(), registry, 3).await.unwrap();
    until("all hands are busy", async || running.load(Ordering::SeqCst) == 3).await;
    workers.stop_within(Duration::from_millis(50)).await;
    assert_eq!(most.load(Ordering::SeqCst), 3, "no more at once than there are hands");
    assert_eq!(statuses(&fresh.db).await, [("queued".to_owned(), 10)], "all are given back");
}
