//! What members answer, and who has their conversations.

use kernel::time;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{PROGRAMS, USERS, World, flow};

fn survey() -> serde_json::Value {
    let nodes = [
        ("start", "start", json!({})),
        (
            "how",
            "question",
            json!({"message": "How was it, {user_name}?", "choices": ["Good", "Bad"], "save_to": "profile.how",
                "retries": 1, "timeout_hours": 48}),
        ),
        ("good", "send_message", json!({"message": "{how} it is"})),
        (
            "weight",
            "collect_input",
            json!({"message": "Your weight?", "answer": "number", "save_to": "weight", "timeout_hours": 2}),
        ),
        ("heavy", "condition", json!({"rules": [{"field": "profile.weight", "op": "at_least", "value": 80}]})),
        ("yes", "tag", json!({"add": ["heavy"]})),
        ("no", "set_attribute", json!({"field": "profile.light", "value": true})),
        ("nobody", "send_message", json!({"message": "Another time then"})),
    ];
    let edges = [
        "start -> how",
        "how/choice:Good -> good",
        "how/choice:Bad -> good",
        "how/timeout -> nobody",
        "good -> weight",
        "weight/answered -> heavy",
        "weight/timeout -> nobody",
        "heavy/true -> yes",
        "heavy/false -> no",
    ];
    flow(&nodes, &edges)
}

#[both_engines]
async fn answers_are_read_kept_and_followed(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let member = world.member(1, json!({})).await;
    let program = world.program("Survey", &survey()).await;
    world.enrol(&member, &program).await;
    world.work().await;
    assert_eq!(world.sent(1), ["How was it, Ana?"]);
    world.writes(1, "Automatic reply: I am out of office").await;
    world.clock.advance(time::MINUTE);
    assert_eq!(world.run(&program).await["node_id"], "how", "a machine's word is no answer");
    world.writes(1, "hmm").await;
    world.settle().await;
    let last = world.sent(1).pop().unwrap();
    assert!(last.starts_with("Please choose one of these"), "{last}");
    world.presses(1, "Good", "Good").await;
    world.settle().await;
    let sent = world.sent(1);
    assert_eq!(sent[sent.len() - 2..], ["Good it is", "Your weight?"], "{sent:?}");
    world.writes(1, "82,5 kg").await;
    let run = world.run(&program).await;
    assert_eq!((&run["status"], &run["answers"]), (&json!("completed"), &json!({"how": "Good", "weight": 82.5})));
    let user = world.coach.get(&format!("{USERS}/{member}")).await.ok();
    assert_eq!((&user["profile_data"]["how"], &user["profile_data"]["weight"]), (&json!("Good"), &json!(82.5)));
    assert_eq!(world.coach.get(&format!("{USERS}/{member}/tags")).await.ok()["tags"], json!(["heavy"]));
    let node = world.node(&program, "how").await;
    assert_eq!((&node["entered"], &node["replied"], &node["failed"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!(node["exits"], json!([{"exit": "choice:Good", "passed": 1, "completed": 0}]));
    let details = world.coach.get(&format!("{PROGRAMS}/{program}")).await.ok();
    assert_eq!(details["analytics"]["engagement_score"], 1.0);
    // What is written after the end is the assistant's, and no program's.
    world.writes(1, "And now?").await;
    assert_eq!(world.assistant.0.lock().unwrap().last().unwrap(), "And now?");
}

#[both_engines]
async fn who_does_not_answer_goes_by_timeout(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let member = world.member(1, json!({})).await;
    let program = world.program("Survey", &survey()).await;
    world.enrol(&member, &program).await;
    world.work().await;
    world.pass(47 * time::HOUR).await;
    assert_eq!(world.sent(1).len(), 1);
    world.pass(time::HOUR).await;
    assert_eq!(world.sent(1), ["How was it, Ana?", "Another time then"]);
    let details = world.coach.get(&format!("{PROGRAMS}/{program}")).await.ok();
    assert_eq!(details["analytics"]["engagement_score"], 0.0);
}

#[both_engines]
async fn a_message_ends_a_wait_and_the_assistant_answers_where_the_program_says_nothing(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let member = world.member(1, json!({})).await;
    let wait = json!({"days": 2, "cancel_on_reply": true});
    let nodes = |replied: &str| {
        let said = ("loud", "send_message", json!({"message": "You said: {last_message}"}));
        let nodes = [("start", "start", json!({})), ("w", "wait", wait.clone()), said];
        flow(&nodes, &["start -> w", "w/done -> loud", &format!("w/replied -> {replied}")])
    };
    let loud = world.program("Loud", &nodes("loud")).await;
    world.enrol(&member, &loud).await;
    world.work().await;
    world.writes(1, "I am here").await;
    assert_eq!(world.sent(1), ["You said: I am here"]);
    assert!(world.assistant.0.lock().unwrap().is_empty(), "the program has answered");
    assert_eq!(world.node(&loud, "w").await["replied"], 1);
    let bare = flow(
        &[("start", "start", json!({})), ("w", "wait", wait.clone()), ("t", "tag", json!({"add": ["wrote"]}))],
        &["start -> w", "w -> t"],
    );
    let bare = world.program("Quiet", &bare).await;
    world.enrol(&member, &bare).await;
    world.work().await;
    world.clock.advance(time::MINUTE);
    world.writes(1, "What does it cost?").await;
    assert_eq!(world.run(&bare).await["status"], "completed");
    assert_eq!(world.assistant.0.lock().unwrap().len(), 1, "nothing was said, so that the assistant answers");
}

#[both_engines]
async fn a_person_who_has_the_conversation_is_not_talked_over(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let member = world.member(1, json!({})).await;
    let nodes = [
        ("start", "start", json!({})),
        ("w", "wait", json!({"hours": 1})),
        ("call", "escalate", json!({"reason": "Wants a call", "message": "One of us comes"})),
        ("m", "send_message", json!({"message": "Welcome back"})),
    ];
    let program = world.program("Hand", &flow(&nodes, &["start -> w", "w -> call", "call -> m"])).await;
    world.enrol(&member, &program).await;
    world.writes(1, "Hello").await;
    let conversation = world.coach.get("/api/v1/conversations").await.ok()["conversations"][0].clone();
    let path = format!("/api/v1/conversations/{}", conversation["id"].as_str().unwrap());
    let before = world.sent(1).len();
    let taken = world.coach.post(&format!("{path}/take-over"), &json!({})).await;
    assert_eq!(taken.status, 200, "{}", taken.text());
    world.pass(2 * time::HOUR).await;
    let run = world.run(&program).await;
    assert_eq!((&run["node_id"], &run["is_held"]), (&json!("w"), &json!(true)), "held, and not lost");
    assert_eq!(world.sent(1).len(), before);
    world.coach.post(&format!("{path}/hand-back"), &json!({})).await.ok();
    world.work().await;
    world.settle().await;
    assert_eq!(world.run(&program).await["waiting_for"], "person");
    assert_eq!(world.sent(1).last().unwrap(), "One of us comes");
    // Somebody was called by the program; it goes on when they hand it back.
    world.coach.post(&format!("{path}/take-over"), &json!({})).await.ok();
    world.work().await;
    assert_eq!(world.run(&program).await["status"], "active");
    world.coach.post(&format!("{path}/hand-back"), &json!({})).await.ok();
    world.work().await;
    world.settle().await;
    assert_eq!(world.run(&program).await["status"], "completed");
    assert_eq!(world.sent(1).last().unwrap(), "Welcome back");
}
