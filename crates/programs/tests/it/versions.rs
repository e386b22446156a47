//! Versions: what is published stays, and who moves.

use kernel::time;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{PROGRAMS, USERS, World, flow};

fn version(hours: i64, text: &str) -> Value {
    let nodes = [
        ("start", "start", json!({})),
        ("w", "wait", json!({"hours": hours})),
        ("m", "send_message", json!({"message": text})),
    ];
    flow(&nodes, &["start -> w", "w -> m"])
}

#[both_engines]
async fn who_takes_part_stays_in_their_version_unless_they_are_moved(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let program = world.program("Versions", &version(4, "first")).await;
    for chat in 1..=3 {
        let member = world.member(chat, json!({})).await;
        if chat < 3 {
            world.enrol(&member, &program).await;
        }
    }
    world.work().await;
    let path = format!("{PROGRAMS}/{program}");
    let changed = world.coach.put(&path, &json!({"flow_definition": version(2, "second")})).await.ok();
    assert_eq!((&changed["version"], &changed["has_changes"]), (&json!(1), &json!(true)));
    let told = world.publish(&program, &json!({})).await;
    assert_eq!((&told["version"], &told["moved"], &told["stayed"]), (&json!(2), &json!(0), &json!(2)));
    let same = world.publish(&program, &json!({})).await;
    assert_eq!(same["version"], 2, "nothing has changed");
    world.coach.put(&path, &json!({"flow_definition": version(1, "third")})).await.ok();
    let told = world.publish(&program, &json!({"waiting": "move"})).await;
    assert_eq!((&told["version"], &told["moved"], &told["stayed"]), (&json!(3), &json!(2), &json!(0)));
    let node = world.node(&program, "w").await;
    assert_eq!((&node["entered"], &node["waiting"]), (&json!(2), &json!(2)));
    world.pass(time::HOUR + time::SECOND).await;
    world.work().await;
    assert_eq!(world.sent(1), ["third"], "a wait that would have ended is over");
    let versions = world.coach.get(&format!("{path}/versions")).await.ok();
    assert_eq!(versions["pagination"]["total"], 3);
    assert_eq!(versions["versions"][2]["flow_definition"], version(4, "first"));
    let one = world.coach.get(&format!("{path}/versions/2")).await.ok();
    assert_eq!(one["flow_definition"], version(2, "second"));
    world.coach.get(&format!("{path}/versions/9")).await.refused(404);
    world.coach.get(&format!("{path}/nodes?version=9")).await.refused(404);
}

#[both_engines]
async fn who_stands_where_nothing_is_left_stays(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let program = world.program("Gone", &version(1, "old")).await;
    let member = world.member(1, json!({})).await;
    world.enrol(&member, &program).await;
    world.work().await;
    let other = flow(&[("start", "start", json!({})), ("x", "wait", json!({"hours": 1}))], &["start -> x"]);
    world.coach.put(&format!("{PROGRAMS}/{program}"), &json!({"flow_definition": other})).await.ok();
    let told = world.publish(&program, &json!({"waiting": "move"})).await;
    assert_eq!((&told["moved"], &told["stayed"]), (&json!(0), &json!(1)));
    world.pass(2 * time::HOUR).await;
    assert_eq!(world.sent(1), ["old"]);
}

#[both_engines]
async fn archived_programs_end_by_themselves_or_at_once(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let (one, two) = (world.member(1, json!({})).await, world.member(2, json!({})).await);
    let (slow, fast) =
        (world.program("Slow", &version(1, "slow")).await, world.program("Fast", &version(1, "fast")).await);
    world.enrol(&one, &slow).await;
    world.enrol(&one, &fast).await;
    world.work().await;
    let told = world.coach.post(&format!("{PROGRAMS}/{slow}/archive"), &json!({})).await.ok();
    assert_eq!((&told["status"], &told["cancelled"]), (&json!("archived"), &json!(0)));
    let told = world.coach.post(&format!("{PROGRAMS}/{fast}/archive"), &json!({"cancel": true})).await.ok();
    assert_eq!(told["cancelled"], 1);
    world.coach.post(&format!("{USERS}/{two}/programs/{slow}/enroll"), &json!({})).await.refused(409);
    world.coach.post(&format!("{PROGRAMS}/{slow}/publish"), &json!({})).await.refused(409);
    world.coach.put(&format!("{PROGRAMS}/{slow}"), &json!({"name": "x"})).await.refused(409);
    world.pass(2 * time::HOUR).await;
    assert_eq!(world.sent(1), ["slow"]);
    assert_eq!(world.run(&fast).await["reason"], "archived");
    assert_eq!(world.happened("program.archived").await, 2);
}
