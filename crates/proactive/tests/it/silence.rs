//! One firing for each silence, whatever runs twice; and what holds a firing back.

use kernel::time;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{RULES, World};

fn quiet() -> Value {
    json!({"type": "inactivity", "threshold_hours": 24})
}

fn suppressed(reason: &str) -> Vec<(String, Option<String>)> {
    vec![("suppressed".to_owned(), Some(reason.to_owned()))]
}

#[both_engines]
async fn a_silence_fires_once_and_the_next_one_again(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    world.writes(1, "Ana", "thanks").await;
    let rule = world.rule(quiet()).await;
    world.after(24 * time::HOUR - time::MINUTE).await;
    assert!(world.firings(&rule).await.is_empty(), "not yet");
    world.after(2 * time::MINUTE).await;
    assert_eq!(world.sent(), ["[rule] Hey Ana!"]);
    let told = &world.firings(&rule).await[0];
    assert_eq!((&told["state"], &told["name"], &told["reason"]), (&json!("fired"), &json!("Ana"), &Value::Null));
    for _ in 0..4 {
        world.after(12 * time::HOUR).await;
    }
    assert_eq!(world.sent().len(), 1, "one for each silence");
    world.writes(1, "Ana", "thanks").await;
    world.after(24 * time::HOUR + time::MINUTE).await;
    assert_eq!(world.sent().len(), 2, "another silence");
    assert_eq!(world.happened("proactive.fired").await.len(), 2);
}

#[both_engines]
async fn who_never_wrote_is_silent_since_they_were_added(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    world.member(5, "Dora").await;
    world.rule(quiet()).await;
    world.after(24 * time::HOUR + time::MINUTE).await;
    assert_eq!(world.sent(), ["[rule] Hey Dora!"]);
}

#[both_engines]
async fn two_processes_at_once_fire_once(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    for chat in 1..=40 {
        world.member(chat, &format!("Member {chat}")).await;
    }
    let rule = world.rule(quiet()).await;
    world.clock.advance(24 * time::HOUR + time::MINUTE);
    let other = world.other_process();
    // By both at once, from the same place of the cursor.
    let id = rule["id"].as_str().unwrap().parse().unwrap();
    proactive::testing::scan_twice(&world.proactive, &other, id).await.unwrap();
    assert_eq!(world.firings(&rule).await.len(), 40);
    let (db, clock) = (world.channels.app().db(), &world.clock);
    let (one, two) = (proactive::jobs(&world.proactive), proactive::jobs(&other));
    let (first, second) = futures::join!(jobs::run_until_idle(db, clock, &one), jobs::run_until_idle(db, clock, &two));
    first.unwrap();
    second.unwrap();
    world.work().await;
    for _ in 0..3 {
        world.after(time::MINUTE).await;
    }
    assert_eq!(world.firings(&rule).await.len(), 40);
    let mut sent = world.sent();
    sent.sort();
    sent.dedup();
    assert_eq!((sent.len(), world.sent().len()), (40, 40));
}

#[both_engines]
async fn a_word_of_the_member_ends_what_waits(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    world.writes(1, "Ana", "thanks").await;
    let action = json!([{"type": "send_message", "message_template": "[rule] Hey", "delay_minutes": 120}]);
    let rule = world.rule_with(quiet(), json!({"actions": action})).await;
    world.after(24 * time::HOUR + time::MINUTE).await;
    assert_eq!(world.states(&rule).await[0].0, "queued");
    // In the transaction that takes the message in, before anything else is done.
    world.told(1, "Ana", "Hello there").await;
    assert_eq!(world.states(&rule).await, suppressed("replied"));
    world.after(3 * time::HOUR).await;
    assert!(world.sent().is_empty());
}

#[both_engines]
async fn at_night_it_waits_and_a_word_holds_it_back(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    // 22:00 on the next day is in the night.
    world.clock.advance(12 * time::HOUR);
    world.writes(1, "Ana", "thanks").await;
    world.writes(2, "Berta", "thanks").await;
    let rule = world.rule(quiet()).await;
    world.after(24 * time::HOUR + time::MINUTE).await;
    assert!(world.sent().is_empty(), "nobody is written to at night");
    assert!(world.states(&rule).await.iter().all(|(state, _)| state == "sending"));
    world.told(1, "Ana", "Hello there").await;
    world.after(10 * time::HOUR).await;
    world.after(time::MINUTE).await;
    assert_eq!(world.sent(), ["[rule] Hey Berta!"]);
    let mut states = world.states(&rule).await;
    states.sort();
    assert_eq!(states, [("fired".into(), None), ("suppressed".into(), Some("replied".into()))]);
}

#[both_engines]
async fn caps_hold_over_all_rules(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    world.writes(1, "Ana", "thanks").await;
    let first = world.rule(quiet()).await;
    let second = world.rule(json!({"type": "inactivity", "threshold_hours": 25})).await;
    world.after(24 * time::HOUR + time::MINUTE).await;
    world.after(time::HOUR).await;
    assert_eq!(
        (world.states(&first).await[0].0.as_str(), world.states(&second).await),
        ("fired", suppressed("capped"))
    );
    // Three in seven days; a fourth one is too much.
    for hours in [50, 75, 100] {
        world.rule(json!({"type": "inactivity", "threshold_hours": hours})).await;
    }
    for _ in 0..4 {
        world.after(25 * time::HOUR).await;
        world.after(time::MINUTE).await;
    }
    assert_eq!(world.sent().len(), 3, "{:?}", world.sent());
}

#[both_engines]
async fn a_person_a_stop_and_a_pause_hold_it_back(fresh: FreshDb) {
    let world = World::with_bot(fresh).await;
    for (chat, name) in [(1, "Ana"), (2, "Berta"), (3, "Carl")] {
        world.writes(chat, name, "thanks").await;
    }
    let action = json!([{"type": "send_message", "message_template": "[rule] Hey", "delay_minutes": 120}]);
    let rule = world.rule_with(quiet(), json!({"actions": action})).await;
    world.after(24 * time::HOUR + time::MINUTE).await;
    let body = json!({"allowed": false, "purpose": "marketing", "how": "said so"});
    let reply = world.coach().post(&format!("/api/v1/users/{}/permissions", world.id_of("Ana").await), &body).await;
    assert!(reply.status < 300, "{}", reply.text());
    let berta = world.id_of("Berta").await.parse().unwrap();
    let mut tx = world.channels.app().write().await.unwrap();
    let called = channels::PersonCalled { question: "help", ..Default::default() };
    channels::call_person(&world.channels, &mut tx, world.hub(), berta, called).await.unwrap();
    tx.commit().await.unwrap();
    world.after(2 * time::HOUR).await;
    let mut states = world.states(&rule).await;
    states.sort();
    let held = |reason: &str| ("suppressed".to_owned(), Some(reason.to_owned()));
    assert_eq!(states, [("fired".to_owned(), None), held("escalated"), held("opted_out")]);
    // Paused meanwhile.
    world.writes(3, "Carl", "thanks").await;
    world.after(24 * time::HOUR + time::MINUTE).await;
    let path = format!("{RULES}/{}", rule["id"].as_str().unwrap());
    world.coach().put(&path, &json!({"is_active": false})).await.ok();
    world.after(3 * time::HOUR).await;
    assert!(world.states(&rule).await.contains(&held("paused")));
    // What fell silent during a long pause is not made up for.
    world.writes(3, "Carl", "thanks").await;
    world.after(20 * time::DAY).await;
    world.coach().put(&path, &json!({"is_active": true})).await.ok();
    let before = world.firings(&rule).await.len();
    world.after(time::MINUTE).await;
    assert_eq!(world.firings(&rule).await.len(), before);
}

#[both_engines]
async fn a_channel_that_is_not_there_reaches_nobody(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.member(5, "Dora").await;
    let rule = world.rule(quiet()).await;
    world.after(24 * time::HOUR + time::MINUTE).await;
    assert_eq!(world.states(&rule).await, suppressed("unreachable"));
    let nameless = json!([{"type": "send_message", "message_template": "{nickname}"}]);
    let silent = world.rule_with(quiet(), json!({"actions": nameless})).await;
    world.after(time::MINUTE).await;
    assert_eq!(world.states(&silent).await, suppressed("nothing_to_say"));
}
