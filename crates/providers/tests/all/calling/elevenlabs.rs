//! ElevenLabs' protocol.

use axum::http::{Method, StatusCode};
use axum::response::IntoResponse as _;
use ports::calls::{Agent as _, AgentCall, ConversationStatus};
use providers::elevenlabs::{ElevenLabs, ElevenLabsSettings};
use serde_json::{Map, json};

use super::heard::Log;
use super::{HUSH, Then, json as answer, judged, limits, sounds, told, troubles};
use crate::identity::service::{Seen, Service};

fn agent(url: &str) -> ElevenLabs {
    let settings = ElevenLabsSettings {
        base_url: url.into(),
        api_key: "hush-key".into(),
        agent_id: "agent_1".into(),
        phone_number_id: "phnum_1".into(),
        webhook_secret: "hush-secret".into(),
        limits: limits(),
    };
    let agent = ElevenLabs::new(settings).unwrap();
    assert!(!format!("{agent:?}").contains(HUSH), "{agent:?}");
    agent
}

fn new_call() -> AgentCall {
    let variables = Map::from_iter([("brand_name".to_owned(), json!("TechFit"))]);
    AgentCall { reference: "our-name".into(), to: "+34600000001".into(), variables, record: true }
}

#[tokio::test]
async fn a_call_is_asked_for_as_documented() {
    let service = Service::start(|_| {
        answer(200, &json!({"success": true, "message": "", "conversation_id": "conv_1", "callSid": null}))
    })
    .await;
    let placed = agent(&service.url).place(&new_call()).await.unwrap();
    assert_eq!((placed.conversation_id.as_deref(), placed.call_sid), (Some("conv_1"), None));
    let asked = &service.seen()[0];
    assert_eq!((&asked.method, asked.path.as_str()), (&Method::POST, "/v1/convai/twilio/outbound-call"));
    assert_eq!(
        (asked.header("xi-api-key"), asked.header("content-type")),
        (Some("hush-key"), Some("application/json"))
    );
    let wanted = json!({
        "agent_id": "agent_1", "agent_phone_number_id": "phnum_1", "to_number": "+34600000001",
        "conversation_initiation_client_data": {"dynamic_variables": {"brand_name": "TechFit"}, "user_id": "our-name"},
        "call_recording_enabled": true, "telephony_call_config": {"ringing_timeout_secs": 45},
    });
    assert_eq!(asked.json(), wanted);
}

/// What ElevenLabs documents, and what is told of it.
const REFUSALS: [(u16, &str, &str); 6] = [
    (
        401,
        r#"{"detail": {"status": "invalid_api_key", "message": "Invalid API key"}}"#,
        "refused the key (401): check ELEVENLABS_API_KEY",
    ),
    (
        403,
        r#"{"detail": {"status": "missing_permissions", "message": "convai_write"}}"#,
        "check what the account of ELEVENLABS_API_KEY may do",
    ),
    (
        404,
        r#"{"detail": {"status": "document_not_found", "message": "Agent not found"}}"#,
        "does not know it (404): check the ids in the settings and ELEVENLABS_BASE_URL",
    ),
    (
        422,
        r#"{"detail": [{"loc": ["body", "to_number"], "msg": "Field required", "type": "missing"}, {"loc": ["body", "agent_id", 0], "msg": "is odd", "type": "value_error"}]}"#,
        "did not accept the request (422): to_number: Field required; agent_id: is odd",
    ),
    (422, r#"{"detail": "No such phone number"}"#, "did not accept the request (422): No such phone number"),
    (
        429,
        r#"{"detail": {"status": "too_many_concurrent_requests", "message": "x"}}"#,
        "is limiting our requests (429): try again in 60 s",
    ),
];

#[tokio::test]
async fn a_call_that_is_not_placed_says_what_to_do_and_is_asked_for_once() {
    for (status, body, words) in REFUSALS {
        let service = Service::start(move |_| (StatusCode::from_u16(status).unwrap(), body).into_response()).await;
        let (then, message) = judged(agent(&service.url).place(&new_call()).await);
        assert!(
            then == Then::Refused && message.starts_with("ElevenLabs ") && message.contains(words),
            "{then:?} {message}"
        );
        assert_eq!(service.seen().len(), 1);
    }
    for (reply, then, words) in troubles() {
        let service = Service::start(move |_| reply()).await;
        let (judged, message) = judged(agent(&service.url).place(&new_call()).await);
        assert!(judged == then && message.contains(words), "{judged:?} {message}, not {words}");
        assert_eq!(service.seen().len(), 1, "{words}");
    }
    let body = json!({"success": false, "message": "The number is\u{7} unreachable", "conversation_id": null, "callSid": null});
    let service = Service::start(move |_| answer(200, &body)).await;
    let judged = judged(agent(&service.url).place(&new_call()).await);
    assert_eq!(judged, (Then::Refused, "ElevenLabs did not place the call: The number is unreachable".to_owned()));
}

#[tokio::test]
async fn neither_error_nor_log_shows_the_key_that_is_sent_back() {
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.clone());
    let echo = |seen: &Seen| {
        let given = seen.header("xi-api-key").unwrap_or_default();
        answer(422, &json!({"detail": [{"loc": ["header"], "msg": format!("{given} is odd")}]}))
    };
    let service = Service::start(echo).await;
    let agent = agent(&service.url);
    let (_, message) = judged(agent.place(&new_call()).await);
    assert!(message.ends_with("header: [key] is odd"), "{message}");
    let error = agent.conversation("conv_1").await.unwrap_err();
    told(&error);
    tracing::warn!(%error, "as a job logs it");
    drop(guard);
    let log = log.text();
    assert!(log.contains("as a job logs it") && !log.contains(HUSH), "{log}");
}

#[tokio::test]
async fn the_key_goes_to_no_other_address() {
    let other = Service::start(|_| answer(200, &json!({"conversations": []}))).await;
    let to = other.url.clone();
    let service = Service::start(move |_| (StatusCode::FOUND, [("location", to.clone())]).into_response()).await;
    let message = told(&agent(&service.url).conversations(None, None, 10).await.unwrap_err());
    assert!(message.contains("(302), where the key must not go: check ELEVENLABS_BASE_URL"), "{message}");
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn conversations_are_listed_page_by_page() {
    let service = Service::start(|seen| {
        let brief = |id: &str, status: &str| {
            json!({"conversation_id": id, "agent_id": "agent_1", "start_time_unix_secs": 1_768_473_000, "status": status,
                "call_duration_secs": 10, "message_count": 2, "call_successful": "unknown"})
        };
        match seen.asked("cursor") {
            None => answer(200, &json!({"conversations": [brief("conv_2", "done")], "next_cursor": "c1", "has_more": true})),
            Some("c1") => answer(200, &json!({"conversations": [brief("conv_1", "a-new-word")], "next_cursor": "c2", "has_more": false})),
            Some(other) => panic!("{other}"),
        }
    })
    .await;
    let agent = agent(&service.url);
    let since = Some("2026-01-15T10:30:00Z".parse().unwrap());
    let first = agent.conversations(since, None, 500).await.unwrap();
    assert_eq!((first.conversations[0].id.as_str(), first.next.as_deref()), ("conv_2", Some("c1")));
    let asked = &service.seen()[0];
    assert_eq!((asked.asked("agent_id"), asked.asked("page_size")), (Some("agent_1"), Some("100")));
    assert_eq!(asked.asked("call_start_after_unix"), Some("1768473000"));
    let second = agent.conversations(None, Some("c1"), 30).await.unwrap();
    assert_eq!((second.conversations[0].status, second.next), (ConversationStatus::InProgress, None));
}

#[tokio::test]
async fn half_a_conversation_is_asked_for_again_and_one_that_is_not_there_is_nothing() {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let service = Service::start(move |_| match next.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => super::half(),
        1 => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => answer(200, &json!({"conversation_id": "conv_1", "status": "processing", "transcript": null, "analysis": null, "metadata": null})),
    })
    .await;
    let found = agent(&service.url).conversation("conv_1").await.unwrap().unwrap();
    assert_eq!((found.status, found.transcript.len(), found.analysis), (ConversationStatus::Processing, 0, None));
    assert_eq!(service.seen().len(), 3);
    let missing = Service::start(|_| answer(404, &json!({"detail": {"message": "not found"}}))).await;
    assert!(agent(&missing.url).conversation("conv_1").await.unwrap().is_none());
    for odd in ["", "../agents", "conv 1", "conv_1?x", &"c".repeat(129)] {
        assert!(agent(&missing.url).conversation(odd).await.unwrap().is_none(), "{odd}");
    }
    assert_eq!(missing.seen().len(), 1);
}

#[tokio::test]
async fn recordings_come_in_pieces() {
    sounds(|url, range| async move { agent(&url).audio("conv_1", range).await }).await;
}
