//! What dies in between, and who comes afterwards.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use db::args;
use delivery::{NewDelivery, Outcome, State};
use jobs::Workers;
use kernel::{Clock, DeliveryId, time};
use testkit_db::{FreshDb, both_engines};

use crate::{Act, KIND, Told, World, until};

/// A process that dies while it waits for the answer: it has asked, and nobody wrote down what came of it.
async fn die_while_sending(world: &World, id: DeliveryId) {
    let workers = Workers::start(world.db().clone(), world.clock.clone(), world.registry(), 1).await.unwrap();
    until("it was asked", async || !world.told.sent.lock().is_empty()).await;
    // Dropped, not stopped: as if the process had been killed.
    drop(workers);
    assert_eq!(world.state(id).await, State::Sending);
}

#[both_engines]
async fn killed_between_row_and_sending(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (subject, id) = world.wanted(&[]).await;
    // Taken, and not even asked: the same row as after asking, and nobody can tell them apart.
    let mut tx = world.db().write().await.unwrap();
    let lease = world.clock.now().plus(time::MINUTE);
    let sql = "UPDATE deliveries SET state = 'sending', attempts = 1, locked_by = $2, run_at = $3 WHERE id = $1";
    tx.execute(sql, args![id, world.clock.new_id::<()>(), lease]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.run().await, 0, "its lease holds");
    world.clock.advance(time::MINUTE);
    assert_eq!((world.run().await, world.told.sent_of(subject)), (1, 1));
    let row = world.find(id).await;
    assert_eq!((row.state, row.attempts, row.unanswered), (State::Sent, 2, true));
}

#[both_engines]
async fn killed_between_sending_and_answer_it_is_found_out(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (subject, id) = world.wanted(&[Act::Hang]).await;
    die_while_sending(&world, id).await;
    world.told.known.lock().insert(subject, Outcome::Sent { answer: Some("it had arrived".into()) });
    world.clock.advance(time::MINUTE);
    world.run().await;
    let row = world.find(id).await;
    assert_eq!((row.state, row.answer.as_deref()), (State::Sent, Some("it had arrived")));
    assert_eq!(world.told.sent_of(subject), 1, "not sent again");
}

#[both_engines]
async fn killed_between_sending_and_answer_it_is_sent_again_by_the_same_name(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (subject, id) = world.wanted(&[Act::Hang]).await;
    die_while_sending(&world, id).await;
    world.clock.advance(time::MINUTE);
    world.run().await;
    assert_eq!((world.state(id).await, world.told.sent_of(subject)), (State::Sent, 2));
    let sent = world.told.sent.lock();
    assert_eq!((sent[0].id, sent[1].id, sent[0].unanswered, sent[1].unanswered), (id, id, false, true));
}

#[both_engines]
async fn killed_at_every_attempt_it_is_given_up(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (subject, id) = world.wanted(&[]).await;
    let mut tx = world.db().write().await.unwrap();
    tx.execute("UPDATE deliveries SET state = 'sending', attempts = 12 WHERE id = $1", args![id]).await.unwrap();
    tx.commit().await.unwrap();
    world.run().await;
    let row = world.find(id).await;
    assert_eq!((row.state, world.told.sent_of(subject)), (State::Failed, 0));
    assert!(row.error.unwrap().contains("stopped at every attempt"));
}

#[both_engines]
async fn a_server_that_stops_lets_others_take_over_at_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (subject, id) = world.wanted(&[]).await;
    world.told.always.lock().insert(subject, Act::Hang);
    let workers = Workers::start(world.db().clone(), world.clock.clone(), world.registry(), 1).await.unwrap();
    until("it was asked", async || !world.told.sent.lock().is_empty()).await;
    workers.stop().await;
    // Its time was over before the server's patience was: that is an attempt without an answer.
    let row = world.find(id).await;
    assert_eq!((row.state, row.unanswered), (State::Queued, true));
    world.told.always.lock().clear();
    world.clock.advance(time::MINUTE);
    world.run().await;
    assert_eq!(world.state(id).await, State::Sent);
}

#[both_engines]
async fn two_processes_send_each_once(fresh: FreshDb) {
    let told = Told { takes: Some(Duration::from_millis(3)), ..Told::default() };
    let world = World::with(fresh, Clock::system(), told).await;
    let mut all = Vec::new();
    for _ in 0..3 {
        let db = world.fresh.reopen().await;
        all.push(Workers::start(db, world.clock.clone(), world.registry(), 1).await.unwrap());
    }
    let (one, other) = (world.clock.new_id(), world.clock.new_id());
    world.many(one, 150).await;
    world.many(other, 150).await;
    until("all were sent", async || {
        let sql = "SELECT count(*) FROM deliveries WHERE state = 'sent'";
        world.db().read().await.unwrap().fetch_value::<u64>(sql, args![]).await.unwrap() == 300
    })
    .await;
    assert_eq!((world.told.sent.lock().len(), world.told.peak.load(Ordering::SeqCst)), (300, 1));
    for workers in all {
        workers.stop().await;
    }
}

#[both_engines]
async fn a_courier_that_lost_its_lease_changes_nothing_but_what_arrived(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for (says, state, sent) in [
        (Outcome::Later { after: None, why: "late".into() }, State::Sending, 2),
        (Outcome::Rejected("late".into()), State::Sending, 2),
        (Outcome::Sent { answer: None }, State::Sent, 2),
    ] {
        let told = Arc::new(Told { takes: Some(Duration::from_millis(400)), ..Told::default() });
        let slow = World { fresh: Arc::clone(&world.fresh), clock: world.clock.clone(), told };
        let (subject, id) = slow.wanted(&[Act::Say(says)]).await;
        let workers = Workers::start(slow.db().clone(), slow.clock.clone(), slow.registry(), 1).await.unwrap();
        until("it was asked", async || slow.told.sent_of(subject) == 1).await;
        // Another courier has it now, which does not answer at all.
        let lease = world.clock.now().plus(time::HOUR);
        let sql = "UPDATE deliveries SET attempts = 2, locked_by = $2, run_at = $3 WHERE id = $1";
        let mut tx = world.db().write().await.unwrap();
        tx.execute(sql, args![id, world.clock.new_id::<()>(), lease]).await.unwrap();
        tx.commit().await.unwrap();
        workers.stop().await;
        let row = world.find(id).await;
        assert_eq!((row.state, row.attempts), (state, sent));
    }
}

#[both_engines]
async fn a_commit_wakes_the_courier(fresh: FreshDb) {
    let world = World::with(fresh, Clock::system(), Told::default()).await;
    let workers = Workers::start(world.db().clone(), world.clock.clone(), world.registry(), 1).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let started = std::time::Instant::now();
    let id = world.put(NewDelivery::new(KIND, world.subject())).await;
    until("it was sent", async || world.state(id).await == State::Sent).await;
    assert!(started.elapsed() < Duration::from_millis(800), "{:?}", started.elapsed());
    workers.stop().await;
}
