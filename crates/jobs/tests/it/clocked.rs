//! One after the other, with a clock that stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jobs::{Counts, Failure, Registry, counts, enqueue, purge, replay, run_until_idle};
use kernel::time::{DAY, HOUR, MINUTE, SECOND};
use parking_lot::Mutex;
use testkit_db::{FreshDb, both_engines};

use crate::{clock, job, migrate, plain, put, start};

/// A registry whose handler of `note` keeps what it was given.
fn notes() -> (Registry, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut registry = Registry::new();
    let kept = Arc::clone(&seen);
    registry.on("note", move |_, payload| {
        let kept = Arc::clone(&kept);
        async move {
            kept.lock().push(payload.read::<String>()?);
            Ok(())
        }
    });
    (registry, seen)
}

#[both_engines]
async fn a_job_exists_only_if_its_transaction_is_committed(fresh: FreshDb) {
    migrate(&fresh).await;
    let (clock, (registry, seen)) = (clock(), notes());
    let mut tx = fresh.db.write().await.unwrap();
    enqueue(&mut tx, &clock, plain("note", &"lost")).await.unwrap();
    drop(tx);
    let id = put(&fresh.db, &clock, plain("note", &"kept")).await;
    assert_eq!(run_until_idle(&fresh.db, &clock, &registry).await.unwrap(), 1);
    assert_eq!(*seen.lock(), ["kept"]);
    let done = job(&fresh.db, id).await;
    assert_eq!((done.status.as_str(), done.attempts, done.finished_at), ("done", 1, Some(start())));
    assert_eq!(run_until_idle(&fresh.db, &clock, &registry).await.unwrap(), 0);
}

#[both_engines]
async fn a_later_job_waits_for_its_moment_and_unknown_kinds_stay(fresh: FreshDb) {
    migrate(&fresh).await;
    let (clock, (registry, seen)) = (clock(), notes());
    put(&fresh.db, &clock, plain("note", &"later").at(start().plus(HOUR))).await;
    put(&fresh.db, &clock, plain("of another program", &1)).await;
    assert_eq!(run_until_idle(&fresh.db, &clock, &registry).await.unwrap(), 0);
    assert_eq!(
        counts(&fresh.db, clock.now()).await.unwrap(),
        Counts { queued: 2, due: 1, running: 0, done: 0, failed: 0 }
    );
    clock.advance(HOUR);
    assert_eq!(run_until_idle(&fresh.db, &clock, &registry).await.unwrap(), 1);
    assert_eq!(*seen.lock(), ["later"]);
}

#[both_engines]
async fn the_same_work_is_queued_once(fresh: FreshDb) {
    migrate(&fresh).await;
    let (clock, (registry, seen)) = (clock(), notes());
    let first = put(&fresh.db, &clock, plain("note", &"a").dedupe("a")).await;
    let again = put(&fresh.db, &clock, plain("note", &"a").dedupe("a")).await;
    assert_eq!(first, again);
    put(&fresh.db, &clock, plain("note", &"b").dedupe("b")).await;
    put(&fresh.db, &clock, plain("note", &"no key")).await;
    put(&fresh.db, &clock, plain("note", &"no key")).await;
    assert_eq!(run_until_idle(&fresh.db, &clock, &registry).await.unwrap(), 4);
    let later = put(&fresh.db, &clock, plain("note", &"a").dedupe("a")).await;
    assert_ne!(first, later, "what is done is not in the way");
    run_until_idle(&fresh.db, &clock, &registry).await.unwrap();
    assert_eq!(seen.lock().iter().filter(|note| *note == "a").count(), 2);
}

#[both_engines]
async fn work_wanted_again_while_it_runs_is_run_again(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    let runs = Arc::new(AtomicU32::new(0));
    let mut registry = Registry::new();
    let count = Arc::clone(&runs);
    registry.on("index", move |context, _| {
        let count = Arc::clone(&count);
        async move {
            if count.fetch_add(1, Ordering::SeqCst) < 2 {
                // Somebody changes what this run has read already.
                let mut tx = context.db.write().await?;
                enqueue(&mut tx, &context.clock, plain("index", &1).dedupe("creator 1")).await?;
                tx.commit().await?;
            }
            if context.attempt == 1 && count.load(Ordering::SeqCst) == 2 {
                return Err(Failure::GiveUp("the second run gives up".into()));
            }
            Ok(())
        }
    });
    let id = put(&fresh.db, &clock, plain("index", &1).dedupe("creator 1")).await;
    assert_eq!(run_until_idle(&fresh.db, &clock, &registry).await.unwrap(), 3);
    assert_eq!(runs.load(Ordering::SeqCst), 3);
    assert_eq!(job(&fresh.db, id).await.status, "done");
    assert_eq!(crate::statuses(&fresh.db).await, [("done".to_owned(), 1)]);
}

#[both_engines]
async fn a_failure_is_tried_again_and_given_up_in_the_open(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    let mut registry = Registry::new();
    registry.on("fails", |_, _| async { Err(Failure::retry("the provider is down\0")) });
    registry.on("impatient", |_, _| async {
        Err(Failure::Retry { after: Some(Duration::from_mins(3)), why: "slow down".into() })
    });
    registry.on("panics", |context, _| async move {
        assert!(context.attempt > 1, "on purpose");
        Ok(())
    });
    registry.on("hopeless", |_, payload| async move { payload.read::<u32>().map(drop) });
    let fails = put(&fresh.db, &clock, plain("fails", &1).max_attempts(3)).await;
    let impatient = put(&fresh.db, &clock, plain("impatient", &1)).await;
    let panics = put(&fresh.db, &clock, plain("panics", &1)).await;
    let hopeless = put(&fresh.db, &clock, plain("hopeless", &"no number")).await;

    assert_eq!(run_until_idle(&fresh.db, &clock, &registry).await.unwrap(), 4);
    let wait = |row: &jobs::JobRow| (row.run_at.micros() - clock.now().micros()) as f64 / SECOND as f64;
    let row = job(&fresh.db, fails).await;
    assert_eq!((row.status.as_str(), row.attempts), ("queued", 1));
    assert!((3.75..=6.25).contains(&wait(&row)), "{}", wait(&row));
    assert_eq!(job(&fresh.db, impatient).await.run_at, start().plus(3 * MINUTE));
    let row = job(&fresh.db, panics).await;
    assert!(row.status == "queued" && row.last_error.unwrap().contains("panicked"));
    let row = job(&fresh.db, hopeless).await;
    assert_eq!((row.status.as_str(), row.attempts), ("failed", 1));
    assert!(row.last_error.unwrap().contains("cannot be read"));

    for _ in 0..2 {
        clock.advance(MINUTE);
        run_until_idle(&fresh.db, &clock, &registry).await.unwrap();
    }
    let row = job(&fresh.db, fails).await;
    assert_eq!((row.status.as_str(), row.attempts), ("failed", 3));
    assert_eq!(row.last_error.as_deref(), Some("the provider is down"));
    assert_eq!(job(&fresh.db, panics).await.status, "done");
    let told = counts(&fresh.db, clock.now()).await.unwrap();
    assert_eq!((told.failed, told.done, told.queued), (2, 1, 1));
}

#[both_engines]
async fn what_was_given_up_can_be_replayed(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    let mut broken = Registry::new();
    broken.on("note", |_, _| async { Err(Failure::GiveUp("broken".into())) });
    let id = put(&fresh.db, &clock, plain("note", &"a").dedupe("a")).await;
    run_until_idle(&fresh.db, &clock, &broken).await.unwrap();
    let replayed = async |id| {
        let mut tx = fresh.db.write().await.unwrap();
        let replayed = replay(&mut tx, &clock, id).await.unwrap();
        tx.commit().await.unwrap();
        replayed
    };
    assert!(!replayed(clock.new_id()).await, "there is no such job");
    let same = put(&fresh.db, &clock, plain("note", &"a").dedupe("a")).await;
    assert!(!replayed(id).await, "the same work is queued already");
    run_until_idle(&fresh.db, &clock, &broken).await.unwrap();
    assert!(replayed(id).await);
    assert!(!replayed(id).await && !replayed(same).await, "it is queued now");
    let (mended, seen) = notes();
    assert_eq!(run_until_idle(&fresh.db, &clock, &mended).await.unwrap(), 1);
    assert_eq!(*seen.lock(), ["a"]);
    assert_eq!(job(&fresh.db, id).await.status, "done");
    assert!(!replayed(id).await, "what is done is done");
}

#[both_engines]
async fn what_is_done_is_forgotten_after_a_while(fresh: FreshDb) {
    migrate(&fresh).await;
    let (clock, (mut registry, _)) = (clock(), notes());
    registry.on("fails", |_, _| async { Err(Failure::GiveUp("kept for a person to see".into())) });
    put(&fresh.db, &clock, plain("note", &"old")).await;
    put(&fresh.db, &clock, plain("fails", &1)).await;
    run_until_idle(&fresh.db, &clock, &registry).await.unwrap();
    clock.advance(DAY);
    put(&fresh.db, &clock, plain("note", &"new")).await;
    run_until_idle(&fresh.db, &clock, &registry).await.unwrap();
    let mut tx = fresh.db.write().await.unwrap();
    assert_eq!(purge(&mut tx, start().plus(1)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(crate::statuses(&fresh.db).await, [("done".to_owned(), 1), ("failed".to_owned(), 1)]);
}

#[tokio::test]
async fn looking_for_work_and_counting_read_small_indexes() {
    let fresh = testkit_db::fresh_db(db::Engine::Sqlite).await;
    migrate(&fresh).await;
    let mut tx = fresh.db.read().await.unwrap();
    for (rest, index, args) in [
        (
            "status IN ('queued', 'running') AND run_at <= $1 AND kind IN ($2, $3) ORDER BY run_at, id LIMIT 1",
            "jobs_due",
            db::args![1, "a", "b"],
        ),
        ("status IN ('queued', 'running') AND status = 'running'", "jobs_due", db::args![]),
        ("status = 'done' AND finished_at < $1 ORDER BY finished_at LIMIT 1000", "jobs_done", db::args![1]),
        ("status = 'failed'", "jobs_failed", db::args![]),
    ] {
        let sql = format!("EXPLAIN QUERY PLAN SELECT id FROM jobs WHERE {rest}");
        let plan: Vec<(i64, i64, i64, String)> = tx.fetch_all(&sql, args).await.unwrap();
        assert!(plan[0].3.contains(index), "{rest}: {plan:?}");
    }
}
