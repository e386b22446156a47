//! Transcripts, read by a language model over the wire or, when that fails, by the local rules; and which of them it was.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use outreach::Settings;
use ports::Llm;
use ports::files::MemoryFiles;
use providers::{GeminiLlm, Limits, LlmSettings};
use serde_json::{Value, json};

use crate::world::{World, text};

const TALK: &str = "Agent: Would you be interested?\nMia: I'd love to work with you. I charge $1,200 per reel.\n\
    Mia: I'm available from next week.\nAgent: Great, we will send the contract on Monday.";

type Reply = fn() -> Response;

/// Gemini on this machine; nothing is answered where there is no reply.
async fn gemini(reply: Option<Reply>, patience: Duration) -> Arc<dyn Llm> {
    let handler = move || async move {
        match reply {
            Some(reply) => reply(),
            None => std::future::pending().await,
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1beta", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
    let limits = Limits { total: patience, read: patience, first_pause: Duration::from_millis(5), ..Limits::default() };
    Arc::new(GeminiLlm::new(&LlmSettings { base_url, limits, ..LlmSettings::gemini("key-hush") }).unwrap())
}

fn says(text: &str) -> Response {
    let candidate = json!({"content": {"parts": [{"text": text}]}, "finishReason": "STOP"});
    json!({"candidates": [candidate]}).to_string().into_response()
}

/// What a transcript came to with this model.
async fn read(llm: Arc<dyn Llm>) -> (Value, Value) {
    let fresh = testkit::fresh_db(db::Engine::Sqlite).await;
    let world = World::of(fresh, Settings::default(), Arc::new(MemoryFiles::default()), Some(llm)).await;
    let call = world.body(json!({"scheduled_time": "2026-03-04T14:00:00Z"}));
    let id = text(&world.client.post("/api/v1/outreach/call/schedule", &call).await.ok()["call_id"]);
    let path = format!("/api/v1/outreach/call/{id}/transcript");
    let answer = world.client.post(&path, &json!({"transcript": TALK})).await.ok();
    assert_eq!(world.client.get(&path).await.ok(), answer, "what is told is what is kept");
    // Completed anew with another transcript, it is read anew.
    let done = json!({"call_id": id, "transcript": "Mia: No, I am not interested."});
    world.client.post("/api/v1/outreach/call/complete", &done).await.ok();
    (answer, world.client.get(&path).await.ok())
}

#[tokio::test]
async fn a_model_words_it_and_the_rules_read_the_figures() {
    let reply: Reply = || {
        says(r#"{"summary": "They want it.", "action_items": ["Send it"], "sentiment": "positive", "rate": "5 USD"}"#)
    };
    let (first, second) = read(gemini(Some(reply), Duration::from_secs(5)).await).await;
    assert_eq!((&first["summary"], &first["read_by"]), (&json!("They want it."), &json!("gemini:gemini-flash-latest")));
    assert_eq!((&first["collaboration_rate"], &first["action_items"]), (&json!("1200 USD"), &json!(["Send it"])));
    assert_eq!((&second["interest_level"], &second["read_by"]), (&json!("not_interested"), &first["read_by"]));
}

#[tokio::test]
async fn whatever_a_model_does_the_transcript_is_read() {
    let replies: [Reply; 6] = [
        || StatusCode::UNAUTHORIZED.into_response(),
        || (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "60")]).into_response(),
        || StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        || {
            let broken = Err(std::io::Error::other("broken off"));
            let parts = [Ok(Bytes::from_static(b"{\"candidates\": [")), broken];
            Body::from_stream(futures::stream::iter(parts)).into_response()
        },
        || says("Here is the summary: they want it."),
        || says(r#"{"sentiment": "negative"}"#),
    ];
    for (number, reply) in replies.into_iter().enumerate() {
        let (answer, _) = read(gemini(Some(reply), Duration::from_millis(300)).await).await;
        assert_eq!(
            (&answer["read_by"], &answer["sentiment"]),
            (&json!("local"), &json!("positive")),
            "{number}: {answer}"
        );
        assert_eq!(answer["action_items"], json!(["Send the contract on Monday"]), "{number}");
        assert!(!answer["summary"].is_null() && !answer.to_string().contains("hush"), "{number}");
    }
}

#[tokio::test]
async fn a_model_that_hangs_is_waited_for_a_while_and_no_longer() {
    // The model's own limits are longer than ours.
    let (llm, begun) = (gemini(None, Duration::from_secs(60)).await, Instant::now());
    let fresh = testkit::fresh_db(db::Engine::Sqlite).await;
    let world = World::of(fresh, Settings::default(), Arc::new(MemoryFiles::default()), Some(llm)).await;
    let call = world.body(json!({"scheduled_time": "2026-03-04T14:00:00Z"}));
    let id = text(&world.client.post("/api/v1/outreach/call/schedule", &call).await.ok()["call_id"]);
    let path = format!("/api/v1/outreach/call/{id}/transcript");
    let answer = world.client.post(&path, &json!({"transcript": TALK})).await.ok();
    assert_eq!((&answer["read_by"], &answer["collaboration_rate"]), (&json!("local"), &json!("1200 USD")));
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
}
