//! Document C with nobody to ring: sessions, TwiML, and a talk to its end.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::Method;
use ports::Llm;
use serde_json::json;
use testkit::{Client, FreshDb, Reply, both_engines};

use crate::world::{NUMBER, Parts, World, form};

const BASE: &str = "/api/v1/voice-call";
const FORM: &str = "application/x-www-form-urlencoded";

async fn ring(client: &Client, path: &str, sid: &str, more: &[(&str, &str)]) -> Reply {
    let mut fields = vec![("CallSid", sid), ("From", NUMBER), ("To", "+15550001111"), ("Direction", "inbound")];
    fields.extend_from_slice(more);
    client.raw(Method::POST, &format!("{BASE}/{path}"), FORM, form(&fields)).await
}

async fn twiml(client: &Client, path: &str, sid: &str, words: &str) -> String {
    let reply = ring(client, path, sid, &[("SpeechResult", words)]).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/xml; charset=utf-8"), "{}", reply.text());
    reply.text()
}

#[both_engines]
async fn a_talk_goes_on_in_another_process_and_lands_in_the_log(fresh: FreshDb) {
    let world = World::new(fresh, Parts::mock()).await;
    // They were called before, and ring back.
    world.client.post(&format!("{BASE}/outbound-call"), &world.outbound()).await.ok();
    let first = twiml(&world.client, "voice", "CA7", "").await;
    assert!(first.contains("AI assistant, not a person, answering for TechFit"), "{first}");
    assert!(first.contains("/api/v1/voice-call/gather?turn=1"));
    assert_eq!(twiml(&world.client, "voice", "CA7", "").await, first, "the same request gets the same answer");
    let neighbour = world.neighbour(Parts::mock()).await;
    let second = twiml(&neighbour, "gather?turn=1", "CA7", "Yes, I'd love to").await;
    assert!(second.contains("usually charge"), "{second}");
    assert_eq!(twiml(&world.client, "gather?turn=1", "CA7", "Yes, I'd love to").await, second);
    twiml(&world.client, "gather?turn=2", "CA7", "Eight hundred dollars").await;
    assert_eq!(ring(&world.client, "partial", "CA7", &[("UnstableSpeechResult", "next")]).await.status, 204);
    assert!(!twiml(&neighbour, "gather?turn=1", "CA7", "stop calling me").await.contains("do-not-call"));
    twiml(&neighbour, "gather?turn=3", "CA7", "Next week").await;
    let last = twiml(&world.client, "gather?turn=4", "CA7", "Reels & <stories>").await;
    assert!(last.contains("Nothing is agreed by this call") && last.contains("<Hangup/>"), "{last}");
    assert_eq!(twiml(&world.client, "gather?turn=4", "CA7", "Reels & <stories>").await, last);
    assert!(twiml(&world.client, "gather?turn=5", "CA7", "Hello?").await.contains("goodbye"));

    let entries = world.entries().await;
    let entry = entries.iter().find(|entry| entry["twilio_call_sid"] == "CA7").unwrap();
    assert_eq!(entry["call_status"], "completed");
    assert_eq!(entry["interest_level"], "very_interested");
    assert_eq!(entry["collaboration_rate"], "$800 (\"Eight hundred dollars\")");
    assert_eq!(entry["timeline_availability"], "Next week");
    assert_eq!(entry["preferred_content_types"], "reels, stories");
    assert_eq!((entry["call_successful"].as_str(), entry["sentiment"].as_str()), (Some("success"), Some("positive")));
    assert_eq!(entry["full_transcript"].as_array().unwrap().len(), 9, "{}", entry["full_transcript"]);
    assert_eq!(entry["full_transcript"][1]["message"], "Yes, I'd love to");
    assert_eq!(entry["follow_up_actions"], "Make an offer");
    assert_eq!(world.follow_ups().await, 1);
}

#[both_engines]
async fn euros_are_not_told_as_dollars(fresh: FreshDb) {
    let world = World::new(fresh, Parts::mock()).await;
    world.client.post(&format!("{BASE}/outbound-call"), &world.outbound()).await.ok();
    twiml(&world.client, "voice", "CA5", "").await;
    twiml(&world.client, "gather?turn=1", "CA5", "Sí, claro").await;
    twiml(&world.client, "gather?turn=2", "CA5", "ochocientos euros").await;
    ring(&world.client, "status", "CA5", &[("CallStatus", "completed")]).await;
    let entries = world.entries().await;
    let entry = entries.iter().find(|entry| entry["twilio_call_sid"] == "CA5").unwrap();
    assert_eq!(entry["collaboration_rate"], "800 EUR (\"ochocientos euros\")");
    assert!(entry["transcript_summary"].as_str().unwrap().contains("Rate: 800 EUR."), "{entry}");
    let offered =
        entry["suggested_updates"].as_array().unwrap().iter().find(|one| one["field"] == "collaboration_rate");
    assert_eq!(offered.unwrap()["value"], "800 EUR", "not as so many dollars of the directory");
}

#[both_engines]
async fn who_says_stop_is_never_called_again_by_anybody(fresh: FreshDb) {
    let world = World::new(fresh, Parts::mock()).await;
    world.consent().await;
    twiml(&world.client, "voice", "CA8", "").await;
    let last = twiml(&world.client, "gather?turn=1", "CA8", "Please stop calling me").await;
    assert!(last.contains("do-not-call list") && last.contains("<Hangup/>"), "{last}");
    let listed = world.client.get("/api/v1/outreach/do-not-call?phone_number=%2B34600000001").await.ok();
    assert_eq!((listed["total"].as_u64(), listed["do_not_call"][0]["everybody"].as_bool()), (Some(1), Some(true)));
    let consents = world.client.get("/api/v1/outreach/consents").await.ok();
    assert_eq!(consents["consents"][0]["revoked_because"], "They said so on the phone");
    let id = listed["do_not_call"][0]["id"].as_str().unwrap();
    world.client.delete(&format!("/api/v1/outreach/do-not-call/{id}")).await.refused(403);
    let begun = world.client.post(&format!("{BASE}/outbound-call"), &world.outbound()).await.ok();
    assert_eq!(begun["would_be_refused"].as_array().unwrap().len(), 2);
}

#[both_engines]
async fn many_requests_of_one_turn_are_one_turn(fresh: FreshDb) {
    let world = World::new(fresh, Parts::mock()).await;
    let neighbour = world.neighbour(Parts::mock()).await;
    twiml(&world.client, "voice", "CA9", "").await;
    let asked = (0..8).map(|n| {
        let client = if n % 2 == 0 { world.client.clone() } else { neighbour.clone() };
        async move { twiml(&client, "gather?turn=1", "CA9", "yes").await }
    });
    let answers = futures::future::join_all(asked).await;
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.contains("turn=2")), "{answers:?}");
    let turn: i64 =
        world.fresh.db.read().await.unwrap().fetch_value("SELECT turn FROM voice_sessions", vec![]).await.unwrap();
    assert_eq!(turn, 2);
}

#[both_engines]
async fn sessions_are_listed_until_they_are_ended(fresh: FreshDb) {
    let world = World::new(fresh, Parts::mock()).await;
    let sid = world.client.post(&format!("{BASE}/outbound-call"), &world.outbound()).await.ok()["call_sid"].clone();
    let listed = world.client.get(&format!("{BASE}/sessions")).await.ok();
    assert_eq!(listed["data"], json!({"active_sessions": [sid], "count": 1}));
    let other = world.client.of(&world.people.business(&world.clock));
    assert_eq!(other.get(&format!("{BASE}/sessions")).await.ok()["data"]["count"], 0);
    let status = world.client.get(&format!("{BASE}/call-status/{}", sid.as_str().unwrap())).await.ok();
    assert_eq!((status["status"].as_str(), status["to_number"].as_str()), (Some("mock-completed"), Some(NUMBER)));
    assert_eq!(status["duration"], json!(null), "nobody talked");
    other.get(&format!("{BASE}/call-status/{}", sid.as_str().unwrap())).await.refused(404);
    let end = format!("{BASE}/end-session");
    other.post(&end, &json!({"call_sid": sid})).await.refused(404);
    world.client.post(&end, &json!({"call_sid": sid})).await.ok();
    assert_eq!(world.client.get(&format!("{BASE}/sessions")).await.ok()["data"]["count"], 0);
    world.client.post(&end, &json!({"call_sid": "CAffff"})).await.refused(404);
    assert_eq!(world.client.post(&end, &json!({})).await.faults(), ["call_sid"]);
    let wrong = json!({"to_number": "call me", "campaign_id": "CAMP-001"});
    assert_eq!(world.client.post(&format!("{BASE}/outbound-call"), &wrong).await.faults(), ["to_number", "creator_id"]);
}

/// A model that answers what it is told to, after a while.
struct Model(&'static str, Duration);

#[async_trait]
impl Llm for Model {
    fn name(&self) -> &'static str {
        "model"
    }

    async fn answer_json(&self, _: &str, prompt: &str) -> kernel::Result<String> {
        assert!(prompt.contains("FitBand Pro") || prompt.contains("brand"), "{prompt}");
        tokio::time::sleep(self.1).await;
        Ok(json!({"say": self.0}).to_string())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_words_the_talk_within_the_rules_and_the_time() {
    let quick = Duration::ZERO;
    for (line, after, is_said) in [
        ("Lovely! And what is your usual price?", quick, true),
        ("Lovely! We will pay you 900 dollars. Fine?", quick, false),
        ("Lovely! And what is your usual price?", Duration::from_secs(5), false),
    ] {
        let fresh = testkit::fresh_db(db::Engine::Sqlite).await;
        let world = World::new(fresh, Parts { llm: Some(Arc::new(Model(line, after))), ..Parts::mock() }).await;
        twiml(&world.client, "voice", "CA1", "").await;
        let begun = std::time::Instant::now();
        let answer = twiml(&world.client, "gather?turn=1", "CA1", "yes").await;
        assert!(begun.elapsed() < Duration::from_millis(3500));
        assert_eq!(answer.contains("Lovely!"), is_said, "{answer}");
        assert_eq!(answer.contains("suele cobrar"), !is_said, "{answer}");
    }
}

#[tokio::test]
async fn without_a_provider_and_outside_of_the_demo_webhooks_are_closed() {
    let fresh = testkit::fresh_db(db::Engine::Sqlite).await;
    let telephony = Arc::new(ports::calls::MockTelephony { open: false });
    let world = World::new(fresh, Parts { telephony, demo: false, ..Parts::mock() }).await;
    for path in ["voice", "gather", "partial", "status", "recording"] {
        ring(&world.client, path, "CA1", &[("CallStatus", "completed")]).await.refused(403);
    }
    world.client.post("/api/v1/outreach/elevenlabs/webhook", &json!({"type": "x"})).await.refused(403);
}
