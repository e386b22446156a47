//! Programs that are tried out: nothing is sent, and everything is told.

use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{PROGRAMS, USERS, World, flow};

/// Three weeks: a message on Mondays at nine, a question that goes two ways, and an end.
fn weeks() -> Value {
    let monday = json!({"until": {"time": "09:00", "weekdays": ["monday"]}});
    let nodes = [
        ("start", "start", json!({})),
        ("m0", "send_message", json!({"message": "Welcome, {first_name}!", "buttons": [{"id": "go", "title": "Go"}]})),
        ("w1", "wait", monday.clone()),
        (
            "q1",
            "question",
            json!({"message": "How was it?", "choices": ["Good", "Bad"], "timeout_hours": 24, "save_to": "mood"}),
        ),
        ("good", "tag", json!({"add": ["happy"]})),
        ("bad", "send_message", json!({"message": "Next week is better"})),
        ("w2", "wait", monday.clone()),
        ("m2", "send_message", json!({"message": "Week 2: {profile.mood|?}"})),
        ("w3", "wait", monday),
        ("m3", "send_message", json!({"message": "Done"})),
        ("end", "end", json!({})),
    ];
    let edges = [
        "start -> m0",
        "m0 -> w1",
        "w1 -> q1",
        "q1/choice:Good -> good",
        "q1/choice:Bad -> bad",
        "q1/timeout -> bad",
        "good -> w2",
        "bad -> w2",
        "w2 -> m2",
        "m2 -> w3",
        "w3 -> m3",
        "m3 -> end",
    ];
    flow(&nodes, &edges)
}

fn column(told: &Value, list: &str, field: &str) -> Vec<String> {
    told[list].as_array().unwrap().iter().map(|one| one[field].as_str().unwrap_or("-").to_owned()).collect()
}

#[both_engines]
async fn three_weeks_are_walked_through_in_a_moment(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let program = world.draft("Three weeks", &weeks()).await;
    let path = format!("{PROGRAMS}/{program}/simulate");
    let member = json!({"profile_data": {"name": "Ana Gomez"}, "timezone": "Europe/Madrid", "channel": "telegram"});
    let monday = "2026-03-09T08:30:00Z";
    let asked = json!({"member": member, "start_at": "2026-03-02T22:30:00Z",
        "events": [{"at": monday, "type": "button", "text": "Good"}, {"after_minutes": 5, "type": "none"}]});
    let told = world.coach.post(&path, &asked).await.ok();
    assert_eq!(told["outcome"], "completed", "{told}");
    assert_eq!(told["version"], json!(null));
    assert_eq!(column(&told, "messages", "text"), ["Welcome, Ana!", "How was it?", "Week 2: Good", "Done"], "{told}");
    assert_eq!(column(&told, "messages", "reason"), ["quiet_hours", "now", "now", "now"]);
    // Half past eleven at night in Madrid: it goes in the morning, and the program goes on meanwhile.
    assert_eq!(told["messages"][0]["local_time"], "2026-03-03T08:00:00+01:00");
    assert_eq!(told["messages"][0]["said_at"], "2026-03-02T22:30:00Z");
    assert_eq!(told["messages"][0]["buttons"], json!([{"id": "go", "title": "Go"}]));
    for (place, day) in [(1, "2026-03-09T09:0"), (2, "2026-03-16T09:0"), (3, "2026-03-23T09:0")] {
        let at = told["messages"][place]["local_time"].as_str().unwrap();
        assert!(at.starts_with(day), "{at}");
    }
    let visited = ["start", "m0", "w1", "q1", "good", "w2", "m2", "w3", "m3", "end"];
    assert_eq!(column(&told, "visited", "node_id"), visited);
    assert_eq!(told["visited"][3]["exit"], "choice:Good");
    assert_eq!(told["visited"][3]["left_at"], monday);
    assert_eq!(told["visited"][2]["exit"], "done");
    assert_eq!(told["state"]["tags"], json!(["happy"]));
    assert_eq!(
        (&told["state"]["profile_data"]["mood"], &told["state"]["answers"]["q1"]),
        (&json!("Good"), &json!("Good"))
    );
    // Nobody answers: the other way.
    let told = world.coach.post(&path, &json!({"member": member})).await.ok();
    assert_eq!(told["visited"][3]["exit"], "timeout");
    assert_eq!(
        column(&told, "messages", "text"),
        ["Welcome, Ana!", "How was it?", "Next week is better", "Week 2: ?", "Done"]
    );
    // Nothing was sent, stored or counted.
    world.work().await;
    assert!(world.telegram.given().is_empty());
    assert_eq!(world.coach.get(&format!("{PROGRAMS}/{program}/enrollments")).await.ok()["pagination"]["total"], 0);
    assert_eq!(world.node(&program, "m0").await["entered"], 0);
}

#[both_engines]
async fn a_member_of_the_audience_walks_as_they_are(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let member = world.member(1, json!({"timezone": "America/New_York"})).await;
    let program = world.program("Three weeks", &weeks()).await;
    let path = format!("{PROGRAMS}/{program}/simulate");
    let asked = json!({"user_id": member, "version": 1, "start_at": "2026-03-02T12:00:00Z", "until": "2026-03-02T15:00:00Z",
        "events": [{"after_minutes": 10, "type": "reply", "text": "Hello?"}, {"after_minutes": 20, "type": "reply", "text": "Automatic reply: I am away"}]});
    let told = world.coach.post(&path, &asked).await.ok();
    assert_eq!((&told["outcome"], &told["version"]), (&json!("waiting"), &json!(1)));
    assert_eq!(told["messages"][0]["local_time"], "2026-03-02T08:00:00-05:00");
    assert_eq!(told["messages"][0]["text"], "Welcome, Ana!");
    assert_eq!(told["state"]["node_id"], "q1", "nine in the morning in New York is 14:00");
    assert_eq!(told["state"]["waiting_for"], "answer");
    assert_eq!(column(&told, "problems", "code"), ["not_heard", "automatic_reply"]);
    // Who wants no more would be told nothing.
    let stop = json!({"allowed": false, "purpose": "any", "how": "said so"});
    let reply = world.coach.post(&format!("{USERS}/{member}/permissions"), &stop).await;
    assert!(reply.status < 300, "{}", reply.text());
    let told = world.coach.post(&path, &json!({"user_id": member})).await.ok();
    assert_eq!(told["messages"][0]["reason"], "opted_out");
    assert_eq!(told["messages"][0]["at"], json!(null));
    assert!(column(&told, "problems", "code").contains(&"opted_out".to_owned()));
    let stranger = world.anyone.of(&world.stranger());
    stranger.post(&path, &json!({})).await.refused(404);
    world.coach.post(&path, &json!({"version": 9})).await.refused(404);
    world.coach.post(&path, &json!({"user_id": program})).await.refused(404);
    world.coach.post(&path, &json!({"user_id": member, "member": {}})).await.refused(422);
    world
        .coach
        .post(&path, &json!({"start_at": "2026-03-02T12:00:00Z", "until": "2027-12-02T12:00:00Z"}))
        .await
        .refused(422);
    world.coach.post(&path, &json!({"events": [{"type": "reply", "text": "When?"}]})).await.refused(422);
    world.coach.post(&path, &json!({"member": {"timezone": "Atlantis"}})).await.refused(422);
}

#[both_engines]
async fn what_leaves_the_house_and_what_goes_round_is_told(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let nodes = [
        ("start", "start", json!({})),
        ("ask", "ai_reply", json!({"question": "What does it cost?"})),
        ("hook", "http_request", json!({"url": "https://example.com/hook"})),
        ("call", "handoff", json!({"reason": "To talk"})),
        ("w", "wait", json!({"minutes": 1})),
    ];
    let edges =
        ["start -> ask", "ask/answered -> hook", "ask/unknown -> call", "hook -> call", "call -> w", "w -> ask"];
    let program = world.draft("Out", &flow(&nodes, &edges)).await;
    let path = format!("{PROGRAMS}/{program}/simulate");
    let told = world.coach.post(&path, &json!({"assistant": "unknown", "until": "2026-03-03T12:00:00Z"})).await.ok();
    assert_eq!(told["visited"][1]["exit"], "unknown");
    assert_eq!(told["outcome"], "waiting");
    let codes = column(&told, "problems", "code");
    assert!(
        codes.iter().any(|code| code == "assistant") && codes.iter().any(|code| code == "handed_over"),
        "{codes:?}"
    );
    assert!(world.assistant.0.lock().unwrap().is_empty(), "nobody was asked");
    let told = world.coach.post(&path, &json!({"servers": "failed"})).await.ok();
    assert_eq!(told["visited"][2]["exit"], "failed");
    assert_eq!(told["outcome"], "cut", "four nodes a day for 400 days are more than a thousand");
    // A minute between two rounds of one message: a thousand nodes are enough.
    let nodes = [
        ("start", "start", json!({})),
        ("m", "send_message", json!({"message": "Again"})),
        ("w", "wait", json!({"minutes": 1})),
    ];
    let program = world.draft("Round", &flow(&nodes, &["start -> m", "m -> w", "w -> m"])).await;
    let told = world.coach.post(&format!("{PROGRAMS}/{program}/simulate"), &json!({})).await.ok();
    assert_eq!(told["outcome"], "cut");
    assert!(told["visited"].as_array().unwrap().len() <= 1_050);
}

#[both_engines]
async fn an_audience_is_tried_without_a_word(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let nodes = [
        ("start", "start", json!({})),
        ("m", "send_message", json!({"message": "Hello"})),
        ("if", "condition", json!({"rules": [{"field": "tags", "op": "contains", "value": "vip"}]})),
        ("q", "question", json!({"message": "Well?"})),
        ("w", "wait", json!({"days": 3})),
        ("m2", "send_message", json!({"message": "Bye"})),
    ];
    let edges = ["start -> m", "m -> if", "if/true -> q", "if/false -> w", "w -> m2"];
    let program = world.program("Tried", &flow(&nodes, &edges)).await;
    for chat in 1..=6 {
        let tags = if chat <= 2 { json!(["vip"]) } else { json!([]) };
        let member = world.member(chat, json!({"tags": tags})).await;
        if chat == 6 {
            world.enrol(&member, &program).await;
        }
    }
    world.work().await;
    let before = world.telegram.given().len();
    let path = format!("{PROGRAMS}/{program}/dry-run");
    let told = world.coach.post(&path, &json!({"after_days": 2})).await.ok();
    assert_eq!((&told["audience"], &told["sampled"], &told["sampled_share"]), (&json!(6), &json!(6), &json!(1.0)));
    assert_eq!((&told["would_begin"], &told["skipped"]["enrolled_already"]), (&json!(5), &json!(1)));
    let nodes = json!([{"node_id": "q", "waiting": 2, "ended": 0}, {"node_id": "w", "waiting": 3, "ended": 0}]);
    assert_eq!(told["nodes"], nodes);
    // Two are told Hello and asked; three are told Hello, and the rest comes a day later.
    assert_eq!(told["messages_per_member"], json!(1.4));
    let told = world.coach.post(&path, &json!({"after_days": 4, "filter": {"tag": "VIP"}})).await.ok();
    assert_eq!((&told["audience"], &told["nodes"][0]["node_id"]), (&json!(2), &json!("q")));
    let told = world.coach.post(&path, &json!({"after_days": 4})).await.ok();
    assert_eq!(
        told["nodes"],
        json!([{"node_id": "q", "waiting": 2, "ended": 0}, {"node_id": "m2", "waiting": 0, "ended": 3}])
    );
    world.work().await;
    assert_eq!(world.telegram.given().len(), before, "nobody was told");
    world.coach.post(&path, &json!({"after_days": 91})).await.refused(422);
    world.coach.post(&path, &json!({})).await.refused(422);
    world.anyone.of(&world.stranger()).post(&path, &json!({"after_days": 1})).await.refused(404);
}
