use kernel::{CreatorId, WorkspaceId};
use testkit_db::{FreshDb, both_engines};

use crate::{clock, migrate, start};

#[both_engines]
async fn events_are_kept_in_order(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    let (subject, workspace): (CreatorId, WorkspaceId) = (clock.new_id(), clock.new_id());
    let mut bell = fresh.db.bell(db::EVENTS);
    let mut tx = fresh.db.write().await.unwrap();
    tx.event("creator.lost", subject, None, "{}".into(), clock.new_id(), clock.now());
    drop(tx);
    let mut tx = fresh.db.write().await.unwrap();
    tx.event("creator.created", subject, None, "{\"a\":1}".into(), clock.new_id(), clock.now());
    tx.event("creator.selected", subject, Some(workspace), "{}".into(), clock.new_id(), clock.now());
    tx.commit().await.unwrap();
    assert!(bell.has_changed().unwrap());
    bell.mark_unchanged();
    assert_eq!(fresh.db.versions().get(db::EVENTS), 2);

    let mut tx = fresh.db.read().await.unwrap();
    let events = tx.events_after(0, 10).await.unwrap();
    let told: Vec<_> = events.iter().map(|event| (event.seq, event.kind.as_str(), event.workspace)).collect();
    assert_eq!(told, [(1, "creator.created", None), (2, "creator.selected", Some(workspace))]);
    assert_eq!(
        (events[0].subject, events[0].payload.as_str(), events[0].created_at),
        (subject.uuid(), "{\"a\":1}", start())
    );
    assert_eq!(tx.events_after(1, 10).await.unwrap(), events[1..]);
    assert_eq!(tx.events_after(0, 1).await.unwrap(), events[..1]);
}

#[both_engines]
async fn many_writers_leave_no_gap(fresh: FreshDb) {
    migrate(&fresh).await;
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let db = fresh.db.clone();
            tokio::spawn(async move {
                let clock = kernel::Clock::system();
                for turn in 0..10 {
                    let mut tx = db.write().await.unwrap();
                    for _ in 0..=writer % 3 {
                        tx.event("x", clock.new_id::<()>(), None, "{}".into(), clock.new_id(), clock.now());
                    }
                    if turn == 5 { drop(tx) } else { tx.commit().await.unwrap() }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let events = fresh.db.read().await.unwrap().events_after(0, 1000).await.unwrap();
    let numbers: Vec<i64> = events.iter().map(|event| event.seq).collect();
    assert_eq!(numbers, (1..=(8 * 9 + 5 * 9 + 2 * 9)).collect::<Vec<i64>>());
}
