//! How long it takes at a million members: `tools/test --all` runs it.

use std::time::Instant;

use audience::{Channel, Member, Seed};
use kernel::time;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::World;

/// How many members there are, each added a second after the one before.
const MEMBERS: i64 = 1_000_000;

#[both_engines]
#[ignore = "takes minutes: a million members are added"]
async fn a_look_back_and_a_look_at_nothing_are_quick(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let began = world.clock.now();
    for batch in 0..MEMBERS / 10_000 {
        let rows = (batch * 10_000..(batch + 1) * 10_000).map(|number| {
            let (id, added) = (world.clock.new_id(), began.plus((number + 1) * time::SECOND));
            Member::new(id, world.hub(), Channel::Telegram, number.to_string(), Seed::default(), added)
        });
        let rows: Vec<Member> = rows.collect();
        let mut tx = world.audience.app().db().write_long().await.unwrap();
        tx.insert_all(&rows).await.unwrap();
        tx.commit().await.unwrap();
    }
    world.clock.advance(MEMBERS * time::SECOND);
    world.audience.app().db().analyze().await.unwrap();
    // Some 11.6 days of silences; seven of them are looked back at.
    let trigger = json!({"type": "inactivity", "threshold_hours": 96});
    let rule = world.rule_with(trigger, json!({"actions": [{"type": "webhook", "delay_minutes": 43_200}]})).await;
    let id = rule["id"].as_str().unwrap().parse().unwrap();
    let begun = Instant::now();
    let found = proactive::testing::scan_until_done(&world.proactive, id).await.unwrap();
    let back = begun.elapsed();
    assert_eq!(found, 7 * 86_400 + 1);
    let begun = Instant::now();
    proactive::testing::scan_now(&world.proactive, id).await.unwrap();
    let nothing = begun.elapsed();
    let engine = world.audience.app().db().engine();
    eprintln!("{engine:?}: {found} firings in {back:?}; a look at nothing {nothing:?}");
    assert!(nothing.as_millis() < 50, "{nothing:?}");
}
