//! Many webhooks at once: each is taken quickly, and each message is there once.

use std::time::Instant;

use futures::StreamExt as _;
use kernel::time;
use ports::messaging::standin::bodies;
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{APP_SECRET, NUMBER_ID, World};

/// How many different messages, of so many people.
const MESSAGES: usize = 1_000;
const PEOPLE: usize = 50;

#[both_engines]
async fn many_webhooks_are_stored_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let id = world.whatsapp_channel().await;
    let bodies: Vec<(String, String)> = (0..MESSAGES)
        .map(|number| {
            let wa_id = format!("34{:09}", 700_000_000 + number % PEOPLE);
            let person = bodies::Person { wa_id: Some(&wa_id), user_id: None, name: "Somebody" };
            let holds = json!({"type": "text", "text": {"body": "thanks"}});
            let change = bodies::whatsapp_message(person, &format!("wamid.{number}"), world.clock.now(), &holds);
            let body = bodies::whatsapp("1", NUMBER_ID, &change).to_string();
            (bodies::hub_signature(APP_SECRET, body.as_bytes()), body)
        })
        .collect();
    let begun = Instant::now();
    // Each is told twice.
    let told = futures::stream::iter(bodies.iter().chain(&bodies)).map(|(signature, body)| {
        let client = world.anyone.clone().with("x-hub-signature-256", signature);
        let path = format!("/webhooks/whatsapp/{id}");
        async move {
            let one = Instant::now();
            let reply = client.raw(axum::http::Method::POST, &path, "application/json", body.clone()).await;
            (reply.status, one.elapsed())
        }
    });
    let mut answers: Vec<_> = told.buffer_unordered(64).collect().await;
    let took = begun.elapsed();
    assert!(answers.iter().all(|(status, _)| *status == 200));
    answers.sort_by_key(|(_, took)| *took);
    let (median, late) = (answers[answers.len() / 2].1, answers[answers.len() * 99 / 100].1);
    let begun = Instant::now();
    world.clock.advance(time::SECOND);
    channels::testing::work_inbound(&world.channels, &world.clock).await.unwrap();
    let worked = begun.elapsed();
    println!("{} webhooks in {took:?}, median {median:?}, 99 % {late:?}; worked in {worked:?}", answers.len());
    let mut tx = world.channels.app().read().await.unwrap();
    let stored: (u64, u64, u64) = tx
        .fetch_one(
            "SELECT (SELECT count(*) FROM channel_messages), (SELECT count(*) FROM channel_conversations), (SELECT count(*) FROM channel_inbound)",
            vec![],
        )
        .await
        .unwrap();
    assert_eq!(stored, (MESSAGES as u64, PEOPLE as u64, 0));
}
