//! Recordings that the providers hold: passed on as they come, whole or by ranges.

use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::stand_in::{Asked, StandIn, answer};
use crate::telephony::{event, hook, placed};
use crate::world::{NUMBER, Parts, World};

const SOUND: &[u8] = b"ID3\x04 a long talk about bracelets";

fn sound(asked: &Asked, knows_ranges: bool) -> Response {
    let typed = [("content-type", "audio/mpeg")];
    match (knows_ranges, asked.range.as_str()) {
        (true, "bytes=4-9") => {
            let range = [("content-range", format!("bytes 4-9/{}", SOUND.len()))];
            (StatusCode::PARTIAL_CONTENT, typed, range, &SOUND[4..10]).into_response()
        }
        (true, "bytes=999-") => StatusCode::RANGE_NOT_SATISFIABLE.into_response(),
        _ => (typed, SOUND).into_response(),
    }
}

/// A world whose call by Twilio is over, and where its recording is.
async fn called(fresh: testkit::FreshDb, knows_ranges: bool) -> (World, StandIn, String) {
    let twilio = StandIn::start(move |asked| match asked.method {
        Method::POST => answer(201, &placed()),
        _ => sound(asked, knows_ranges),
    })
    .await;
    let world = World::new(fresh, Parts::twilio(&twilio.url)).await;
    world.consent().await;
    let id = world.client.post("/api/v1/voice-call/outbound-call", &world.outbound()).await.ok()["call_id"].clone();
    let path = format!("/api/v1/voice-call/recordings/{}", id.as_str().unwrap());
    world.client.get(&path).await.refused(404);
    hook(&world.client, "status", &event("completed", &[("CallDuration", "42")])).await;
    let recording = [("CallSid", "CA1"), ("RecordingSid", "RE1"), ("RecordingStatus", "completed")];
    hook(&world.client, "recording", &recording).await;
    (world, twilio, path)
}

#[both_engines]
async fn a_recording_is_heard_whole_and_by_ranges(fresh: FreshDb) {
    let (world, twilio, path) = called(fresh, true).await;
    let whole = world.client.get(&path).await;
    assert_eq!(
        (whole.status, whole.header("content-type"), whole.header("accept-ranges")),
        (200, "audio/mpeg", "bytes")
    );
    assert_eq!((whole.header("content-length"), &whole.bytes[..]), (SOUND.len().to_string().as_str(), SOUND));
    assert!(twilio.asked().last().unwrap().path.ends_with("/Accounts/AC0123/Recordings/RE1.mp3"));
    let tag = whole.header("etag").to_owned();
    let asks = |range: &str| world.client.clone().with("range", range);
    let part = asks("bytes=4-9").with("if-range", &tag).get(&path).await;
    assert_eq!((part.status, part.header("content-range")), (206, format!("bytes 4-9/{}", SOUND.len()).as_str()));
    assert_eq!(
        (&part.bytes[..], part.header("content-length"), part.header("etag")),
        (&SOUND[4..10], "6", tag.as_str())
    );
    assert_eq!(twilio.asked().last().unwrap().range, "bytes=4-9", "no more is fetched than is heard");
    let beyond = asks("bytes=999-").get(&path).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, format!("bytes */{}", SOUND.len()).as_str()));
    let other = asks("bytes=4-9").with("if-range", "\"another\"").get(&path).await;
    assert_eq!((other.status, &other.bytes[..]), (200, SOUND));
    let asked = twilio.asked().len();
    let known = world.client.clone().with("if-none-match", &tag).get(&path).await;
    assert_eq!((known.status, known.bytes.len(), twilio.asked().len()), (304, 0, asked), "nobody is asked");
    world.client.of(&world.people.business(&world.clock)).get(&path).await.refused(404);
}

#[both_engines]
async fn ranges_are_cut_out_where_the_provider_knows_none(fresh: FreshDb) {
    let (world, _twilio, path) = called(fresh, false).await;
    let size = SOUND.len();
    for (range, status, told, bytes) in [
        ("bytes=0-3", 206, format!("bytes 0-3/{size}"), &SOUND[..4]),
        ("bytes=-5", 206, format!("bytes {}-{}/{size}", size - 5, size - 1), &SOUND[size - 5..]),
        ("bytes=10-", 206, format!("bytes 10-{}/{size}", size - 1), &SOUND[10..]),
        ("bytes=999-", 416, format!("bytes */{size}"), b""),
    ] {
        let part = world.client.clone().with("range", range).get(&path).await;
        assert_eq!((part.status, part.header("content-range")), (status, told.as_str()), "{range}");
        assert_eq!(&part.bytes[..], bytes, "{range}");
    }
    let several = world.client.clone().with("range", "bytes=0-1,4-5").get(&path).await;
    assert_eq!((several.status, &several.bytes[..]), (200, SOUND));
}

#[tokio::test]
async fn the_sound_of_an_agents_call_comes_as_it_is_made() {
    let conversation = json!({"conversation_id": "conv_1", "status": "done", "has_audio": true, "transcript": [],
        "metadata": {"call_duration_secs": 5}, "analysis": {"call_successful": "success"}});
    let elevenlabs = StandIn::start(move |asked| match asked.path.rsplit('/').next().unwrap() {
        "outbound-call" => {
            answer(200, &json!({"success": true, "message": "", "conversation_id": "conv_1", "callSid": null}))
        }
        "audio" => {
            // Nobody says how long it will be.
            let pieces =
                futures::stream::iter(SOUND.chunks(7).map(|piece| Ok::<_, std::io::Error>(Bytes::from_static(piece))));
            ([("content-type", "audio/x-wav")], Body::from_stream(pieces)).into_response()
        }
        _ => answer(200, &conversation),
    })
    .await;
    let world = World::new(testkit::fresh_db(db::Engine::Sqlite).await, Parts::elevenlabs(&elevenlabs.url)).await;
    world.consent().await;
    let call = world.client.post("/api/v1/outreach/call/initiate", &world.about()).await.ok();
    world.client.get("/api/v1/outreach/call/conv_1/analysis").await.ok();
    let path = format!("/api/v1/voice-call/recordings/{}", call["call_id"].as_str().unwrap());
    assert_eq!(world.entry().await["call_recording_url"], format!("{}{path}", crate::world::PUBLIC));
    for range in ["", "bytes=0-3"] {
        let heard = world.client.clone().with("range", range).get(&path).await;
        assert_eq!(
            (heard.status, heard.header("content-type"), &heard.bytes[..]),
            (200, "audio/wav", SOUND),
            "{range}"
        );
    }
    assert!(elevenlabs.asked().iter().all(|asked| !asked.query.contains(NUMBER)));
}

#[tokio::test]
async fn what_is_no_recording_is_told_as_the_providers_fault() {
    for (reply, status, words) in [
        ((|| (StatusCode::UNAUTHORIZED, "{}").into_response()) as fn() -> Response, 502, "TWILIO_AUTH_TOKEN"),
        (|| ([("content-type", "text/html")], "<html>").into_response(), 502, "cannot be read"),
        (|| StatusCode::NOT_FOUND.into_response(), 404, "Recording"),
    ] {
        let twilio = StandIn::start(move |asked| match asked.method {
            Method::POST => answer(201, &placed()),
            _ => reply(),
        })
        .await;
        let world = World::new(testkit::fresh_db(db::Engine::Sqlite).await, Parts::twilio(&twilio.url)).await;
        world.consent().await;
        let id = world.client.post("/api/v1/voice-call/outbound-call", &world.outbound()).await.ok()["call_id"].clone();
        hook(&world.client, "recording", &[("CallSid", "CA1"), ("RecordingSid", "RE1")]).await;
        let told = world.client.get(&format!("/api/v1/voice-call/recordings/{}", id.as_str().unwrap())).await;
        told.refused(status);
        assert!(told.message().contains(words), "{}", told.message());
    }
}
