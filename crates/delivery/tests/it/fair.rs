//! Owners take turns.

use std::time::{Duration, Instant};

use db::args;
use delivery::NewDelivery;
use jobs::Workers;
use kernel::{Clock, WorkspaceId, time};
use testkit_db::{FreshDb, both_engines};

use crate::{Act, KIND, Told, World, later, until};

#[both_engines]
async fn ten_thousand_of_one_do_not_hold_up_the_one_of_another(fresh: FreshDb) {
    let told = Told { takes: Some(Duration::from_millis(5)), ..Told::default() };
    let world = World::with(fresh, Clock::system(), told).await;
    let whale: WorkspaceId = world.clock.new_id();
    world.many(whale, 10_000).await;
    let workers = Workers::start(world.db().clone(), world.clock.clone(), world.registry(), 1).await.unwrap();
    until("the whale is under way", async || world.told.sent.lock().len() > 50).await;
    let (before, started) = (world.told.sent.lock().len(), Instant::now());
    for workspace in [Some(world.clock.new_id()), None, Some(world.clock.new_id())] {
        let subject = world.subject();
        world.put(NewDelivery { workspace, ..NewDelivery::new(KIND, subject) }).await;
        until("the minnow had its turn", async || world.told.sent_of(subject) == 1).await;
    }
    let overtaken = world.told.sent.lock().len() - before;
    assert!(overtaken < 500, "{overtaken} of the whale's went before three minnows, in {:?}", started.elapsed());
    drop(workers);
}

#[both_engines]
async fn one_whose_other_side_never_answers_leaves_hands_to_others(fresh: FreshDb) {
    let world = World::with(fresh, Clock::system(), Told::default()).await;
    let stuck: WorkspaceId = world.clock.new_id();
    for _ in 0..50 {
        let subject = world.subject();
        world.told.always.lock().insert(subject, Act::Hang);
        world.put(NewDelivery { workspace: Some(stuck), ..NewDelivery::new(KIND, subject) }).await;
    }
    let workers = Workers::start(world.db().clone(), world.clock.clone(), world.registry(), 1).await.unwrap();
    until("it has what one may have", async || world.told.sent.lock().len() == 6).await;
    let (subject, started) = (world.subject(), Instant::now());
    world.put(NewDelivery { workspace: Some(world.clock.new_id()), ..NewDelivery::new(KIND, subject) }).await;
    until("another's is sent", async || world.told.sent_of(subject) == 1).await;
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert_eq!(world.told.sent.lock().len(), 7);
    drop(workers);
}

#[both_engines]
async fn everybody_has_a_turn_however_many_there_are(fresh: FreshDb) {
    let world = World::new(fresh).await;
    for number in 0..700 {
        let subject = world.subject();
        if number % 7 != 0 {
            world.told.acts.lock().insert(subject, vec![later("away")]);
        }
        world.put(NewDelivery { workspace: Some(world.clock.new_id()), ..NewDelivery::new(KIND, subject) }).await;
    }
    assert_eq!(world.run().await, 700);
    let counts = delivery::counts(world.db(), world.clock.now()).await.unwrap();
    assert_eq!((counts[0].queued, counts[0].sending, counts[0].overdue, counts[0].oldest), (600, 0, 0, 0));
    // Two of whom nobody else is due, among six hundred who wait.
    let mut subjects = Vec::new();
    for _ in 0..2 {
        subjects.push(world.subject());
        world.put(NewDelivery::new(KIND, subjects[subjects.len() - 1])).await;
    }
    assert_eq!(world.run().await, 2);
    world.clock.advance(time::MINUTE);
    let counts = delivery::counts(world.db(), world.clock.now()).await.unwrap();
    assert!(counts[0].overdue > 20 * 1_000_000 && counts[0].oldest == 60 * 1_000_000, "{counts:?}");
    assert_eq!(world.run().await, 600);
    let sql = "SELECT count(*) FROM deliveries WHERE state = 'sent'";
    assert_eq!(world.db().read().await.unwrap().fetch_value::<u64>(sql, args![]).await.unwrap(), 702);
}
