//! What members write, and how they are answered.

use kernel::time;
use ports::messaging::standin::bodies;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{CHANNELS, CONVERSATIONS, World, times};

const BERTA: &str = "34600000001";

#[both_engines]
async fn a_question_is_answered_once_with_its_source(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    world.writes(&id, BERTA, "How much does the program cost?").await;
    let sent = world.sent();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(
        sent[0].starts_with("Automatic assistant. Write HUMAN to talk to a person.\n\nIt costs 90 euros"),
        "{sent:?}"
    );
    world.clock.advance(10 * time::SECOND);
    world.writes(&id, BERTA, "And what does the second month cost?").await;
    assert_eq!(world.sent()[1], "It costs 90 euros a month [1].", "a machine says once that it is one");
    let conversation = world.conversation().await;
    assert_eq!(
        (&conversation["handler"], &conversation["user_name"], &conversation["unread"]),
        (&json!("bot"), &json!("Berta"), &json!(2))
    );
    let said = world.said(&conversation).await;
    let who: Vec<_> = said.iter().map(|(author, _, status)| (author.as_str(), status.as_str())).collect();
    assert_eq!(who, [("member", "received"), ("bot", "sent"), ("member", "received"), ("bot", "sent")]);
    let details = world.of_coach().get(&format!("{CONVERSATIONS}/{}", conversation["id"].as_str().unwrap())).await.ok();
    assert_eq!(details["unread"], 0, "reading the newest is reading");
    assert_eq!(details["messages"][1]["citations"][0]["quote"], "The program costs 90 euros a month.");
    assert_eq!(details["summary"]["last_question"], "And what does the second month cost?");
    assert_eq!(details["summary"]["asked_before"], json!(["How much does the program cost?"]));
    let asked = world.assistant.asked();
    assert_eq!(asked[1].history.len(), 2);
    let happened = world.happened().await;
    assert_eq!(
        (times(&happened, "message.received"), times(&happened, "message.answered"), times(&happened, "user.created")),
        (2, 2, 1)
    );
    assert!(!happened.iter().any(|(_, payload)| payload.to_string().contains("program")), "the log has no texts");
    // The figures follow.
    let figures = world.of_coach().get(&format!("{CHANNELS}/{id}/analytics")).await.ok();
    assert_eq!(
        figures["metrics"],
        json!({"total_messages": 4, "unique_users": 1, "new_users": 1, "average_response_time_seconds": 0.0,
        "user_satisfaction_score": null, "engagement_rate": 1.0, "answers": 2, "escalations": 0})
    );
    assert_eq!(figures["daily_breakdown"], json!([{"date": "2026-03-02", "messages": 4, "users": 1, "new_users": 1}]));
    let listed = world.of_coach().get(CHANNELS).await.ok()["channels"][0].clone();
    assert_eq!((&listed["user_count"], &listed["last_activity_at"]), (&json!(1), &conversation["last_message_at"]));
}

#[both_engines]
async fn what_is_told_twice_counts_once_and_statuses_only_rise(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    let person = bodies::Person { wa_id: Some(BERTA), user_id: Some("ES.1349"), name: "Berta" };
    let change = bodies::whatsapp_message(
        person,
        "wamid.one",
        world.clock.now(),
        &json!({"type": "text", "text": {"body": "What does it cost?"}}),
    );
    for _ in 0..5 {
        assert_eq!(world.tell(&id, &change).await, 200);
    }
    world.work().await;
    assert_eq!(world.tell(&id, &change).await, 200);
    world.work().await;
    assert_eq!(world.sent().len(), 1);
    let given = world.whatsapp.given()[0].clone();
    let conversation = world.conversation().await;
    let status =
        |word: &str| bodies::whatsapp_status(&given.id, &given.message.key, BERTA, word, world.clock.now(), None);
    for (word, is) in [("read", "read"), ("delivered", "read"), ("sent", "read")] {
        world.tell(&id, &status(word)).await;
        world.work().await;
        assert_eq!(world.said(&conversation).await[1].2, is, "{word}");
    }
    let details = world.of_coach().get(&format!("{CONVERSATIONS}/{}", conversation["id"].as_str().unwrap())).await.ok();
    assert_eq!(details["billed_messages"], 1, "told three times, charged once");
    assert_eq!(details["costs"], json!([{"category": "service", "rule": "regular", "messages": 1, "billable": true}]));
    // Known by another name, the same person.
    let by_id = bodies::Person { wa_id: None, user_id: Some("ES.1349"), name: "Berta" };
    let change = bodies::whatsapp_message(
        by_id,
        "wamid.two",
        world.clock.now(),
        &json!({"type": "text", "text": {"body": "thanks"}}),
    );
    world.tell(&id, &change).await;
    world.work().await;
    assert_eq!(world.of_coach().get(CONVERSATIONS).await.ok()["pagination"]["total"], 1);
    // Junk is taken and makes nothing.
    for junk in [
        "",
        "{}",
        "[]",
        "null",
        "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"changes\":[{\"value\":{\"messages\":[{}]}}]}]}",
        "{\"object\":\"whatsapp_business_account\",\"entry\":{}}",
    ] {
        assert_eq!(world.tell_raw(&id, junk).await, 200, "{junk}");
    }
    world.work().await;
    assert_eq!(world.of_coach().get(CONVERSATIONS).await.ok()["pagination"]["total"], 1);
}

#[both_engines]
async fn stop_is_obeyed_before_anything_else_and_confirmed_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    world.writes(&id, BERTA, "BAJA").await;
    assert_eq!(world.sent(), ["Hecho: no recibirás más mensajes aquí. Escribe ALTA si cambias de opinión."]);
    world.clock.advance(time::MINUTE);
    world.writes(&id, BERTA, "stop").await;
    world.writes(&id, BERTA, "How much does it cost?").await;
    assert_eq!(world.sent().len(), 1, "nothing more is sent");
    let conversation = world.conversation().await;
    assert_eq!(world.said(&conversation).await.last().unwrap().2, "withheld");
    world.clock.advance(time::MINUTE);
    world.writes(&id, BERTA, "START").await;
    world.clock.advance(time::MINUTE);
    world.writes(&id, BERTA, "How much does it cost?").await;
    let sent = world.sent();
    assert_eq!(sent.len(), 3, "{sent:?}");
    assert!(sent[1].starts_with("Welcome back") && sent[2].contains("90 euros"), "{sent:?}");
    let happened = world.happened().await;
    assert_eq!((times(&happened, "user.opted_out"), times(&happened, "user.opted_in")), (1, 1));
}

#[both_engines]
async fn a_person_is_called_by_words_by_two_unknowns_and_by_anger(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    for (number, (words, reason)) in [
        (vec!["Quiero hablar con una persona"], "asked"),
        (vec!["Where is Mars?", "Where is Venus exactly?"], "unknown_twice"),
        (vec!["This is a scam"], "negative"),
    ]
    .into_iter()
    .enumerate()
    {
        let who = format!("3460000000{number}");
        for text in words {
            world.clock.advance(time::MINUTE);
            world.writes(&id, &who, text).await;
        }
        let conversation = world.conversation().await;
        assert_eq!(conversation["handler"], "queue", "{reason}");
        let details =
            world.of_coach().get(&format!("{CONVERSATIONS}/{}", conversation["id"].as_str().unwrap())).await.ok();
        assert_eq!(details["escalations"][0]["reason"], reason);
        assert!(details["summary"]["reason"].is_string());
        assert!(
            world.sent().last().unwrap().contains(if number == 0 { "persona" } else { "person" }),
            "{:?}",
            world.sent()
        );
    }
    let happened = world.happened().await;
    assert_eq!(times(&happened, "escalation.created"), 3);
    // In the queue the assistant is silent, and drafts.
    world.clock.advance(time::MINUTE);
    let before = world.sent().len();
    world.writes(&id, "34600000000", "What does it cost?").await;
    assert_eq!(world.sent().len(), before);
    let waiting = world.of_coach().get(&format!("{CONVERSATIONS}?handler=queue&search=berta")).await.ok();
    assert_eq!(waiting["pagination"]["total"], 3);
    let newest = waiting["conversations"][0]["id"].as_str().unwrap();
    let details = world.of_coach().get(&format!("{CONVERSATIONS}/{newest}")).await.ok();
    assert_eq!(details["draft"]["text"], "It costs 90 euros a month [1].");
    let figures = world.of_coach().get(&format!("{CHANNELS}/{id}/analytics")).await.ok();
    assert_eq!(figures["metrics"]["escalations"], 3);
}

#[both_engines]
async fn whoever_answers_has_it_until_it_is_handed_back_and_the_member_says_how_it_was(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, coach) = (world.whatsapp_channel().await, world.of_coach());
    world.writes(&id, BERTA, "human please").await;
    let conversation = world.conversation().await;
    let path = format!("{CONVERSATIONS}/{}", conversation["id"].as_str().unwrap());
    world.clock.advance(30 * time::SECOND);
    let once = coach.clone().with("idempotency-key", "reply-1");
    for _ in 0..2 {
        let reply = once.post(&format!("{path}/messages"), &json!({"text": "Hi, this is Ana. How can I help?"})).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
    }
    world.work().await;
    assert_eq!(world.sent().iter().filter(|text| text.contains("this is Ana")).count(), 1);
    let told = coach.get(&path).await.ok();
    assert_eq!((&told["handler"], &told["assignee"]), (&json!("human"), &json!(world.coach.account.id)));
    assert_eq!(told["escalations"][0]["taken_by"], json!(world.coach.account.id));
    world.clock.advance(time::MINUTE);
    let before = world.sent().len();
    world.writes(&id, BERTA, "What does it cost?").await;
    assert_eq!(world.sent().len(), before, "the assistant is silent");
    let back = coach.post(&format!("{path}/hand-back"), &json!({"note": "Wants to begin in May"})).await.ok();
    assert_eq!(back["handler"], "bot");
    coach.post(&format!("{path}/hand-back"), &json!({})).await.refused(409);
    world.work().await;
    assert!(world.sent().last().unwrap().contains("from 1 (bad) to 5"), "{:?}", world.sent());
    assert_eq!(coach.get(&format!("{path}/notes")).await.ok()["notes"][0]["text"], "Wants to begin in May");
    world.clock.advance(time::MINUTE);
    world.writes(&id, BERTA, "4/5").await;
    let told = coach.get(&path).await.ok();
    assert_eq!(
        (&told["escalations"][0]["satisfaction"], &told["escalations"][0]["ended_by"]),
        (&json!(4), &json!("handed_back"))
    );
    let figures = coach.get(&format!("{CHANNELS}/{id}/analytics")).await.ok();
    assert_eq!(figures["metrics"]["user_satisfaction_score"], 4.0);
    assert_eq!(figures["metrics"]["average_response_time_seconds"], 30.0);
    // Then the assistant answers again.
    world.clock.advance(time::MINUTE);
    world.writes(&id, BERTA, "What does it cost?").await;
    assert!(world.sent().last().unwrap().contains("90 euros"));
    let closed = coach.post(&format!("{path}/close"), &json!({})).await.ok();
    assert_eq!(closed["status"], "closed");
    coach.post(&format!("{path}/close"), &json!({})).await.refused(409);
    world.writes(&id, BERTA, "hola").await;
    assert_eq!(coach.get(&path).await.ok()["status"], "open");
    // Nobody else sees, answers or takes it.
    let stranger = world.anyone.of(&world.people.creator(&world.clock));
    for (method, what, body) in [
        ("get", "", Value::Null),
        ("post", "/take-over", json!({})),
        ("post", "/hand-back", json!({})),
        ("post", "/messages", json!({"text": "x"})),
        ("post", "/notes", json!({"text": "x"})),
        ("post", "/close", json!({})),
        ("get", "/messages", Value::Null),
    ] {
        let reply = if method == "get" {
            stranger.get(&format!("{path}{what}")).await
        } else {
            stranger.post(&format!("{path}{what}"), &body).await
        };
        assert_eq!(reply.status, 404, "{what}");
    }
}

#[both_engines]
async fn nobody_waits_for_ever_for_a_person(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    world.writes(&id, BERTA, "human").await;
    let conversation = world.conversation().await;
    assert_eq!(conversation["hands_back_at"], "2026-03-02T22:00:00Z");
    world.clock.advance(11 * time::HOUR);
    world.work().await;
    assert_eq!(world.conversation().await["handler"], "queue");
    world.clock.advance(time::HOUR + time::MINUTE);
    world.work().await;
    let told = world.conversation().await;
    assert_eq!((&told["handler"], &told["hands_back_at"]), (&json!("bot"), &Value::Null));
    // It is 22:01: what is to be said waits for the morning.
    assert!(!world.sent().iter().any(|text| text.starts_with("Nobody could answer")));
    assert_eq!(world.said(&told).await.last().unwrap().2, "held");
    world.clock.advance(10 * time::HOUR);
    world.work().await;
    assert!(world.sent().last().unwrap().starts_with("Nobody could answer"), "{:?}", world.sent());
}

#[both_engines]
async fn whoever_writes_while_the_assistant_thinks_is_answered_once(fresh: FreshDb) {
    let world = std::sync::Arc::new(World::new(fresh).await);
    let id = world.whatsapp_channel().await;
    let (own, channel) = (world.clone(), id.clone());
    world.assistant.meanwhile(move || {
        Box::pin(async move {
            let person = bodies::Person { wa_id: Some(BERTA), user_id: None, name: "Berta" };
            let change = bodies::whatsapp_message(
                person,
                "wamid.second",
                own.clock.now(),
                &json!({"type": "text", "text": {"body": "for two people"}}),
            );
            assert_eq!(own.tell(&channel, &change).await, 200);
            // Worked by another process while this one waits for its answer.
            let other = crate::world::process(
                own.fresh.db.clone(),
                &own.clock,
                &own.people,
                &own.assistant,
                own.messengers(),
                channels::Settings::default(),
            );
            channels::testing::work_inbound(&other, &own.clock).await.unwrap();
        })
    });
    world.writes(&id, BERTA, "What does it cost?").await;
    assert_eq!(world.sent().len(), 1, "{:?}", world.sent());
    let asked = world.assistant.asked();
    assert_eq!(
        asked.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(),
        ["What does it cost?", "What does it cost?\nfor two people"]
    );
}

#[both_engines]
async fn an_assistant_that_fails_fails_nobody(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    world.assistant.fails(true);
    world.writes(&id, BERTA, "What does it cost?").await;
    assert!(world.sent()[0].contains("I have no answer to that"), "{:?}", world.sent());
    world.clock.advance(time::MINUTE);
    world.writes(&id, BERTA, "And for two people together?").await;
    assert_eq!(world.conversation().await["handler"], "queue");
}
