//! What goes wrong on the way, the same for every provider.

use std::time::{Duration, Instant};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Kind, Result};
use ports::{Embedder, Llm};
use providers::{EmbedderSettings, Limits, OpenAiEmbedder, OpenAiLlm, Secret};
use serde_json::json;

use crate::stand_in::{self, KEY, StandIn, embedder, half, llm, never, quick};

const GOOD: &str = r#"{"data": [{"index": 0, "embedding": [1, 0, 0, 0]}]}"#;

async fn embed_with(settings: EmbedderSettings) -> Result<Vec<Vec<f32>>> {
    let embedder = OpenAiEmbedder::new(settings).unwrap();
    assert!(!format!("{embedder:?}").contains(KEY));
    embedder.embed(&["a".into()]).await
}

/// The provider's error, which must never show the key.
async fn error_of(settings: EmbedderSettings) -> Error {
    let error = embed_with(settings).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Provider);
    assert!(!format!("{error} {error:?}").contains(KEY), "{error}");
    error
}

fn status(status: u16, body: &str) -> Response {
    (StatusCode::from_u16(status).unwrap(), body.to_owned()).into_response()
}

#[tokio::test]
async fn a_refused_key_is_told_once_and_not_shown() {
    let server = StandIn::start(|_, seen| {
        let given = seen.header("authorization").unwrap_or_default().trim_start_matches("Bearer ");
        let message = format!("Incorrect API key provided: {given}. You can find your API key at …");
        status(401, &json!({"error": {"message": message, "code": "invalid_api_key"}}).to_string())
    })
    .await;
    let error = error_of(embedder(&server.url)).await;
    assert_eq!(error.message(), "The OpenAI-compatible server refused the key (401): check OPENAI_API_KEY");
    assert!(error.context().unwrap().contains("Incorrect API key provided: [key]"), "{error}");
    assert_eq!(server.seen().len(), 1);

    let error = error_of(EmbedderSettings { api_key: Secret::default(), ..embedder(&server.url) }).await;
    assert!(error.message().contains("wants a key (401): set OPENAI_API_KEY"), "{error}");
}

#[tokio::test]
async fn too_many_requests_waits_as_long_as_was_asked() {
    for (name, value, wait) in [("retry-after", "1", 1_000), ("retry-after-ms", "60", 60)] {
        let server = StandIn::start(move |number, _| match number {
            0 => (StatusCode::TOO_MANY_REQUESTS, [(name, value)], "slow down").into_response(),
            _ => GOOD.into_response(),
        })
        .await;
        assert_eq!(embed_with(embedder(&server.url)).await.unwrap(), [[1.0, 0.0, 0.0, 0.0]]);
        let seen = server.seen();
        assert_eq!(seen.len(), 2);
        assert!(seen[1].at - seen[0].at >= Duration::from_millis(wait), "{name}");
    }
}

#[tokio::test]
async fn an_absurd_wait_is_told_at_once() {
    for value in ["18446744073709551615", "99999999999999999999", "-1", "3600"] {
        let server =
            StandIn::start(move |_, _| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", value)]).into_response()).await;
        let error = error_of(embedder(&server.url)).await;
        assert!(error.message().contains("is limiting our requests (429): try again in"), "{error}");
    }
}

#[tokio::test]
async fn a_used_up_quota_is_not_tried_again() {
    let server = StandIn::start(|_, _| status(429, r#"{"error": {"code": "insufficient_quota"}}"#)).await;
    let error = error_of(embedder(&server.url)).await;
    assert!(error.message().contains("quota is used up (429): check its plan and billing"), "{error}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn trouble_at_the_other_end_is_tried_again_with_growing_pauses() {
    let server = StandIn::start(|number, _| match number {
        0 => status(500, "oops"),
        1 => status(503, "busy"),
        _ => GOOD.into_response(),
    })
    .await;
    let limits = Limits { first_pause: Duration::from_millis(40), ..quick() };
    assert!(embed_with(EmbedderSettings { limits, ..embedder(&server.url) }).await.is_ok());
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    assert!(seen[1].at - seen[0].at >= Duration::from_millis(40));
    assert!(seen[2].at - seen[1].at >= Duration::from_millis(80));
}

#[tokio::test]
async fn lasting_trouble_ends_after_its_attempts() {
    let server = StandIn::start(|_, _| status(502, "<html>bad gateway</html>")).await;
    let error = error_of(embedder(&server.url)).await;
    assert!(error.message().contains("is having trouble (502): try again in a few minutes"), "{error}");
    assert!(error.context().unwrap().contains("bad gateway"), "{error}");
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_hanging_server_costs_no_more_than_the_total() {
    let server = StandIn::start(|_, _| never()).await;
    let limits = Limits { total: Duration::from_millis(150), ..quick() };
    let start = Instant::now();
    let error = error_of(EmbedderSettings { limits: limits.clone(), ..embedder(&server.url) }).await;
    assert!(error.message().contains("took too long"), "{error}");

    let mut settings = llm(&server.url);
    settings.limits = limits;
    let error = OpenAiLlm::new(&settings).unwrap().answer_json("json", "x").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Provider);
    assert!(error.message().contains("took too long"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[tokio::test]
async fn silence_ends_an_attempt_and_the_next_may_succeed() {
    let server = StandIn::start(|number, _| if number == 0 { never() } else { GOOD.into_response() }).await;
    let limits = Limits { read: Duration::from_millis(80), ..quick() };
    assert!(embed_with(EmbedderSettings { limits, ..embedder(&server.url) }).await.is_ok());
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn half_an_answer_is_asked_for_again() {
    let server = StandIn::start(|number, _| if number == 0 { half(&GOOD[..20]) } else { GOOD.into_response() }).await;
    assert!(embed_with(embedder(&server.url)).await.is_ok());
    assert_eq!(server.seen().len(), 2);

    let server = StandIn::start(|_, _| half(&GOOD[..20])).await;
    let error = error_of(embedder(&server.url)).await;
    assert!(error.message().contains("broke the connection"), "{error}");
}

#[tokio::test]
async fn what_is_no_json_says_to_check_the_address() {
    for body in [&GOOD[..20], "<html>Welcome to our wiki</html>", "", "\u{0}"] {
        let server = StandIn::start(move |_, _| status(200, body)).await;
        let error = error_of(embedder(&server.url)).await;
        assert!(error.message().contains("cannot be read: check OPENAI_BASE_URL"), "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_huge_answer_is_not_read() {
    let server = StandIn::start(|number, _| {
        if number == 0 {
            return "x".repeat(3 << 20).into_response();
        }
        let chunks = (0..48).map(|_| Ok::<_, std::io::Error>("x".repeat(64 << 10)));
        axum::body::Body::from_stream(futures::stream::iter(chunks)).into_response()
    })
    .await;
    for (announced, context) in [(true, "3145728 bytes announced"), (false, "more than the 1048576 bytes allowed")] {
        let error = error_of(embedder(&server.url)).await;
        assert!(error.message().contains("larger than is ever needed"), "{error}");
        assert!(error.context().unwrap().contains(context), "announced: {announced}: {error}");
    }
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn nobody_there_is_told_as_that() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let error = error_of(embedder(&url)).await;
    assert!(error.message().contains("cannot be reached: check that it runs"), "{error}");
    assert!(error.context().unwrap().contains("refused"), "{error}");
    assert!(!error.to_string().contains("127.0.0.1"), "{error}");
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_told_as_not_reached() {
    let server = StandIn::start(|_, _| GOOD.into_response()).await;
    let error = error_of(embedder(&server.url.replace("http://", "https://"))).await;
    assert!(error.message().contains("cannot be reached"), "{error}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn the_key_does_not_follow_a_redirect() {
    let other = StandIn::start(|_, _| GOOD.into_response()).await;
    let to = other.url.clone();
    let server =
        StandIn::start(move |_, _| (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to.clone())]).into_response())
            .await;
    let error = error_of(embedder(&server.url)).await;
    assert!(error.message().contains("set OPENAI_BASE_URL to the final one"), "{error}");
    assert!(error.context().unwrap().contains(&other.url), "{error}");
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn the_failure_of_one_batch_fails_the_call() {
    let server = StandIn::start(|_, seen| {
        let texts = seen.body["input"].as_array().unwrap();
        if texts[0] == "bad" {
            return status(400, r#"{"error": {"message": "odd text"}}"#);
        }
        stand_in::json(&json!({"data": [{"index": 0, "embedding": [1, 0, 0, 0]}]}))
    })
    .await;
    let embedder = OpenAiEmbedder::new(EmbedderSettings { batch: 1, ..embedder(&server.url) }).unwrap();
    let error = embedder.embed(&["good".into(), "bad".into(), "good".into()]).await.unwrap_err();
    assert!(error.message().contains("did not accept the request (400)"), "{error}");
}
