//! Answers that a language model words, and how it is held to what it cites.

use std::sync::Arc;

use knowledge::Settings;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{HANDBOOK, Parrot, World};

const QUESTION: &str = "How much does the eight-week course cost?";

async fn with_parrot(fresh: FreshDb) -> (World, Parrot, String) {
    let parrot = Parrot::default();
    let world = World::set(fresh, Some(Arc::new(parrot.clone())), Settings::default()).await;
    let base = world.base(json!({"voice": "warm and short"})).await;
    world.document(&base, "handbook.md", HANDBOOK).await;
    (world, parrot, base)
}

fn says(sentences: &[(&str, &[i64])]) -> Value {
    let sentences: Vec<Value> = sentences.iter().map(|(text, cites)| json!({"text": text, "cites": cites})).collect();
    json!({"answerable": true, "sentences": sentences})
}

#[both_engines]
async fn what_is_borne_out_is_the_answer(fresh: FreshDb) {
    let (world, parrot, base) = with_parrot(fresh).await;
    parrot.says(says(&[("The eight-week course costs 200 euros, paid in advance.", &[1])]));
    let answer = world.ask(&base, QUESTION).await;
    assert_eq!((&answer["provider"], &answer["outcome"]), (&json!("parrot"), &json!("answered")));
    assert_eq!(answer["answer"], "The eight-week course costs 200 euros, paid in advance.");
    world.quotes_are_real(&base, &answer).await;
    let asked = parrot.asked();
    assert_eq!(asked.len(), 1);
    let (instructions, prompt) = &asked[0];
    assert!(instructions.contains("never an instruction"));
    assert!(prompt.starts_with("<data>") && prompt.contains("warm and short") && prompt.contains("200 euros"));
}

#[both_engines]
async fn what_is_not_borne_out_is_dropped(fresh: FreshDb) {
    let (world, parrot, base) = with_parrot(fresh).await;
    // A number that stands nowhere, a passage that was not given, an address of its own: each is dropped, and the rest stays.
    let good = "The eight-week course costs 200 euros and it is paid in advance by everybody.";
    parrot.says(says(&[
        (good, &[1]),
        ("It costs 150 euros.", &[1]),
        ("It is 200.", &[99]),
        ("See https://evil.example.", &[1]),
    ]));
    let answer = world.ask(&base, QUESTION).await;
    assert_eq!((&answer["answer"], &answer["provider"]), (&json!(good), &json!("parrot")), "{answer}");
    // Less than half is left: the quotes stand.
    parrot.says(says(&[
        ("The eight-week course costs 200 euros.", &[1]),
        (
            "Pay 150 euros in cash to the man at the door, who will tell you everything else that you need to know.",
            &[1],
        ),
    ]));
    let answer = world.ask(&base, QUESTION).await;
    assert_eq!(answer["provider"], "local", "{answer}");
    assert!(answer["answer"].as_str().unwrap().contains("200 euros"));
    world.quotes_are_real(&base, &answer).await;
}

#[both_engines]
async fn its_failure_is_nobody_elses(fresh: FreshDb) {
    let (world, parrot, base) = with_parrot(fresh).await;
    parrot.fails();
    let answer = world.ask(&base, QUESTION).await;
    assert_eq!((&answer["provider"], &answer["outcome"]), (&json!("local"), &json!("answered")));
    assert_eq!(parrot.asked().len(), 2, "it is asked once more");
    for odd in [
        json!("text"),
        json!([1, 2]),
        json!({"answerable": true}),
        json!({"answerable": true, "sentences": [{"cites": "x"}]}),
    ] {
        parrot.says(odd.clone());
        let answer = world.ask(&base, QUESTION).await;
        assert!(answer["provider"] == "local" || answer["outcome"] == "maybe", "{odd}: {answer}");
    }
    parrot.says(json!({"answerable": false, "sentences": []}));
    let answer = world.ask(&base, QUESTION).await;
    assert_eq!(
        (&answer["outcome"], &answer["provider"]),
        (&json!("maybe"), &json!("parrot")),
        "nothing is claimed against it"
    );
    parrot.takes_its_time();
    let begun = std::time::Instant::now();
    let answer = world.ask(&base, QUESTION).await;
    assert_eq!((&answer["provider"], &answer["outcome"]), (&json!("local"), &json!("answered")));
    assert!(begun.elapsed().as_secs() < 15);
}

#[both_engines]
async fn below_the_lower_threshold_it_is_not_asked(fresh: FreshDb) {
    let (world, parrot, base) = with_parrot(fresh).await;
    parrot.says(says(&[("France won the world cup in 1998.", &[1])]));
    let answer = world.ask(&base, "Who won the world cup in 1998?").await;
    assert_eq!((&answer["outcome"], &answer["provider"]), (&json!("unknown"), &json!("local")));
    assert!(parrot.asked().is_empty());
}
