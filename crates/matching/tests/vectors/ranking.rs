//! Rankings are the same, whoever compares the vectors.

use creators::Filter;
use kernel::Platform;
use matching::Prepared;
use matching::rank::Wanted;

use crate::world::{both, crowd, import, matching, twins, wishes, with_pgvector};

fn wanted() -> [Wanted; 6] {
    [
        Wanted::page(0, 10),
        Wanted::page(40, 25),
        Wanted { least: 5_000, ..Wanted::page(0, 30) },
        Wanted { least_niche: 4_000, niche_first: true, ..Wanted::page(10, 10) },
        Wanted { least: 4_500, least_niche: 3_000, ..Wanted::page(0, 0) },
        Wanted::page(0, 100_000),
    ]
}

fn filters() -> [(Filter, bool); 4] {
    [
        (Filter::default(), false),
        (Filter::default(), true),
        (Filter { platforms: vec![Platform::YouTube], ..Filter::default() }, false),
        (Filter { min_followers: Some(300_000), min_engagement: Some(1.0), ..Filter::default() }, true),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pgvector_ranks_as_the_index_in_memory_does() {
    let Some(fresh) = with_pgvector().await else { return };
    let [here, afar] = both(&fresh).await;
    import(&afar, crowd(2_000)).await;
    import(&afar, twins(40)).await;
    let [memory, pgvector] = [&here, &afar].map(matching);
    let mut compared = 0;
    for wish in wishes() {
        let ours = Prepared::new(&here, wish.clone()).await.unwrap();
        let theirs = Prepared::new(&afar, wish.clone()).await.unwrap();
        for (filter, vectors_only) in filters() {
            for wanted in wanted() {
                let (one, total) = memory.rank(&ours, filter.clone(), wanted, vectors_only).await.unwrap();
                let (other, of) = pgvector.rank(&theirs, filter.clone(), wanted, vectors_only).await.unwrap();
                let shown = |ranked: &[matching::rank::Ranked]| {
                    ranked.iter().map(|ranked| (ranked.id, ranked.scores)).collect::<Vec<_>>()
                };
                assert_eq!((shown(&one), total), (shown(&other), of), "{wish:?} {filter:?} {wanted:?} {vectors_only}");
                compared += one.len();
            }
        }
        // One by one, as a profile or a sorted list shows them, they have the scores of the ranking.
        let (ranked, _) = pgvector.rank(&theirs, Filter::default(), Wanted::page(0, 50), false).await.unwrap();
        let ids: Vec<_> = ranked.iter().map(|ranked| ranked.id).collect();
        let scores = pgvector.scores(&theirs, &ids).await.unwrap();
        assert_eq!(scores, memory.scores(&ours, &ids).await.unwrap());
        assert_eq!(scores, ranked.iter().map(|ranked| Some(ranked.scores)).collect::<Vec<_>>());
    }
    assert!(compared > 10_000, "only {compared} places were compared");
    assert_eq!(afar.catalogue().read().vector_bytes(), 0, "no vector is kept twice");
    assert_eq!(here.catalogue().read().vector_count(), afar.catalogue().read().vector_count());
}
