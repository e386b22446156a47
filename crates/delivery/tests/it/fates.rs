//! What becomes of a delivery.

use std::time::Duration;

use db::args;
use delivery::{Fate, NewDelivery, Outcome, State};
use kernel::{Kind, time};
use testkit_db::{FreshDb, both_engines};

use crate::{Act, KIND, World, later};

#[both_engines]
async fn it_leaves_if_and_only_if_it_was_committed(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let mut tx = world.db().write().await.unwrap();
    delivery::enqueue(&mut tx, &world.clock, NewDelivery::new(KIND, world.subject())).await.unwrap();
    drop(tx);
    assert_eq!(world.run().await, 0);
    let (subject, id) = world.wanted(&[]).await;
    assert_eq!((world.run().await, world.told.sent_of(subject)), (1, 1));
    let row = world.find(id).await;
    assert_eq!((row.state, row.attempts, row.settled_at), (State::Sent, 1, Some(world.clock.now())));
    assert_eq!(row.answer.as_deref(), Some("200 ok, token=[hidden]"));
    assert_eq!(world.run().await, 0);
}

#[both_engines]
async fn the_same_wish_is_one_delivery(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (subject, id) = world.wanted(&[]).await;
    assert_eq!(world.put(NewDelivery::new(KIND, subject)).await, id);
    world.run().await;
    assert_eq!(world.put(NewDelivery::new(KIND, subject)).await, id);
    assert_ne!(world.put(NewDelivery::new("another kind", subject)).await, id);
    assert_eq!((world.run().await, world.told.sent_of(subject)), (0, 1));
}

#[both_engines]
async fn what_is_asked_is_bounded_and_kept(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let asked = NewDelivery { asked: "{\"n\": 1}\0".into(), ..NewDelivery::new(KIND, world.subject()) };
    let id = world.put(asked).await;
    assert_eq!(world.find(id).await.asked, "{\"n\": 1}");
    let mut tx = world.db().write().await.unwrap();
    let large = NewDelivery { asked: "x".repeat(70_000), ..NewDelivery::new(KIND, world.subject()) };
    assert_eq!(delivery::enqueue(&mut tx, &world.clock, large).await.unwrap_err().kind(), Kind::TooLarge);
}

#[both_engines]
async fn it_waits_for_its_moment_and_for_what_was_asked_for(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let at = Some(world.clock.now().plus(time::HOUR));
    let subject = world.subject();
    let slow = Act::Say(Outcome::Later { after: Some(Duration::from_mins(10)), why: "429".into() });
    world.told.acts.lock().insert(subject, vec![later("451"), slow]);
    let id = world.put(NewDelivery { at, ..NewDelivery::new(KIND, subject) }).await;
    assert_eq!(world.run().await, 0);
    world.clock.advance(time::HOUR);
    assert_eq!(world.run().await, 1);
    let row = world.find(id).await;
    assert_eq!((row.state, row.error.as_deref(), row.attempts), (State::Queued, Some("451"), 1));
    world.clock.advance(29 * time::SECOND);
    assert_eq!(world.run().await, 0, "not before half a minute");
    world.clock.advance(9 * time::SECOND);
    assert_eq!(world.run().await, 1);
    world.clock.advance(10 * time::MINUTE - time::SECOND);
    assert_eq!(world.run().await, 0, "not before what was asked for");
    world.clock.advance(3 * time::MINUTE);
    assert_eq!(world.run().await, 1);
    let row = world.find(id).await;
    assert_eq!((row.state, row.error, row.attempts, row.unanswered), (State::Sent, None, 3, false));
}

#[both_engines]
async fn what_never_passes_is_given_up_and_can_be_replayed(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (subject, id) = world.wanted(&vec![later("away"); 12]).await;
    for _ in 0..40 {
        world.run().await;
        world.clock.advance(time::HOUR);
    }
    assert_eq!((world.told.sent_of(subject), world.state(id).await), (12, State::Failed));
    assert_eq!(world.told.fates.lock().last().unwrap().1, Fate::Failed("away".into()));
    let counts = delivery::counts(world.db(), world.clock.now()).await.unwrap();
    assert_eq!((counts.len(), counts[0].kind.as_str(), counts[0].failed, counts[0].queued), (1, KIND, 1, 0));
    let failed = async || {
        let failed = delivery::failed(&mut world.db().read().await.unwrap(), 9).await.unwrap();
        failed.into_iter().map(|one| (one.id, one.error.unwrap_or_default())).collect::<Vec<_>>()
    };
    assert_eq!(failed().await, [(id, "away".to_owned())]);
    let replay = async || {
        let mut tx = world.db().write().await.unwrap();
        let replayed = delivery::replay(&mut tx, &world.clock, id).await.unwrap();
        tx.commit().await.unwrap();
        replayed
    };
    assert!(replay().await && !replay().await && failed().await.is_empty());
    world.run().await;
    let row = world.find(id).await;
    assert_eq!((row.state, row.attempts, world.told.sent_of(subject)), (State::Sent, 1, 13));
    assert!(!replay().await);
}

#[both_engines]
async fn no_is_no_and_a_fault_is_seen_at_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (_, rejected) = world.wanted(&[Act::Say(Outcome::Rejected("410 gone, token=abc".into()))]).await;
    let (_, given_up) = world.wanted(&[Act::Say(Outcome::GiveUp("no such template".into()))]).await;
    let (unwanted, withheld) = world.wanted(&[Act::Withhold]).await;
    for _ in 0..3 {
        world.run().await;
        world.clock.advance(time::HOUR);
    }
    let row = world.find(rejected).await;
    assert_eq!((row.state, row.attempts, row.error.as_deref()), (State::Rejected, 1, Some("410 gone, token=[hidden]")));
    assert_eq!((world.state(given_up).await, world.state(withheld).await), (State::Failed, State::Withheld));
    assert_eq!((world.told.sent_of(unwanted), world.told.fates.lock().len()), (0, 3));
}

#[both_engines]
async fn what_cannot_be_prepared_or_written_down_holds_up_no_other(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (poison, unprepared) = world.wanted(&[]).await;
    let (blot, unwritable) = world.wanted(&[]).await;
    world.told.always.lock().extend([(poison, Act::Unprepared), (blot, Act::Unwritable)]);
    let mut others = Vec::new();
    for _ in 0..20 {
        others.push(world.wanted(&[]).await);
    }
    world.run().await;
    for (subject, id) in &others {
        assert_eq!((world.state(*id).await, world.told.sent_of(*subject)), (State::Sent, 1));
    }
    let row = world.find(unprepared).await;
    assert_eq!((row.state, row.attempts), (State::Queued, 1));
    assert!(row.error.unwrap().contains("cannot be prepared"));
    assert_eq!(world.state(unwritable).await, State::Sending, "left to its lease");
    world.told.always.lock().clear();
    for _ in 0..3 {
        world.clock.advance(time::MINUTE);
        world.run().await;
    }
    assert_eq!((world.state(unprepared).await, world.told.sent_of(poison)), (State::Sent, 1));
    let row = world.find(unwritable).await;
    assert_eq!((row.state, row.unanswered), (State::Sent, true));
}

#[both_engines]
async fn a_panic_is_an_attempt_without_an_answer(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (subject, id) = world.wanted(&[Act::Panic]).await;
    world.told.known.lock().insert(subject, Outcome::Sent { answer: None });
    world.run().await;
    let row = world.find(id).await;
    assert_eq!((row.state, row.unanswered), (State::Queued, true));
    world.clock.advance(time::MINUTE);
    world.run().await;
    assert_eq!(
        (world.state(id).await, world.told.sent_of(subject)),
        (State::Sent, 1),
        "it was found out, not sent again"
    );
}

#[both_engines]
async fn what_is_over_is_forgotten_and_what_failed_is_not(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (_, sent) = world.wanted(&[]).await;
    let (_, failed) = world.wanted(&[Act::Say(Outcome::GiveUp("broken".into()))]).await;
    let (_, waits) = world.wanted(&vec![later("away"); 12]).await;
    let mut registry = world.registry();
    registry.merge(delivery::jobs());
    jobs::run_until_idle(world.db(), &world.clock, &registry).await.unwrap();
    world.clock.advance(8 * time::DAY);
    jobs::run_until_idle(world.db(), &world.clock, &registry).await.unwrap();
    let left: u64 =
        world.db().read().await.unwrap().fetch_value("SELECT count(*) FROM deliveries", args![]).await.unwrap();
    assert_eq!((left, world.state(failed).await, world.state(waits).await), (2, State::Failed, State::Queued));
    assert!(delivery::find(&mut world.db().read().await.unwrap(), sent).await.unwrap().is_none());
}
