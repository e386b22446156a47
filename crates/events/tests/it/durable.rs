use std::time::Duration;

use async_trait::async_trait;
use db::{EventRow, Tx};
use events::{Event, Handler, Runner, Subscribers, Subscription, run_until_idle};
use kernel::{Clock, Error, Kind, Result, time};
use testkit_db::{FreshDb, both_engines};
use tokio::sync::mpsc;

use crate::{PotFilled, World, Writer, start};

fn only(subscription: Subscription) -> Subscribers {
    let mut subscribers = Subscribers::new();
    subscribers.add(subscription);
    subscribers
}

async fn until(mut done: impl AsyncFnMut() -> bool) {
    for _ in 0..3_000 {
        if done().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come about within 30 seconds");
}

#[both_engines]
async fn a_subscriber_gets_what_it_wants_from_where_it_begins(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let pot = world.pot();
    world.fill(pot, 1..=3).await;
    let (late, early, other) = (Writer::new("late"), Writer::new("early"), Writer::new("other"));
    let mut subscribers = only(Subscription::new("early", early).from_the_beginning());
    subscribers.merge(only(Subscription::new("other", other).from_the_beginning().to(["pot.broken"])));
    // What was told before is visible to all before the one that comes late begins.
    assert_eq!(run_until_idle(&world.db, &world.clock, &subscribers).await.unwrap(), 3);
    subscribers.add(Subscription::new("late", late.clone()).to([PotFilled::NAME]));
    run_until_idle(&world.db, &world.clock, &subscribers).await.unwrap();
    world.fill(pot, 4..=5).await;
    assert_eq!(run_until_idle(&world.db, &world.clock, &subscribers).await.unwrap(), 4);
    assert_eq!(run_until_idle(&world.db, &world.clock, &subscribers).await.unwrap(), 0, "once is enough");
    assert_eq!(world.written("early", pot).await, [1, 2, 3, 4, 5]);
    assert_eq!(world.written("late", pot).await, [4, 5]);
    assert!(world.written("other", pot).await.is_empty());
}

#[both_engines]
async fn an_event_that_fails_holds_up_its_subject_and_nobody_else(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (bad, good) = (world.pot(), world.pot());
    let writer = Writer::new("writer");
    let subscribers = only(Subscription::new("writer", writer.clone()).from_the_beginning().attempts(3));
    let run = async || run_until_idle(&world.db, &world.clock, &subscribers).await.unwrap();
    writer.refuses.lock().push(2);
    for number in 1..=3 {
        world.fill(bad, [number]).await;
        world.fill(good, [number + 10 * i64::from(number == 2)]).await;
    }
    run().await;
    assert_eq!(world.written("writer", bad).await, [1], "what failed has left nothing, and what came later waits");
    assert_eq!(world.written("writer", good).await, [1, 3, 12]);
    world.fill(bad, [4]).await;
    run().await;
    assert_eq!(world.written("writer", bad).await, [1]);
    // The second attempt fails, too; the third sets it aside, and the later ones go on.
    world.clock.advance(6 * time::SECOND);
    run().await;
    assert_eq!(world.written("writer", bad).await, [1]);
    assert!(events::set_aside(&mut world.db.read().await.unwrap(), 10).await.unwrap().is_empty());
    world.clock.advance(11 * time::SECOND);
    run().await;
    assert_eq!(world.written("writer", bad).await, [1, 3, 4]);
    let asked: Vec<i64> = writer.asked_of(bad).into_iter().filter(|number| *number > 2).collect();
    assert_eq!(asked, [3, 4], "in their order");
    let aside = events::set_aside(&mut world.db.read().await.unwrap(), 10).await.unwrap();
    assert_eq!(aside.len(), 1);
    assert_eq!((aside[0].kind.as_str(), aside[0].attempts, aside[0].status.as_str()), ("pot.filled", 3, "failed"));
    assert!(aside[0].error.as_deref().unwrap().contains("this number is refused"));
    // An administrator has it tried once more, when the reason is gone.
    writer.refuses.lock().clear();
    let mut tx = world.db.write().await.unwrap();
    assert_eq!(events::retry(&mut tx, "another", None, world.clock.now()).await.unwrap(), 0);
    assert_eq!(events::retry(&mut tx, "writer", Some(aside[0].id), world.clock.now()).await.unwrap(), 1);
    tx.commit().await.unwrap();
    run().await;
    assert_eq!(world.written("writer", bad).await, [1, 2, 3, 4]);
    assert!(events::set_aside(&mut world.db.read().await.unwrap(), 10).await.unwrap().is_empty());
}

#[both_engines]
async fn a_panic_is_a_fault_like_others(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (unlucky, pot) = (world.pot(), world.pot());
    let subscribers = only(Subscription::new("writer", Writer::new("writer")).from_the_beginning().attempts(1));
    world.fill(unlucky, [13, 14]).await;
    world.fill(pot, 1..=2).await;
    run_until_idle(&world.db, &world.clock, &subscribers).await.unwrap();
    assert_eq!((world.written("writer", unlucky).await, world.written("writer", pot).await), (vec![14], vec![1, 2]));
    let aside = events::set_aside(&mut world.db.read().await.unwrap(), 10).await.unwrap();
    assert!(aside[0].error.as_deref().unwrap().contains("panicked"));
}

#[both_engines]
async fn a_database_out_of_order_is_no_fault_of_an_event(fresh: FreshDb) {
    struct Down;
    #[async_trait]
    impl Handler for Down {
        async fn handle(&self, _: &mut Tx, _: &EventRow) -> Result<()> {
            Err(Error::new(Kind::Unavailable, "the database is away"))
        }
    }
    let world = World::new(fresh).await;
    let pot = world.pot();
    world.fill(pot, [1]).await;
    let subscribers = only(Subscription::new("writer", Down).from_the_beginning().attempts(1));
    let error = run_until_idle(&world.db, &world.clock, &subscribers).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    let subscribers = only(Subscription::new("writer", Writer::new("writer")).from_the_beginning());
    run_until_idle(&world.db, &world.clock, &subscribers).await.unwrap();
    assert_eq!(world.written("writer", pot).await, [1]);
}

// Killed between the handler's work and the new place: nothing is left of the work, and it is done again.
#[both_engines]
async fn what_a_crash_breaks_off_is_done_again(fresh: FreshDb) {
    struct Stuck(Writer, mpsc::UnboundedSender<()>);
    #[async_trait]
    impl Handler for Stuck {
        async fn handle(&self, tx: &mut Tx, event: &EventRow) -> Result<()> {
            self.0.handle(tx, event).await?;
            if self.0.asked.lock().len() == 2 {
                self.1.send(()).map_err(Error::internal)?;
                std::future::pending::<()>().await;
            }
            Ok(())
        }
    }
    let world = World::new(fresh).await;
    let pot = world.pot();
    world.fill(pot, 1..=3).await;
    let (writer, (stuck, mut is_stuck)) = (Writer::new("writer"), mpsc::unbounded_channel());
    let subscribers = only(Subscription::new("writer", Stuck(writer.clone(), stuck)).from_the_beginning());
    let (db, clock, all) = (world.db.clone(), world.clock.clone(), subscribers.clone());
    let killed = tokio::spawn(async move { run_until_idle(&db, &clock, &all).await });
    is_stuck.recv().await.unwrap();
    killed.abort();
    assert!(killed.await.unwrap_err().is_cancelled());
    assert!(world.written("writer", pot).await.len() < 2);
    run_until_idle(&world.db, &world.clock, &subscribers).await.unwrap();
    assert_eq!(world.written("writer", pot).await, [1, 2, 3]);
    let asked = writer.asked_of(pot);
    assert_eq!(asked.iter().filter(|number| **number == 2).count(), 2, "{asked:?}");
}

#[both_engines]
async fn processes_share_the_work_and_do_it_once(fresh: FreshDb) {
    const EVENTS: u32 = 120;
    let world = World::new(fresh).await;
    let (others, clock) = ([world.fresh.reopen().await, world.fresh.reopen().await], Clock::system());
    let writer = Writer::new("writer");
    let subscribers = only(Subscription::new("writer", writer.clone()).to([PotFilled::NAME]));
    let mut runners = Vec::new();
    for db in &others {
        runners.push(Runner::start(db, &clock, &subscribers).await.unwrap());
    }
    let pots = [world.pot(), world.pot(), world.pot()];
    for number in 1..=i64::from(EVENTS) {
        if number == 13 {
            continue;
        }
        // One of the processes hears a bell, the other has to look.
        let db = if number % 2 == 0 { &others[0] } else { &world.db };
        let mut tx = db.write().await.unwrap();
        events::TxExt::event(&mut tx, world.filled(pots[number as usize % 3], number));
        tx.commit().await.unwrap();
    }
    until(async || writer.asked.lock().len() >= EVENTS as usize - 1).await;
    for runner in runners {
        runner.stop().await;
    }
    for pot in pots {
        let asked = writer.asked_of(pot);
        assert!(asked.is_sorted() && asked.windows(2).all(|two| two[0] != two[1]), "{asked:?}");
        assert_eq!(world.written("writer", pot).await, asked);
    }
    for db in others {
        db.close().await;
    }
    assert_eq!(world.clock.now(), start());
}
