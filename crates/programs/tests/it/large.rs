//! A million runs that wait.

use std::time::{Duration, Instant};

use kernel::{Clock, time};
use programs::{Enrolment, testing};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{World, flow};

const ALL: usize = 1_000_000;
const DUE: usize = 5_000;

/// How long the engine takes to move [`DUE`] runs that wait, and how long a tick takes that finds nothing.
#[both_engines]
#[ignore = "takes minutes: tools/test --all runs it"]
async fn a_tick_costs_what_is_due_and_not_what_waits(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let nodes = [("start", "start", json!({})), ("w", "wait", json!({"days": 1})), ("x", "wait", json!({"days": 300}))];
    let quiet = world.program("Quiet", &flow(&nodes, &["start -> w", "w -> x"])).await;
    let nodes = [
        ("start", "start", json!({})),
        ("w", "wait", json!({"hours": 2})),
        ("one", "send_message", json!({"message": "One, {user_name}"})),
        ("v", "wait", json!({"hours": 2})),
        ("two", "send_message", json!({"message": "Two"})),
        ("x", "wait", json!({"days": 300})),
    ];
    let edges = ["start -> w", "w -> one", "one -> v", "v -> two", "two -> x"];
    let loud = world.program("Loud", &flow(&nodes, &edges)).await;
    let db = world.process.programs.app().db().clone();
    let members = add_members(&world).await;
    let (now, clock) = (world.clock.now(), Clock::system());
    let model = async |program: &str| {
        world.enrol(&members[0].to_string(), program).await;
        world.tick().await;
        testing::newest(&mut db.read().await.unwrap(), program.parse().unwrap()).await.unwrap()
    };
    let (quiet, loud) = (model(&quiet).await, model(&loud).await);
    for (model, due) in [(&quiet, time::HOUR), (&loud, 2 * time::HOUR)] {
        let change = |place: usize, run: &mut Enrolment| {
            (run.member_id, run.due_at) = (members[place + 1], Some(now.plus(due)));
        };
        testing::copy(&db, &clock, model, DUE - 1, change).await.unwrap();
    }
    let change = |place: usize, run: &mut Enrolment| {
        run.member_id = clock.new_id();
        run.due_at = Some(now.plus((30 + i64::try_from(place % 300).unwrap()) * time::DAY));
    };
    testing::copy(&db, &clock, &quiet, ALL - 2 * DUE, change).await.unwrap();
    db.analyze().await.unwrap();
    world.tick().await;
    let mut nothing = Duration::MAX;
    for _ in 0..20 {
        nothing = nothing.min(timed(&world, 0).await);
    }
    let moved = timed(&world, time::HOUR + 1).await;
    let begins = timed(&world, time::HOUR).await;
    let says = timed(&world, 2 * time::HOUR).await;
    eprintln!(
        "{:?}: nothing due {nothing:?}; {DUE} due {moved:?}; {DUE} that say something {begins:?} with a new conversation, {says:?} after that",
        db.engine()
    );
    for program in [quiet.program_id, loud.program_id] {
        let sql = "SELECT count(*) FROM program_enrolments WHERE node = 'x' AND program_id = $1";
        let left: u64 = db.read().await.unwrap().fetch_value(sql, db::args![program]).await.unwrap();
        assert_eq!(left, DUE as u64 - u64::from(program == quiet.program_id));
    }
    if !cfg!(debug_assertions) {
        assert!(nothing.as_millis() <= 1, "{nothing:?}");
        assert!(moved.as_secs_f64() <= 2.0, "{moved:?}");
    }
}

/// How long a tick takes when so much time has passed.
async fn timed(world: &World, passed: i64) -> Duration {
    world.clock.advance(passed);
    let began = Instant::now();
    world.tick().await;
    began.elapsed()
}

async fn add_members(world: &World) -> Vec<audience::MemberId> {
    let mut members = Vec::with_capacity(DUE);
    for batch in 0..DUE / 100 {
        let mut tx = world.process.programs.app().db().write_long().await.unwrap();
        for place in 0..100 {
            let chat = (batch * 100 + place + 1).to_string();
            let known = audience::Identity::new(audience::IdentityKind::ChatId, &chat).unwrap();
            let seed = audience::Seed::named(Some("Ana"));
            let channel = audience::Channel::Telegram;
            let hub = world.hub.account.hub();
            members.push(audience::members::reach(&mut tx, hub, channel, &[known], seed).await.unwrap().id);
        }
        tx.commit().await.unwrap();
    }
    members
}
