//! What left the server in vain: listed, and tried again.

use async_trait::async_trait;
use db::Tx;
use delivery::{Channel, Delivery, NewDelivery, Outcome, Pace, Prepared, State};
use kernel::{Clock, Error, Result, time};
use testkit::{FreshDb, TempFolder, both_engines};

use crate::program::run;

struct Way;

#[async_trait]
impl Channel for Way {
    fn kind(&self) -> &'static str {
        "test"
    }
    fn pace(&self) -> Pace {
        Pace::of(1)
    }
    async fn prepare(&self, _: &mut Tx, _: &Delivery) -> Result<Prepared> {
        Err(Error::internal("nothing is sent here"))
    }
}

#[both_engines]
async fn what_was_given_up_is_listed_and_tried_again(fresh: FreshDb) {
    let (clock, folder) = (Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 7), TempFolder::new());
    fresh.db.migrate(&influencerflow::build::migrations(), clock.now()).await.unwrap();
    let mut ids = Vec::new();
    for why in ["451 greylisted\nfor good", "no such host"] {
        let mut tx = fresh.db.write().await.unwrap();
        let new = NewDelivery::new("test", clock.new_id::<()>().uuid());
        let id = delivery::enqueue(&mut tx, &clock, new).await.unwrap();
        assert!(delivery::hear(&mut tx, &clock, &Way, id, Outcome::GiveUp(why.into())).await.unwrap());
        tx.commit().await.unwrap();
        clock.advance(time::MINUTE);
        ids.push(id);
    }
    let url = fresh.url.clone();
    let ask =
        |arguments: &[&str]| run(folder.path(), &[&["deliveries"], arguments, &["--database-url", &url]].concat());
    let listed = ask(&["failed"]);
    let lines: Vec<&str> = listed.out.lines().collect();
    assert_eq!((listed.code, lines.len()), (Some(0), 2), "{}{}", listed.out, listed.err);
    assert!(
        lines[0].starts_with(&ids[1].to_string()) && lines[0].ends_with("tried 0 times: no such host"),
        "{}",
        lines[0]
    );
    assert!(lines[1].ends_with("451 greylisted for good") && lines[1].contains("  test  "), "{}", lines[1]);
    let id = ids[0].to_string();
    let replayed = ask(&["replay", &id]);
    assert!(replayed.code == Some(0) && replayed.err.contains("It will be tried again"), "{}", replayed.err);
    assert_eq!(
        delivery::find(&mut fresh.db.read().await.unwrap(), ids[0]).await.unwrap().unwrap().state,
        State::Queued
    );
    assert_eq!(ask(&["failed"]).out.lines().count(), 1);
    assert_eq!((ask(&["replay", &id]).code, ask(&["replay", "x"]).code), (Some(1), Some(2)));
}
