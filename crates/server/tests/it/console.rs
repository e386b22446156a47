//! A coach's console: what is said with the audience reaches the live stream of those who work there.

use influencerflow::cli::Database;
use influencerflow::settings::Settings;
use kernel::UserType;
use serde_json::{Value, json};
use testkit::{Client, FreshDb, Stream, both_engines};
use uuid::Uuid;

use crate::authorisation::{by, someone};
use crate::world::What::Serve;
use crate::world::{World, text};

const LIVE: &str = "/api/v1/live";

/// A chat of a website, and somebody who begins it.
async fn chat(world: &World, coach: &Client) -> (Client, String) {
    let body = json!({"channel_type": "web", "channel_name": "Chat", "configuration": {"automated": false}});
    let made = coach.post("/api/v1/channels", &body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let app = &world.server.app;
    jobs::run_until_idle(app.db(), app.clock(), &world.server.jobs.clone().unscheduled()).await.unwrap();
    let path = format!("/api/v1/widget/{}", text(&made.json(), "id"));
    let begun = world.client.post(&format!("{path}/session"), &json!({})).await;
    assert_eq!(begun.status, 201, "{}", begun.text());
    (by(world, &text(&begun.json(), "token")), path)
}

async fn write(visitor: &Client, path: &str, number: u128, words: &str) {
    let body = json!({"client_id": Uuid::from_u128(number), "text": words});
    assert_eq!(visitor.post(&format!("{path}/messages"), &body).await.status, 201);
}

async fn follow(client: &Client, last: Option<&str>) -> Stream {
    let mut stream = client.stream(LIVE, last).await.unwrap();
    assert_eq!(stream.next().await.unwrap().name, "hello");
    stream
}

/// The next of what happened, and the place behind it.
async fn next(stream: &mut Stream) -> (String, Value, String) {
    let event = stream.find("conversation").await;
    (text(&event.data, "event"), event.data, event.id.unwrap())
}

/// A server that stores secrets. Its neighbour accepts the same tokens.
async fn serving(fresh: FreshDb) -> World {
    let (token, key) = ("Kq3vZ8mTjP0wLr5yXc7BnD2sHf9aGe4u", "k9iHTIyG8PyJPb4Vx2X/oPzTQveY2/Zp4I+MvgldIww=");
    let variables = [("JWT_SECRET_KEY", token), ("SECRETS_KEY", key), ("PAYMENTS", "mock")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    World::set(fresh, Serve, &Settings::read(&variables, &Database::default()).unwrap()).await
}

#[both_engines]
async fn what_is_said_reaches_whoever_works_there(fresh: FreshDb) {
    let world = serving(fresh).await;
    let ana = someone(&world, "coach", UserType::Creator).await;
    let coach = by(&world, &ana.token);
    let other = by(&world, &someone(&world, "other", UserType::Creator).await.token);
    let (visitor, path) = chat(&world, &coach).await;
    let (mut live, mut foreign) = (follow(&coach, None).await, follow(&other, None).await);
    write(&visitor, &path, 1, "Is there a place left?").await;
    let (event, told, _) = next(&mut live).await;
    assert_eq!(event, "message.received");
    assert_eq!(
        (&told["message"]["text"], &told["message"]["author"]),
        (&json!("Is there a place left?"), &json!("member"))
    );
    assert_eq!((&told["latest_seq"], &told["conversation"]["last_message"]), (&json!(1), &told["message"]["text"]));
    let conversation = text(&told["conversation"], "id");
    // Nobody answers by themselves here, so that a person is called.
    let mut seen = Vec::new();
    let mut last = String::new();
    while !seen.contains(&"escalation.created".to_owned()) {
        let (event, told, id) = next(&mut live).await;
        if event == "escalation.created" {
            assert_eq!(
                (&told["escalation"]["reason"], &told["conversation"]["handler"]),
                (&json!("owner"), &json!("queue"))
            );
        }
        seen.push(event);
        last = id;
    }
    assert!(seen.contains(&"conversation.handled".to_owned()), "{seen:?}");
    drop(live);
    // A colleague answers meanwhile; the console comes back in another process and misses nothing.
    let reply = coach.post(&format!("/api/v1/conversations/{conversation}/messages"), &json!({"text": "Yes!"})).await;
    assert_eq!(reply.status, 201);
    write(&visitor, &path, 2, "Good!").await;
    let (neighbour, there) = world.neighbour().await;
    let console = there.with("authorization", &format!("Bearer {}", ana.token));
    let mut live = follow(&console, Some(&last)).await;
    let mut told = Vec::new();
    while told.last().is_none_or(|(_, words)| words != "Good!") {
        let (event, data, _) = next(&mut live).await;
        told.push((event, data["message"]["text"].as_str().unwrap_or_default().to_owned()));
    }
    assert!(told.contains(&("message.written".to_owned(), "Yes!".to_owned())), "{told:?}");
    assert!(told.iter().any(|(event, _)| event == "conversation.handled"), "{told:?}");
    // Who writes is told there as well, until their message is here.
    let typing = |on: bool| json!({"conversation_id": conversation, "author": "member", "on": on});
    for _ in 0..3 {
        assert_eq!(visitor.post(&format!("{path}/typing"), &json!({"on": true})).await.status, 204);
    }
    assert_eq!(live.find("typing").await.data, typing(true));
    write(&visitor, &path, 3, "See you.").await;
    assert_eq!(live.find("typing").await.data, typing(false));
    neighbour.inbox.hub().close();
    // Others are told nothing of it.
    world.server.inbox.hub().close();
    let theirs = foreign.end().await;
    assert!(theirs.iter().all(|event| event.name == "closed"), "{theirs:?}");
}

#[both_engines]
async fn a_page_cannot_flood_the_console(fresh: FreshDb) {
    let world = serving(fresh).await;
    let coach = by(&world, &someone(&world, "coach", UserType::Creator).await.token);
    let (visitor, path) = chat(&world, &coach).await;
    let typing = async |client: &Client, body: Value| client.post(&format!("{path}/typing"), &body).await.status;
    // Before the first message there is nothing to look at; and nobody writes without a token.
    assert_eq!(typing(&visitor, json!({"on": true})).await, 204);
    let writing = async || {
        let now = world.server.app.clock().now();
        let mut tx = world.db().read().await.unwrap();
        channels::console::writing(&mut tx, now, 10).await.unwrap().len()
    };
    assert_eq!(writing().await, 0);
    assert_eq!(typing(&world.client, json!({"on": true})).await, 401);
    assert_eq!(typing(&visitor, json!({"on": "perhaps"})).await, 422);
    write(&visitor, &path, 1, "Hello").await;
    let mut answers = Vec::new();
    for _ in 0..70 {
        answers.push(typing(&visitor, json!({"on": true})).await);
    }
    assert!(answers.contains(&429) && answers[..50].iter().all(|status| *status == 204), "{answers:?}");
    assert_eq!(writing().await, 1);
}
