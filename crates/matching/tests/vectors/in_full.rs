//! A ranking that looks at few is the one that looks at everybody.

use creators::Filter;
use creators::vectors::Backend;
use db::Engine;
use kernel::CreatorId;
use matching::Prepared;
use matching::rank::Wanted;
use mind::rank::rank;
use mind::score::Scores;
use testkit_db::fresh_db_with;

use crate::world::{crowd, import, local, matching, migrations, twins, wishes};

/// From this score on the name of a niche is the wished one.
const SAME_NICHE: u16 = 8_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_overlooked() {
    let fresh = fresh_db_with(Engine::Sqlite, &migrations()).await;
    let directory = local(fresh.db.clone(), Backend::Memory);
    // More than a tier of them.
    import(&directory, crowd(4_000)).await;
    import(&directory, twins(30)).await;
    let matching = matching(&directory);
    for wish in wishes().into_iter().take(3) {
        let prepared = Prepared::new(&directory, wish).await.unwrap();
        let slots = directory.catalogue().read().passing(&Filter::default());
        let ids: Vec<CreatorId> = {
            let columns = directory.catalogue().read();
            slots.iter().map(|slot| columns.id(*slot)).collect()
        };
        let scores = matching.scores(&prepared, &ids).await.unwrap();
        let everyone: Vec<(CreatorId, Scores)> = ids.into_iter().zip(scores.into_iter().map(Option::unwrap)).collect();
        for wanted in [
            Wanted::page(0, 10),
            Wanted::page(300, 20),
            Wanted::page(2_500, 100),
            Wanted::page(20_000, 10),
            Wanted::page(0, 0),
            Wanted { niche_first: true, ..Wanted::page(0, 25) },
            Wanted { least: 5_000, ..Wanted::page(10, 20) },
            Wanted { least: 3_000, least_niche: 4_000, niche_first: true, ..Wanted::page(0, 20) },
            Wanted { least_niche: 6_000, ..Wanted::page(0, 0) },
        ] {
            let columns = directory.catalogue().read();
            let mask = columns.mask_of(&Filter::default(), false);
            let (ranked, total) = rank(columns.people(), &prepared.brief, &prepared.labels, mask.bytes(), wanted);
            let comes_first = |id: CreatorId| {
                let label = columns.slot(id).map_or(u16::MAX, |slot| prepared.label(columns.view(slot).niche));
                wanted.niche_first && label != u16::MAX && label >= SAME_NICHE
            };
            let mut expected = everyone.clone();
            expected.retain(|(_, scores)| scores.total() >= wanted.least && scores.niche_match >= wanted.least_niche);
            assert_eq!(total, expected.len(), "{wanted:?}");
            expected.sort_by_key(|(id, scores)| (!comes_first(*id), std::cmp::Reverse(scores.total()), *id));
            let expected: Vec<_> = expected.into_iter().skip(wanted.offset).take(wanted.limit).collect();
            let ranked: Vec<_> = ranked.into_iter().map(|ranked| (ranked.id, ranked.scores)).collect();
            assert_eq!(ranked, expected, "{:?} {wanted:?}", prepared.brief.wish());
        }
    }
}
