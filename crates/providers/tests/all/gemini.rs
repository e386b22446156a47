//! Google's protocol.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::Kind;
use ports::{Embedder, Llm};
use providers::{EmbedderSettings, GeminiEmbedder, GeminiLlm, LlmSettings};
use serde_json::{Value, json};

use crate::stand_in::{self, KEY, StandIn, quick};

fn llm(url: &str) -> GeminiLlm {
    GeminiLlm::new(&LlmSettings { base_url: url.into(), limits: quick(), ..LlmSettings::gemini(KEY) }).unwrap()
}

fn embedder(url: &str) -> GeminiEmbedder {
    let settings = EmbedderSettings { base_url: url.into(), dims: 3, limits: quick(), ..EmbedderSettings::gemini(KEY) };
    GeminiEmbedder::new(settings).unwrap()
}

#[tokio::test]
async fn an_answer_is_asked_for_as_documented() {
    let server = StandIn::start(|_, _| {
        stand_in::json(&json!({
            "candidates": [{
                "content": {"role": "model", "parts": [
                    {"text": "They want {tech}", "thought": true}, {"text": "{\"niche\":"}, {"text": " \"tech\"}"}
                ]},
                "finishReason": "STOP", "index": 0
            }],
            "usageMetadata": {"promptTokenCount": 9}, "modelVersion": "x"
        }))
    })
    .await;
    let llm = llm(&server.url);
    assert_eq!(llm.name(), "gemini:gemini-flash-latest");
    assert_eq!(llm.answer_json("You read searches.", "tech YouTubers").await.unwrap(), r#"{"niche": "tech"}"#);
    let seen = server.seen();
    assert_eq!(seen[0].path, "/v1/models/gemini-flash-latest:generateContent");
    assert_eq!((seen[0].header("x-goog-api-key"), seen[0].header("authorization")), (Some(KEY), None));
    let expected = json!({
        "systemInstruction": {"parts": [{"text": "You read searches."}]},
        "contents": [{"role": "user", "parts": [{"text": "tech YouTubers"}]}],
        "generationConfig": {"responseMimeType": "application/json", "temperature": 0},
    });
    assert_eq!(seen[0].body, expected);
}

#[tokio::test]
async fn answers_that_are_none_are_errors_that_say_why() {
    let ends = |reason: &str, text: &str| json!({"candidates": [{"content": {"parts": [{"text": text}]}, "finishReason": reason}]});
    for (answer, words) in [
        (json!({"promptFeedback": {"blockReason": "SAFETY"}}), "declined to answer"),
        (json!({"candidates": [{"finishReason": "SAFETY"}]}), "declined to answer"),
        (ends("MAX_TOKENS", "{\"niche\""), "cut its answer off"),
        (ends("STOP", "Hello"), "did not answer with JSON"),
        (json!({"usageMetadata": {}}), "cannot be read: check GEMINI_BASE_URL"),
        (json!("candidates"), "cannot be read"),
    ] {
        let server = StandIn::start(move |_, _| stand_in::json(&answer)).await;
        let error = llm(&server.url).answer_json("", "x").await.unwrap_err();
        assert_eq!(error.kind(), Kind::Provider);
        assert!(error.message().starts_with("Gemini ") && error.message().contains(words), "{error}");
        assert_eq!(server.seen()[0].body.get("systemInstruction"), None);
    }
}

#[tokio::test]
async fn a_wrong_key_is_told_though_it_comes_as_400() {
    let server = StandIn::start(|_, _| {
        let error = json!({"error": {
            "code": 400, "message": format!("API key not valid: {KEY}"), "status": "INVALID_ARGUMENT",
            "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]
        }});
        (StatusCode::BAD_REQUEST, error.to_string()).into_response()
    })
    .await;
    let llm = llm(&server.url);
    let error = llm.answer_json("", "x").await.unwrap_err();
    assert_eq!(error.message(), "Gemini refused the key (400): check GOOGLE_API_KEY");
    assert!(!format!("{error} {error:?} {llm:?}").contains(KEY));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_wait_longer_than_our_time_is_told_at_once() {
    let server = StandIn::start(|_, _| {
        let delay = json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "33.5s"});
        let error = json!({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [delay]}});
        (StatusCode::TOO_MANY_REQUESTS, error.to_string()).into_response()
    })
    .await;
    let error = llm(&server.url).answer_json("", "x").await.unwrap_err();
    assert_eq!(error.message(), "Gemini is limiting our requests (429): try again in 34 s");
    assert_eq!(server.seen().len(), 1);
}

fn vectors(dims: usize, count: usize) -> Response {
    let entries: Vec<Value> = (0..count).map(|at| json!({"values": vec![at as f32 + 1.0; dims]})).collect();
    stand_in::json(&json!({"embeddings": entries}))
}

#[tokio::test]
async fn vectors_are_asked_for_in_batches_and_made_unit_length() {
    let server = StandIn::start(|_, seen| vectors(3, seen.body["requests"].as_array().unwrap().len())).await;
    let embedder = embedder(&server.url);
    assert_eq!((embedder.model(), embedder.dims(), embedder.is_local()), ("gemini:gemini-embedding-001:3", 3, false));
    let found = embedder.embed(&["a".into(), String::new(), "b".into()]).await.unwrap();
    assert_eq!((found.len(), &found[1]), (3, &vec![0.0; 3]));
    assert!(found[2].iter().all(|part| (part - 3.0_f32.sqrt().recip()).abs() < 1e-6));
    let seen = server.seen();
    assert_eq!(seen[0].path, "/v1/models/gemini-embedding-001:batchEmbedContents");
    assert_eq!(seen[0].header("x-goog-api-key"), Some(KEY));
    let request = |text: &str| json!({"model": "models/gemini-embedding-001", "content": {"parts": [{"text": text}]}, "outputDimensionality": 3});
    assert_eq!(seen[0].body, json!({"requests": [request("a"), request("b")]}));

    embedder.embed(&vec!["x".to_owned(); 150]).await.unwrap();
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn wrong_vectors_are_errors() {
    for (dims, count, words) in [(3, 2, "gave 2 vectors for 1 texts"), (2, 1, "2 parts where 3 are set")] {
        let server = StandIn::start(move |_, _| vectors(dims, count)).await;
        let error = embedder(&server.url).embed(&["a".into()]).await.unwrap_err();
        assert!(error.message().contains(words), "{error}");
    }
}
