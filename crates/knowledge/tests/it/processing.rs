//! What happens between the file and the chunks: whoever dies, nobody finds half of anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use kernel::{Scope, time};
use ports::files::Files as _;
use serde_json::{Value, json};
use testkit::{Form, FreshDb, both_engines};

use crate::world::World;

fn id(of: &Value) -> &str {
    of["id"].as_str().unwrap()
}

/// A handbook in which every paragraph names its edition.
fn edition(name: &str, paragraphs: usize) -> String {
    let rules =
        (0..paragraphs).map(|number| format!("Rule {number} of the {name} edition: breathe, rest and repeat it."));
    format!("# Rules\n\n{}", rules.collect::<Vec<_>>().join("\n\n"))
}

#[both_engines]
async fn a_file_whose_upload_died_is_swept(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let base = world.base(json!({})).await;
    // Killed between the file and the document: the row of the file is there, and the file.
    let (db, now) = (world.knowledge.app().db(), world.clock.now());
    let mut tx = db.write().await.unwrap();
    let begun =
        knowledge::store::files::begin(Scope::system(), &mut tx, world.coach.account.hub(), "knowledge/dead", now);
    begun.await.unwrap();
    tx.commit().await.unwrap();
    let mut file = world.files.create("knowledge/dead").await.unwrap();
    file.write(Bytes::from_static(b"half")).await.unwrap();
    file.finish().await.unwrap();
    world.work().await;
    assert!(world.files.size("knowledge/dead").await.unwrap().is_some(), "it may still be on its way");
    world.document(&base, "a.md", "# A\n\nStays.").await;
    world.clock.advance(25 * time::HOUR);
    world.work().await;
    assert_eq!(world.files.size("knowledge/dead").await.unwrap(), None);
    assert_eq!(world.count("SELECT count(*) FROM knowledge_files").await, 0);
    assert_eq!(world.count("SELECT count(*) FROM knowledge_documents").await, 1);
}

#[both_engines]
async fn a_document_whose_job_died_is_read_later(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (coach, base) = (world.coach(), world.base(json!({})).await);
    let made = world.upload(&base, &Form::new().file("file", "a.md", "# A\n\nThe studio opens at nine.")).await.json();
    // Killed between the document and its job, or in the middle of it.
    let mut tx = world.knowledge.app().db().write().await.unwrap();
    tx.execute("UPDATE knowledge_documents SET status = 'processing', percent = 60, reading = 7", vec![])
        .await
        .unwrap();
    let found = jobs::counts(world.knowledge.app().db(), world.clock.now()).await.unwrap();
    assert_eq!(found.queued, 1);
    tx.commit().await.unwrap();
    world.clock.advance(time::HOUR);
    world.work().await;
    let read = coach.get(&format!("{base}/documents/{}", id(&made))).await.json();
    assert_eq!((&read["processing_status"], &read["chunk_count"]), (&json!("completed"), &json!(1)));
}

#[both_engines]
async fn a_reading_that_is_overtaken_comes_to_nothing(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (coach, base) = (world.coach(), world.base(json!({})).await);
    let made = world.document(&base, "a.md", &edition("first", 3)).await;
    let form = Form::new().text("replaces", id(&made)).file("file", "a.md", edition("second", 3));
    world.upload(&base, &form).await;
    let form = Form::new().text("replaces", id(&made)).file("file", "a.md", edition("third", 3));
    world.upload(&base, &form).await;
    world.work().await;
    let read = coach.get(&format!("{base}/documents/{}", id(&made))).await.json();
    assert!(read["content"].as_str().unwrap().contains("third"), "{read}");
    assert_eq!(world.count("SELECT count(*) FROM knowledge_texts").await, 1);
    // A document that is deleted while it waits leaves nothing.
    world.upload(&base, &Form::new().text("replaces", id(&made)).file("file", "a.md", edition("fourth", 3))).await;
    coach.delete(&format!("{base}/documents/{}", id(&made))).await.ok();
    world.work().await;
    for table in ["knowledge_documents", "knowledge_chunks", "knowledge_texts", "knowledge_files"] {
        assert_eq!(world.count(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
}

#[both_engines]
async fn nobody_ever_finds_half_of_a_document(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let base = world.base(json!({"chunk_size": 100, "chunk_overlap": 0})).await;
    let paragraphs = 60;
    let made = world.document(&base, "rules.md", &edition("edition0", paragraphs)).await;
    let count = made["chunk_count"].as_u64().unwrap() as usize;
    let is_over = Arc::new(AtomicBool::new(false));
    // Somebody searches all the time, and sees one edition as a whole each time.
    let (client, path, over) = (world.coach(), format!("{base}/search"), Arc::clone(&is_over));
    let searching = tokio::spawn(async move {
        let mut seen = std::collections::BTreeSet::new();
        while !over.load(Ordering::Relaxed) {
            let reply = client.post(&path, &json!({"query": "rule breathe rest repeat", "limit": 50})).await;
            let passages = reply.ok()["passages"].as_array().unwrap().clone();
            let editions: std::collections::BTreeSet<String> = passages
                .iter()
                .flat_map(|passage| {
                    passage["content"].as_str().unwrap().split_whitespace().map(str::to_owned).collect::<Vec<_>>()
                })
                .filter(|word| {
                    word.starts_with("edition") && word.len() > "edition".len() && !word.starts_with("edition:")
                })
                .collect();
            assert_eq!(editions.len(), 1, "{editions:?}");
            assert!(passages.len() >= 40.min(count), "{}", passages.len());
            seen.extend(editions);
        }
        seen
    });
    for number in 1..6 {
        let form = Form::new().text("replaces", id(&made)).file(
            "file",
            "rules.md",
            edition(&format!("edition{number}"), paragraphs),
        );
        let reply = world.upload(&base, &form).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        world.work().await;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    is_over.store(true, Ordering::Relaxed);
    let seen = searching.await.unwrap();
    assert!(!seen.is_empty());
    assert_eq!(world.count("SELECT count(*) FROM knowledge_chunks").await, i64::try_from(count).unwrap());
}

#[both_engines]
async fn a_coach_is_reminded_once_of_what_is_stale(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let base = world.base(json!({})).await;
    let form = Form::new().text("stale_after", "2026-04-01").file("file", "a.md", "# A\n\nPrices of spring.");
    assert_eq!(world.upload(&base, &form).await.status, 201);
    let correction = json!({"question": "When do you open?", "answer": "At nine.", "stale_after": "2026-04-01"});
    assert_eq!(world.coach().post(&format!("{base}/corrections"), &correction).await.status, 201);
    world.work().await;
    let stale = async || -> Vec<String> {
        let happened = world.happened().await;
        happened.into_iter().map(|(kind, _)| kind).filter(|kind| kind.ends_with("_stale")).collect()
    };
    assert!(stale().await.is_empty());
    world.clock.advance(40 * time::DAY);
    world.work().await;
    world.clock.advance(2 * time::DAY);
    world.work().await;
    assert_eq!(stale().await, ["knowledge.document_stale", "knowledge.correction_stale"]);
}
