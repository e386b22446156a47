//! What is heard of a delivery by others than its courier: late, twice, and in the wrong order.

use delivery::{Fate, Outcome, State};
use jobs::Workers;
use kernel::time;
use testkit_db::{FreshDb, both_engines};

use crate::{Act, World, later, sent, until};

#[both_engines]
async fn what_arrived_stays_so(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (subject, id) = world.wanted(&[]).await;
    world.run().await;
    for outcome in [sent(), Outcome::Rejected("410".into()), Outcome::GiveUp("no".into()), Outcome::Unknown("?".into())]
    {
        assert!(!world.hear(id, outcome).await);
    }
    assert_eq!(world.state(id).await, State::Sent);
    assert_eq!(world.told.fates.lock().iter().filter(|(of, _)| *of == subject).count(), 1, "told once");
}

#[both_engines]
async fn news_that_come_first_end_it(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (subject, id) = world.wanted(&[later("451")]).await;
    world.run().await;
    assert!(world.hear(id, sent()).await);
    assert!(!world.hear(id, sent()).await, "twice is once");
    world.clock.advance(time::HOUR);
    assert_eq!((world.run().await, world.told.sent_of(subject)), (0, 1));
}

#[both_engines]
async fn it_arrived_after_it_was_given_up(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (_, id) = world.wanted(&[Act::Say(Outcome::GiveUp("away".into()))]).await;
    world.run().await;
    assert_eq!(world.state(id).await, State::Failed);
    assert!(world.hear(id, Outcome::Rejected("410".into())).await);
    assert!(!world.hear(id, Outcome::GiveUp("away".into())).await, "an older word");
    assert!(world.hear(id, sent()).await);
    let row = world.find(id).await;
    assert_eq!((row.state, row.error), (State::Sent, None));
}

#[both_engines]
async fn news_that_overtake_the_answer_count(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (subject, id) = world.wanted(&[]).await;
    world.told.always.lock().insert(subject, Act::Hang);
    let workers = Workers::start(world.db().clone(), world.clock.clone(), world.registry(), 1).await.unwrap();
    until("it was asked", async || world.told.sent_of(subject) == 1).await;
    assert!(world.hear(id, sent()).await);
    // Its courier runs out of time, and has nothing to say any more.
    workers.stop().await;
    let row = world.find(id).await;
    assert_eq!((row.state, row.attempts), (State::Sent, 1));
    let fates: Vec<Fate> = world.told.fates.lock().iter().map(|(_, fate)| fate.clone()).collect();
    assert_eq!(fates, [Fate::Sent { answer: None }]);
}

#[both_engines]
async fn nobody_is_told_of_what_is_not_there(fresh: FreshDb) {
    let world = World::new(fresh).await;
    assert!(!world.hear(world.clock.new_id(), sent()).await);
}
