//! Vectors over OpenAI's protocol.

use axum::response::Response;
use kernel::Kind;
use ports::Embedder;
use providers::{EmbedderSettings, OpenAiEmbedder};
use serde_json::{Value, json};

use crate::stand_in::{self, KEY, Seen, StandIn, embedder, quick};

/// Vectors whose first part tells the text's length, in reverse order, as the protocol allows.
fn vectors(_: usize, seen: &Seen) -> Response {
    let texts = seen.body["input"].as_array().unwrap();
    let entry = |(index, text): (usize, &Value)| {
        let length = text.as_str().unwrap().chars().count();
        json!({"object": "embedding", "index": index, "embedding": [length, 1, 0, 0]})
    };
    let data: Vec<Value> = texts.iter().enumerate().map(entry).rev().collect();
    stand_in::json(
        &json!({"object": "list", "data": data, "model": "text-embedding-3-small", "usage": {"total_tokens": 1}}),
    )
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[tokio::test]
async fn vectors_come_in_order_and_of_unit_length() {
    let server = StandIn::start(vectors).await;
    let embedder = OpenAiEmbedder::new(embedder(&server.url)).unwrap();
    assert_eq!((embedder.model(), embedder.dims(), embedder.is_local()), ("openai:text-embedding-3-small:4", 4, false));

    let found = embedder.embed(&texts(&["abc", "", " señor ", "  \n"])).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].path, "/v1/embeddings");
    assert_eq!(seen[0].header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    assert_eq!(seen[0].header("user-agent"), Some(concat!("influencerflow/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(seen[0].body, json!({"model": "text-embedding-3-small", "input": ["abc", "señor"]}));

    assert_eq!(found.len(), 4);
    for (place, ratio) in [(0, 3.0), (2, 5.0)] {
        let vector = &found[place];
        assert!((vector[0] / vector[1] - ratio).abs() < 1e-5, "{vector:?}");
        assert!((vector.iter().map(|part| part * part).sum::<f32>() - 1.0).abs() < 1e-6);
    }
    assert_eq!((&found[1], &found[3]), (&vec![0.0; 4], &vec![0.0; 4]));

    assert_eq!(embedder.embed(&[]).await.unwrap(), Vec::<Vec<f32>>::new());
    assert_eq!(embedder.embed(&texts(&[" "])).await.unwrap(), [vec![0.0; 4]]);
    assert!(server.seen().is_empty(), "nothing is asked about nothing");
}

#[tokio::test]
async fn many_texts_go_in_batches_and_long_ones_are_cut() {
    let server = StandIn::start(vectors).await;
    let embedder = OpenAiEmbedder::new(embedder(&server.url)).unwrap();
    let mut many: Vec<String> = (1..=300).map(|length| "x".repeat(length)).collect();
    many.push("y".repeat(100_000));
    let found = embedder.embed(&many).await.unwrap();

    for (place, vector) in found.iter().enumerate().take(300) {
        assert!((vector[0] / vector[1] - (place + 1) as f32).abs() < 0.01, "{place}");
    }
    assert!((found[300][0] / found[300][1] - 24_000.0).abs() < 10.0);
    let mut sizes: Vec<usize> = server.seen().iter().map(|seen| seen.body["input"].as_array().unwrap().len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [45, 128, 128]);
}

#[tokio::test]
async fn dimensions_are_asked_for_only_if_set() {
    let server = StandIn::start(vectors).await;
    let asking = EmbedderSettings { ask_dims: true, model: "text-embedding-3-large".into(), ..embedder(&server.url) };
    OpenAiEmbedder::new(asking).unwrap().embed(&texts(&["a"])).await.unwrap();
    let expected = json!({"model": "text-embedding-3-large", "input": ["a"], "dimensions": 4});
    assert_eq!(server.seen()[0].body, expected);
}

#[tokio::test]
async fn ollama_needs_no_key() {
    let server = StandIn::start(|_, seen| {
        let one = vec![0.5; 768];
        let data: Vec<Value> =
            seen.body["input"].as_array().unwrap().iter().map(|_| json!({"embedding": one})).collect();
        stand_in::json(&json!({"object": "list", "data": data}))
    })
    .await;
    let settings =
        EmbedderSettings { base_url: format!("{}/", server.url), limits: quick(), ..EmbedderSettings::ollama() };
    let embedder = OpenAiEmbedder::new(settings).unwrap();
    assert_eq!((embedder.model(), embedder.dims()), ("openai:nomic-embed-text:768", 768));
    let found = embedder.embed(&texts(&["cocina vegana", "tech"])).await.unwrap();
    assert_eq!(found.len(), 2);
    let seen = server.seen();
    assert_eq!((seen[0].path.as_str(), seen[0].header("authorization")), ("/v1/embeddings", None));
}

/// What is told when the answer to two texts is this.
async fn told(answer: Value) -> String {
    let server = StandIn::start(move |_, _| stand_in::json(&answer)).await;
    let embedder = OpenAiEmbedder::new(embedder(&server.url)).unwrap();
    let error = embedder.embed(&texts(&["a", "b"])).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Provider);
    assert_eq!(server.seen().len(), 1, "a wrong answer is not asked for again");
    error.message().to_owned()
}

#[tokio::test]
async fn answers_that_are_not_what_was_asked_for_are_errors() {
    let entry = |index: usize| json!({"index": index, "embedding": [1, 2, 3, 4]});
    let one = told(json!({"data": [entry(0)]})).await;
    assert!(one.contains("gave 1 vectors for 2 texts"), "{one}");
    let three = told(json!({"data": [entry(0), entry(1), entry(2)]})).await;
    assert!(three.contains("gave 3 vectors for 2 texts"), "{three}");
    let short = told(json!({"data": [entry(0), {"index": 1, "embedding": [1, 2, 3]}]})).await;
    assert!(short.contains("3 parts where 4 are set"), "{short}");
    let zeros = told(json!({"data": [entry(0), {"index": 1, "embedding": [0, 0, 0, 0]}]})).await;
    assert!(zeros.contains("without a direction"), "{zeros}");
    let endless = told(json!({"data": [entry(0), {"index": 1, "embedding": [1e300, 0, 0, 0]}]})).await;
    assert!(endless.contains("cannot be read"), "{endless}");
    for strange in [
        json!({"data": [entry(0), entry(0)]}),
        json!({"data": [entry(0), entry(7)]}),
        json!({"data": [entry(0), {"index": 1, "embedding": [1, null, 3, 4]}]}),
        json!({"data": "none"}),
        json!([]),
    ] {
        let message = told(strange).await;
        assert!(message.contains("cannot be read: check OPENAI_BASE_URL"), "{message}");
    }
}
