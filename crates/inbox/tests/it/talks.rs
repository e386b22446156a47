//! What streams are told of conversations with an audience.

use std::time::{Duration, Instant};

use db::Db;
use inbox::{Settings, Typing};
use kernel::WorkspaceId;
use serde_json::json;
use testkit::{FreshDb, Someone, Stream, both_engines};
use uuid::Uuid;

use crate::world::{SAID, World, process};

const LIVE: &str = "/api/v1/live";

/// Something is said in a hub.
async fn say(db: &Db, hub: WorkspaceId, words: &str) {
    let mut tx = db.write().await.unwrap();
    tx.append_event(SAID, Uuid::from_u128(1), Some(hub), Ok(json!({"words": words}).to_string()));
    tx.commit().await.unwrap();
}

/// Waits until the event is visible: on PostgreSQL an open transaction of another test holds it back.
async fn settle(db: &Db) {
    while db.read().await.unwrap().events_after(db::Position::default(), 1).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What the stream is told next, and where that is.
async fn told(stream: &mut Stream) -> (String, String) {
    let event = stream.find("conversation").await;
    (event.data["words"].as_str().unwrap().to_owned(), event.id.unwrap())
}

async fn open(world: &World, who: &Someone, last: Option<&str>) -> (Stream, testkit::StreamEvent) {
    let mut stream = world.of(who).stream(LIVE, last).await.unwrap();
    let hello = stream.next().await.unwrap();
    assert_eq!(hello.name, "hello");
    (stream, hello)
}

#[both_engines]
async fn what_is_said_is_told_to_those_who_work_there_and_nothing_is_missed(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (db, hub) = (world.inbox.app().db(), world.creator.account.hub());
    say(db, hub, "before anybody looked").await;
    settle(db).await;
    let (mut ana, hello) = open(&world, &world.creator, None).await;
    let (mut brand, _) = open(&world, &world.business, None).await;
    say(db, hub, "one").await;
    say(db, world.business.account.hub(), "theirs").await;
    let (words, first) = told(&mut ana).await;
    assert_eq!(words, "one", "what was there before is read where it stands");
    assert_eq!(told(&mut brand).await.0, "theirs");
    // An entry of the feed in between has a place of both.
    world.send(&world.business, &world.creator, "Hi!").await;
    let message = ana.find("message").await.id.unwrap();
    say(db, hub, "two").await;
    let (_, second) = told(&mut ana).await;
    drop(ana);
    say(db, hub, "three").await;
    say(db, hub, "four").await;
    for (last, missed, messages) in [
        (hello.id.unwrap(), vec!["one", "two", "three", "four"], 1),
        (first, vec!["two", "three", "four"], 1),
        (message, vec!["two", "three", "four"], 0),
        (second, vec!["three", "four"], 0),
    ] {
        let (mut ana, hello) = open(&world, &world.creator, Some(&last)).await;
        assert_eq!((hello.data["resumed"].clone(), hello.id), (json!(true), Some(last)));
        say(db, hub, "now").await;
        let mut seen = Vec::new();
        let mut feed = 0;
        loop {
            let event = ana.next().await.unwrap();
            match event.name.as_str() {
                "conversation" => seen.push(event.data["words"].as_str().unwrap().to_owned()),
                "message" => feed += 1,
                _ => {}
            }
            if seen.last().is_some_and(|words| words == "now") && feed == messages {
                break;
            }
        }
        let now = seen.iter().position(|words| words == "now").unwrap();
        assert_eq!(seen[now - missed.len()..now], missed[..], "{seen:?}");
    }
    say(db, world.business.account.hub(), "theirs too").await;
    assert_eq!(told(&mut brand).await.0, "theirs too", "and others are told nothing of it");
}

#[both_engines]
async fn what_is_too_much_or_not_kept_is_fetched_anew(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (db, hub) = (world.inbox.app().db(), world.creator.account.hub());
    say(db, hub, "first").await;
    settle(db).await;
    let (ana, hello) = open(&world, &world.creator, None).await;
    drop(ana);
    let mut tx = db.write().await.unwrap();
    for number in 0..1_001 {
        let payload = json!({"words": number.to_string()}).to_string();
        tx.append_event(SAID, Uuid::from_u128(1), Some(hub), Ok(payload));
    }
    tx.commit().await.unwrap();
    let (mut ana, anew) = open(&world, &world.creator, hello.id.as_deref()).await;
    assert_eq!(anew.data["resumed"], false);
    assert_eq!(ana.next().await.unwrap().name, "reset");
    say(db, hub, "after").await;
    let (words, last) = told(&mut ana).await;
    assert_eq!(words, "after", "and goes on from there");
    let mut tx = db.write().await.unwrap();
    let all = tx.events_after(db::Position::default(), 5_000).await.unwrap();
    tx.forget_events(all.last().unwrap().0, world.clock.now().plus(1), 5_000).await.unwrap();
    tx.commit().await.unwrap();
    say(db, hub, "later").await;
    say(db, hub, "much later").await;
    settle(db).await;
    let mut tx = db.write().await.unwrap();
    let all = tx.events_after(db::Position::default(), 5_000).await.unwrap();
    tx.forget_events(all[0].0, world.clock.now().plus(1), 5_000).await.unwrap();
    tx.commit().await.unwrap();
    let (mut ana, _) = open(&world, &world.creator, Some(&last)).await;
    assert_eq!(ana.next().await.unwrap().name, "reset", "something of it is forgotten");
}

#[both_engines]
async fn another_process_tells_and_goes_on(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let hub = world.creator.account.hub();
    let (mut ana, _) = open(&world, &world.creator, None).await;
    let other = world.fresh.reopen().await;
    let (_there, router) = process(other.clone(), &world.clock, &world.town, &world.people, Settings::default());
    let begun = Instant::now();
    say(&other, hub, "from next door").await;
    let (words, last) = told(&mut ana).await;
    assert_eq!(words, "from next door");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    drop(ana);
    say(world.inbox.app().db(), hub, "meanwhile").await;
    let there = testkit::Client::new(router).of(&world.creator);
    let mut ana = there.stream(LIVE, Some(&last)).await.unwrap();
    assert_eq!(told(&mut ana).await.0, "meanwhile");
}

#[both_engines]
async fn who_writes_is_told_until_they_stop(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let typing =
        |someone: &Someone, number| Typing { hub: someone.account.hub(), conversation: Uuid::from_u128(number) };
    let (mut ana, _) = open(&world, &world.creator, None).await;
    world.town.writes(vec![typing(&world.business, 1), typing(&world.creator, 2)]);
    let told = ana.find("typing").await;
    assert_eq!(
        (told.id, told.data),
        (None, json!({"conversation_id": Uuid::from_u128(2), "author": "member", "on": true}))
    );
    world.town.writes(vec![typing(&world.creator, 3)]);
    let both = [ana.find("typing").await.data, ana.find("typing").await.data];
    let of = |number: u128, on: bool| json!({"conversation_id": Uuid::from_u128(number), "author": "member", "on": on});
    assert!(both.contains(&of(3, true)) && both.contains(&of(2, false)), "{both:?}");
}
