//! Documents: uploaded, listed, read, changed, replaced, deleted.

use kernel::time;
use knowledge::Settings;
use serde_json::{Value, json};
use testkit::{Form, FreshDb, both_engines};

use crate::world::{HANDBOOK, World};

fn id(of: &Value) -> &str {
    of["id"].as_str().unwrap()
}

#[both_engines]
async fn a_document_becomes_its_chunks(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (coach, base) = (world.coach(), world.base(json!({"chunk_size": 150, "chunk_overlap": 30})).await);
    let form = Form::new().text("title", "Handbook").text("metadata", r#"{"lesson": 1}"#).file(
        "file",
        "../secret/handbook.md",
        HANDBOOK,
    );
    let made = world.upload(&base, &form).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    for (name, value) in [
        ("title", json!("Handbook")),
        ("file_name", json!("handbook.md")),
        ("file_type", json!("markdown")),
        ("file_size_bytes", json!(HANDBOOK.len())),
        ("processing_status", json!("pending")),
        ("metadata", json!({"lesson": 1})),
        ("duplicate_of", json!(null)),
        ("processed_at", json!(null)),
    ] {
        assert_eq!(made[name], value, "{name}");
    }
    let path = format!("{base}/documents/{}", id(&made));
    let waiting = coach.get(&path).await.json();
    assert_eq!((&waiting["content"], &waiting["chunks"]), (&json!(null), &json!([])));
    world.work().await;
    let read = coach.get(&path).await.json();
    assert_eq!((&read["processing_status"], &read["processing_percent"]), (&json!("completed"), &json!(100)));
    assert_eq!((&read["language"], &read["metadata"]), (&json!("en"), &json!({"lesson": 1})));
    let content: Vec<char> = read["content"].as_str().unwrap().chars().collect();
    let chunks = read["chunks"].as_array().unwrap();
    assert!(chunks.len() > 2 && read["chunk_count"] == chunks.len(), "{read}");
    for (place, chunk) in chunks.iter().enumerate() {
        let range = chunk["start"].as_u64().unwrap() as usize..chunk["end"].as_u64().unwrap() as usize;
        assert_eq!(content[range.clone()].iter().collect::<String>(), chunk["content"].as_str().unwrap());
        assert!(range.len() <= 150 && chunk["chunk_index"] == place, "{chunk}");
    }
    let food = chunks.last().unwrap();
    assert_eq!(food["metadata"]["heading_path"], json!(["Handbook of the studio", "Food"]));
    let page = coach.get(&format!("{path}/chunks?limit=2&page=2")).await.json();
    assert_eq!(page["chunks"][0], chunks[2]);
    assert_eq!(page["pagination"]["total"], chunks.len());
    let file = coach.clone().with("range", "bytes=2-9").get(&format!("{path}/file")).await;
    assert_eq!((file.status, file.text().as_ref()), (206, "Handbook"));
    assert_eq!(file.header("content-disposition"), "attachment");
    let listed = coach.get(&base).await.json();
    assert_eq!((&listed["document_count"], &listed["total_size_bytes"]), (&json!(1), &json!(HANDBOOK.len())));
    let kinds: Vec<String> = world.happened().await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["knowledge.document_processed"]);
}

#[both_engines]
async fn only_what_can_be_read_is_taken(fresh: FreshDb) {
    let settings = Settings { document_bytes: 4_096, documents: 2, ..Settings::default() };
    let world = World::set(fresh, None, settings).await;
    let base = world.base(json!({})).await;
    let file = |name: &str, bytes: &[u8]| Form::new().file("file", name, bytes);
    let program = world.upload(&base, &file("setup.exe", b"MZ\x90\x00\x03")).await;
    program.refused(415);
    let word = [
        &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..],
        &"WordDocument".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
    ]
    .concat();
    let legacy = world.upload(&base, &file("old.doc", &word)).await;
    assert!(legacy.text().contains(".docx"), "it says what to save it as: {}", legacy.text());
    legacy.refused(415);
    world.upload(&base, &file("large.txt", &vec![b'x'; 5_000])).await.refused(413);
    assert_eq!(world.upload(&base, &file("empty.txt", b"")).await.faults(), ["file"]);
    assert_eq!(world.upload(&base, &Form::new().text("title", "No file")).await.faults(), ["file"]);
    let twice = file("a.md", b"# A").file("file", "b.md", b"# B");
    assert_eq!(world.upload(&base, &twice).await.faults(), ["file"]);
    let no_json = file("a.md", b"# A").text("metadata", "none");
    assert_eq!(world.upload(&base, &no_json).await.faults(), ["metadata"]);
    let many =
        file("a.md", b"# A").text("metadata", "[1]").text("replaces", "nonsense").text("title", &"x".repeat(301));
    let mut faults = world.upload(&base, &many).await.faults();
    faults.sort();
    assert_eq!(faults, ["metadata", "replaces", "title"]);
    assert_eq!(
        world.coach().raw(axum::http::Method::POST, &format!("{base}/documents"), "text/plain", "x").await.status,
        400
    );
    for number in 0..2 {
        let made = world.upload(&base, &file("a.md", format!("# A\n\nText {number}").as_bytes())).await;
        assert_eq!(made.status, 201, "{}", made.text());
    }
    world.upload(&base, &file("a.md", b"# A\n\nToo many")).await.refused(409);
    world.work().await;
    world.clock.advance(25 * time::HOUR);
    world.work().await;
    assert_eq!(world.count("SELECT count(*) FROM knowledge_files").await, 0, "nothing is left of what was refused");
}

#[both_engines]
async fn the_same_bytes_are_taken_twice_and_told(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let base = world.base(json!({})).await;
    let first = world.document(&base, "a.md", HANDBOOK).await;
    let again = world.upload(&base, &Form::new().file("file", "b.md", HANDBOOK)).await;
    assert_eq!((again.status, &again.json()["duplicate_of"]), (201, &first["id"]));
    let elsewhere = world.base(json!({})).await;
    let other = world.upload(&elsewhere, &Form::new().file("file", "b.md", HANDBOOK)).await;
    assert_eq!(other.json()["duplicate_of"], json!(null));
}

#[both_engines]
async fn documents_are_listed_filtered_and_found(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (coach, base) = (world.coach(), world.base(json!({})).await);
    let documents = format!("{base}/documents");
    for number in 0..5 {
        world.document(&base, &format!("Lección {number}.md"), &format!("# Uno\n\nTexto {number}.")).await;
    }
    world.upload(&base, &Form::new().text("title", "Notes").file("file", "waits.md", "# W\n\nWaits.")).await;
    let all = coach.get(&documents).await.json();
    assert_eq!(all["pagination"], json!({"page": 1, "limit": 20, "total": 6, "pages": 1}));
    assert_eq!(
        (&all["documents"][0]["title"], &all["documents"][5]["title"]),
        (&json!("Notes"), &json!("Lección 0.md"))
    );
    let total =
        async |query: &str| coach.get(&format!("{documents}?{query}")).await.json()["pagination"]["total"].clone();
    assert_eq!(total("status=completed").await, 5);
    assert_eq!(total("status=PENDING").await, 1);
    assert_eq!(total("status=failed").await, 0);
    assert_eq!(total("search=LECCION").await, 5);
    assert_eq!(total("search=waits").await, 1, "the name of the file counts as well");
    assert_eq!(total("search=100%25").await, 0);
    assert_eq!(total("status=completed&search=lecci%C3%B3n%203").await, 1);
    let page = coach.get(&format!("{documents}?page=3&limit=2")).await.json();
    assert_eq!(page["documents"].as_array().unwrap().len(), 2);
    assert_eq!(coach.get(&format!("{documents}?page=9")).await.json()["documents"], json!([]));
    assert_eq!(coach.get(&format!("{documents}?status=forgotten&limit=0")).await.faults().len(), 2);
}

#[both_engines]
async fn titles_and_metadata_change(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (coach, base) = (world.coach(), world.base(json!({})).await);
    let made = world.document(&base, "handbook.md", HANDBOOK).await;
    assert_eq!(made["title"], "handbook.md", "without a title it is the name of the file");
    let path = format!("{base}/documents/{}", id(&made));
    let changed = coach.put(&path, &json!({"title": "Habits", "metadata": {"edition": 2}})).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    let changed = changed.json();
    assert_eq!((&changed["title"], &changed["metadata"]), (&json!("Habits"), &json!({"edition": 2})));
    assert_eq!(changed["chunk_count"], made["chunk_count"]);
    assert_eq!(coach.put(&path, &json!({"metadata": "none"})).await.faults(), ["metadata"]);
    assert_eq!(coach.put(&path, &json!({"title": null, "dated": "soon"})).await.faults().len(), 2);
    let dated = coach.put(&path, &json!({"dated": "2025-05-01", "stale_after": "2026-03-01T00:00:00Z"})).await.json();
    assert_eq!((&dated["dated"], &dated["is_stale"]), (&json!("2025-05-01T00:00:00Z"), &json!(true)));
    let answer = world.ask(&base, "How much is the eight-week course?").await;
    let citation = &answer["citations"][0];
    assert_eq!((&citation["document_title"], &citation["is_stale"]), (&json!("Habits"), &json!(true)));
    world.other().put(&path, &json!({"title": "Mine"})).await.refused(404);
    world.other().get(&path).await.refused(404);
    world.other().delete(&path).await.refused(404);
    world.other().post(&format!("{path}/retry"), &json!({})).await.refused(404);
    let elsewhere = world.base(json!({})).await;
    coach.get(&format!("{elsewhere}/documents/{}", id(&made))).await.refused(404);
    coach.get(&format!("{base}/documents/nonsense")).await.refused(404);
    coach.get(&format!("{base}/documents/0190a000-0000-7000-8000-000000000000")).await.refused(404);
}

#[both_engines]
async fn deleting_takes_everything(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (coach, base) = (world.coach(), world.base(json!({})).await);
    let made = world.document(&base, "handbook.md", HANDBOOK).await;
    assert_eq!(world.ask(&base, "How much is the eight-week course?").await["outcome"], "answered");
    let path = format!("{base}/documents/{}", id(&made));
    assert!(coach.delete(&path).await.json()["message"].as_str().unwrap().contains("deleted"));
    coach.get(&path).await.refused(404);
    coach.get(&format!("{path}/file")).await.refused(404);
    coach.delete(&path).await.refused(404);
    for table in ["knowledge_documents", "knowledge_chunks", "knowledge_texts", "knowledge_files"] {
        assert_eq!(world.count(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
    let gone = world.ask(&base, "How much is the eight-week course?").await;
    assert_eq!((&gone["outcome"], &gone["citations"]), (&json!("unknown"), &json!([])));
    assert!(world.search(&base, "course").await.is_empty());
    let base = coach.get(&base).await.json();
    assert_eq!((&base["document_count"], &base["total_size_bytes"]), (&json!(0), &json!(0)));
}

#[both_engines]
async fn another_file_takes_a_documents_place_at_once(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (coach, base) = (world.coach(), world.base(json!({})).await);
    let made = world.document(&base, "prices.md", "# Prices\n\nThe eight-week course costs 200 euros.").await;
    let form = Form::new().text("replaces", id(&made)).file(
        "file",
        "prices2.md",
        "# Prices\n\nThe eight-week course costs 250 euros.",
    );
    let again = world.upload(&base, &form).await;
    assert_eq!(again.status, 201, "{}", again.text());
    let again = again.json();
    assert_eq!((&again["id"], &again["processing_status"]), (&made["id"], &json!("pending")));
    assert_eq!((&again["title"], &again["duplicate_of"]), (&made["title"], &json!(null)));
    let ask = async || world.ask(&base, "How much does the eight-week course cost?").await;
    let before = ask().await;
    assert!(before["answer"].as_str().unwrap().contains("200"), "the old text until the new one is there: {before}");
    world.work().await;
    let after = ask().await;
    assert!(after["answer"].as_str().unwrap().contains("250"), "{after}");
    world.quotes_are_real(&base, &after).await;
    assert_eq!(world.search(&base, "course").await.len(), 1);
    let list = coach.get(&format!("{base}/documents")).await.json();
    assert_eq!((&list["pagination"]["total"], &list["documents"][0]["file_name"]), (&json!(1), &json!("prices2.md")));
    for (table, left) in [("knowledge_chunks", 1), ("knowledge_texts", 1)] {
        assert_eq!(world.count(&format!("SELECT count(*) FROM {table}")).await, left, "{table}");
    }
    assert_eq!(world.count("SELECT count(*) FROM knowledge_files").await, 0, "the old file is gone");
    let file = coach.get(&format!("{base}/documents/{}/file", id(&made))).await;
    assert!(file.text().contains("250"));
    // What another one has is not replaced.
    let elsewhere = world.base(json!({})).await;
    let form = Form::new().text("replaces", id(&made)).file("file", "a.md", "# A\n\nB.");
    assert_eq!(world.upload(&elsewhere, &form).await.faults(), ["replaces"]);
    let size: i64 = world.count("SELECT CAST(sum(total_size_bytes) AS BIGINT) FROM knowledge_bases").await;
    assert_eq!(size, world.count("SELECT CAST(sum(file_size_bytes) AS BIGINT) FROM knowledge_documents").await);
}

#[both_engines]
async fn what_cannot_be_read_says_why_and_leaves_what_was(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (coach, base) = (world.coach(), world.base(json!({})).await);
    let made = world.document(&base, "prices.md", "# Prices\n\nThe eight-week course costs 200 euros.").await;
    let form = Form::new().text("replaces", id(&made)).file("file", "broken.pdf", b"%PDF-1.7\nnot really");
    let again = world.upload(&base, &form).await;
    assert_eq!(again.status, 201, "{}", again.text());
    world.work().await;
    let path = format!("{base}/documents/{}", id(&made));
    let failed = coach.get(&path).await.json();
    assert_eq!(failed["processing_status"], "failed");
    assert!(failed["error"].as_str().unwrap().len() > 20 && failed["processed_at"].is_string(), "{failed}");
    assert_eq!(coach.get(&format!("{base}/documents?status=failed")).await.json()["pagination"]["total"], 1);
    let answer = world.ask(&base, "How much does the eight-week course cost?").await;
    assert!(answer["answer"].as_str().unwrap().contains("200"), "{answer}");
    let retried = coach.post(&format!("{path}/retry"), &json!({})).await;
    assert_eq!((retried.status, &retried.json()["processing_status"]), (202, &json!("pending")));
    coach.post(&format!("{path}/retry"), &json!({})).await.refused(409);
    world.work().await;
    assert_eq!(coach.get(&path).await.json()["processing_status"], "failed");
    let form = Form::new().text("replaces", id(&made)).file(
        "file",
        "fine.md",
        "# Prices\n\nThe eight-week course costs 300 euros.",
    );
    world.upload(&base, &form).await;
    world.work().await;
    let fine = coach.get(&path).await.json();
    assert_eq!((&fine["processing_status"], &fine["error"]), (&json!("completed"), &json!(null)));
    let kinds: Vec<String> = world.happened().await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "knowledge.document_failed").count(), 2);
}
