//! Questions and their answers, without a language model.

use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{HANDBOOK, World};

#[both_engines]
async fn an_answer_quotes_to_the_letter(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let base = world.base(json!({})).await;
    let made = world.document(&base, "handbook.md", HANDBOOK).await;
    let answer = world.ask(&base, "How much does the eight-week course cost?").await;
    assert_eq!(
        (&answer["outcome"], &answer["provider"], &answer["language"]),
        (&json!("answered"), &json!("local"), &json!("en"))
    );
    assert!(answer["answer"].as_str().unwrap().contains("200 euros"), "{answer}");
    assert_eq!((&answer["question_id"], &answer["gap_id"]), (&json!(null), &json!(null)));
    let citation = &answer["citations"][0];
    assert_eq!((&citation["document_id"], &citation["document_title"]), (&made["id"], &made["title"]));
    assert_eq!(citation["heading_path"], json!(["Handbook of the studio", "Prices"]));
    assert!(made["chunks"].as_array().unwrap().iter().any(|chunk| chunk["id"] == citation["chunk_id"]));
    assert!(answer["confidence"].as_f64().unwrap() > 0.5 && answer["parts"].as_object().unwrap().len() > 1);
    world.quotes_are_real(&base, &answer).await;
    // The same in the other language.
    let answer = world.ask(&base, "¿Hasta cuándo puedo cancelar una sesión?").await;
    assert_eq!(answer["language"], "es");
    assert_ne!(answer["outcome"], "unknown", "{answer}");
    assert!(answer["citations"][0]["quote"].as_str().unwrap().contains("24 hours"), "{answer}");
    world.quotes_are_real(&base, &answer).await;
}

#[both_engines]
async fn a_quote_of_an_answer_begins_with_its_words(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let base = world.base(json!({})).await;
    let text = "# Questions\n\nQ: How much does the pottery course cost?\n\nA: The pottery course costs 90 euros.\n\n\
                Q: Where is the studio?\n\nA: The studio is in Calle Mayor 5.\n";
    world.document(&base, "questions.md", text).await;
    let answer = world.ask(&base, "How much does the pottery course cost?").await;
    assert_eq!(answer["outcome"], "answered", "{answer}");
    let quote = answer["citations"][0]["quote"].as_str().unwrap();
    assert!(quote.starts_with("The pottery course costs 90 euros."), "{answer}");
    assert!(answer["answer"].as_str().unwrap().starts_with("The pottery course"), "{answer}");
    world.quotes_are_real(&base, &answer).await;
}

#[both_engines]
async fn numbered_marks_and_rows_are_told_as_people_read_them(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let base = world.base(json!({})).await;
    let text = "# Questions\n\nQ1: How much does the pottery course cost?\n\nA1: The pottery course costs 90 euros.\n\n\
                Q2: Where is the studio?\n\nA2: The studio is in Calle Mayor 5.\n";
    world.document(&base, "questions.md", text).await;
    let answer = world.ask(&base, "How much does the pottery course cost?").await;
    assert_eq!(answer["outcome"], "answered", "{answer}");
    assert!(answer["citations"][0]["quote"].as_str().unwrap().starts_with("The pottery course costs 90"), "{answer}");
    assert!(answer["answer"].as_str().unwrap().starts_with("The pottery course"), "{answer}");
    world.quotes_are_real(&base, &answer).await;
    let found = world.search(&base, "how much is the pottery course").await;
    assert_eq!(
        found[0]["content"],
        "Q1: How much does the pottery course cost?\n\nA1: The pottery course costs 90 euros."
    );
    assert_eq!(found[0]["text"], "How much does the pottery course cost?\n\nThe pottery course costs 90 euros.");
    // A row is quoted to the letter, and told with the names of its columns.
    world.document(&base, "times.csv", "Day,Time,Class\nMonday,18:00,Spinning\nFriday,9:00,Stretching\n").await;
    let answer = world.ask(&base, "What time is spinning?").await;
    assert!(answer["answer"].as_str().unwrap().contains("Time: 18:00"), "{answer}");
    assert!(answer["citations"][0]["quote"].as_str().unwrap().contains("Monday | 18:00 | Spinning"), "{answer}");
    world.quotes_are_real(&base, &answer).await;
}

#[both_engines]
async fn what_is_asked_along_and_not_known_is_named(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let base = world.base(json!({})).await;
    world.document(&base, "handbook.md", HANDBOOK).await;
    let answer = world.ask(&base, "How much does the eight-week course cost, and who won the world cup in 1998?").await;
    assert_eq!(answer["outcome"], "answered", "{answer}");
    let text = answer["answer"].as_str().unwrap();
    assert!(text.contains("200 euros") && text.contains("I have no information about this: who won"), "{answer}");
}

#[both_engines]
async fn what_is_not_known_is_said_and_kept(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (coach, base) = (world.coach(), world.base(json!({})).await);
    world.document(&base, "handbook.md", HANDBOOK).await;
    let asked =
        ["Do you have a car park for lorries?", "Is there a car park for lorries?", "Who won the world cup in 1998?"];
    let mut gaps = Vec::new();
    for question in asked {
        let answer = world.ask(&base, question).await;
        assert_ne!(answer["outcome"], "answered", "{answer}");
        assert!(answer["question_id"].is_string());
        gaps.push(answer["gap_id"].clone());
    }
    assert_eq!(gaps[0], gaps[1], "alike questions are one gap");
    assert_ne!(gaps[0], gaps[2]);
    let spanish = world.ask(&base, "¿Quién ganó el mundial de fútbol de 1998?").await;
    assert!(
        spanish["outcome"] == "unknown" && spanish["answer"].as_str().unwrap().starts_with("No tengo"),
        "{spanish}"
    );
    let list = coach.get(&format!("{base}/gaps")).await.json();
    assert_eq!((&list["gaps"][0]["id"], &list["gaps"][0]["asked"]), (&gaps[0], &json!(2)));
    assert_eq!(list["gaps"][0]["wordings"], json!([asked[1], asked[0]]));
    assert_eq!(list["gaps"][0]["status"], "open");
    world.other().get(&format!("{base}/gaps")).await.refused(404);
    // An empty base knows nothing.
    let empty = world.base(json!({})).await;
    assert_eq!(world.ask(&empty, "How much is it?").await["outcome"], "unknown");
}

#[both_engines]
async fn thresholds_are_the_coachs(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let strict = world.base(json!({"thresholds": {"answered": 1, "maybe": 0.9999}})).await;
    world.document(&strict, "handbook.md", HANDBOOK).await;
    assert_eq!(world.ask(&strict, "How much does the eight-week course cost?").await["outcome"], "unknown");
    world.coach().put(&strict, &json!({"settings": {"thresholds": {"answered": 1, "maybe": 0}}})).await.ok();
    let maybe = world.ask(&strict, "How much does the eight-week course cost?").await;
    assert_eq!(maybe["outcome"], "maybe");
    assert!(!maybe["citations"].as_array().unwrap().is_empty());
    assert!(maybe["answer"].as_str().unwrap().contains("not sure"), "it claims nothing: {maybe}");
    world.quotes_are_real(&strict, &maybe).await;
}

#[both_engines]
async fn searching_shows_scores_and_parts(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (coach, base) = (world.coach(), world.base(json!({})).await);
    world.document(&base, "handbook.md", HANDBOOK).await;
    let found = world.search(&base, "cancel a session").await;
    assert_eq!(found[0]["heading_path"], json!(["Handbook of the studio", "Cancelling"]));
    assert!(found.windows(2).all(|two| two[0]["score"].as_f64() >= two[1]["score"].as_f64()));
    assert!(found[0]["parts"]["bm25"].as_f64().unwrap() > 0.0);
    let one = coach.post(&format!("{base}/search"), &json!({"question": "cancel", "limit": 1})).await.json();
    assert_eq!(one["passages"].as_array().unwrap().len(), 1);
    for (body, fields) in [
        (json!({}), vec!["query"]),
        (json!({"query": " "}), vec!["query"]),
        (json!({"query": "a", "limit": 0}), vec!["limit"]),
        (json!({"query": "x".repeat(2_001)}), vec!["query"]),
    ] {
        assert_eq!(coach.post(&format!("{base}/search"), &body).await.faults(), fields);
    }
    for (body, fields) in [
        (json!({}), vec!["question"]),
        (json!({"question": 5}), vec!["question"]),
        (json!({"question": "a", "history": [{"role": "pope", "content": "x"}]}), vec!["history.0.role"]),
    ] {
        assert_eq!(coach.post(&format!("{base}/ask"), &body).await.faults(), fields);
    }
    // Whatever is asked: an answer, or that there is none.
    for odd in ["?", "😀😀", "\u{202e}abc", "a\u{0301}\u{0301}", "العربية", "!!! --- '; DROP TABLE", "1", "<script>"]
    {
        let answer = coach.post(&format!("{base}/ask"), &json!({"question": odd})).await;
        assert_eq!(answer.status, 200, "{odd}: {}", answer.text());
    }
}

#[both_engines]
async fn what_was_said_before_is_understood(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (coach, base) = (world.coach(), world.base(json!({})).await);
    world.document(&base, "handbook.md", HANDBOOK).await;
    let history = json!([
        {"role": "user", "content": "How long does a single session last?"},
        {"role": "assistant", "content": "60 minutes."},
    ]);
    let body = json!({"question": "And what does it cost?", "history": history});
    let answer = coach.post(&format!("{base}/ask"), &body).await.ok();
    assert!(answer["citations"][0]["quote"].as_str().unwrap_or_default().contains("40 euros"), "{answer}");
}
