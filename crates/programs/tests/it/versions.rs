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

/// Writes so many runs beside the one that there is, each of a member of its own.
async fn multiply(world: &World, program: &str, by: usize) {
    let (db, clock) = (world.process.programs.app().db(), &world.clock);
    let model = programs::testing::newest(&mut db.read().await.unwrap(), program.parse().unwrap()).await.unwrap();
    programs::testing::copy(db, clock, &model, by, |_, run| run.member_id = clock.new_id()).await.unwrap();
}

#[both_engines]
async fn many_are_moved_and_ended_by_a_job_that_tells_how_far_it_is(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let program = world.program("Large", &version(40, "first")).await;
    let member = world.member(1, json!({})).await;
    world.enrol(&member, &program).await;
    world.work().await;
    multiply(&world, &program, 2_099).await;
    let path = format!("{PROGRAMS}/{program}");
    world.coach.put(&path, &json!({"flow_definition": version(30, "second")})).await.ok();
    let told = world.publish(&program, &json!({"waiting": "move"})).await;
    assert_eq!((&told["moved"], &told["stayed"]), (&json!(0), &json!(0)), "nothing is moved within the request");
    let batch = &told["batch"];
    assert_eq!(
        (&batch["kind"], &batch["version"], &batch["status"], &batch["total"]),
        (&json!("move"), &json!(2), &json!("pending"), &json!(null))
    );
    world.process.work(&world.clock).await;
    let shown = world.coach.get(&format!("{path}/enrollments/batches/{}", batch["id"].as_str().unwrap())).await.ok();
    assert_eq!((&shown["status"], &shown["total"], &shown["done"]), (&json!("completed"), &json!(2100), &json!(2100)));
    assert_eq!((&shown["moved"], &shown["stayed"], &shown["enrolled"]), (&json!(2100), &json!(0), &json!(0)));
    let nodes = world.coach.get(&format!("{path}/nodes?version=2")).await.ok();
    let node = nodes["nodes"].as_array().unwrap().iter().find(|node| node["node_id"] == "w").unwrap();
    assert_eq!(node["entered"], 2100, "{node}");
    // Who ends them all wants nobody moved any more.
    world.coach.put(&path, &json!({"flow_definition": version(20, "third")})).await.ok();
    let moving = world.publish(&program, &json!({"waiting": "move"})).await["batch"]["id"].clone();
    let told = world.coach.post(&format!("{path}/archive"), &json!({"cancel": true})).await.ok();
    let ending = &told["batch"];
    assert_eq!((&told["cancelled"], &ending["kind"], &ending["version"]), (&json!(0), &json!("cancel"), &json!(null)));
    world.process.work(&world.clock).await;
    let listed = world.coach.get(&format!("{path}/enrollments/batches")).await.ok();
    let of = |id: &Value| listed["batches"].as_array().unwrap().iter().find(|one| one["id"] == *id).unwrap().clone();
    assert_eq!((&of(&moving)["status"], &of(&moving)["moved"]), (&json!("cancelled"), &json!(0)));
    let ended = of(&ending["id"]);
    assert_eq!(
        (&ended["status"], &ended["total"], &ended["cancelled"]),
        (&json!("completed"), &json!(2100), &json!(2100))
    );
    let left = world.coach.get(&format!("{path}/enrollments?status=exited")).await.ok();
    assert_eq!((&left["pagination"]["total"], &left["enrollments"][0]["reason"]), (&json!(2100), &json!("archived")));
}
