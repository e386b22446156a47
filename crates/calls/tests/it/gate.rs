//! Nobody is rung without consent, against their word, or at night; a mock call says what a real one would have met.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::stand_in::{StandIn, answer};
use crate::telephony::hook;
use crate::world::{NUMBER, Parts, World};

const CONSENTS: &str = "/api/v1/outreach/consents";
const LIST: &str = "/api/v1/outreach/do-not-call";
const CALL: &str = "/api/v1/voice-call/outbound-call";

#[both_engines]
async fn the_gate_stands_before_every_real_provider(fresh: FreshDb) {
    let twilio = StandIn::start(|_| answer(201, &json!({"sid": "CA1", "status": "queued"}))).await;
    let world = World::new(fresh, Parts::twilio(&twilio.url)).await;
    let refused = world.client.post(CALL, &world.outbound()).await;
    refused.refused(403);
    assert!(refused.message().contains("no consent of the creator"), "{}", refused.message());

    let consent = world.consent().await;
    world.clock.advance(12 * kernel::time::HOUR);
    let refused = world.client.post(CALL, &world.outbound()).await;
    refused.refused(409);
    assert!(refused.message().contains("23:00 in Atlantic/Canary") || refused.message().contains("Europe/Madrid"));
    world.clock.advance(12 * kernel::time::HOUR);

    let listed = world.client.post(LIST, &json!({"phone_number": NUMBER, "reason": "Asked by mail"})).await.ok();
    let refused = world.client.post(CALL, &world.outbound()).await;
    refused.refused(403);
    assert!(refused.message().contains("do-not-call list"));
    world.client.delete(&format!("{LIST}/{}", listed["id"].as_str().unwrap())).await.ok();

    let id = consent["id"].as_str().unwrap();
    world.client.post(&format!("{CONSENTS}/{id}/revoke"), &json!({"reason": "Changed their mind"})).await.ok();
    world.client.post(CALL, &world.outbound()).await.refused(403);
    assert_eq!((twilio.rang(), world.rows("calls").await, world.entries().await.len()), (0, 0, 0));

    world.consent().await;
    let begun = world.client.post(CALL, &world.outbound()).await.ok();
    assert_eq!((begun["call_sid"].as_str(), begun["provider"].as_str()), (Some("CA1"), Some("twilio")));
    assert_eq!(begun["would_be_refused"], json!([]));
    assert_eq!(twilio.rang(), 1);
    // A number that is being called is not called again.
    world.client.post(CALL, &world.outbound()).await.refused(409);
    assert_eq!(twilio.rang(), 1);
}

#[both_engines]
async fn a_number_is_called_once_a_day_and_a_workspace_calls_so_often(fresh: FreshDb) {
    let calls = AtomicUsize::new(0);
    let twilio = StandIn::start(move |_| {
        answer(201, &json!({"sid": format!("CA{}", calls.fetch_add(1, Ordering::SeqCst)), "status": "queued"}))
    })
    .await;
    let mut parts = Parts::twilio(&twilio.url);
    parts.settings.most_calls = 3;
    parts.settings.most_minutes_a_day = 60;
    let world = World::new(fresh, parts).await;
    let call = async |number: &str| {
        let consent = json!({"phone_number": number, "source": "Form"});
        world.client.post(CONSENTS, &consent).await.ok();
        world.client.post(CALL, &json!({"to_number": number})).await
    };
    let over = async |begun: serde_json::Value, seconds: &str| {
        let sid = begun["call_sid"].as_str().unwrap().to_owned();
        let fields = [
            ("CallSid", sid.as_str()),
            ("CallStatus", "completed"),
            ("CallDuration", seconds),
            ("Direction", "outbound-api"),
        ];
        assert_eq!(hook(&world.client, "status", &fields).await.status, 204);
    };
    over(call("+34600000001").await.ok(), "60").await;
    let again = call("+34600000001").await;
    assert!(again.message().contains("once a day"), "{}", again.message());
    again.refused(429);
    // One that failed did not ring.
    let failed = call("+34600000002").await.ok();
    let fields =
        [("CallSid", failed["call_sid"].as_str().unwrap()), ("CallStatus", "failed"), ("Direction", "outbound-api")];
    hook(&world.client, "status", &fields).await;
    over(call("+34600000002").await.ok(), "60").await;
    over(call("+34600000003").await.ok(), "60").await;
    let many = call("+34600000004").await;
    assert!(many.message().contains("CALL_MAX_PER_DAY"), "{}", many.message());
    many.refused(429);
    // After a day there is room again, until the minutes are used up.
    world.clock.advance(24 * kernel::time::HOUR);
    over(call("+34600000001").await.ok(), "3000").await;
    let long = call("+34600000005").await;
    assert!(long.message().contains("CALL_MAX_MINUTES_PER_DAY"), "{}", long.message());
    long.refused(429);
}

#[both_engines]
async fn numbers_that_cost_or_cannot_be_are_never_rung(fresh: FreshDb) {
    let twilio = StandIn::start(|_| answer(201, &json!({"sid": "CA1", "status": "queued"}))).await;
    let world = World::new(fresh, Parts::twilio(&twilio.url)).await;
    for (number, why) in [
        ("+34803123456", "premium"),
        ("+19005550123", "premium"),
        ("+881621234567", "satellite"),
        ("+882161234567", "satellite"),
        ("+447012345678", "personal"),
        ("+34100000000", "cannot be"),
        ("+5352123456", "CALL_COUNTRIES"),
        ("+18095550123", "CALL_COUNTRIES"),
    ] {
        world.client.post(CONSENTS, &json!({"phone_number": number, "source": "Form"})).await.ok();
        let refused = world.client.post(CALL, &json!({"to_number": number})).await;
        assert!(refused.message().contains(why), "{number}: {}", refused.message());
        refused.refused(403);
    }
    assert_eq!((twilio.rang(), world.rows("calls").await), (0, 0));
}

#[both_engines]
async fn a_mock_call_is_let_through_and_tells(fresh: FreshDb) {
    let world = World::new(fresh, Parts::mock()).await;
    let begun = world.client.post(CALL, &json!({"to_number": "+1234567890"})).await.ok();
    assert_eq!(begun["call_sid"], "MOCK_CALL_SID_+1234567890");
    let reasons = begun["would_be_refused"].as_array().unwrap();
    assert_eq!(reasons.len(), 3, "no consent, no such number, and night in the west: {reasons:?}");
    world.consent().await;
    let begun = world.client.post("/api/v1/outreach/call/initiate", &world.about()).await.ok();
    assert_eq!(begun["would_be_refused"], json!([]));
    assert!(begun["conversation_id"].as_str().unwrap().contains("MOCK"));
    let entry = world.entry().await;
    assert_eq!(entry["conversation_id"], begun["conversation_id"]);
    assert_eq!((entry["channel"].as_str(), entry["call_status"].as_str()), (Some("call"), Some("initiated")));
    // Another mock call is of the same entry.
    world.client.post("/api/v1/outreach/call/initiate", &world.about()).await.ok();
    world.entry().await;
}

#[both_engines]
async fn consents_and_lists_are_a_workspaces_own(fresh: FreshDb) {
    let world = World::new(fresh, Parts::mock()).await;
    let consent = world.consent().await;
    let other = world.client.of(&world.people.business(&world.clock));
    assert_eq!(world.client.get(&format!("{CONSENTS}?phone_number=%2B34600000001")).await.ok()["total"], 1);
    assert_eq!(other.get(CONSENTS).await.ok()["total"], 0);
    let id = consent["id"].as_str().unwrap();
    other.post(&format!("{CONSENTS}/{id}/revoke"), &json!({})).await.refused(404);
    let listed = world.client.post(LIST, &json!({"phone_number": NUMBER, "reason": "Mail"})).await.ok();
    assert_eq!(world.client.post(LIST, &json!({"phone_number": NUMBER, "reason": "x"})).await.ok()["id"], listed["id"]);
    assert_eq!(other.get(LIST).await.ok()["total"], 0);
    other.delete(&format!("{LIST}/{}", listed["id"].as_str().unwrap())).await.refused(404);
    world.client.post(LIST, &json!({"phone_number": NUMBER, "reason": "x", "everybody": true})).await.refused(403);
    let body = json!({"phone_number": "call me", "source": ""});
    assert_eq!(world.client.post(CONSENTS, &body).await.faults(), ["phone_number", "source"]);
    let creator = world.client.of(&world.people.creator(&world.clock));
    creator.post(CONSENTS, &json!({"phone_number": NUMBER, "source": "x"})).await.refused(403);
}
