use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use db::{Db, Engine, EventRow, Listener, Position, Settings, Tx, args};
use futures::future::BoxFuture;
use kernel::{Clock, Error, Result, WorkspaceId};
use testkit_db::{FreshDb, both_engines};
use uuid::Uuid;

use crate::{clock, insert, migrate, names, start};

/// Everything behind a place, once so many events can be read. A transaction of another test's database may hold them back.
async fn read(db: &Db, after: Position, count: usize) -> Vec<(Position, EventRow)> {
    for _ in 0..2_000 {
        let events = db.read().await.unwrap().events_after(after, 10_000).await.unwrap();
        if events.len() >= count {
            return events;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{count} events did not come to light");
}

fn tell(tx: &mut Tx, kind: &str, subject: Uuid, workspace: Option<WorkspaceId>) {
    tx.append_event(kind, subject, workspace, Ok("{}".to_owned()));
}

/// A database that others can be opened on, with a connection for each of so many writers.
async fn wide(fresh: &FreshDb, connections: u32) -> Db {
    Db::open(&Settings { max_connections: connections, wait: Duration::from_mins(1), ..Settings::new(&fresh.url) })
        .await
        .unwrap()
}

#[both_engines]
async fn events_are_kept_in_order(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    let db = fresh.db.clone().with_clock(clock.clone());
    let (subject, workspace): (Uuid, WorkspaceId) = (clock.request_id(), clock.new_id());
    let mut bell = db.bell(db::EVENTS);
    let mut tx = db.write().await.unwrap();
    tell(&mut tx, "creator.lost", subject, None);
    drop(tx);
    let mut tx = db.write().await.unwrap();
    tx.append_event("creator.created", subject, None, Ok("{\"a\":1}".into()));
    tell(&mut tx, "creator.selected", subject, Some(workspace));
    tx.commit().await.unwrap();
    assert!(bell.has_changed().unwrap());
    bell.mark_unchanged();

    let events = read(&db, Position::default(), 2).await;
    let told: Vec<_> = events.iter().map(|(_, event)| (event.kind.as_str(), event.workspace)).collect();
    assert_eq!(told, [("creator.created", None), ("creator.selected", Some(workspace))]);
    let first = &events[0].1;
    assert_eq!((first.subject, first.payload.as_str(), first.created_at), (subject, "{\"a\":1}", start()));
    let mut tx = db.read().await.unwrap();
    assert_eq!(tx.events_after(events[0].0, 10).await.unwrap(), events[1..]);
    assert_eq!(tx.events_after(Position::default(), 1).await.unwrap(), events[..1]);
    assert_eq!(tx.newest_events(None, &[], 10).await.unwrap(), [events[1].1.clone(), first.clone()]);
    assert_eq!(tx.newest_events(None, &["creator.selected"], 10).await.unwrap(), std::slice::from_ref(first));
    assert_eq!(tx.newest_events(Some(workspace), &[], 10).await.unwrap(), [events[1].1.clone()]);
    let waiting = tx.events_waiting(events[0].0, None).await.unwrap();
    assert_eq!((waiting.events, waiting.since), (1, Some(start())));
    assert_eq!(tx.events_waiting(Position::default(), Some(&["creator.created"])).await.unwrap().events, 1);
    assert_eq!(tx.events_waiting(Position::default(), Some(&[])).await.unwrap().events, 0);
}

#[both_engines]
async fn a_payload_that_cannot_be_written_undoes_all(fresh: FreshDb) {
    migrate(&fresh).await;
    let mut tx = fresh.db.write().await.unwrap();
    insert(&mut tx, &clock(), "gone").await.unwrap();
    tx.append_event("creator.lost", Uuid::nil(), None, Err(Error::internal("no JSON")));
    assert!(tx.commit().await.is_err());
    assert!(names(&fresh.db).await.is_empty());
}

#[both_engines]
async fn versions_of_workspaces(fresh: FreshDb) {
    migrate(&fresh).await;
    let (db, clock) = (&fresh.db, clock());
    let (one, other): (WorkspaceId, WorkspaceId) = (clock.new_id(), clock.new_id());
    let versions = async || {
        (
            db.workspace_version(Some(one)).await.unwrap(),
            db.workspace_version(Some(other)).await.unwrap(),
            db.workspace_version(None).await.unwrap(),
        )
    };
    assert_eq!(versions().await, (0, 0, 0));
    let mut tx = db.write().await.unwrap();
    tell(&mut tx, "creator.created", one.uuid(), Some(one));
    tell(&mut tx, "creator.created", one.uuid(), Some(one));
    tx.commit().await.unwrap();
    assert_eq!(versions().await, (1, 0, 1), "once for a transaction");
    let mut tx = db.write().await.unwrap();
    tx.changed(Some(other));
    drop(tx);
    assert_eq!(versions().await, (1, 0, 1));
    let mut tx = db.write().await.unwrap();
    tx.changed(Some(other));
    tx.changed(Some(one));
    tx.commit().await.unwrap();
    let mut tx = db.write().await.unwrap();
    tell(&mut tx, "creator.created", one.uuid(), None);
    tx.commit().await.unwrap();
    assert_eq!(versions().await, (2, 1, 4), "what is nobody's counts for all");
}

#[both_engines]
async fn listeners_write_along(fresh: FreshDb) {
    struct Names(Clock);
    impl Listener for Names {
        fn written<'a>(&'a self, tx: &'a mut Tx, events: &'a [EventRow]) -> BoxFuture<'a, Result<()>> {
            Box::pin(async move {
                for event in events {
                    match event.kind.as_str() {
                        "refused" => return Err(Error::conflict("no")),
                        "endless" => tell(tx, "endless", event.subject, None),
                        "first" => tell(tx, "second", event.subject, None),
                        _ => {}
                    }
                    insert(tx, &self.0, &event.kind).await?;
                }
                Ok(())
            })
        }
    }
    migrate(&fresh).await;
    let db = fresh.db.clone().with_listener(Arc::new(Names(Clock::system())));
    for (kind, goes) in [("first", true), ("refused", false), ("endless", false)] {
        let mut tx = db.write().await.unwrap();
        tell(&mut tx, kind, Uuid::nil(), None);
        assert_eq!(tx.commit().await.is_ok(), goes, "{kind}");
    }
    assert_eq!(names(&db).await, ["first", "second"]);
    let kinds: Vec<_> = read(&db, Position::default(), 2).await.into_iter().map(|(_, event)| event.kind).collect();
    assert_eq!(kinds, ["first", "second"]);
}

// Each subject is a row that counts. A reader that misses an event, or gets two in the wrong order, sees a gap.
#[both_engines]
async fn a_reader_misses_nothing_of_32_writers(fresh: FreshDb) {
    const SUBJECTS: usize = 12;
    const TURNS: u32 = 25;
    migrate(&fresh).await;
    let clock = Clock::system();
    let ids: Vec<Uuid> = (0..SUBJECTS).map(|_| clock.request_id()).collect();
    let mut tx = fresh.db.write().await.unwrap();
    for id in &ids {
        tx.execute("INSERT INTO things (id, name, number) VALUES ($1, $2, 0)", args![*id, id.to_string()])
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let db = wide(&fresh, 40).await;
    let writers: Vec<_> = (0..32_u32)
        .map(|writer| {
            let (db, ids, clock) = (db.clone(), ids.clone(), clock.clone());
            tokio::spawn(async move {
                let pause = async |long: u64| {
                    if db.engine() == Engine::Postgres {
                        tokio::time::sleep(Duration::from_millis(long)).await;
                    }
                };
                for turn in 0..TURNS {
                    let dice = clock.request_id().as_u128();
                    let mut tx = db.write().await.unwrap();
                    if dice.is_multiple_of(2) {
                        // Something else comes first, so that the transaction has its id long before its turn with the subject.
                        insert(&mut tx, &clock, &format!("{writer} {turn}")).await.unwrap();
                        pause(if dice.is_multiple_of(16) { 60 } else { 3 }).await;
                    }
                    let subject = ids[(dice >> 8) as usize % SUBJECTS];
                    let sql = "UPDATE things SET number = number + 1 WHERE id = $1 RETURNING number";
                    let number: i64 = tx.fetch_value(sql, args![subject]).await.unwrap();
                    tx.append_event("counted", subject, None, Ok(number.to_string()));
                    pause((dice >> 20) as u64 % 3).await;
                    if (dice >> 32).is_multiple_of(8) { drop(tx) } else { tx.commit().await.unwrap() }
                }
            })
        })
        .collect();
    let writing = tokio::spawn(async move {
        for writer in writers {
            writer.await.unwrap();
        }
    });
    let (mut seen, mut place, mut read): (HashMap<Uuid, i64>, _, u64) = (HashMap::new(), Position::default(), 0);
    loop {
        let over = writing.is_finished();
        let mut tx = fresh.db.read().await.unwrap();
        let events = tx.events_after(place, 7).await.unwrap();
        if events.is_empty() && over && tx.events_waiting(place, None).await.unwrap().events == 0 {
            break;
        }
        for (at, event) in events {
            assert!(at > place);
            (place, read) = (at, read + 1);
            let last = seen.entry(event.subject).or_default();
            *last += 1;
            assert_eq!(event.payload, last.to_string(), "{}", event.subject);
        }
    }
    writing.await.unwrap();
    let sql = "SELECT CAST(sum(number) AS BIGINT) FROM things WHERE name LIKE '%-%'";
    let counted: u64 = fresh.db.read().await.unwrap().fetch_value(sql, args![]).await.unwrap();
    assert_eq!(read, counted);
    assert!(counted > 400, "{counted}");
    db.close().await;
}

#[both_engines]
async fn events_of_an_older_program_keep_their_order(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    let mut tx = fresh.db.write().await.unwrap();
    // As it was before the log had an order of its own.
    let postgres = ["ALTER TABLE events ALTER COLUMN seq DROP DEFAULT", "DROP SEQUENCE events_number"];
    for sql in postgres.iter().filter(|_| fresh.db.engine() == Engine::Postgres).chain(&[
        "DROP INDEX events_order",
        "DROP INDEX events_newest",
        "DROP TABLE workspace_versions",
        "ALTER TABLE events DROP COLUMN xact",
        "CREATE UNIQUE INDEX events_seq ON events (seq)",
        "CREATE INDEX events_workspace ON events (workspace, seq)",
        "INSERT INTO topics (name, version) VALUES ('events', 3)",
        "DELETE FROM schema_migrations WHERE id = '0067_event_order'",
    ]) {
        tx.execute(sql, args![]).await.unwrap();
    }
    for seq in [2, 3, 1] {
        let row = args![clock.new_id::<()>(), seq, seq.to_string(), Uuid::nil(), None::<Uuid>, "{}", start()];
        tx.execute("INSERT INTO events (id, seq, kind, subject, workspace, payload, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)", row).await.unwrap();
    }
    tx.commit().await.unwrap();
    migrate(&fresh).await;
    let mut tx = fresh.db.write().await.unwrap();
    tell(&mut tx, "4", Uuid::nil(), None);
    tell(&mut tx, "5", Uuid::nil(), None);
    tx.commit().await.unwrap();
    let events = read(&fresh.db, Position::default(), 5).await;
    let kinds: Vec<_> = events.iter().map(|(place, event)| (event.kind.as_str(), place.seq)).collect();
    assert_eq!(kinds, [("1", 1), ("2", 2), ("3", 3), ("4", 4), ("5", 5)]);
}

#[both_engines]
async fn old_events_are_forgotten_in_bites(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    let db = fresh.db.clone().with_clock(clock.clone());
    for _ in 0..5 {
        let mut tx = db.write().await.unwrap();
        tell(&mut tx, "old", Uuid::nil(), None);
        tx.commit().await.unwrap();
        clock.advance(10);
    }
    let events = read(&db, Position::default(), 5).await;
    let mut tx = db.write().await.unwrap();
    assert_eq!(tx.forget_events(events[3].0, start().plus(30), 2).await.unwrap(), 2);
    assert_eq!(tx.forget_events(events[3].0, start().plus(30), 2).await.unwrap(), 1, "the fourth is not old enough");
    assert_eq!(tx.forget_events(events[3].0, start().plus(90), 9).await.unwrap(), 1, "the fifth has not been read");
    tell(&mut tx, "new", Uuid::nil(), None);
    tx.commit().await.unwrap();
    assert_eq!(read(&db, events[4].0, 1).await[0].1.kind, "new", "numbers are never given twice");
    let mut tx = db.read().await.unwrap();
    assert!(tx.keeps_events_after(events[4].0).await.unwrap(), "the fifth is there");
    assert!(!tx.keeps_events_after(events[1].0).await.unwrap(), "the third is not");
}

#[both_engines]
async fn what_a_workspace_has_missed_is_read_by_itself(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    let db = fresh.db.clone().with_clock(clock.clone());
    let (own, other): (WorkspaceId, WorkspaceId) = (clock.new_id(), clock.new_id());
    let begun = db.read().await.unwrap().end_of_events().await.unwrap();
    assert!(db.read().await.unwrap().keeps_events_after(begun).await.unwrap(), "there was nothing to forget");
    for (kind, workspace) in [("a", own), ("a", other), ("b", own), ("c", own), ("a", own)] {
        let mut tx = db.write().await.unwrap();
        tell(&mut tx, kind, Uuid::nil(), Some(workspace));
        tx.commit().await.unwrap();
    }
    let all = read(&db, Position::default(), 5).await;
    let mut tx = db.read().await.unwrap();
    let last = all[4].0;
    let missed = tx.events_between(own, (begun, last), &["a", "b"], 10).await.unwrap();
    assert_eq!(missed, [all[0].clone(), all[2].clone(), all[4].clone()]);
    let some = tx.events_between(own, (all[0].0, all[3].0), &["a", "b"], 10).await.unwrap();
    assert_eq!(some, [all[2].clone()], "behind the first place, and no further than the second");
    assert_eq!(tx.events_between(own, (begun, last), &["a"], 1).await.unwrap(), [all[0].clone()]);
    assert!(tx.events_between(own, (last, last), &["a"], 10).await.unwrap().is_empty());
    assert!(tx.keeps_events_after(all[1].0).await.unwrap());
}

/// Two transactions work on one subject; the one that has its turn later began earlier, and a third is open meanwhile.
#[tokio::test]
async fn what_was_written_later_comes_later_whoever_began_first() {
    if !testkit_db::engines().await.contains(&Engine::Postgres) {
        return;
    }
    let fresh = testkit_db::fresh_db(Engine::Postgres).await;
    migrate(&fresh).await;
    let clock = Clock::system();
    let subject = clock.request_id();
    let mut early = fresh.db.write().await.unwrap();
    insert(&mut early, &clock, "early").await.unwrap();
    let mut open = fresh.db.write().await.unwrap();
    insert(&mut open, &clock, "open").await.unwrap();
    let mut late = fresh.db.write().await.unwrap();
    insert(&mut late, &clock, "late").await.unwrap();
    tell(&mut late, "first", subject, None);
    late.commit().await.unwrap();
    tell(&mut early, "second", subject, None);
    early.commit().await.unwrap();
    let mut tx = fresh.db.read().await.unwrap();
    let end = tx.end_of_events().await.unwrap();
    assert!(tx.events_after(Position::default(), 10).await.unwrap().is_empty(), "somebody may still come before them");
    assert_eq!(tx.events_waiting(end, None).await.unwrap().events, 2, "and how many these are is known");
    assert_eq!(tx.newest_events(None, &[], 10).await.unwrap().len(), 2, "who wrote them sees them");
    tell(&mut open, "third", subject, None);
    open.commit().await.unwrap();
    let kinds: Vec<_> =
        read(&fresh.db, Position::default(), 3).await.into_iter().map(|(_, event)| event.kind).collect();
    assert_eq!(kinds, ["first", "second", "third"]);
    // Whoever begins at the end of a moment when they could not be read gets all of them.
    assert_eq!(read(&fresh.db, end, 3).await.len(), 3);
}

/// A dump does not bring the server's transaction ids along.
#[tokio::test]
async fn a_database_from_a_server_that_had_counted_further_goes_on() {
    if !testkit_db::engines().await.contains(&Engine::Postgres) {
        return;
    }
    let fresh = testkit_db::fresh_db(Engine::Postgres).await;
    migrate(&fresh).await;
    let write = async |kind: &str| {
        let mut tx = fresh.db.write().await.unwrap();
        tell(&mut tx, kind, Uuid::nil(), None);
        tx.commit().await.unwrap();
    };
    for (kind, far) in [("first", 1_000_000_000_i64), ("second", 2_000_000_000)] {
        write(kind).await;
        let mut tx = fresh.db.write().await.unwrap();
        tx.execute("UPDATE events SET xact = $1 WHERE kind = $2", args![far, kind]).await.unwrap();
        tx.commit().await.unwrap();
        let read = fresh.db.read().await.unwrap().events_after(Position { xact: far - 1, seq: 0 }, 10).await.unwrap();
        assert!(read.is_empty(), "as if its transaction were still to come");
        migrate(&fresh).await;
        assert_eq!(read_kinds(&fresh.db, Position { xact: far - 1, seq: 0 }, 1).await, [kind]);
    }
    write("third").await;
    assert_eq!(read_kinds(&fresh.db, Position::default(), 3).await, ["first", "second", "third"]);
}

async fn read_kinds(db: &Db, after: Position, count: usize) -> Vec<String> {
    read(db, after, count).await.into_iter().map(|(_, event)| event.kind).collect()
}
