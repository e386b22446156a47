//! At a hundred thousand creators: taken in, listed to the last page, ranked; and a broken quote half-way.

use std::io::Cursor;

use kernel::Scope;
use serde_json::{Value, json};
use testkit::both_engines;

use crate::world::What::Empty;
use crate::world::{World, fitband, texts, with};

/// A table of so many, with a broken quote in this row.
fn table(people: usize, broken: usize) -> Vec<u8> {
    let mut table = Vec::new();
    samples::write_csv(samples::crowd(20, people), &mut table).unwrap();
    let mut lines: Vec<&[u8]> = table.split(|byte| *byte == b'\n').collect();
    assert_eq!(lines.len(), people + 2, "every row is a line of its own");
    let bad = [b"\"Broken, ", lines[broken]].concat();
    lines[broken] = &bad;
    lines.join(&b'\n')
}

async fn page(world: &World, query: &str) -> Value {
    world.client.get(&format!("/api/v1/creators?{query}")).await.ok()
}

/// Takes so many in, with a broken quote in the middle, and looks at lists and rankings of them.
async fn many(world: &World, people: usize) {
    let broken = people / 2;
    let source = Box::new(Cursor::new(table(people, broken)));
    let directory = &world.server.directory;
    let mut batches = 0;
    let report =
        creators::import(directory, Scope::system(), None, source, Some(creators::Format::Csv), |_, _| batches += 1)
            .await
            .unwrap();
    assert_eq!((report.processed, report.added, report.failed), (people as u64, people as u64 - 1, 1));
    assert_eq!(report.errors[0].line, broken as u64 + 1, "{}", report.errors[0].message);
    assert!(batches >= people / 1000);
    let all = people as u64 - 1;

    let first = page(world, "limit=100&sort=followers").await;
    assert_eq!(first["total"], all);
    let mut seen = std::collections::HashSet::new();
    let mut last = u64::MAX;
    for offset in [0, 100, 200, all / 2, all / 2 + 100, all - 150, all - 50, all, all + 1000] {
        let page = page(world, &format!("limit=100&sort=followers&offset={offset}")).await;
        assert_eq!(page["total"], all);
        let creators = page["creators"].as_array().unwrap();
        assert_eq!(creators.len() as u64, all.saturating_sub(offset).min(100), "{offset}");
        for creator in creators {
            let followers = creator["followers_count_numeric"].as_u64().unwrap();
            assert!(followers <= last, "{offset}");
            last = followers;
            seen.insert(creator["id"].to_string());
        }
        if offset == all - 50 {
            last = 0;
        }
    }
    assert!(seen.len() >= 550, "pages do not overlap: {}", seen.len());

    let narrow = page(world, "country=Spain&niche=fitness&min_followers=100000&min_engagement=2&limit=100").await;
    let found = narrow["creators"].as_array().unwrap();
    assert!(!found.is_empty() && (found.len() as u64) <= narrow["total"].as_u64().unwrap());
    assert!(found.iter().all(|own| own["niche"] == "Fitness" && own["country"] == "Spain"));
    let named = page(world, "search=mar%C3%ADa&limit=5").await;
    assert!(named["total"].as_u64().unwrap() > 50, "{}", named["total"]);

    let campaign = world.campaign(json!({"excluded_niches": ["fitness"]})).await;
    let ranked = page(world, &format!("campaign_id={}&limit=100", campaign["campaign_code"].as_str().unwrap())).await;
    let matches: Vec<f64> =
        ranked["creators"].as_array().unwrap().iter().map(|own| own["match_percentage"].as_f64().unwrap()).collect();
    assert!(matches.len() == 100 && matches.is_sorted_by(|one, next| one >= next), "{matches:?}");
    assert!(!texts(&ranked["creators"], "niche").contains(&"Fitness".to_owned()));
    let deep =
        page(world, &format!("campaign_id={}&limit=100&offset={}", campaign["id"].as_str().unwrap(), all / 3)).await;
    let next: Vec<f64> =
        deep["creators"].as_array().unwrap().iter().map(|own| own["match_percentage"].as_f64().unwrap()).collect();
    assert!(next.len() == 100 && next[0] <= matches[99]);
    let best = world.client.post("/api/v1/ai/similaritysearch", &with(fitband(), json!({"limit": 10}))).await.ok();
    assert_eq!(best["matches"].as_array().unwrap().len(), 10);
    let said = json!({"query": "microinfluencers de cocina vegana en España con más de 5% de engagement, hasta 800€"});
    let search = world.client.post("/api/v1/creators/search", &said).await.ok();
    assert!(!search["creators"].as_array().unwrap().is_empty(), "{search}");
}

/// Campaigns to the last page, with as many rows as a busy install has.
async fn many_campaigns(world: &World, campaigns: u64) {
    for _ in 0..campaigns / 50 {
        futures::future::join_all((0..50).map(|_| world.campaign(json!({})))).await;
    }
    let mut seen = std::collections::HashSet::new();
    for offset in (0..campaigns + 100).step_by(100) {
        let list = world.client.get(&format!("/api/v1/campaigns?limit=100&offset={offset}")).await.ok();
        assert_eq!((&list["total"], &list["total_pages"]), (&json!(campaigns), &json!(campaigns.div_ceil(100))));
        seen.extend(texts(&list["campaigns"], "campaign_code"));
    }
    assert_eq!(seen.len() as u64, campaigns, "no page shows what another has shown");
}

#[both_engines(Empty)]
async fn ten_thousand_are_listed_and_ranked(world: World) {
    many(&world, 10_000).await;
}

#[both_engines(Empty)]
#[ignore = "takes minutes in an unoptimised build: tools/test --all runs it"]
async fn a_hundred_thousand_are_listed_and_ranked(world: World) {
    many(&world, 100_000).await;
}

#[both_engines(Empty)]
async fn a_thousand_campaigns_are_paged(world: World) {
    many_campaigns(&world, 1_000).await;
}
