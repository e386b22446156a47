//! How fast figures are told of a large audience.

use std::time::{Duration, Instant};

use testkit::{FreshDb, both_engines};

use crate::world::World;

/// So many members, who came on a third of the days since they were added.
const MEMBERS: u32 = 29_000;

/// Run by `tools/test --all`: it wants a machine of its own.
#[both_engines]
#[ignore = "a measurement"]
async fn figures_of_ten_million_interactions(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let today = world.today();
    let mut tx = world.hub.app().db().write_long().await.unwrap();
    let from = today.plus(-365);
    let begun = Instant::now();
    let (interactions, came) = audience::testing::crowd(&mut tx, world.own(), MEMBERS, (from, today)).await.unwrap();
    tx.commit().await.unwrap();
    world.hub.app().db().analyze().await.unwrap();
    println!("{interactions} interactions of {MEMBERS} members written in {:?}", begun.elapsed());
    assert!(interactions >= 10_000_000, "{interactions}");
    // The promise is one of an optimised build.
    let most = Duration::from_millis(if cfg!(debug_assertions) { 250 } else { 50 });
    let engine = world.hub.app().db().engine();
    // Comparing an answer with the document takes longer than making it.
    let coach = world.coach().before_routes();
    let mut slow = Vec::new();
    let mut queries = vec!["overview?period=1y".to_owned()];
    for granularity in ["day", "week", "month"] {
        for (metric, segment) in
            [("users", "channel"), ("users", "user_type"), ("interactions", "channel"), ("channels", "channel")]
        {
            queries.push(format!(
                "detailed?metric={metric}&segment={segment}&granularity={granularity}&start_date={from}&end_date={today}"
            ));
        }
    }
    for query in queries {
        let mut times = Vec::new();
        for _ in 0..11 {
            let begun = Instant::now();
            coach.get(&format!("/api/v1/analytics/{query}")).await.ok();
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        println!("{engine:?} {query}: p50 {:?}, most {:?}", times[5], times[10]);
        if times[5] > most {
            slow.push(query);
        }
    }
    assert!(slow.is_empty(), "slower than {most:?}: {slow:?}");
    let users = world.get(&format!("/api/v1/analytics/detailed?metric=users&start_date={from}&end_date={today}")).await;
    assert_eq!(users["totals"]["distinct_users"], came);
}
