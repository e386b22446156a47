//! Programs that are walked through time.

use kernel::time;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{PROGRAMS, USERS, World, flow, hello};

#[both_engines]
async fn three_weeks_in_two_time_zones(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let mut nodes =
        vec![("start", "start", json!({})), ("m0", "send_message", json!({"message": "Week 0, {user_name}"}))];
    let monday = json!({"until": {"time": "09:00", "weekdays": ["monday"]}});
    nodes.extend([("w1", "wait", monday.clone()), ("m1", "send_message", json!({"message": "Week 1"}))]);
    nodes.extend([("w2", "wait", monday.clone()), ("m2", "send_message", json!({"message": "Week 2"}))]);
    nodes.extend([("w3", "delay", monday), ("m3", "send_message", json!({"message": "Week 3"}))]);
    let edges = ["start -> m0", "m0 -> w1", "w1/done -> m1", "m1 -> w2", "w2 -> m2", "m2 -> w3", "w3 -> m3"];
    let badge = world.coach.post("/api/v1/badges", &json!({"name": "Three weeks"})).await.json();
    let body = json!({"name": "Three weeks", "flow_definition": flow(&nodes, &edges), "settings": {"completion_badge": badge["id"]}});
    let program = world.coach.post(PROGRAMS, &body).await.json()["id"].as_str().unwrap().to_owned();
    world.publish(&program, &json!({})).await;
    let madrid = world.member(1, json!({"timezone": "Europe/Madrid"})).await;
    let york = world.member(2, json!({"timezone": "America/New_York", "profile_data": {"name": "Bob"}})).await;
    world.enrol(&madrid, &program).await;
    world.enrol(&york, &program).await;
    world.work().await;
    // It is 11:00 in Madrid, and 5:00 in New York: a message waits there for the end of the night.
    assert_eq!(world.sent(1), ["Week 0, Ana"]);
    assert!(world.sent(2).is_empty());
    world.pass_until("2026-03-02T13:00:00Z").await;
    assert_eq!(world.sent(2), ["Week 0, Bob"], "8:00 in New York");
    world.pass_until("2026-03-23T16:00:00Z").await;
    let hours = |chat| -> Vec<(String, String)> {
        world.sent_at(chat).into_iter().map(|(at, text)| (at[..13].to_owned(), text)).collect()
    };
    let told = |of: &[(&str, &str)]| -> Vec<(String, String)> {
        of.iter().map(|(at, text)| ((*at).to_owned(), (*text).to_owned())).collect()
    };
    // Clocks are looked at once an hour here, so that what is sent at 9:00 and some seconds is found at 10:00.
    // In Madrid 9:00 is 8:00 UTC until the clocks change on 29 March; in New York they changed on 8 March, from 14:00 to 13:00 UTC.
    let wanted = [
        ("2026-03-02T10", "Week 0, Ana"),
        ("2026-03-09T09", "Week 1"),
        ("2026-03-16T09", "Week 2"),
        ("2026-03-23T09", "Week 3"),
    ];
    assert_eq!(hours(1), told(&wanted));
    let wanted = [
        ("2026-03-02T13", "Week 0, Bob"),
        // Enrolled at 5:00 on a Monday, so that the first Monday at 9:00 is the same day.
        ("2026-03-02T15", "Week 1"),
        ("2026-03-09T14", "Week 2"),
        ("2026-03-16T14", "Week 3"),
    ];
    assert_eq!(hours(2), told(&wanted));
    let details = world.coach.get(&format!("{PROGRAMS}/{program}")).await.ok();
    assert_eq!((&details["enrollment_count"], &details["completion_rate"]), (&json!(2), &json!(1.0)));
    let analytics = &details["analytics"];
    assert_eq!((&analytics["active_enrollments"], &analytics["completed_enrollments"]), (&json!(0), &json!(2)));
    let days = analytics["average_completion_time_days"].as_f64().unwrap();
    assert!((17.0..18.0).contains(&days), "{days}");
    assert_eq!(analytics["engagement_score"], json!(null), "nothing was asked");
    let user = world.coach.get(&format!("{USERS}/{madrid}")).await.ok();
    assert_eq!(user["badges_earned"][0]["badge_name"], "Three weeks");
    assert_eq!(user["program_enrollments"][0]["status"], "completed");
    assert_eq!(user["program_enrollments"][0]["progress"], json!(1.0));
    assert_eq!((world.happened("program.enrolled").await, world.happened("program.completed").await), (2, 2));
    let node = world.node(&program, "w2").await;
    assert_eq!(
        (&node["entered"], &node["waiting"], &node["left"], &node["reached"], &node["dropped"]),
        (&json!(2), &json!(0), &json!(2), &json!(1.0), &json!(0.0))
    );
}

#[both_engines]
async fn nobody_is_written_to_at_night(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let member = world.member(1, json!({"timezone": "Europe/Madrid"})).await;
    let nodes = [
        ("start", "start", json!({})),
        ("m", "send_message", json!({"message": "Sleep well?", "delay_hours": 12})),
        ("end", "end", json!({"outcome": "exited"})),
    ];
    let program = world.program("Night", &flow(&nodes, &["start -> m", "m -> end"])).await;
    world.enrol(&member, &program).await;
    world.work().await;
    let run = world.run(&program).await;
    assert_eq!((&run["waiting_for"], &run["due_at"]), (&json!("delay"), &json!("2026-03-02T22:00:00Z")));
    world.pass_until("2026-03-02T23:00:00Z").await;
    assert_eq!(world.run(&program).await["status"], "exited");
    assert!(world.sent(1).is_empty(), "midnight in Madrid");
    world.pass_until("2026-03-03T07:00:00Z").await;
    assert_eq!(world.sent(1), ["Sleep well?"]);
    assert_eq!(world.happened("program.left").await, 1);
}

#[both_engines]
async fn whoever_moves_to_another_zone_is_woken_by_its_clock(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let member = world.member(1, json!({"timezone": "Europe/Madrid"})).await;
    let nodes = [("start", "start", json!({})), ("w", "wait", json!({"until": {"time": "18:00"}}))];
    let program = world.program("Evening", &flow(&nodes, &["start -> w"])).await;
    world.enrol(&member, &program).await;
    world.work().await;
    let due = world.run(&program).await["due_at"].as_str().unwrap().to_owned();
    assert!(due.starts_with("2026-03-02T17:0"), "{due}");
    world.coach.put(&format!("{USERS}/{member}"), &json!({"timezone": "America/New_York"})).await.ok();
    world.work().await;
    let due = world.run(&program).await["due_at"].as_str().unwrap().to_owned();
    assert!(due.starts_with("2026-03-02T23:0"), "{due}");
}

#[both_engines]
async fn two_ticks_at_once_and_a_crash_in_between_say_everything_once(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let nodes = [
        ("start", "start", json!({})),
        ("w", "wait", json!({"hours": 1})),
        ("m", "send_message", json!({"message": "Once"})),
        ("w2", "wait", json!({"hours": 1})),
    ];
    let program = world.program("Once", &flow(&nodes, &["start -> w", "w -> m", "m -> w2"])).await;
    for chat in 1..=12 {
        let member = world.member(chat, json!({})).await;
        world.enrol(&member, &program).await;
    }
    world.work().await;
    world.clock.advance(time::HOUR + 1);
    let (one, other) = (world.process.clone(), world.another());
    let ticks = [one.clone(), other.clone(), one, other].map(|process| {
        let clock = world.clock.clone();
        async move { process.tick(&clock).await }
    });
    futures::future::join_all(ticks).await;
    // A process that died after it had planned, and before it wrote, has left nothing; the next one plans again.
    world.work().await;
    for chat in 1..=12 {
        assert_eq!(world.sent(chat), ["Once"], "chat {chat}");
    }
    let node = world.node(&program, "m").await;
    assert_eq!((&node["entered"], &node["left"]), (&json!(12), &json!(12)));
    let all = world.coach.get(&format!("{PROGRAMS}/{program}/enrollments?node=w2&status=active")).await.ok();
    assert_eq!(all["pagination"]["total"], 12);
}

#[both_engines]
async fn paused_runs_wait_and_those_taken_out_end(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let member = world.member(1, json!({})).await;
    let nodes = [
        ("start", "start", json!({"reentry": "after_end"})),
        ("w", "wait", json!({"minutes": 30})),
        ("m", "send_message", json!({"message": "After"})),
    ];
    let program = world.program("Pause", &flow(&nodes, &["start -> w", "w -> m"])).await;
    world.enrol(&member, &program).await;
    world.work().await;
    let path = format!("{USERS}/{member}/programs/{program}");
    let paused = world.coach.post(&format!("{path}/pause"), &json!({})).await.ok();
    assert_eq!(paused["status"], "paused");
    world.pass(2 * time::HOUR).await;
    assert!(world.sent(1).is_empty());
    assert_eq!(world.coach.post(&format!("{path}/resume"), &json!({})).await.ok()["status"], "active");
    world.work().await;
    assert_eq!(world.sent(1), ["After"]);
    let again = world.enrol(&member, &program).await;
    assert_eq!(again["run"], 2);
    world.work().await;
    let out = world.coach.delete(&path).await.ok();
    assert_eq!((&out["status"], &out["reason"]), (&json!("exited"), &json!("unenrolled")));
    world.pass(2 * time::HOUR).await;
    assert_eq!(world.sent(1), ["After"]);
    world.coach.delete(&path).await.refused(404);
    let node = world.node(&program, "w").await;
    assert_eq!((&node["entered"], &node["waiting"], &node["dropped"]), (&json!(2), &json!(0), &json!(0.5)));
    let details = world.coach.get(&format!("{PROGRAMS}/{program}")).await.ok();
    assert_eq!(details["analytics"]["exited_enrollments"], 1);
}

#[both_engines]
async fn without_a_channel_nothing_is_said_and_nothing_hangs(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let member = world.member(1, json!({})).await;
    let program = world.program("Hello", &hello()).await;
    world.enrol(&member, &program).await;
    world.work().await;
    assert_eq!(world.run(&program).await["status"], "completed");
    assert_eq!(world.node(&program, "hello").await["failed"], 1);
}
