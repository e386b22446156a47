use events::{Event, Subscribers, Subscription, run_until_idle};
use kernel::time;
use testkit_db::{FreshDb, both_engines};

use crate::{PotFilled, World, Writer};

#[both_engines]
async fn what_is_old_and_read_by_all_is_forgotten(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (pot, writer) = (world.pot(), Writer::new("writer"));
    let mut subscribers = Subscribers::new();
    subscribers.add(Subscription::new("writer", writer.clone()).from_the_beginning().attempts(1));
    run_until_idle(&world.db, &world.clock, &subscribers).await.unwrap();
    let left = async || world.db.read().await.unwrap().newest_events(None, &[], 100).await.unwrap().len();
    writer.refuses.lock().push(2);
    world.fill(pot, 1..=4).await;
    world.clock.advance(time::DAY);
    let now = world.clock.now();
    assert_eq!(events::forget(&world.db, now, &subscribers).await.unwrap(), 0, "nobody has read them yet");
    run_until_idle(&world.db, &world.clock, &subscribers).await.unwrap();
    world.fill(pot, [5]).await;
    assert_eq!(events::forget(&world.db, now, &subscribers).await.unwrap(), 4);
    assert_eq!(left().await, 1);
    // What was set aside needs the log no longer.
    writer.refuses.lock().clear();
    let mut tx = world.db.write().await.unwrap();
    assert_eq!(events::retry(&mut tx, "writer", None, world.clock.now()).await.unwrap(), 1);
    tx.commit().await.unwrap();
    run_until_idle(&world.db, &world.clock, &subscribers).await.unwrap();
    assert_eq!(world.written("writer", pot).await, [1, 2, 3, 4, 5]);
    assert_eq!(PotFilled::NAME, "pot.filled");
}

#[both_engines]
async fn figures_tell_who_is_behind(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (pot, writer) = (world.pot(), Writer::new("writer"));
    let mut subscribers = Subscribers::new();
    subscribers.add(Subscription::new("writer", writer.clone()).from_the_beginning().attempts(1));
    run_until_idle(&world.db, &world.clock, &subscribers).await.unwrap();
    writer.refuses.lock().push(2);
    world.fill(pot, 1..=2).await;
    run_until_idle(&world.db, &world.clock, &subscribers).await.unwrap();
    world.fill(pot, 3..=5).await;
    world.clock.advance(90 * time::SECOND);

    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let figures = recorder.handle();
    let guard = metrics::set_default_local_recorder(&recorder);
    let told = events::gauges(&world.db, &world.clock, &subscribers);
    // The recorder is this thread's: the future may not move to another one.
    futures::executor::block_on(told).unwrap();
    drop(guard);
    let figures = figures.render();
    for line in [
        "event_subscriber_behind{subscriber=\"writer\"} 3",
        "event_subscriber_behind_seconds{subscriber=\"writer\"} 90",
        "event_retries{subscriber=\"writer\",status=\"failed\"} 1",
        "event_retries{subscriber=\"writer\",status=\"waiting\"} 0",
        "events_held_back",
    ] {
        assert!(figures.contains(line), "{line} is not in\n{figures}");
    }
}
