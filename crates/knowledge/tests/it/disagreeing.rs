//! Documents that say different things of the same.

use serde_json::{Value, json};
use testkit::{Form, FreshDb, both_engines};

use crate::world::World;

#[both_engines]
async fn contradictions_are_shown_to_the_coach(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (coach, base) = (world.coach(), world.base(json!({})).await);
    let upload = async |name: &str, dated: &str, text: &str| -> Value {
        let form = Form::new().text("dated", dated).file("file", name, text);
        let made = world.upload(&base, &form).await;
        assert_eq!(made.status, 201, "{}", made.text());
        world.work().await;
        made.json()
    };
    let new = upload("new.md", "2026-01-01", "# Prices\n\nWelcome.\n\nThe eight-week course costs 250 euros.").await;
    let old = upload(
        "old.md",
        "2024-01-01",
        "# Price list\n\nAll prices with tax.\n\nThe eight-week course costs 200 euros.",
    )
    .await;
    upload("other.md", "2025-01-01", "# Food\n\nDrink 2 litres of water. The studio has 3 rooms.").await;
    let list = coach.get(&format!("{base}/contradictions")).await.json();
    assert_eq!(list["pagination"]["total"], 1, "{list}");
    let found = &list["contradictions"][0];
    assert_eq!((&found["older"]["document_id"], &found["newer"]["document_id"]), (&old["id"], &new["id"]));
    for (side, price) in [("older", "200"), ("newer", "250")] {
        let claim = &found[side];
        assert!(claim["quote"].as_str().unwrap().contains(price));
        let path = format!("{base}/documents/{}", claim["document_id"].as_str().unwrap());
        let content = coach.get(&path).await.json()["content"].as_str().unwrap().to_owned();
        let (start, end) = (claim["start"].as_u64().unwrap() as usize, claim["end"].as_u64().unwrap() as usize);
        assert_eq!(content.chars().skip(start).take(end - start).collect::<String>(), claim["quote"]);
    }
    // Of two that disagree the newer one is answered.
    let answer = world.ask(&base, "How much does the eight-week course cost?").await;
    assert!(answer["answer"].as_str().unwrap().contains("250"), "{answer}");
    let path = format!("{base}/contradictions/{}", found["id"].as_str().unwrap());
    world.other().delete(&path).await.refused(404);
    assert_eq!(coach.delete(&path).await.status, 200);
    coach.delete(&path).await.refused(404);
    assert_eq!(coach.get(&format!("{base}/contradictions")).await.json()["pagination"]["total"], 0);
    assert!(world.happened().await.iter().any(|(kind, _)| kind == "knowledge.contradiction_found"));
    // What one of them said goes with it.
    coach.delete(&format!("{base}/documents/{}", old["id"].as_str().unwrap())).await.ok();
    assert_eq!(world.count("SELECT count(*) FROM knowledge_contradictions").await, 0);
}
