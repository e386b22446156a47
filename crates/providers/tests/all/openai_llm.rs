//! Answers over OpenAI's protocol.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use kernel::Kind;
use ports::Llm;
use providers::OpenAiLlm;
use serde_json::{Value, json};

use crate::stand_in::{self, KEY, StandIn, llm};

fn says(content: &Value, reason: &str) -> Value {
    json!({"id": "chatcmpl-1", "object": "chat.completion", "choices": [
        {"index": 0, "message": {"role": "assistant", "content": content, "refusal": null}, "finish_reason": reason}
    ]})
}

#[tokio::test]
async fn an_answer_is_asked_for_as_json_and_taken_out_of_its_fence() {
    let server = StandIn::start(|number, _| {
        let texts = [r#"{"niche": "tech"}"#, "```json\n{\"niche\": \"tech\"}\n```", "Sure! {\"niche\": \"tech\"}"];
        stand_in::json(&says(&json!(texts[number]), "stop"))
    })
    .await;
    let llm = OpenAiLlm::new(&llm(&server.url)).unwrap();
    assert_eq!(llm.name(), "openai:gpt-4o-mini");
    for _ in 0..3 {
        assert_eq!(llm.answer_json("You read searches.", "tech YouTubers").await.unwrap(), r#"{"niche": "tech"}"#);
    }
    let seen = server.seen();
    assert_eq!(seen[0].path, "/v1/chat/completions");
    assert_eq!(seen[0].header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    let expected = json!({
        "model": "gpt-4o-mini",
        "messages": [
            {"role": "system", "content": "You read searches.\nAnswer with one JSON object."},
            {"role": "user", "content": "tech YouTubers"},
        ],
        "temperature": 0,
        "response_format": {"type": "json_object"},
    });
    assert_eq!(seen[0].body, expected);
}

#[tokio::test]
async fn instructions_that_speak_of_json_stay_as_they_are() {
    let server = StandIn::start(|_, _| stand_in::json(&says(&json!("{}"), "stop"))).await;
    OpenAiLlm::new(&llm(&server.url)).unwrap().answer_json("Answer in Json.", "x").await.unwrap();
    assert_eq!(server.seen()[0].body["messages"][0]["content"], "Answer in Json.");
}

#[tokio::test]
async fn a_field_that_the_model_refuses_is_left_out_from_then_on() {
    let server = StandIn::start(|_, seen| {
        for param in ["temperature", "response_format"] {
            if seen.body.get(param).is_some() {
                let error = json!({"error": {"message": "Unsupported", "param": param, "code": "unsupported_value"}});
                return (StatusCode::BAD_REQUEST, error.to_string()).into_response();
            }
        }
        stand_in::json(&says(&json!("{}"), "stop"))
    })
    .await;
    let llm = OpenAiLlm::new(&llm(&server.url)).unwrap();
    assert_eq!(llm.answer_json("json", "x").await.unwrap(), "{}");
    assert_eq!(server.seen().len(), 3);
    assert_eq!(llm.answer_json("json", "x").await.unwrap(), "{}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_field_that_stays_refused_is_an_error() {
    let server = StandIn::start(|_, _| {
        (StatusCode::BAD_REQUEST, json!({"error": {"param": "temperature"}}).to_string()).into_response()
    })
    .await;
    let error = OpenAiLlm::new(&llm(&server.url)).unwrap().answer_json("json", "x").await.unwrap_err();
    assert!(error.message().contains("did not accept the request (400)"), "{error}");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn answers_without_json_are_errors_that_say_why() {
    let refused =
        json!({"choices": [{"message": {"content": null, "refusal": "I must not."}, "finish_reason": "stop"}]});
    for (answer, words, context) in [
        (says(&json!("I would rather chat."), "stop"), "did not answer with JSON", "I would rather chat."),
        (says(&json!("{\"niche\": \"te"), "length"), "cut its answer off", "\"te"),
        (says(&Value::Null, "content_filter"), "did not answer with JSON", "content_filter"),
        (refused, "declined to answer", "I must not."),
        (json!({"choices": []}), "cannot be read", "no choice"),
        (json!({"error": "odd"}), "cannot be read", "choices"),
    ] {
        let server = StandIn::start(move |_, _| stand_in::json(&answer)).await;
        let error = OpenAiLlm::new(&llm(&server.url)).unwrap().answer_json("json", "x").await.unwrap_err();
        assert_eq!(error.kind(), Kind::Provider);
        assert!(error.message().contains(words) && error.context().unwrap().contains(context), "{error}");
        assert!(!error.message().contains(context), "what was answered is for the log: {error}");
    }
}
