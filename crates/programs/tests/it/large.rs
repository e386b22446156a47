//! A million runs that wait.

use std::time::Instant;

use kernel::{Clock, time};
use programs::{Enrolment, EnrolmentStatus};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{World, flow};

const ALL: usize = 1_000_000;
const DUE: usize = 5_000;

#[both_engines]
#[ignore = "takes minutes: tools/test --all runs it"]
async fn a_tick_costs_what_is_due_and_not_what_waits(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let nodes = [("start", "start", json!({})), ("w", "wait", json!({"days": 1})), ("x", "wait", json!({"days": 300}))];
    let program = world.program("Large", &flow(&nodes, &["start -> w", "w -> x"])).await;
    let hub = world.hub.account.hub();
    let db = world.process.programs.app().db().clone();
    let (now, ids) = (world.clock.now(), Clock::system());
    let mut first: Vec<audience::MemberId> = Vec::with_capacity(DUE);
    for batch in 0..DUE / 100 {
        let mut tx = db.write_long().await.unwrap();
        for place in 0..100 {
            let chat = (batch * 100 + place + 1).to_string();
            let known = audience::Identity::new(audience::IdentityKind::ChatId, &chat).unwrap();
            let seed = audience::Seed::named(Some("Ana"));
            let channel = audience::Channel::Telegram;
            let member = audience::members::reach(&mut tx, hub, channel, &[known], seed).await.unwrap();
            first.push(member.id);
        }
        tx.commit().await.unwrap();
    }
    let model = {
        world.enrol(&first[0].to_string(), &program).await;
        world.work().await;
        let mut tx = world.process.programs.app().read().await.unwrap();
        let sql = format!("SELECT {} FROM program_enrolments", Enrolment::COLUMNS);
        let mut all: Vec<Enrolment> = tx.fetch_all(&sql, vec![]).await.unwrap();
        all.remove(0)
    };
    // Those who are not due stand in programs of their own, so that none of them has two runs in one.
    for batch in 0..ALL / 10_000 {
        let rows: Vec<Enrolment> = (0..10_000)
            .map(|place| {
                let number = batch * 10_000 + place;
                let is_due = (1..DUE).contains(&number);
                let due = if is_due { time::HOUR } else { (30 + i64::try_from(number % 300).unwrap()) * time::DAY };
                Enrolment {
                    id: ids.new_id(),
                    member_id: first[number % DUE],
                    program_id: if is_due { model.program_id } else { ids.new_id() },
                    run: 1,
                    due_at: Some(now.plus(due)),
                    status: EnrolmentStatus::Active,
                    ..model.clone()
                }
            })
            .collect();
        let mut tx = db.write_long().await.unwrap();
        tx.insert_all(&rows).await.unwrap();
        tx.commit().await.unwrap();
    }
    db.analyze().await.unwrap();
    world.process.tick(&world.clock).await;
    let mut best = std::time::Duration::MAX;
    for _ in 0..20 {
        let began = Instant::now();
        world.process.tick(&world.clock).await;
        best = best.min(began.elapsed());
    }
    eprintln!("a tick with nothing due: {best:?}");
    world.clock.advance(time::HOUR + 1);
    let began = Instant::now();
    world.process.tick(&world.clock).await;
    let took = began.elapsed();
    eprintln!("{DUE} due: {took:?}");
    let mut tx = db.read().await.unwrap();
    let left: u64 = tx
        .fetch_value(
            "SELECT count(*) FROM program_enrolments WHERE node = 'x' AND program_id = $1",
            db::args![model.program_id],
        )
        .await
        .unwrap();
    assert_eq!(left, DUE as u64 - 1);
    if !cfg!(debug_assertions) {
        assert!(best.as_millis() <= 1, "{best:?}");
        assert!(took.as_secs_f64() <= 2.0, "{took:?}");
    }
}
