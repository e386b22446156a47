//! Live streams: what they show, where they go on, and when they end.

use std::time::{Duration, Instant};

use axum::http::Method;
use db::{Engine, args};
use inbox::{NotificationType, Settings};
use kernel::time;
use serde_json::json;
use testkit::{FreshDb, Someone, Stream, both_engines, fresh_db};
use uuid::Uuid;

use crate::world::{World, notice, process};

const LIVE: &str = "/api/v1/live";

/// Adds an event, and waits until it is visible. On PostgreSQL a stream resumes only if an event from before its start is still there, which is always
/// the case in use.
async fn something_happened(world: &World) {
    let db = world.inbox.app().db();
    let mut tx = db.write().await.unwrap();
    tx.append_event("contract.signed", Uuid::from_u128(98), None, Ok("{}".into()));
    tx.commit().await.unwrap();
    while db.read().await.unwrap().events_after(db::Position::default(), 1).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn open(world: &World, who: &Someone) -> Stream {
    let mut stream = world.of(who).stream(LIVE, None).await.unwrap();
    assert_eq!(stream.next().await.unwrap().name, "hello");
    stream
}

#[both_engines]
async fn what_changes_is_shown_at_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (mut ana, mut brand) = (open(&world, &world.creator).await, open(&world, &world.business).await);
    world.send(&world.business, &world.creator, "Hi!").await;
    let message = ana.find("message").await;
    assert_eq!(
        (&message.data["content"], &message.data["sender"]["username"]),
        (&json!("Hi!"), &json!("fashion_brand"))
    );
    assert_eq!(ana.find("notification").await.data["type"], "MESSAGE_RECEIVED");
    assert_eq!(ana.find("unread").await.data, json!({"unread_notifications": 1, "unread_messages": 1}));
    assert_eq!(brand.find("message").await.data["id"], message.data["id"], "in every tab of the one who wrote");
    world.of(&world.creator).get(&format!("/api/v1/messages/{}", world.business.account.id)).await.ok();
    let read = brand.find("read").await.data;
    assert_eq!((&read["user_id"], &read["read_up_to"]), (&json!(world.creator.account.id), &json!(1)));
    assert_eq!(ana.find("unread").await.data, json!({"unread_notifications": 0, "unread_messages": 0}));
    world.notify(vec![notice(&world.business, NotificationType::ApplicationReceived, "a")]).await;
    let told = brand.find("notification").await;
    assert_eq!(
        (&told.data["type"], &told.data["related_offer_id"]),
        (&json!("APPLICATION_RECEIVED"), &json!(Uuid::from_u128(7)))
    );
    // What happens in a workspace is hinted at, to those who work there.
    let mut tx = world.inbox.app().db().write().await.unwrap();
    let subject = Uuid::from_u128(99);
    tx.append_event("contract.signed", subject, world.business.account.workspace, Ok("{}".into()));
    tx.commit().await.unwrap();
    let changed = brand.find("changed").await;
    assert_eq!((changed.id, &changed.data["event"]), (None, &json!("contract.signed")));
    assert_eq!(changed.data["subject_id"], json!(subject));
}

#[both_engines]
async fn a_stream_goes_on_where_it_was(fresh: FreshDb) {
    let world = World::new(fresh).await;
    something_happened(&world).await;
    let mut stream = open(&world, &world.creator).await;
    world.send(&world.business, &world.creator, "one").await;
    let seen = stream.find("unread").await.id.unwrap();
    drop(stream);
    world.send(&world.business, &world.creator, "two").await;
    world.send(&world.business, &world.creator, "three").await;
    let open = async |last: Option<&str>| {
        let mut stream = world.of(&world.creator).stream(LIVE, last).await.unwrap();
        let hello = stream.find("hello").await;
        (stream, hello)
    };
    let (mut stream, hello) = open(Some(&seen)).await;
    assert_eq!(
        (hello.id.as_ref(), &hello.data["resumed"], &hello.data["unread_messages"]),
        (Some(&seen), &json!(true), &json!(3))
    );
    let missed = [stream.find("message").await, stream.find("message").await];
    assert_eq!(missed.clone().map(|event| event.data["content"].clone()), ["two", "three"]);
    world.send(&world.business, &world.creator, "four").await;
    assert_eq!(stream.find("message").await.data["content"], "four", "and each is shown once");
    // Of a place that is not known everything is to be fetched anew.
    let (feed, log) = seen.split_once('.').unwrap();
    for unknown in ["-1", "7", &format!("1000000.{log}"), &format!("{feed}.{}.0", i64::MAX), &format!("{seen}.1")] {
        let (mut stream, hello) = open(Some(unknown)).await;
        assert_eq!(hello.data["resumed"], false, "{unknown}");
        assert_eq!(stream.next().await.unwrap().name, "reset", "{unknown}");
    }
    let (_, hello) = open(None).await;
    assert_eq!(hello.data["resumed"], false);
    let path = format!("/api/v1/live?last_event_id={seen}");
    let mut stream = world.of(&world.creator).stream(&path, None).await.unwrap();
    assert_eq!(stream.find("message").await.data["content"], "two", "the place may stand in the address as well");
    // After three days the feed is not kept.
    world.clock.advance(4 * time::DAY);
    world.work().await;
    let (mut stream, _) = open(Some(&seen)).await;
    assert_eq!(stream.next().await.unwrap().name, "reset");
}

#[both_engines]
async fn what_another_process_writes_is_shown_as_well(fresh: FreshDb) {
    let world = World::new(fresh).await;
    something_happened(&world).await;
    let mut ana = open(&world, &world.creator).await;
    let db = world.fresh.reopen().await;
    let (_other, router) = process(db, &world.clock, &world.town, &world.people, Settings::default());
    let client = testkit::Client::new(router.clone()).of(&world.business);
    let begun = Instant::now();
    let body = json!({"recipient_id": world.creator.account.id, "content": "from next door"});
    assert_eq!(client.post("/api/v1/messages", &body).await.status, 201);
    let message = ana.find("message").await;
    assert_eq!(message.data["content"], "from next door");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    // And a stream that moves to another process goes on there.
    drop(ana);
    world.send(&world.business, &world.creator, "meanwhile").await;
    let there = testkit::Client::new(router).of(&world.creator);
    let mut ana = there.stream(LIVE, message.id.as_deref()).await.unwrap();
    assert_eq!(ana.find("message").await.data["content"], "meanwhile");
}

#[both_engines]
async fn a_ticket_opens_one_stream(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let creator = world.of(&world.creator);
    let made = creator.post("/api/v1/live/tickets", &json!({})).await;
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"));
    let url = made.json()["url"].as_str().unwrap().to_owned();
    let ticket = made.json()["ticket"].as_str().unwrap().to_owned();
    creator.get(&format!("/api/v1/notifications?ticket={ticket}")).await.ok();
    world.anyone.get(&format!("/api/v1/notifications?ticket={ticket}")).await.refused(401);
    let mut stream = world.anyone.stream(&url, None).await.unwrap();
    assert_eq!(stream.find("hello").await.data["unread_messages"], 0);
    assert_eq!(world.anyone.stream(&url, None).await.err(), Some(401), "it is good once");
    world.send(&world.business, &world.creator, "Hi!").await;
    assert_eq!(stream.find("message").await.data["content"], "Hi!");
    let late = creator.post("/api/v1/live/tickets", &json!({})).await.json()["url"].as_str().unwrap().to_owned();
    world.clock.advance(31 * time::SECOND);
    assert_eq!(world.anyone.stream(&late, None).await.err(), Some(401));
    for nonsense in ["/api/v1/live", "/api/v1/live?ticket=x", &format!("/api/v1/live?ticket={}", "0".repeat(64))] {
        assert_eq!(world.anyone.stream(nonsense, None).await.err(), Some(401), "{nonsense}");
    }
    // Whoever has signed out meanwhile has a ticket for nothing.
    let url = creator.post("/api/v1/live/tickets", &json!({})).await.json()["url"].as_str().unwrap().to_owned();
    world.town.sign_out(&world.creator);
    assert_eq!(world.anyone.stream(&url, None).await.err(), Some(401));
    let mut tx = world.inbox.app().db().read().await.unwrap();
    let kept: i64 = tx.fetch_value("SELECT count(*) FROM live_tickets WHERE hash = $1", args![ticket]).await.unwrap();
    assert_eq!(kept, 0, "only hashes are kept");
}

#[both_engines]
async fn streams_end_with_their_log_in(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (mut ana, mut brand) = (open(&world, &world.creator).await, open(&world, &world.business).await);
    world.town.sign_out(&world.creator);
    let last = ana.end().await.pop().unwrap();
    assert_eq!((last.name.as_str(), &last.data), ("closed", &json!({"reason": "signed_out"})));
    world.send(&world.creator, &world.business, "still here").await;
    assert_eq!(brand.find("message").await.data["content"], "still here", "others go on");
    world.town.move_house(&world.business, Uuid::from_u128(5));
    assert_eq!(brand.end().await.pop().unwrap().data, json!({"reason": "changed"}));
    assert_eq!(world.inbox.hub().open(), 0, "and their places are given back");
}

#[both_engines]
async fn streams_are_bounded_and_end_when_the_server_stops(fresh: FreshDb) {
    let world = World::set(fresh, Settings { streams_of_account: 2, ..Settings::default() }).await;
    let mut streams = [open(&world, &world.creator).await, open(&world, &world.creator).await];
    assert_eq!(world.of(&world.creator).stream(LIVE, None).await.err(), Some(429));
    let other = open(&world, &world.business).await;
    drop(other);
    world.inbox.hub().close();
    for stream in &mut streams {
        assert_eq!(stream.end().await.pop().unwrap().data, json!({"reason": "stopping"}));
    }
    assert_eq!(world.of(&world.business).stream(LIVE, None).await.err(), Some(503));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_stream_has_a_heartbeat() {
    let settings = Settings { heartbeat: Duration::from_millis(50), ..Settings::default() };
    let world = World::set(fresh_db(Engine::Sqlite).await, settings).await;
    let mut stream = open(&world, &world.creator).await;
    assert_eq!(stream.piece().await.unwrap(), ":\n\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_description_of_a_stream_is_right() {
    let world = World::new(fresh_db(Engine::Sqlite).await).await;
    let reply = world.of(&world.creator).get("/api/v1/live").await;
    assert!(reply.text().contains("event: hello"), "{}", reply.text());
    world.of(&world.creator).raw(Method::POST, "/api/v1/live", "application/json", "{}").await.refused(405);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_are_told_at_once() {
    const MANY: usize = 1_000;
    let world = World::new(fresh_db(Engine::Sqlite).await).await;
    let crowd: Vec<_> = (0..MANY).map(|number| world.someone(&format!("someone{number}"))).collect();
    let mut streams = Vec::new();
    for someone in &crowd {
        streams.push(open(&world, someone).await);
    }
    // One happening that concerns them all, twice: the first makes statements ready.
    for (round, bound) in [(0, Duration::from_secs(20)), (1, Duration::from_secs(4))] {
        let told = crowd.iter().map(|someone| notice(someone, NotificationType::OfferChanged, &round.to_string()));
        world.notify(told.collect()).await;
        let begun = Instant::now();
        for stream in &mut streams {
            stream.find("notification").await;
        }
        let took = begun.elapsed();
        println!("{MANY} streams were shown a notification of their own within {took:?}");
        assert!(took < bound, "{took:?}");
    }
}
