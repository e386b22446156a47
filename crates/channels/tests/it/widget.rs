//! The chat of a website.

use serde_json::json;
use testkit::{FreshDb, both_engines};
use uuid::Uuid;

use crate::chat::{Chat, jwt, session, web};
use crate::world::{CHANNELS, CONVERSATIONS, World, times};

#[both_engines]
async fn a_visitor_asks_and_finds_the_answer_again(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, _) = web(&world).await;
    let set = world.anyone.get(&format!("/api/v1/widget/{id}/configuration")).await.ok();
    assert_eq!(
        set,
        json!({"channel_id": id, "name": "My web", "color": "#2563eb", "welcome_message": "Hello!", "language": null, "position": "right",
        "automated": true, "assistant_name": "Sol", "starters": [], "privacy_url": null, "identity": "optional", "max_length": 4096, "active": true})
    );
    let chat = Chat::begin(
        &world,
        &id,
        &json!({"language": "es-MX", "time_zone": "Europe/Madrid", "page": "https://shop.example/a?secret=1"}),
    )
    .await;
    assert_eq!(times(&world.happened().await, "user.created"), 0, "who only looks is nobody yet");
    assert_eq!(chat.read().await["messages"], json!([]));
    let sent = chat.write("¿Cuánto cuesta?").await;
    assert_eq!((&sent["author"], &sent["seq"], &sent["kind"]), (&json!("member"), &json!(1), &json!("text")));
    assert_eq!(chat.write("¿Cuánto cuesta?").await["id"], sent["id"], "the same client_id is one message");
    world.work().await;
    let list = chat.read().await;
    assert_eq!((&list["messages"][1]["author"], &list["messages"][1]["author_name"]), (&json!("bot"), &json!("Sol")));
    assert_eq!(list["messages"][1]["citations"][0]["number"], 1);
    assert!(!list["messages"][1]["text"].as_str().unwrap().contains("Automatic"), "the page says it");
    assert_eq!(times(&world.happened().await, "user.created"), 1);
    let again = session(&world, &id, &json!({"visitor_token": chat.token})).await;
    assert_eq!(
        (again.0, &again.1["token"], &again.1["unread"], &again.1["latest_seq"]),
        (200, &json!(chat.token), &json!(1), &json!(2))
    );
    assert_eq!(chat.client.post(&format!("{}/seen", chat.path), &json!({"up_to": 99})).await.status, 204);
    assert_eq!(session(&world, &id, &json!({"visitor_token": chat.token})).await.1["unread"], 0);
    let conversation = world.conversation().await;
    assert_eq!(world.said(&conversation).await[1].2, "read");
    assert_eq!(chat.client.get(&format!("{}/messages?after=1", chat.path)).await.ok()["messages"][0]["seq"], 2);
    assert_eq!(chat.client.get(&format!("{}/messages?after=1&before=2", chat.path)).await.status, 422);
    // Too long is said how long it is; empty is refused.
    let long = json!({"client_id": Uuid::from_u128(1), "text": "x".repeat(4_097)});
    let reply = chat.client.post(&format!("{}/messages", chat.path), &long).await;
    assert_eq!(reply.status, 422);
    assert!(reply.text().contains("yours has 4097"), "{}", reply.text());
    assert_eq!(
        chat.client
            .post(&format!("{}/messages", chat.path), &json!({"client_id": Uuid::from_u128(2), "text": "  "}))
            .await
            .status,
        422
    );
    // A token ends when its holder says so.
    assert_eq!(chat.client.delete(&format!("{}/session", chat.path)).await.status, 204);
    chat.client.get(&format!("{}/messages", chat.path)).await.refused(401);
    assert_eq!(chat.client.delete(&format!("{}/session", chat.path)).await.status, 204);
    world.anyone.get(&format!("/api/v1/widget/{id}/messages")).await.refused(401);
    let other = web(&world).await.0;
    chat.client.get(&format!("/api/v1/widget/{other}/messages")).await.refused(401);
    world.anyone.get(&format!("/api/v1/widget/{}/configuration", Uuid::from_u128(5))).await.refused(404);
}

#[both_engines]
async fn only_allowed_pages_show_it(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, _) = web(&world).await;
    let path = format!("/api/v1/widget/{id}/configuration");
    let from = |origin: &str| world.anyone.clone().with("origin", origin);
    let good = from("https://shop.example").get(&path).await;
    assert_eq!((good.status, good.header("access-control-allow-origin")), (200, "https://shop.example"));
    for own in ["http://localhost:8000", "https://api.platform.com"] {
        assert_eq!(from(own).get(&path).await.status, 200, "{own}");
    }
    for foreign in ["https://evil.example", "null", "https://shop.example.evil.example"] {
        let refused = from(foreign).get(&path).await;
        assert_eq!((refused.status, refused.header("access-control-allow-origin")), (403, ""), "{foreign}");
        assert_eq!(from(foreign).post(&format!("/api/v1/widget/{id}/session"), &json!({})).await.status, 403);
    }
    let page = world.anyone.get(&format!("/widget/{id}")).await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-security-policy").contains("frame-ancestors 'self' https://shop.example"));
    assert_eq!(page.header("x-frame-options"), "");
    assert_eq!(world.anyone.get("/widget.js").await.header("access-control-allow-origin"), "*");
    world.anyone.get(&format!("/widget/{}", Uuid::from_u128(5))).await.refused(404);
    world.anyone.get("/widget-demo").await.refused(404);
    world.anyone.get("/widget/files/0/nothing.js").await.refused(404);
    let off = json!({"status": "inactive"});
    world.of_coach().put(&format!("{CHANNELS}/{id}"), &off).await.ok();
    world.anyone.get(&path).await.refused(404);
}

#[both_engines]
async fn who_logs_in_finds_their_chat_and_brings_what_they_wrote(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, secret) = web(&world).await;
    let anonymous = Chat::begin(&world, &id, &json!({})).await;
    anonymous.write("What does it cost?").await;
    world.work().await;
    let (status, known) =
        session(&world, &id, &json!({"visitor_token": anonymous.token, "identity": jwt(&secret, "42", &world)})).await;
    assert_eq!((status, &known["identified"]), (201, &json!(true)), "{known}");
    assert_ne!(known["token"], json!(anonymous.token));
    let chat = Chat::begin(&world, &id, &json!({"visitor_token": known["token"]})).await;
    assert_eq!(chat.read().await["messages"].as_array().unwrap().len(), 2, "what was written before is there");
    anonymous.client.get(&format!("{}/messages", anonymous.path)).await.refused(401);
    // On another device, with something written there before logging in.
    let other = Chat::begin(&world, &id, &json!({})).await;
    other.write("Is there a course on sleep?").await;
    world.work().await;
    let (_, there) =
        session(&world, &id, &json!({"visitor_token": other.token, "identity": jwt(&secret, "42", &world)})).await;
    let there = Chat::begin(&world, &id, &json!({"visitor_token": there["token"]})).await;
    let list = there.read().await;
    assert_eq!(list["messages"].as_array().unwrap().len(), 4, "{list}");
    let seqs: Vec<i64> = list["messages"].as_array().unwrap().iter().map(|row| row["seq"].as_i64().unwrap()).collect();
    assert!(seqs.windows(2).all(|two| two[0] < two[1]), "{seqs:?}");
    assert_eq!(world.of_coach().get(CONVERSATIONS).await.ok()["pagination"]["total"], 1);
    assert_eq!(times(&world.happened().await, "user.merged"), 2);
    // A proof that does not hold, and an id alone.
    for claimed in [
        json!({"jwt": "a.b.c"}),
        json!({"external_id": "42"}),
        json!({"external_id": "42", "user_hash": "00"}),
        jwt("another", "42", &world),
    ] {
        assert_eq!(session(&world, &id, &json!({"identity": claimed})).await.0, 401, "{claimed}");
    }
    // Where it is asked for, nobody else gets in.
    world
        .of_coach()
        .put(&format!("{CHANNELS}/{id}"), &json!({"configuration": {"identity_mode": "required"}}))
        .await
        .ok();
    assert_eq!(session(&world, &id, &json!({})).await.0, 401);
    assert_eq!(session(&world, &id, &json!({"identity": jwt(&secret, "43", &world)})).await.0, 201);
    assert_eq!(there.client.get(&format!("{}/messages", there.path)).await.status, 200);
}

#[both_engines]
async fn a_person_joins_and_is_rated(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, _) = web(&world).await;
    let chat = Chat::begin(&world, &id, &json!({})).await;
    chat.write("I want to talk to a human").await;
    world.work().await;
    let list = chat.read().await;
    assert_eq!((&list["handler"], &list["messages"][1]["author"]), (&json!("queue"), &json!("system")));
    let conversation = world.conversation().await;
    let path = format!("{CONVERSATIONS}/{}", conversation["id"].as_str().unwrap());
    world.of_coach().post(&format!("{path}/messages"), &json!({"text": "Hi!"})).await;
    let list = chat.read().await;
    assert_eq!((&list["handler"], &list["human_name"]), (&json!("human"), &json!("Ana")));
    let last = list["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["author"], &last["author_name"], &last["text"]), (&json!("coach"), &json!("Ana"), &json!("Hi!")));
    assert!(
        list["messages"]
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["kind"] == "notice" && row["text"] == "Ana has joined the conversation")
    );
    world.of_coach().post(&format!("{path}/hand-back"), &json!({})).await.ok();
    let list = chat.read().await;
    let asked = list["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&asked["kind"], &asked["satisfaction"]), (&json!("satisfaction"), &json!({"score": null})));
    let rate = async |score: i64| {
        chat.client
            .post(&format!("{}/satisfaction", chat.path), &json!({"message_id": asked["id"], "score": score}))
            .await
    };
    assert_eq!(rate(6).await.status, 422);
    assert_eq!(rate(2).await.json()["satisfaction"]["score"], 2);
    assert_eq!(rate(5).await.json()["satisfaction"]["score"], 5, "the last holds");
    let figures = world.of_coach().get(&format!("{CHANNELS}/{id}/analytics")).await.ok();
    assert_eq!(figures["metrics"]["user_satisfaction_score"], 5.0);
    let nobodys = json!({"message_id": Uuid::from_u128(1), "score": 3});
    chat.client.post(&format!("{}/satisfaction", chat.path), &nobodys).await.refused(404);
}

#[both_engines]
async fn a_stream_goes_on_behind_what_was_seen(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, _) = web(&world).await;
    let chat = Chat::begin(&world, &id, &json!({})).await;
    let mut stream = chat.follow(None).await;
    let first = stream.piece().await.unwrap();
    assert!(first.starts_with("retry: 3000\nevent: hello"), "{first}");
    chat.write("What does it cost?").await;
    assert_eq!(stream.find("message").await.id.as_deref(), Some("1"));
    world.work().await;
    assert_eq!(stream.find("message").await.id.as_deref(), Some("2"));
    assert_eq!(stream.find("typing").await.data["on"], false);
    drop(stream);
    stream = chat.follow(Some("1")).await;
    assert_eq!(stream.find("hello").await.data["resumed"], true);
    assert_eq!(stream.find("message").await.id.as_deref(), Some("2"));
    assert_eq!(chat.client.delete(&format!("{}/session", chat.path)).await.status, 204);
    assert_eq!(stream.find("closed").await.data["reason"], "token");
}
