//! Twilio's protocol.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use ports::calls::{CallStatus, NewCall, Telephony as _};
use providers::twilio::{Twilio, TwilioSettings};
use serde_json::{Value, json};

use super::heard::Log;
use super::{HUSH, Then, half, json as answer, judged, limits, sounds, told, troubles};
use crate::identity::service::{Seen, Service};

/// Base64 of `AC0123:hush-token`, as the header has it.
const BASIC: &str = "QUMwMTIzOmh1c2gtdG9rZW4=";

fn twilio(url: &str) -> Twilio {
    let settings = TwilioSettings {
        base_url: format!("{url}/2010-04-01"),
        account_sid: "AC0123".into(),
        auth_token: "hush-token".into(),
        number: "+15550001111".into(),
        limits: limits(),
    };
    let twilio = Twilio::new(settings).unwrap();
    let shown = format!("{twilio:?}");
    assert!(!shown.contains(HUSH) && !shown.contains(BASIC), "{shown}");
    twilio
}

fn new_call() -> NewCall {
    NewCall {
        to: "+34600000001".into(),
        voice_url: "https://flow.example/api/v1/voice-call/voice?call=1".into(),
        status_url: "https://flow.example/api/v1/voice-call/status?call=1".into(),
        recording_url: None,
        most_seconds: 900,
    }
}

fn call(status: &str) -> Value {
    json!({"sid": "CA1", "status": status, "direction": "outbound-api", "from": "+15550001111", "to": "+34600000001",
        "duration": "42", "date_created": "Thu, 15 Jan 2026 11:00:01 +0000"})
}

#[tokio::test]
async fn a_call_is_placed_looked_up_and_ended_as_documented() {
    let service = Service::start(|seen| match (&seen.method, seen.path.ends_with("/Calls.json")) {
        (&Method::POST, true) => answer(201, &call("queued")),
        (_, true) => answer(200, &json!({"calls": [call("in-progress")], "next_page_uri": null})),
        _ => answer(200, &call("completed")),
    })
    .await;
    let twilio = twilio(&service.url);
    let placed = twilio.place(&new_call()).await.unwrap();
    assert_eq!((placed.sid.as_str(), placed.status), ("CA1", CallStatus::Queued));
    let asked = &service.seen()[0];
    assert_eq!((&asked.method, asked.path.as_str()), (&Method::POST, "/2010-04-01/Accounts/AC0123/Calls.json"));
    assert_eq!(asked.header("authorization"), Some(format!("Basic {BASIC}").as_str()));
    assert_eq!(asked.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(
        (asked.sent("To"), asked.sent("From"), asked.sent("TimeLimit")),
        (Some("%2B34600000001"), Some("%2B15550001111"), Some("900"))
    );
    for event in ["initiated", "ringing", "answered", "completed"] {
        assert!(asked.body.contains(&format!("StatusCallbackEvent={event}")), "{event}");
    }
    assert!(!asked.body.contains("Record"), "nothing is recorded that nobody asked to record");

    let found = twilio.look("CA1").await.unwrap().unwrap();
    assert_eq!((found.status, found.duration_seconds), (CallStatus::Completed, Some(42)));
    assert_eq!(service.seen()[0].path, "/2010-04-01/Accounts/AC0123/Calls/CA1.json");
    let listed = twilio.calls_to("+34600000001", "2026-01-15T10:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!((listed.len(), listed[0].created_at), (1, Some("2026-01-15T11:00:01Z".parse().unwrap())));
    let asked = &service.seen()[0];
    assert_eq!((asked.asked("To"), asked.asked("StartTime%3E")), (Some("%2B34600000001"), Some("2026-01-15")));
    twilio.end("CA1").await.unwrap();
    assert_eq!(service.seen()[0].sent("Status"), Some("completed"));
}

/// What Twilio documents, and what is told of it.
const REFUSALS: [(u16, &str, &str); 6] = [
    (
        400,
        r#"{"code": 21211, "message": "The 'To' number +34 is not a valid phone number.", "status": 400}"#,
        "did not accept the request (400): The 'To' number +34 is not",
    ),
    (
        401,
        r#"{"code": 20003, "message": "Authenticate", "more_info": "https://www.twilio.com/docs/errors/20003"}"#,
        "refused the key (401): check TWILIO_AUTH_TOKEN",
    ),
    (
        403,
        r#"{"code": 21215, "message": "Account not authorized to call Spain"}"#,
        "does not allow it (403): check what the account of TWILIO_AUTH_TOKEN may do",
    ),
    (
        404,
        r#"{"code": 20404, "message": "The requested resource was not found"}"#,
        "does not know it (404): check the ids in the settings and TWILIO_BASE_URL",
    ),
    (422, r#"{"message": "Unprocessable"}"#, "did not accept the request (422): Unprocessable"),
    (429, r#"{"code": 20429, "message": "Too Many Requests"}"#, "is limiting our requests (429): try again in 60 s"),
];

#[tokio::test]
async fn a_call_that_is_not_placed_says_what_to_do_and_is_asked_for_once() {
    for (status, body, words) in REFUSALS {
        let service = Service::start(move |_| (StatusCode::from_u16(status).unwrap(), body).into_response()).await;
        let (then, message) = judged(twilio(&service.url).place(&new_call()).await);
        assert!(
            then == Then::Refused && message.starts_with("Twilio ") && message.contains(words),
            "{then:?} {message}"
        );
        assert_eq!(service.seen().len(), 1);
    }
    for (reply, then, words) in troubles() {
        let service = Service::start(move |_| reply()).await;
        let (judged, message) = judged(twilio(&service.url).place(&new_call()).await);
        assert!(judged == then && message.contains(words), "{judged:?} {message}, not {words}");
        assert_eq!(service.seen().len(), 1, "{words}");
    }
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (then, message) = judged(twilio(&format!("http://{nobody}")).place(&new_call()).await);
    assert!(
        then == Then::Refused
            && message.contains("cannot be reached: check that it runs, the network and TWILIO_BASE_URL"),
        "{message}"
    );
}

#[tokio::test]
async fn the_token_goes_to_no_other_address() {
    let other = Service::start(|_| answer(201, &call("queued"))).await;
    let to = other.url.clone();
    let service =
        Service::start(move |_| (StatusCode::TEMPORARY_REDIRECT, [("location", to.clone())]).into_response()).await;
    let (then, message) = judged(twilio(&service.url).place(&new_call()).await);
    assert!(then == Then::Refused && message.contains("where the key must not go: check TWILIO_BASE_URL"), "{message}");
    assert!(twilio(&service.url).look("CA1").await.is_err() && other.seen().is_empty());
}

#[tokio::test]
async fn neither_error_nor_log_shows_a_secret_that_is_sent_back() {
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.clone());
    let echo = |seen: &Seen| {
        let given = seen.header("authorization").unwrap_or_default();
        answer(400, &json!({"message": format!("{given} is hush-token of AC0123, wrongly")}))
    };
    let service = Service::start(echo).await;
    let twilio = twilio(&service.url);
    let (_, message) = judged(twilio.place(&new_call()).await);
    assert!(message.contains("[key] is [key] of AC0123") && !message.contains(BASIC), "{message}");
    let error = twilio.look("CA1").await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(BASIC), "{error:?}");
    told(&error);
    tracing::warn!(%error, "as a job logs it");
    drop(guard);
    let log = log.text();
    assert!(log.contains("as a job logs it") && !log.contains(HUSH) && !log.contains(BASIC), "{log}");
}

/// Answers with each of these in turn, and with the last one from then on.
async fn in_turn(replies: Vec<fn() -> Response>) -> Service {
    let next = AtomicUsize::new(0);
    Service::start(move |_| replies[next.fetch_add(1, Ordering::SeqCst).min(replies.len() - 1)]()).await
}

#[tokio::test]
async fn what_only_reads_is_asked_again_after_what_may_pass() {
    let good: fn() -> Response = || answer(200, &call("busy"));
    let busy: fn() -> Response = || StatusCode::SERVICE_UNAVAILABLE.into_response();
    let service = in_turn(vec![busy, half, good]).await;
    assert_eq!(twilio(&service.url).look("CA1").await.unwrap().unwrap().status, CallStatus::Busy);
    assert_eq!(service.seen().len(), 3);

    let wait: fn() -> Response = || (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")]).into_response();
    let (service, begun) = (in_turn(vec![wait, good]).await, Instant::now());
    assert!(twilio(&service.url).look("CA1").await.is_ok());
    assert!(begun.elapsed() >= Duration::from_secs(1));

    for (reply, times, words) in [
        (busy, 3, "having trouble (503)"),
        (|| StatusCode::UNAUTHORIZED.into_response(), 1, "refused the key (401)"),
        (|| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "3600")]).into_response(), 1, "try again in 3600 s"),
    ] as [(fn() -> Response, usize, &str); 3]
    {
        let service = in_turn(vec![reply]).await;
        let message = told(&twilio(&service.url).look("CA1").await.unwrap_err());
        assert!(message.contains(words), "{message}");
        assert_eq!(service.seen().len(), times, "{words}");
    }
    let gone = in_turn(vec![|| StatusCode::NOT_FOUND.into_response()]).await;
    assert!(twilio(&gone.url).look("CA1").await.unwrap().is_none());
}

#[tokio::test]
async fn a_call_that_is_over_is_ended_already() {
    for (status, is_fine) in [(200, true), (400, true), (404, true), (401, false), (500, false)] {
        let service =
            Service::start(move |_| answer(status, &json!({"code": 21220, "message": "not in-progress"}))).await;
        assert_eq!(twilio(&service.url).end("CA1").await.is_ok(), is_fine, "{status}");
        assert_eq!(service.seen().len(), 1, "{status}: it is told once");
    }
}

#[tokio::test]
async fn recordings_come_in_pieces() {
    sounds(|url, range| async move { twilio(&url).recording("RE1", range).await }).await;
}

#[tokio::test]
async fn what_is_no_name_of_twilios_goes_into_no_address() {
    let service = Service::start(|_| answer(200, &call("completed"))).await;
    let twilio = twilio(&service.url);
    for odd in ["", "../Recordings/RE1", "CA1?x=1", "CA 1", "CA1/..", &"C".repeat(65)] {
        assert!(twilio.look(odd).await.unwrap().is_none(), "{odd}");
        assert!(twilio.end(odd).await.is_err() && twilio.recording(odd, None).await.is_err(), "{odd}");
    }
    assert!(service.seen().is_empty());
}
