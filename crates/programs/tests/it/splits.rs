//! Branches of a split, compared.

use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{PROGRAMS, World, flow};

#[both_engines]
async fn branches_are_compared_and_few_people_tell_nothing(fresh: FreshDb) {
    let world = World::with_channel(fresh).await;
    let nodes = [
        ("start", "start", json!({})),
        ("s", "split", json!({"branches": [{"id": "a"}, {"id": "b"}]})),
        ("qa", "question", json!({"message": "A?"})),
        ("qb", "question", json!({"message": "B?"})),
        ("end", "end", json!({})),
    ];
    let edges = ["start -> s", "s/a -> qa", "s/b -> qb", "qa -> end", "qb -> end"];
    let program = world.program("Split", &flow(&nodes, &edges)).await;
    let path = format!("{PROGRAMS}/{program}/splits");
    for chat in 1..=12 {
        let member = world.member(chat, json!({})).await;
        world.enrol(&member, &program).await;
    }
    world.work().await;
    let asked: Vec<i64> = (1..=12).filter(|chat| world.sent(*chat) == ["A?"]).collect();
    assert!(!asked.is_empty() && asked.len() < 12, "both ways were taken: {asked:?}");
    for chat in &asked {
        world.writes(*chat, "Fine").await;
    }
    let told = world.coach.get(&path).await.ok();
    let split = &told["splits"][0];
    let (a, b) = (&split["branches"][0], &split["branches"][1]);
    let (of_a, of_b) = (asked.len(), 12 - asked.len());
    assert_eq!((&a["entered"], &a["completed"], &a["replied"]), (&json!(of_a), &json!(of_a), &json!(of_a)));
    assert_eq!((&b["entered"], &b["completed"], &b["replied"]), (&json!(of_b), &json!(0), &json!(0)));
    assert_eq!((&a["completion_rate"], &b["reply_rate"]), (&json!(1.0), &json!(0.0)));
    let compared = &split["comparisons"][0];
    assert_eq!((&compared["branch"], &compared["with"]), (&json!("b"), &json!("a")));
    assert_eq!(compared["completion"]["difference"], json!(-1.0));
    assert_eq!(compared["replies"]["verdict"], "too_few");
    let says = compared["completion"]["says"].as_str().unwrap();
    assert!(says.starts_with(&format!("Not enough people to tell: 0 of {of_b} against {of_a} of {of_a}")), "{says}");
    world.coach.get(&format!("{path}?version=7")).await.refused(404);
    world.coach.get(&format!("{path}?planned=5")).await.refused(422);
    world.anyone.of(&world.stranger()).get(&path).await.refused(404);
    let draft = world.draft("Drawn", &flow(&nodes, &edges)).await;
    let told = world.coach.get(&format!("{PROGRAMS}/{draft}/splits")).await.ok();
    assert_eq!(told["splits"][0]["branches"][0]["completion_rate"], json!(null));
}
