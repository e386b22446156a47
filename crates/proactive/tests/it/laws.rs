//! Whatever the order of activity, each silence that crosses fires exactly once.

use std::collections::BTreeSet;

use audience::{InteractionKind, members};
use kernel::time;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::World;

/// How many members there are.
const MEMBERS: usize = 4;

/// What happens: so many minutes go by, and then somebody does something, or the rules look, or both.
#[derive(Clone, Debug)]
struct Step {
    minutes: i64,
    active: Option<usize>,
    looks: bool,
}

fn step() -> impl Strategy<Value = Step> {
    let minutes = prop_oneof![0..5_i64, 20..70_i64, 100..300_i64];
    (minutes, proptest::option::of(0..MEMBERS), any::<bool>()).prop_map(|(minutes, active, looks)| Step {
        minutes,
        active,
        looks,
    })
}

#[both_engines]
async fn each_silence_that_crosses_fires_exactly_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let strategy = prop::collection::vec(step(), 1..25);
    let mut runner = TestRunner::deterministic();
    for _ in 0..12 {
        let steps = strategy.new_tree(&mut runner).unwrap().current();
        walk(&world, &steps).await;
    }
}

async fn walk(world: &World, steps: &[Step]) {
    let threshold = 2 * time::HOUR;
    let mut people = Vec::new();
    for place in 0..MEMBERS {
        let number = world.clock.now().micros() / 1_000 * 10 + i64::try_from(place).unwrap();
        people.push(world.member(number, "Somebody").await);
    }
    let rule = world
        .rule_with(json!({"type": "inactivity", "threshold_hours": 2}), json!({"actions": [{"type": "webhook"}]}))
        .await;
    // The model: since when each is silent, and what has crossed when the rules looked.
    let mut since: Vec<i64> = people.iter().map(|member| member.active_at.micros()).collect();
    let mut crossed = BTreeSet::new();
    for step in steps {
        world.clock.advance(step.minutes * time::MINUTE);
        if let Some(place) = step.active {
            world.clock.advance(1);
            let mut tx = world.audience.app().write().await.unwrap();
            let member = members::get(&mut tx, world.hub(), people[place].id).await.unwrap().unwrap();
            let now = world.clock.now();
            members::interaction(&mut tx, &member, InteractionKind::WidgetOpened, member.channel, now).await.unwrap();
            tx.commit().await.unwrap();
            since[place] = now.micros();
        }
        if step.looks {
            // The jobs come by the clock, at the latest a minute later.
            world.after(time::MINUTE).await;
            let now = world.clock.now().micros();
            crossed.extend(
                (0..MEMBERS).filter(|place| now - since[*place] >= threshold).map(|place| (place, since[place])),
            );
        }
    }
    let fired = world.firings(&rule).await;
    let own = |place: usize| fired.iter().filter(|one| one["user_id"] == json!(people[place].id)).count();
    for place in 0..MEMBERS {
        let wanted = crossed.iter().filter(|(own, _)| *own == place).count();
        assert_eq!(own(place), wanted, "member {place}: {steps:?}");
    }
    let path = format!("{}/{}", crate::world::RULES, rule["id"].as_str().unwrap());
    assert_eq!(world.coach().delete(&path).await.status, 200);
}
