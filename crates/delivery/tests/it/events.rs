//! Events of providers, each once.

use delivery::inbound::first_time;
use kernel::time;
use testkit_db::{FreshDb, both_engines};

use crate::World;

#[both_engines]
async fn an_event_counts_once_if_what_it_does_was_committed(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let hear = async |source: &str, id: &str, commits: bool| {
        let mut tx = world.db().write().await.unwrap();
        let first = first_time(&mut tx, source, id, world.clock.now()).await.unwrap();
        if commits {
            tx.commit().await.unwrap();
        }
        first
    };
    assert!(hear("stripe", "evt_1", false).await, "its transaction failed");
    assert!(hear("stripe", "evt_1", true).await);
    assert!(!hear("stripe", "evt_1", true).await);
    assert!(hear("stripe", "evt_2", true).await);
    assert!(hear("twilio", "evt_1", true).await, "another's of the same name");
    let long = "x".repeat(10_000);
    assert!(hear("twilio", &long, true).await && !hear("twilio", &long, true).await);
}

#[both_engines]
async fn an_event_is_forgotten_when_nobody_repeats_it_any_more(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let hear = async |id: &str| {
        let mut tx = world.db().write().await.unwrap();
        let first = first_time(&mut tx, "stripe", id, world.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        first
    };
    hear("old").await;
    world.clock.advance(20 * time::DAY);
    hear("young").await;
    world.clock.advance(11 * time::DAY);
    jobs::run_until_idle(world.db(), &world.clock, &delivery::jobs()).await.unwrap();
    assert!(hear("old").await && !hear("young").await);
}
