//! What the coach answers: gaps are closed, corrections outrank documents, and keep their history.

use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{HANDBOOK, World};

#[both_engines]
async fn a_gap_is_answered_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (coach, base) = (world.coach(), world.base(json!({})).await);
    world.document(&base, "handbook.md", HANDBOOK).await;
    let first = world.ask(&base, "Do you have a car park?").await;
    let second = world.ask(&base, "Is there a car park?").await;
    let path = format!("{base}/gaps/{}", first["gap_id"].as_str().unwrap());
    world.other().post(&format!("{path}/answer"), &json!({"answer": "No."})).await.refused(404);
    assert_eq!(coach.post(&format!("{path}/answer"), &json!({})).await.faults(), ["answer"]);
    let made = coach.post(&format!("{path}/answer"), &json!({"answer": "Yes, behind the house, for ten cars."})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    assert_eq!((&made["question"], &made["gap_id"]), (&json!("Do you have a car park?"), &first["gap_id"]));
    coach.post(&format!("{path}/answer"), &json!({"answer": "No."})).await.refused(409);
    coach.delete(&path).await.refused(409);
    let (kind, event) = world.happened().await.pop().unwrap();
    assert_eq!(kind, "knowledge.gap_answered");
    let mut named = [event["question_ids"][0].clone(), event["question_ids"][1].clone()];
    named.sort_by_key(ToString::to_string);
    let mut asked = [first["question_id"].clone(), second["question_id"].clone()];
    asked.sort_by_key(ToString::to_string);
    assert_eq!((named, &event["correction_id"], &event["tell"]), (asked, &made["id"], &json!(true)));
    let answer = world.ask(&base, "Is there a car park?").await;
    assert_eq!((&answer["outcome"], &answer["answer"]), (&json!("answered"), &made["answer"]), "{answer}");
    let citation = &answer["citations"][0];
    assert_eq!((&citation["correction_id"], &citation["quote"]), (&made["id"], &made["answer"]));
    assert!(citation["document_title"].as_str().unwrap().contains("coach on 2026-03-02"), "{citation}");
    world.quotes_are_real(&base, &answer).await;
    let found = world.search(&base, "car park").await;
    assert_eq!(found[0]["correction_id"], made["id"]);
    let gaps = async |status: &str| {
        coach.get(&format!("{base}/gaps?status={status}")).await.json()["pagination"]["total"].clone()
    };
    assert_eq!((gaps("open").await, gaps("answered").await), (json!(0), json!(1)));
    assert_eq!(coach.get(&format!("{base}/gaps?status=nonsense")).await.faults(), ["status"]);
}

#[both_engines]
async fn a_gap_may_be_dismissed(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (coach, base) = (world.coach(), world.base(json!({})).await);
    let first = world.ask(&base, "Who won the world cup?").await;
    let path = format!("{base}/gaps/{}", first["gap_id"].as_str().unwrap());
    assert_eq!(coach.delete(&path).await.status, 200);
    coach.delete(&path).await.refused(409);
    coach.post(&format!("{path}/answer"), &json!({"answer": "No."})).await.refused(409);
    let again = world.ask(&base, "Who won the world cup?").await;
    assert_ne!(again["gap_id"], first["gap_id"]);
    coach.delete(&format!("{base}/gaps/nonsense")).await.refused(404);
}

#[both_engines]
async fn corrections_outrank_documents_and_keep_their_history(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (coach, base) = (world.coach(), world.base(json!({})).await);
    world.document(&base, "handbook.md", HANDBOOK).await;
    let corrections = format!("{base}/corrections");
    let question = "How much does the eight-week course cost?";
    let made = coach.post(&corrections, &json!({"question": question, "answer": "180 euros this spring."})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    let answer = world.ask(&base, question).await;
    assert_eq!(answer["answer"], "180 euros this spring.", "{answer}");
    let path = format!("{corrections}/{}", made["id"].as_str().unwrap());
    let changed = coach.put(&path, &json!({"answer": "190 euros this summer."})).await.json();
    assert_eq!((&changed["revision"], &changed["question"]), (&json!(2), &json!(question)));
    let dated = coach.put(&path, &json!({"stale_after": "2026-01-01"})).await.json();
    assert_eq!((&dated["revision"], &dated["is_stale"]), (&json!(2), &json!(true)));
    let read = coach.get(&path).await.json();
    assert_eq!(read["history"].as_array().unwrap().len(), 1);
    assert_eq!((&read["history"][0]["revision"], &read["history"][0]["answer"]), (&json!(1), &made["answer"]));
    let answer = world.ask(&base, question).await;
    assert_eq!(
        (&answer["answer"], &answer["citations"][0]["is_stale"]),
        (&json!("190 euros this summer."), &json!(true))
    );
    world.quotes_are_real(&base, &answer).await;
    let list = coach.get(&format!("{corrections}?search=EIGHT-week")).await.json();
    assert_eq!((&list["pagination"]["total"], &list["corrections"][0]["id"]), (&json!(1), &made["id"]));
    let mut faults = coach.post(&corrections, &json!({"question": " ", "stale_after": "soon"})).await.faults();
    faults.sort();
    assert_eq!(faults, ["answer", "question", "stale_after"]);
    let stranger = world.other();
    stranger.get(&path).await.refused(404);
    stranger.put(&path, &json!({"answer": "0"})).await.refused(404);
    stranger.delete(&path).await.refused(404);
    assert_eq!(coach.delete(&path).await.status, 200);
    coach.get(&path).await.refused(404);
    let answer = world.ask(&base, question).await;
    assert!(answer["answer"].as_str().unwrap().contains("200 euros"), "{answer}");
    assert_eq!(world.count("SELECT count(*) FROM knowledge_correction_versions").await, 0);
}
