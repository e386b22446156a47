//! Twilio, as it is documented and at its worst.

use axum::http::Method;
use serde_json::json;
use testkit::{Client, FreshDb, Reply, both_engines};

use crate::stand_in::{Broken, StandIn, answer, broken};
use crate::world::{NOON, NUMBER, PUBLIC, Parts, World, form, signed};

const CALL: &str = "/api/v1/voice-call/outbound-call";

pub(crate) fn placed() -> serde_json::Value {
    json!({"sid": "CA1", "status": "queued", "direction": "outbound-api", "to": NUMBER})
}

pub(crate) async fn hook(client: &Client, path: &str, fields: &[(&str, &str)]) -> Reply {
    let path = format!("/api/v1/voice-call/{path}");
    let signature = signed(&format!("{PUBLIC}{path}"), fields);
    let client = client.clone().with("x-twilio-signature", &signature);
    client.raw(Method::POST, &path, "application/x-www-form-urlencoded", form(fields)).await
}

pub(crate) fn event<'a>(status: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("CallSid", "CA1"), ("To", NUMBER), ("Direction", "outbound-api"), ("CallStatus", status)][..], more].concat()
}

#[both_engines]
async fn a_call_is_asked_for_as_documented_and_moves_on_whatever_the_order(fresh: FreshDb) {
    let twilio = StandIn::start(|_| answer(201, &placed())).await;
    let world = World::new(fresh, Parts::twilio(&twilio.url)).await;
    world.consent().await;
    let begun = world.client.post(CALL, &world.outbound()).await.ok();
    let asked = &twilio.asked()[0];
    assert_eq!(asked.path, "/2010-04-01/Accounts/AC0123/Calls.json");
    assert!(asked.key.starts_with("Basic "));
    let id = begun["call_id"].as_str().unwrap();
    for part in [
        "To=%2B34600000001".to_owned(),
        "From=%2B15550001111".to_owned(),
        format!("Url=https%3A%2F%2Fflow.example%2Fapi%2Fv1%2Fvoice-call%2Fvoice%3Fcall%3D{id}"),
        "StatusCallbackEvent=completed".to_owned(),
        "Record=true".to_owned(),
        "MachineDetection=Enable".to_owned(),
    ] {
        assert!(asked.body.contains(&part), "{part} in {}", asked.body);
    }
    assert_eq!(world.entry().await["call_status"], "initiated");
    let voice = hook(&world.client, &format!("voice?call={id}"), &event("in-progress", &[])).await;
    assert!(voice.text().contains("calling for TechFit"), "{}", voice.text());
    assert!(voice.text().contains("This call is recorded."), "{}", voice.text());
    assert!(voice.text().contains("action=\"https://flow.example/api/v1/voice-call/gather?turn=1\""));
    assert_eq!(world.entry().await["call_status"], "in-progress");
    let heard = event("in-progress", &[("SpeechResult", "yes, for sure")]);
    hook(&world.client, "gather?turn=1", &heard).await;
    // Hung up: the end comes first, twice, and then what was before.
    for (status, more) in
        [("completed", &[("CallDuration", "42")][..]), ("completed", &[("CallDuration", "42")]), ("ringing", &[])]
    {
        assert_eq!(hook(&world.client, "status", &event(status, more)).await.status, 204);
    }
    let recording = [("CallSid", "CA1"), ("RecordingSid", "RE1"), ("RecordingStatus", "completed")];
    assert_eq!(hook(&world.client, "recording", &recording).await.status, 204);
    let entry = world.entry().await;
    assert_eq!((entry["call_status"].as_str(), entry["call_duration_seconds"].as_u64()), (Some("completed"), Some(42)));
    assert_eq!(entry["interest_level"], "interested");
    assert!(entry["transcript_summary"].as_str().unwrap().contains("ended before"), "{entry}");
    assert_eq!(entry["call_recording_url"], format!("{PUBLIC}/api/v1/voice-call/recordings/{id}"));
    assert_eq!(world.touches().await, 1, "one call is one touch");
    assert_eq!(world.client.get("/api/v1/voice-call/sessions").await.ok()["data"]["count"], 0);
}

#[both_engines]
async fn an_event_that_twilio_tells_again_is_taken_in_once(fresh: FreshDb) {
    let twilio = StandIn::start(|_| answer(201, &placed())).await;
    let world = World::new(fresh, Parts::twilio(&twilio.url)).await;
    world.consent().await;
    world.client.post(CALL, &world.outbound()).await.ok();
    let by = |token: &str| world.client.clone().with("i-twilio-idempotency-token", token);
    let ended = event("completed", &[("CallDuration", "42")]);
    for (token, told) in [("t1", 1), ("t1", 1), ("t2", 2)] {
        assert_eq!(hook(&by(token), "status", &ended).await.status, 204);
        assert_eq!(world.taken_in().await, told);
    }
    let recording = [("CallSid", "CA1"), ("RecordingSid", "RE1"), ("RecordingStatus", "completed")];
    for _ in 0..2 {
        assert_eq!(hook(&by("t3"), "recording", &recording).await.status, 204);
    }
    assert_eq!(world.taken_in().await, 3);
    assert_eq!(world.entry().await["call_duration_seconds"], 42);
}

#[both_engines]
async fn only_what_twilio_signed_is_let_in(fresh: FreshDb) {
    let twilio = StandIn::start(|_| answer(201, &placed())).await;
    let world = World::new(fresh, Parts::twilio(&twilio.url)).await;
    let fields = event("completed", &[]);
    let signature = signed(&format!("{PUBLIC}/api/v1/voice-call/status"), &fields);
    for path in ["voice", "gather", "partial", "status", "recording"] {
        let path = format!("/api/v1/voice-call/{path}");
        let unsigned = world.client.raw(Method::POST, &path, "application/x-www-form-urlencoded", form(&fields)).await;
        unsigned.refused(403);
        // Signed, but for another address or another form.
        let client = world.client.clone().with("x-twilio-signature", &signature);
        let other = form(&event("failed", &[]));
        client.raw(Method::POST, &path, "application/x-www-form-urlencoded", other).await.refused(403);
    }
    assert_eq!(world.rows("voice_sessions").await, 0);
}

#[both_engines]
async fn a_webhook_may_come_before_the_answer_that_names_the_call(fresh: FreshDb) {
    let twilio = StandIn::start(|asked| match asked.method {
        Method::POST => broken(Broken::Half),
        _ => answer(200, &json!({"calls": []})),
    })
    .await;
    let world = World::new(fresh, Parts::twilio(&twilio.url)).await;
    world.consent().await;
    world.client.post(CALL, &world.outbound()).await.refused(502);
    let id: kernel::Id<()> =
        world.fresh.db.read().await.unwrap().fetch_value("SELECT id FROM calls", vec![]).await.unwrap();
    let voice = hook(&world.client, &format!("voice?call={id}"), &event("in-progress", &[])).await;
    assert!(voice.text().contains("calling for TechFit"), "{}", voice.text());
    hook(&world.client, &format!("status?call={id}"), &event("completed", &[("CallDuration", "5")])).await;
    let entry = world.entry().await;
    assert_eq!((entry["call_status"].as_str(), entry["twilio_call_sid"].as_str()), (Some("completed"), Some("CA1")));
    assert_eq!(twilio.rang(), 1);
}

#[both_engines]
async fn what_a_crash_left_is_found_in_the_list_and_never_asked_for_again(fresh: FreshDb) {
    let twilio = StandIn::start(|asked| match asked.method {
        Method::POST => broken(Broken::Never),
        _ if asked.path.ends_with("/Calls.json") => {
            let created = jiff_rfc2822();
            answer(
                200,
                &json!({"calls": [{"sid": "CA1", "status": "in-progress", "direction": "outbound-api",
                "from": "+15550001111", "to": NUMBER, "date_created": created}]}),
            )
        }
        _ => answer(
            200,
            &json!({"sid": "CA1", "status": "completed", "duration": "9", "direction": "outbound-api",
            "from": "+15550001111", "to": NUMBER}),
        ),
    })
    .await;
    let world = World::new(fresh, Parts::twilio(&twilio.url)).await;
    world.consent().await;
    let failed = world.client.clone().with("idempotency-key", "k1").post(CALL, &world.outbound()).await;
    failed.refused(502);
    assert!(failed.message().contains("not asked for again"), "{}", failed.message());
    world.clock.advance(2 * kernel::time::MINUTE);
    world.look_after().await;
    assert_eq!(world.entry().await["call_status"], "in-progress");
    let again = world.client.clone().with("idempotency-key", "k1").post(CALL, &world.outbound()).await.ok();
    assert_eq!(again["call_sid"], "CA1");
    world.clock.advance(3 * kernel::time::MINUTE);
    world.look_after().await;
    let entry = world.entry().await;
    assert_eq!((entry["call_status"].as_str(), entry["call_duration_seconds"].as_u64()), (Some("completed"), Some(9)));
    assert_eq!(twilio.rang(), 1);
}

#[both_engines]
async fn a_call_that_the_provider_does_not_know_is_lost_and_may_be_asked_for_anew(fresh: FreshDb) {
    let twilio = StandIn::start(|asked| match asked.method {
        Method::POST => broken(Broken::Never),
        _ => answer(200, &json!({"calls": []})),
    })
    .await;
    let world = World::new(fresh, Parts::twilio(&twilio.url)).await;
    world.consent().await;
    world.client.post(CALL, &world.outbound()).await.refused(502);
    world.clock.advance(2 * kernel::time::MINUTE);
    world.look_after().await;
    world.client.post(CALL, &world.outbound()).await.refused(409);
    world.clock.advance(10 * kernel::time::MINUTE);
    world.look_after().await;
    assert_eq!(world.entry().await["call_status"], "failed");
    assert_eq!(twilio.rang(), 1);
    world.client.post(CALL, &world.outbound()).await.refused(502);
    world.entry().await;
    assert_eq!(twilio.rang(), 2);
}

fn jiff_rfc2822() -> &'static str {
    // The moment at which the world begins.
    assert_eq!(NOON, "2026-01-15T11:00:00Z");
    "Thu, 15 Jan 2026 11:00:01 +0000"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_is_told_with_what_to_do() {
    for (status, body, says) in [
        (401, json!({"code": 20003, "message": "Authenticate"}), "TWILIO_AUTH_TOKEN"),
        (400, json!({"code": 21211, "message": "The 'To' number is not valid"}), "The 'To' number is not valid"),
        (422, json!({"message": "no"}), "did not accept the request (422)"),
        (429, json!({"code": 20429, "message": "Too Many Requests"}), "try again in 60 s"),
        (500, json!({}), "having trouble (500)"),
        (503, json!({}), "having trouble (503)"),
    ] {
        let twilio = StandIn::start(move |_| answer(status, &body)).await;
        let fresh = testkit::fresh_db(db::Engine::Sqlite).await;
        let world = World::new(fresh, Parts::twilio(&twilio.url)).await;
        world.consent().await;
        let failed = world.client.post(CALL, &world.outbound()).await;
        failed.refused(502);
        assert!(failed.message().contains(says), "{status}: {}", failed.message());
        assert!(!failed.text().contains(crate::world::TOKEN));
        assert_eq!(twilio.rang(), 1, "{status}: a call is asked for once");
        let known = if status < 500 { "failed" } else { "pending" };
        assert_eq!(world.entry().await["call_status"], known, "{status}");
    }
}

#[tokio::test]
async fn a_call_that_would_listen_to_another_server_is_not_made() {
    let twilio = StandIn::start(|_| answer(201, &placed())).await;
    let world = World::new(testkit::fresh_db(db::Engine::Sqlite).await, Parts::twilio(&twilio.url)).await;
    world.consent().await;
    let mut body = world.outbound();
    body["webhook_base_url"] = json!("https://evil.example");
    assert_eq!(world.client.post(CALL, &body).await.faults(), ["webhook_base_url"]);
    body["webhook_base_url"] = json!(format!("{PUBLIC}/"));
    world.client.post(CALL, &body).await.ok();
}

#[both_engines]
async fn an_answering_machine_is_told_nothing_and_is_no_interest(fresh: FreshDb) {
    let twilio = StandIn::start(|_| answer(201, &placed())).await;
    let world = World::new(fresh, Parts::twilio(&twilio.url)).await;
    world.consent().await;
    world.client.post(CALL, &world.outbound()).await.ok();
    let voice = hook(&world.client, "voice", &event("in-progress", &[("AnsweredBy", "machine_start")])).await;
    assert!(voice.text().contains("<Hangup/>") && !voice.text().contains("<Say"), "{}", voice.text());
    hook(&world.client, "status", &event("completed", &[("CallDuration", "3")])).await;
    let entry = world.entry().await;
    assert_eq!((entry["call_status"].as_str(), entry["interest_level"].as_str()), (Some("no_answer"), None), "{entry}");
}

#[both_engines]
async fn a_machine_that_only_its_words_give_away_is_no_interest_either(fresh: FreshDb) {
    let twilio = StandIn::start(|_| answer(201, &placed())).await;
    let world = World::new(fresh, Parts::twilio(&twilio.url)).await;
    world.consent().await;
    world.client.post(CALL, &world.outbound()).await.ok();
    hook(&world.client, "voice", &event("in-progress", &[])).await;
    let said = "Hi, you've reached Mia. Yes, I love hearing from you! Please leave a message after the beep.";
    let heard = hook(&world.client, "gather?turn=1", &event("in-progress", &[("SpeechResult", said)])).await;
    assert!(heard.text().contains("<Hangup/>") && !heard.text().contains("<Say"), "{}", heard.text());
    let entry = world.entry().await;
    assert_eq!((entry["call_status"].as_str(), entry["interest_level"].as_str()), (Some("no_answer"), None), "{entry}");
}

#[both_engines]
async fn half_a_sentence_is_enough_to_be_left_alone(fresh: FreshDb) {
    let twilio = StandIn::start(|_| answer(201, &placed())).await;
    let world = World::new(fresh, Parts::twilio(&twilio.url)).await;
    world.consent().await;
    world.client.post(CALL, &world.outbound()).await.ok();
    hook(&world.client, "voice", &event("in-progress", &[])).await;
    let heard = [("CallSid", "CA1"), ("Direction", "outbound-api"), ("UnstableSpeechResult", "stop calling me and")];
    assert_eq!(hook(&world.client, "partial", &heard).await.status, 204);
    hook(&world.client, "status", &event("completed", &[])).await;
    world.clock.advance(48 * kernel::time::HOUR);
    let refused = world.client.post(CALL, &world.outbound()).await;
    assert!(refused.message().contains("do-not-call list"), "{}", refused.message());
    refused.refused(403);
}
