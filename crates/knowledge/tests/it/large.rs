//! A large base, measured: documents of ten pages, of 300 words each. Run it by hand, optimised:
//! `DOCUMENTS=10000 cargo nextest run --release -p knowledge --run-ignored only large`.

use std::time::Instant;

use db::Json;
use kernel::{Scope, time};
use knowledge::model::{About, Chunk, ChunkMetadata, Document, Status};
use knowledge::{BaseId, store};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::World;

/// Chunks of a document, of 150 words each.
const CHUNKS: u64 = 20;

/// Words of a made-up language: as many as a large handbook has, the first of them often.
fn words(seed: &mut u64, many: usize) -> String {
    let mut text = String::new();
    for place in 0..many {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let draw = (*seed >> 40) as f64 / f64::from(1 << 24);
        let rank = (draw.powi(4) * 40_000.0) as u32;
        let letters: String = (0..3)
            .map(|part| {
                ["ba", "ke", "li", "mo", "tu", "sa", "ne", "ri", "po", "du", "ga", "fe", "vi", "zo", "lu", "ta"]
                    [(rank >> (4 * part)) as usize % 16]
            })
            .collect();
        text.push_str(&letters);
        text.push_str(if place % 12 == 11 { ". " } else { " " });
    }
    text
}

#[both_engines]
#[ignore = "takes minutes: run it by hand"]
async fn a_large_base_is_asked_quickly(fresh: FreshDb) {
    let many: usize = std::env::var("DOCUMENTS").ok().and_then(|many| many.parse().ok()).unwrap_or(1_000);
    let world = World::new(fresh).await;
    let path = world.base(json!({})).await;
    let base: BaseId = path.rsplit('/').next().unwrap().parse().unwrap();
    let (clock, scope, owner) = (&world.clock, Scope::system(), world.coach.account.hub());
    let mut seed = 7;
    let begun = Instant::now();
    for number in 0..many {
        let second = i64::try_from(number).unwrap() * time::SECOND;
        let document = Document {
            id: clock.new_id(),
            base_id: base,
            owner_id: owner,
            title: format!("Handbook {number}"),
            file_name: format!("handbook-{number}.md"),
            file: format!("knowledge/{number}"),
            file_type: "markdown".into(),
            file_size_bytes: 1_000 * CHUNKS,
            sha256: format!("{number:064}"),
            metadata: Json::default(),
            status: Status::Completed,
            percent: 100,
            error: None,
            version: 1,
            reading: 1,
            revision: 1,
            chunk_count: CHUNKS,
            characters: 1_000 * CHUNKS,
            language: None,
            about: Json(About::default()),
            dated: None,
            stale_after: None,
            reminded_at: None,
            created_at: clock.now().plus(second),
            updated_at: clock.now(),
            processed_at: Some(clock.now()),
        };
        let chunks: Vec<Chunk> = (0..CHUNKS)
            .map(|index| Chunk {
                id: clock.new_id(),
                document_id: document.id,
                base_id: base,
                version: 1,
                chunk_index: index,
                start_at: index * 1_000,
                end_at: (index + 1) * 1_000,
                content: words(&mut seed, 150),
                metadata: Json(ChunkMetadata::default()),
            })
            .collect();
        let mut tx = world.knowledge.app().db().write_long().await.unwrap();
        store::documents::insert(scope, &mut tx, &document).await.unwrap();
        store::chunks::put(scope, &mut tx, &chunks).await.unwrap();
        store::bases::counted(scope, &mut tx, base, 1, 20_000).await.unwrap();
        tx.commit().await.unwrap();
    }
    eprintln!("{many} documents written in {:?}", begun.elapsed());
    let begun = Instant::now();
    world.search(&path, "ba ke li").await;
    let (_, bytes) = world.knowledge.indices_held();
    eprintln!("index built in {:?}, {} MB", begun.elapsed(), bytes >> 20);
    let mut taken = Vec::new();
    for _ in 0..50 {
        let question = format!("How does {} work?", words(&mut seed, 5));
        let begun = Instant::now();
        world.ask(&path, &question).await;
        taken.push(begun.elapsed());
    }
    taken.sort();
    eprintln!("ask: p50 {:?}, p95 {:?}", taken[25], taken[47]);
    world.document(&path, "new.md", "# Prices\n\nThe eight-week course costs 250 euros.").await;
    let begun = Instant::now();
    world.ask(&path, "How much does the eight-week course cost?").await;
    eprintln!("the first question after a new document: {:?}", begun.elapsed());
    for query in ["", "?page=400&limit=20", "?search=handbook-77", "?status=completed&search=HANDBOOK%2012"] {
        let begun = Instant::now();
        world.coach().get(&format!("{path}/documents{query}")).await.ok();
        eprintln!("list {query}: {:?}", begun.elapsed());
    }
}
