//! Bases: made, listed, changed, deleted.

use kernel::{Scope, time};
use knowledge::Settings;
use serde_json::json;
use testkit::{Form, FreshDb, both_engines};

use crate::world::{HANDBOOK, World};

const BASES: &str = "/api/v1/knowledge-bases";

#[both_engines]
async fn settings_are_told_as_they_were_sent(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let coach = world.coach();
    let sent = json!({"name": "Coaching handbook", "description": "Everything about habits",
        "settings": {"chunk_size": 500, "chunk_overlap": 100, "embedding_model": "nomic-embed-text", "mine": {"a": [1]}}});
    let made = coach.post(BASES, &sent).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    for name in ["chunk_size", "chunk_overlap", "embedding_model", "mine"] {
        assert_eq!(made["settings"][name], sent["settings"][name]);
    }
    assert_eq!((made["document_count"].clone(), made["total_size_bytes"].clone()), (json!(0), json!(0)));
    let path = format!("{BASES}/{}", made["id"].as_str().unwrap());
    assert_eq!(coach.get(&path).await.json(), made);
    let changed = coach.put(&path, &json!({"name": "Handbook", "description": null})).await.json();
    assert_eq!((&changed["name"], &changed["description"]), (&json!("Handbook"), &json!(null)));
    assert_eq!(changed["settings"], made["settings"], "what is missing stays");
    let changed = coach.put(&path, &json!({"settings": {"voice": "warm"}})).await.json();
    assert_eq!((&changed["settings"]["voice"], &changed["settings"]["chunk_size"]), (&json!("warm"), &json!(1000)));
    assert!(changed["settings"].get("mine").is_none());
}

#[both_engines]
async fn settings_have_sane_bounds(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let coach = world.coach();
    let wrong = json!({"settings": {"chunk_size": -1}});
    let mut faults = coach.post(BASES, &wrong).await.faults();
    faults.sort();
    assert_eq!(faults, ["name", "settings.chunk_size"]);
    for (settings, field) in [
        (json!({"chunk_size": 50}), "settings.chunk_size"),
        (json!({"chunk_size": "many"}), "settings.chunk_size"),
        (json!({"chunk_size": 400, "chunk_overlap": 300}), "settings.chunk_overlap"),
        (json!({"thresholds": {"answered": 0.2, "maybe": 0.4}}), "settings.thresholds.maybe"),
        (json!({"voice": "x".repeat(1_001)}), "settings.voice"),
        (json!({"mine": "x".repeat(20_000)}), "settings"),
        (json!([1]), "settings"),
    ] {
        let reply = coach.post(BASES, &json!({"name": "A", "settings": settings})).await;
        assert_eq!(reply.faults(), [field], "{settings}");
    }
}

#[both_engines]
async fn everybody_has_their_own(fresh: FreshDb) {
    let settings = Settings { bases: 3, ..Settings::default() };
    let world = World::set(fresh, None, settings).await;
    let (coach, other) = (world.coach(), world.other());
    let mut paths = Vec::new();
    for name in ["Ärzte", "Yoga", "Nutrición"] {
        world.clock.advance(time::SECOND);
        let made = coach.post(BASES, &json!({"name": name})).await.json();
        paths.push(format!("{BASES}/{}", made["id"].as_str().unwrap()));
    }
    coach.post(BASES, &json!({"name": "One more"})).await.refused(409);
    let list = coach.get(BASES).await.json();
    let names: Vec<&str> =
        list["knowledge_bases"].as_array().unwrap().iter().map(|base| base["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Nutrición", "Yoga", "Ärzte"]);
    assert_eq!(list["pagination"], json!({"page": 1, "limit": 20, "total": 3, "pages": 1}));
    let page = coach.get(&format!("{BASES}?page=2&limit=2")).await.json();
    assert_eq!(page["pagination"], json!({"page": 2, "limit": 2, "total": 3, "pages": 2}));
    assert_eq!(page["knowledge_bases"].as_array().unwrap().len(), 1);
    let found = coach.get(&format!("{BASES}?search=NUTRICION")).await.json();
    assert_eq!(found["pagination"]["total"], 1);
    assert_eq!(coach.get(&format!("{BASES}?limit=101&page=0")).await.faults().len(), 2);
    assert_eq!(other.get(BASES).await.json()["knowledge_bases"], json!([]));
    for path in [&paths[0], &format!("{BASES}/0190a000-0000-7000-8000-000000000000"), &format!("{BASES}/nonsense")] {
        other.get(path).await.refused(404);
        other.put(path, &json!({"name": "Mine"})).await.refused(404);
        other.delete(path).await.refused(404);
        other.post(&format!("{path}/ask"), &json!({"question": "Who?"})).await.refused(404);
        other.post(&format!("{path}/search"), &json!({"query": "Who?"})).await.refused(404);
        other.upload(&format!("{path}/documents"), &Form::new().file("file", "a.md", "# A")).await.refused(404);
        for part in ["documents", "gaps", "corrections", "contradictions"] {
            other.get(&format!("{path}/{part}")).await.refused(404);
        }
    }
    world.anyone.get(&paths[0]).await.refused(401);
    world.anyone.of(&world.people.business(&world.clock)).get(&paths[0]).await.refused(404);
    world.anyone.of(&world.people.admin(&world.clock)).get(&paths[0]).await.refused(404);
    assert_eq!(world.anyone.of(&world.people.admin(&world.clock)).get(BASES).await.json()["pagination"]["total"], 0);
    assert_eq!(coach.get(&paths[0]).await.json()["name"], "Ärzte");
}

#[both_engines]
async fn what_was_deleted_is_gone_with_all_that_it_had(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (base, stays) = (world.base(json!({})).await, world.base(json!({})).await);
    world.document(&base, "handbook.md", HANDBOOK).await;
    world.document(&stays, "handbook.md", HANDBOOK).await;
    world.ask(&base, "Is there a car park for lorries?").await;
    let coach = world.coach();
    coach.post(&format!("{base}/corrections"), &json!({"question": "Who?", "answer": "Ana."})).await;
    assert_eq!(coach.delete(&base).await.status, 200);
    coach.get(&base).await.refused(404);
    coach.get(&format!("{base}/documents")).await.refused(404);
    coach.delete(&base).await.refused(404);
    world.work().await;
    for (table, left) in [
        ("knowledge_bases", 1),
        ("knowledge_documents", 1),
        ("knowledge_texts", 1),
        ("knowledge_corrections", 0),
        ("knowledge_gaps", 0),
        ("knowledge_questions", 0),
        ("knowledge_files", 0),
    ] {
        assert_eq!(world.count(&format!("SELECT count(*) FROM {table}")).await, left, "{table}");
    }
    assert_eq!(world.ask(&stays, "How much is the eight-week course?").await["outcome"], "answered");
    let mut tx = world.knowledge.app().db().read().await.unwrap();
    let (bases, _) = knowledge::store::bases::list(
        Scope::system(),
        &mut tx,
        world.coach.account.hub(),
        None,
        http_base::Pages { page: 1, limit: 20 },
    )
    .await
    .unwrap();
    let rows: i64 =
        tx.fetch_value("SELECT CAST(sum(file_size_bytes) AS BIGINT) FROM knowledge_documents", vec![]).await.unwrap();
    assert_eq!((bases[0].document_count, bases[0].total_size_bytes), (1, rows as u64));
}
