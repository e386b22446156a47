//! A hundred thousand offers.

use std::time::{Duration, Instant};

use kernel::{Amount, OfferId, Scope, Timestamp};
use marketplace::TOPIC;
use marketplace::model::{Category, Network, Offer};
use serde_json::json;
use testkit::{Client, FreshDb, both_engines};

use crate::world::World;

const MANY: usize = 100_000;

/// How long an answer takes in the middle.
async fn measured(client: &Client, path: &str) -> Duration {
    let mut times = Vec::new();
    for _ in 0..21 {
        let started = Instant::now();
        client.get(path).await.ok();
        times.push(started.elapsed());
    }
    times.sort_unstable();
    times[10]
}

#[both_engines]
#[ignore = "takes a minute; prints the figures"]
async fn a_list_of_a_hundred_thousand(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.entry("mia", json!({})).await;
    let first = world.published(&World::example()).await;
    let id: OfferId = first.rsplit('/').next().unwrap().parse().unwrap();
    let mut tx = world.app.db().write_long().await.unwrap();
    let model = marketplace::store::offers::find(Scope::system(), &mut tx, id).await.unwrap().unwrap();
    let seq = tx.next_version(TOPIC).await.unwrap();
    let offers: Vec<Offer> = (1..MANY)
        .map(|at| {
            let mut one = model.clone();
            let number = at.cast_signed() as i64;
            let published = model.created_at.plus(number);
            (one.id, one.seq) = (world.clock.id_at(published), seq);
            one.title = format!("Offer {at} of the summer {}", at % 100);
            one.category = Category::ALL[at % Category::ALL.len()];
            one.platforms.0 = vec![Network::ALL[at % 4]];
            one.budget_max = Amount::from_minor(60_000 + (number % 5_000) * 100);
            one.applications_count = (at % 90) as u64;
            one.published_at = Some(published);
            one.application_deadline =
                Some(Timestamp::from_micros(published.micros() + 86_400_000_000 * (1 + number % 30)));
            one
        })
        .collect();
    tx.insert_all(&offers).await.unwrap();
    tx.commit().await.unwrap();
    let engine = world.app.db().engine();
    let started = Instant::now();
    assert_eq!(world.anyone.get("/api/v1/offers").await.ok()["total"], MANY);
    eprintln!("{engine:?}: read into memory in {:?}", started.elapsed());
    for (name, query) in [
        ("the newest", ""),
        (
            "filters and eligibility",
            "platforms=INSTAGRAM&budget_min=700&budget_max=4000&country=ES&is_open=true&eligible=true",
        ),
        ("words", "search=summer%2042&eligible=true"),
        ("by the match", "eligible=true&sort_by=match"),
        ("a deep page", "page=4000&limit=20"),
        ("a deep page by the budget", "sort_by=budget&page=2500&limit=20"),
    ] {
        let middle = measured(&world.creator, &format!("/api/v1/offers?{query}")).await;
        eprintln!("{engine:?}: {name}: {middle:?}");
        // Unoptimised the figures say nothing. On PostgreSQL most of the time is spent waiting for it.
        assert!(cfg!(debug_assertions) || middle < Duration::from_millis(12), "{name}: {middle:?}");
    }
}
