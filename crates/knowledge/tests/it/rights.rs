//! What is told to a coach of what is kept, and taken away with them.

use http_base::data::Holder;
use kernel::{Scope, UserType};
use serde_json::json;
use testkit::{Form, FreshDb, both_engines};

use crate::world::{HANDBOOK, World};

#[both_engines]
async fn everything_is_told_and_taken_away(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (coach, base) = (world.coach(), world.base(json!({})).await);
    world.document(&base, "handbook.md", HANDBOOK).await;
    world.document(&base, "other.md", "# Prices\n\nThe eight-week course costs 210 euros.").await;
    world.ask(&base, "Is there a car park for lorries?").await;
    let made = coach.post(&format!("{base}/corrections"), &json!({"question": "Who?", "answer": "Ana."})).await.json();
    let path = format!("{base}/corrections/{}", made["id"].as_str().unwrap());
    coach.put(&path, &json!({"answer": "Ana and Bo."})).await.ok();
    world.upload(&base, &Form::new().file("file", "waits.md", "# W\n\nWaits.")).await;
    // What another coach has stays.
    let theirs = world.other().post("/api/v1/knowledge-bases", &json!({"name": "Theirs"})).await.json();
    let holder = Holder::of(world.coach.account.id, UserType::Creator);
    let data = knowledge::slice(&world.knowledge).data;
    let db = world.knowledge.app().db();
    for section in &data.sections {
        let mut tx = db.read().await.unwrap();
        let told = section.fetch(Scope::system(), &mut tx, &holder, 0).await.unwrap();
        assert!(!told.is_empty(), "{} tells nothing", section.name());
        let other = Holder::of(world.other.account.id, UserType::Creator);
        let told = section.fetch(Scope::system(), &mut tx, &other, 0).await.unwrap();
        assert_eq!(told.len(), usize::from(section.name() == "knowledge_bases"), "{}", section.name());
    }
    let mut tx = db.write().await.unwrap();
    for eraser in &data.erasers {
        eraser.erase(Scope::system(), &mut tx, &holder, world.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    coach.get(&base).await.refused(404);
    world.work().await;
    world.clock.advance(2 * kernel::time::HOUR);
    world.work().await;
    for table in [
        "knowledge_documents",
        "knowledge_texts",
        "knowledge_chunks",
        "knowledge_corrections",
        "knowledge_correction_versions",
        "knowledge_gaps",
        "knowledge_questions",
        "knowledge_contradictions",
        "knowledge_files",
    ] {
        assert_eq!(world.count(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
    let path = format!("/api/v1/knowledge-bases/{}", theirs["id"].as_str().unwrap());
    assert_eq!(world.other().get(&path).await.status, 200);
}
