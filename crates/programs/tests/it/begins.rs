//! What makes members begin and leave by itself, and what leaves the house.

use kernel::time;
use ports::outward::{Fault, StandIn};
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{PROGRAMS, USERS, World, flow, hello};

async fn starting(world: &World, name: &str, start: Value) -> String {
    let nodes = [("start", "start", start), ("m", "send_message", json!({"message": name}))];
    world.program(name, &flow(&nodes, &["start -> m"])).await
}

#[both_engines]
async fn what_happens_makes_members_begin_once(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let joined = starting(&world, "Joined", json!({"trigger": "member_created"})).await;
    starting(&world, "Tagged", json!({"trigger": "tag", "tag": "VIP"})).await;
    starting(&world, "After", json!({"trigger": "program_completed", "program_id": joined})).await;
    let body = json!({"name": "Auto", "flow_definition": hello(), "settings": {"auto_enroll": true}});
    let auto = world.coach.post(PROGRAMS, &body).await.json()["id"].as_str().unwrap().to_owned();
    let member = world.member(1, json!({})).await;
    world.work().await;
    world.settle().await;
    let mut sent = world.sent(1);
    sent.sort();
    assert_eq!(sent, ["After", "Joined"], "a draft begins for nobody");
    world.publish(&auto, &json!({})).await;
    world.coach.post(&format!("{USERS}/{member}/tags"), &json!({"tags": ["vip"]})).await.ok();
    world.work().await;
    world.settle().await;
    assert_eq!(world.sent(1).last().unwrap(), "Tagged");
    world.coach.delete(&format!("{USERS}/{member}/tags/vip")).await.ok();
    world.coach.post(&format!("{USERS}/{member}/tags"), &json!({"tags": ["vip"]})).await.ok();
    world.settle().await;
    assert_eq!(world.sent(1).len(), 3, "once is all, where nothing else is said");
    world.member(2, json!({"profile_data": {}})).await;
    world.settle().await;
    let mut sent = world.sent(2);
    sent.sort();
    assert_eq!(sent, ["After", "Joined", "Welcome!"], "who has no name is welcomed without one");
    let users = world.coach.get(USERS).await.ok();
    let counts: Vec<_> =
        users["users"].as_array().unwrap().iter().map(|user| user["program_enrollments"].clone()).collect();
    assert_eq!(counts, [json!(3), json!(3)]);
}

#[both_engines]
async fn programs_that_enrol_in_each_other_come_to_an_end(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let again = json!({"reentry": "always", "trigger": "tag", "tag": "loop"});
    let nodes = [
        ("start", "start", again),
        ("out", "tag", json!({"remove": ["loop"]})),
        ("in", "tag", json!({"add": ["loop"]})),
    ];
    let program = world.program("Loop", &flow(&nodes, &["start -> out", "out -> in"])).await;
    let member = world.member(1, json!({})).await;
    world.enrol(&member, &program).await;
    for _ in 0..30 {
        world.work().await;
    }
    let all = world.coach.get(&format!("{PROGRAMS}/{program}/enrollments")).await.ok();
    let total = all["pagination"]["total"].as_i64().unwrap();
    assert!((2..=10).contains(&total), "{total}");
}

#[both_engines]
async fn who_says_stop_leaves_and_who_is_erased_is_forgotten(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let nodes =
        [("start", "start", json!({})), ("q", "question", json!({"message": "Your name?", "save_to": "profile.nick"}))];
    let program = world.program("Stop", &flow(&nodes, &["start -> q"])).await;
    let (one, two) = (world.member(1, json!({})).await, world.member(2, json!({})).await);
    world.enrol(&one, &program).await;
    world.enrol(&two, &program).await;
    world.work().await;
    world.writes(1, "STOP").await;
    let ended = world.coach.get(&format!("{PROGRAMS}/{program}/enrollments?status=exited")).await.ok();
    assert_eq!(ended["enrollments"][0]["reason"], "opted_out");
    let path = format!("{USERS}/{one}/programs/{program}/enroll");
    world.coach.post(&path, &json!({})).await.refused(409);
    let told = world.coach.get(&format!("{USERS}/{two}/export")).await.ok();
    assert_eq!(told["program_enrollments"][0]["program"], "Stop", "{told}");
    assert_eq!(world.coach.delete(&format!("{USERS}/{two}")).await.status, 200);
    world.pass(time::HOUR).await;
    let all = world.coach.get(&format!("{PROGRAMS}/{program}/enrollments")).await.ok();
    assert_eq!(all["pagination"]["total"], 1);
    let details = world.coach.get(&format!("{PROGRAMS}/{program}")).await.ok();
    let analytics = &details["analytics"];
    assert_eq!((&analytics["total_enrollments"], &analytics["active_enrollments"]), (&json!(2), &json!(0)));
    assert_eq!(world.node(&program, "q").await["waiting"], 0);
}

#[both_engines]
async fn two_who_become_one_have_one_run(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let nodes = [
        ("start", "start", json!({})),
        ("w", "wait", json!({"hours": 2})),
        ("m", "send_message", json!({"message": "Hi"})),
    ];
    let program = world.program("Merge", &flow(&nodes, &["start -> w", "w -> m"])).await;
    let (one, two) = (world.member(1, json!({})).await, world.member(2, json!({})).await);
    world.enrol(&one, &program).await;
    world.enrol(&two, &program).await;
    world.work().await;
    world.coach.post(&format!("{USERS}/{one}/merge"), &json!({"user_id": two})).await.ok();
    world.pass(3 * time::HOUR).await;
    assert_eq!(world.sent(1).len() + world.sent(2).len(), 1);
    let all = world.coach.get(&format!("{PROGRAMS}/{program}/enrollments")).await.ok();
    let rows = all["enrollments"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["user_id"] == json!(one)), "{rows:?}");
    let runs: std::collections::BTreeSet<_> = rows.iter().map(|row| row["run"].as_i64().unwrap()).collect();
    assert_eq!(runs, [1, 2].into());
}

#[both_engines]
async fn other_servers_and_the_assistant_are_asked_outside(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let member = world.member(1, json!({})).await;
    let nodes = [
        ("start", "start", json!({})),
        (
            "ask",
            "http_request",
            json!({"url": "https://crm.example/{goals.0|none}", "body": {"name": "{user_name}"}, "save_to": "profile.crm"}),
        ),
        ("ok", "send_message", json!({"message": "Your number is {profile.crm.number}"})),
        ("ai", "ai_reply", json!({"question": "What does it cost?"})),
        ("ai2", "ai_reply", json!({"question": "Who are you?", "fallback": "I will ask"})),
        ("bad", "http_request", json!({"url": "https://crm.example/", "method": "GET"})),
        ("sorry", "send_message", json!({"message": "Later"})),
    ];
    let edges = [
        "start -> ask",
        "ask/ok -> ok",
        "ask/failed -> sorry",
        "ok -> ai",
        "ai/answered -> ai2",
        "ai/unknown -> sorry",
        "ai2 -> bad",
        "bad/failed -> sorry",
        "bad/ok -> ok",
    ];
    let program = world.program("Out", &flow(&nodes, &edges)).await;
    world.outward.next(Ok(StandIn::answer(200, r#"{"number": 7}"#)));
    world.outward.next(Ok(StandIn::answer(404, "no")));
    world.enrol(&member, &program).await;
    world.work().await;
    world.settle().await;
    assert_eq!(world.sent(1), ["Your number is 7", "It costs 90 euros.", "I will ask", "Later"]);
    let asked = world.outward.take();
    assert_eq!(asked.len(), 2);
    assert_eq!((asked[0].url.as_str(), asked[0].method.word()), ("https://crm.example/none", "POST"));
    assert_eq!(serde_json::from_slice::<Value>(&asked[0].body).unwrap(), json!({"name": "Ana"}));
    assert!(asked[0].headers.iter().any(|(name, _)| name == "idempotency-key"));
    assert_eq!(world.node(&program, "bad").await["failed"], 1);
    // What cannot be reached is tried again, and given up in time.
    let nodes = [
        ("start", "start", json!({})),
        ("ask", "http_request", json!({"url": "https://down.example/"})),
        ("sorry", "send_message", json!({"message": "Down"})),
    ];
    let down = world.program("Down", &flow(&nodes, &["start -> ask", "ask -> sorry"])).await;
    for _ in 0..10 {
        world.outward.next(Err(Fault::Unresolvable));
    }
    world.enrol(&member, &down).await;
    world.settle().await;
    world.pass(2 * time::HOUR).await;
    world.settle().await;
    assert_eq!(world.sent(1).last().unwrap(), "Down");
    assert!(world.outward.take().len() > 1);
}
