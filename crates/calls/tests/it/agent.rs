//! ElevenLabs, as it is documented and at its worst.

use axum::http::Method;
use serde_json::{Value, json};
use testkit::{Client, FreshDb, Reply, both_engines};

use crate::stand_in::{Broken, StandIn, answer, broken};
use crate::world::{NUMBER, Parts, SECRET, World};

const INITIATE: &str = "/api/v1/outreach/call/initiate";
const SYNC: &str = "/api/v1/outreach/sync-conversations";
const NOON_UNIX: i64 = 1_768_474_800;

fn conversation(status: &str, reference: &str) -> Value {
    let finding = |name: &str, value: &str| json!({name: {"criteria_id": name, "data_collection_id": name, "value": value, "rationale": format!("Why {value}")}});
    let merge = |parts: &[Value]| {
        parts.iter().fold(serde_json::Map::new(), |mut all, part| {
            all.extend(part.as_object().unwrap().clone());
            all
        })
    };
    let analysis = json!({
        "call_successful": "success", "transcript_summary": "She is interested and asks 1200.",
        "evaluation_criteria_results": {
            "interest_assessment": {"criteria_id": "interest_assessment", "result": "success", "rationale": "She said yes"},
            "communication_quality": {"criteria_id": "communication_quality", "result": "success", "rationale": "Clear"}},
        "data_collection_results": merge(&[finding("interest_level", "Very interested"), finding("collaboration_rate", "$1200 per reel"),
            finding("timeline", "February"), finding("content_preferences", "reels"), finding("follow_up_actions", "Send the brief")]),
    });
    json!({
        "agent_id": "agent_1", "conversation_id": "conv_1", "status": status, "user_id": reference,
        "transcript": [{"role": "agent", "message": "Hello", "time_in_call_secs": 0}, {"role": "user", "message": "Hi!", "time_in_call_secs": 2},
            {"role": "agent", "message": null, "time_in_call_secs": 3}],
        "metadata": {"start_time_unix_secs": NOON_UNIX, "call_duration_secs": 61, "termination_reason": "",
            "phone_call": {"type": "twilio", "direction": "outbound", "external_number": NUMBER, "call_sid": "CA1"}},
        "analysis": if status == "done" { analysis } else { Value::Null },
        "has_audio": status == "done",
    })
}

fn list() -> Value {
    json!({"conversations": [{"agent_id": "agent_1", "conversation_id": "conv_1", "start_time_unix_secs": NOON_UNIX,
        "call_duration_secs": 61, "message_count": 2, "status": "done", "call_successful": "success"}],
        "next_cursor": null, "has_more": false})
}

async fn webhook(world: &World, client: &Client, body: &Value) -> Reply {
    use hmac::{KeyInit as _, Mac as _};
    let (stamp, body) = (world.clock.now().micros() / 1_000_000, body.to_string());
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{stamp}.{body}").as_bytes());
    let signature = format!("t={stamp},v0={}", hex::encode(mac.finalize().into_bytes()));
    let client = client.clone().with("elevenlabs-signature", &signature);
    client.raw(Method::POST, "/api/v1/outreach/elevenlabs/webhook", "application/json", body).await
}

/// The reference of the call that was asked for, as the stand-in was told it.
fn reference(provider: &StandIn) -> String {
    let asked = provider.asked().into_iter().find(|asked| asked.path.ends_with("/outbound-call")).unwrap();
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    body["conversation_initiation_client_data"]["user_id"].as_str().unwrap().to_owned()
}

fn check_entry(entry: &Value) {
    assert_eq!(entry["conversation_id"], "conv_1");
    assert_eq!((entry["call_status"].as_str(), entry["status"].as_str()), (Some("completed"), Some("completed")));
    assert_eq!(entry["interest_level"], "very_interested");
    assert_eq!(entry["collaboration_rate"], "$1200 per reel");
    assert_eq!(entry["timeline_availability"], "February");
    assert_eq!(entry["preferred_content_types"], "reels");
    assert_eq!(entry["interest_assessment_result"], "success");
    assert_eq!(entry["communication_quality_rationale"], "Clear");
    assert_eq!(entry["transcript_summary"], "She is interested and asks 1200.");
    assert_eq!(entry["full_transcript"].as_array().unwrap().len(), 2);
    assert_eq!((entry["call_duration_seconds"].as_u64(), entry["sentiment"].as_str()), (Some(61), Some("positive")));
}

#[both_engines]
async fn a_call_is_asked_for_as_documented_and_its_webhook_lands_once(fresh: FreshDb) {
    let provider = StandIn::start(|_| {
        answer(200, &json!({"success": true, "message": "ok", "conversation_id": "conv_1", "callSid": "CA1"}))
    })
    .await;
    let world = World::new(fresh, Parts::elevenlabs(&provider.url)).await;
    world.client.post(INITIATE, &world.about()).await.refused(403);
    world.consent().await;
    let begun = world.client.post(INITIATE, &world.about()).await.ok();
    assert_eq!((begun["conversation_id"].as_str(), begun["call_status"].as_str()), (Some("conv_1"), Some("initiated")));
    let asked = &provider.asked()[0];
    assert_eq!((asked.path.as_str(), asked.key.as_str()), ("/v1/convai/twilio/outbound-call", "xi-secret"));
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!((body["agent_id"].as_str(), body["agent_phone_number_id"].as_str()), (Some("agent_1"), Some("phnum_1")));
    assert_eq!(body["to_number"], NUMBER);
    assert_eq!(body["conversation_initiation_client_data"]["dynamic_variables"]["brand_name"], "TechFit");
    let reference = reference(&provider);
    let event = json!({"type": "post_call_transcription", "event_timestamp": NOON_UNIX, "data": conversation("done", &reference)});
    let unsigned = world.client.post("/api/v1/outreach/elevenlabs/webhook", &event).await;
    unsigned.refused(403);
    assert_eq!(webhook(&world, &world.client, &event).await.status, 200);
    check_entry(&world.entry().await);
    let stood = world.entry().await;
    world.clock.advance(kernel::time::MINUTE);
    assert_eq!(webhook(&world, &world.client, &event).await.status, 200);
    assert_eq!(world.taken_in().await, 1);
    // An older page of it comes late.
    let late = json!({"type": "post_call_transcription", "data": conversation("processing", &reference)});
    assert_eq!(webhook(&world, &world.client, &late).await.status, 200);
    assert_eq!(world.entry().await, stood, "the same twice changes nothing");
    assert_eq!(world.touches().await, 1);
    let analysis = world.client.get("/api/v1/outreach/call/conv_1/analysis").await.ok();
    assert_eq!((analysis["status"].as_str(), analysis["duration_seconds"].as_u64()), (Some("done"), Some(61)));
    assert_eq!(
        analysis["evaluation_results"]["interest_assessment"],
        json!({"result": "success", "rationale": "She said yes"})
    );
    assert_eq!(analysis["evaluation_results"]["next_steps"], json!(null));
    assert_eq!(analysis["extracted_data"]["timeline"], "February");
    assert_eq!(analysis["transcript"].as_array().unwrap().len(), 2);
    let other = world.client.of(&world.people.business(&world.clock));
    other.get("/api/v1/outreach/call/conv_1/analysis").await.refused(404);
}

#[both_engines]
async fn a_webhook_before_the_answer_and_a_crash_between_are_one_call(fresh: FreshDb) {
    let provider = StandIn::start(|asked| match asked.path.as_str() {
        "/v1/convai/twilio/outbound-call" => broken(Broken::Never),
        _ => answer(404, &json!({"detail": "not found"})),
    })
    .await;
    let world = World::new(fresh, Parts::elevenlabs(&provider.url)).await;
    world.consent().await;
    world.client.post(INITIATE, &world.about()).await.refused(502);
    let reference = reference(&provider);
    let event = json!({"type": "post_call_transcription", "data": conversation("done", &reference)});
    let neighbour = world.neighbour(Parts::elevenlabs(&provider.url)).await;
    let (one, other) = futures::join!(webhook(&world, &world.client, &event), webhook(&world, &neighbour, &event));
    assert_eq!((one.status, other.status), (200, 200));
    check_entry(&world.entry().await);
    assert_eq!((provider.rang(), world.touches().await), (1, 1));
}

#[both_engines]
async fn sync_finds_what_no_webhook_told_and_changes_nothing_the_second_time(fresh: FreshDb) {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let told = std::sync::Arc::clone(&seen);
    let provider = StandIn::start(move |asked| match asked.path.as_str() {
        "/v1/convai/twilio/outbound-call" => {
            let body: Value = serde_json::from_str(&asked.body).unwrap();
            let id = body["conversation_initiation_client_data"]["user_id"].as_str().unwrap().to_owned();
            *told.lock().unwrap() = id;
            answer(200, &json!({"success": true, "message": "", "conversation_id": null, "callSid": null}))
        }
        "/v1/convai/conversations" => answer(200, &list()),
        _ => answer(200, &conversation("done", &told.lock().unwrap())),
    })
    .await;
    let world = World::new(fresh, Parts::elevenlabs(&provider.url)).await;
    world.consent().await;
    let begun = world.client.post(INITIATE, &world.about()).await.ok();
    assert_eq!(begun["conversation_id"], begun["call_id"], "its own name is told later");
    let since = json!({"from_date": "2026-01-14T00:00:00Z", "limit": 30});
    let other = world.client.of(&world.people.business(&world.clock));
    assert_eq!(other.post(SYNC, &since).await.ok()["updated_conversations"], 0);
    assert_eq!(world.client.post(SYNC, &since).await.ok()["updated_conversations"], 1);
    let asked = provider.asked().into_iter().find(|asked| asked.path == "/v1/convai/conversations").unwrap();
    assert!(
        asked.query.contains("agent_id=agent_1") && asked.query.contains("call_start_after_unix=1768348800"),
        "{}",
        asked.query
    );
    check_entry(&world.entry().await);
    assert_eq!(world.client.post(SYNC, &since).await.ok()["updated_conversations"], 0);
    assert_eq!(world.client.post(SYNC, &json!({})).await.ok()["updated_conversations"], 0);
    let wrong = json!({"from_date": "yesterday", "limit": 0});
    assert_eq!(world.client.post(SYNC, &wrong).await.faults(), ["from_date", "limit"]);
    assert!(!seen.lock().unwrap().is_empty());
}

#[both_engines]
async fn the_job_finds_a_conversation_whose_name_was_never_told(fresh: FreshDb) {
    let told = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let provider = StandIn::start(move |asked| match asked.path.as_str() {
        "/v1/convai/twilio/outbound-call" => {
            let body: Value = serde_json::from_str(&asked.body).unwrap();
            let user_id = &body["conversation_initiation_client_data"]["user_id"];
            user_id.as_str().unwrap().clone_into(&mut told.lock().unwrap());
            broken(Broken::Half)
        }
        "/v1/convai/conversations" => answer(200, &list()),
        _ => answer(200, &conversation("done", &told.lock().unwrap())),
    })
    .await;
    let world = World::new(fresh, Parts::elevenlabs(&provider.url)).await;
    world.consent().await;
    world.client.post(INITIATE, &world.about()).await.refused(502);
    world.clock.advance(2 * kernel::time::MINUTE);
    world.look_after().await;
    check_entry(&world.entry().await);
    assert_eq!(provider.rang(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_is_told_with_what_to_do() {
    for (status, body, says) in [
        (401, json!({"detail": {"status": "invalid_api_key", "message": "Invalid API key"}}), "ELEVENLABS_API_KEY"),
        (
            422,
            json!({"detail": [{"loc": ["body", "to_number"], "msg": "is wrong", "type": "value_error"}]}),
            "to_number: is wrong",
        ),
        (429, json!({"detail": "slow down"}), "try again in 60 s"),
        (500, json!({}), "having trouble (500)"),
        (
            200,
            json!({"success": false, "message": "The number is blocked", "conversation_id": null}),
            "The number is blocked",
        ),
    ] {
        let provider = StandIn::start(move |_| answer(status, &body)).await;
        let world = World::new(testkit::fresh_db(db::Engine::Sqlite).await, Parts::elevenlabs(&provider.url)).await;
        world.consent().await;
        let failed = world.client.post(INITIATE, &world.about()).await;
        failed.refused(502);
        assert!(failed.message().contains(says), "{status}: {}", failed.message());
        assert_eq!(provider.rang(), 1);
    }
}
