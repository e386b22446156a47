//! Cosines that are a little off, as another order of adding up makes them, never change a ranking: who is in doubt is asked for.

use creators::Filter;
use creators::vectors::Backend;
use db::Engine;
use kernel::CreatorId;
use matching::Prepared;
use matching::rank::{Ranking, Wanted};
use mind::rank::rank;
use testkit_db::fresh_db_with;

use crate::world::{crowd, import, local, migrations, twins, wishes};

/// Far more than single precision's rounding ever comes to.
const ERROR: f32 = 1e-3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_within_their_bound_change_nothing() {
    let fresh = fresh_db_with(Engine::Sqlite, &migrations()).await;
    let directory = local(fresh.db.clone(), Backend::Memory);
    import(&directory, crowd(3_000)).await;
    import(&directory, twins(30)).await;
    let mut state = 1_u64;
    let mut error = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f32 / (1 << 24) as f32 * 2.0 - 1.0) * ERROR * 0.99
    };
    let (mut seen, mut asked) = (0, 0);
    for wish in wishes() {
        let prepared = Prepared::new(&directory, wish).await.unwrap();
        let brief = &prepared.brief;
        for wanted in [
            Wanted::page(0, 10),
            Wanted { niche_first: true, ..Wanted::page(30, 20) },
            Wanted { least: 5_000, ..Wanted::page(0, 20) },
            Wanted { least_niche: 4_000, ..Wanted::page(0, 0) },
        ] {
            let (exact, mut ranking) = {
                let columns = directory.catalogue().read();
                let slots = columns.passing(&Filter::default());
                let mask = columns.mask_of(&Filter::default(), false);
                let exact = rank(columns.people(), brief, &prepared.labels, mask.bytes(), wanted);
                (exact, Ranking::new(&columns, brief, &prepared.labels, slots, wanted))
            };
            loop {
                let named = ranking.next(&directory.catalogue().read(), brief, 700);
                let Some(named) = named else { break };
                let ids = |slots: &[u32]| -> Vec<CreatorId> {
                    let columns = directory.catalogue().read();
                    slots.iter().map(|slot| columns.id(*slot)).collect()
                };
                let queries = [brief.topic(), brief.audience()];
                let cosines = directory.cosines(&ids(&named), queries).await.unwrap();
                let about: Vec<_> = cosines.iter().map(|pair| Some(pair.map(|cosine| cosine + error()))).collect();
                let open = ranking.take_about(&directory.catalogue().read(), brief, &about, ERROR);
                (seen, asked) = (seen + named.len(), asked + open.len());
                let cosines = directory.cosines(&ids(&open), queries).await.unwrap();
                ranking.settle(&directory.catalogue().read(), brief, &cosines);
            }
            assert_eq!(ranking.finish(), exact, "{:?} {wanted:?}", brief.wish());
        }
    }
    assert!(asked > 100, "nobody was in doubt: the test tests nothing");
    assert!(asked * 4 < seen, "{asked} of {seen} were asked for again: the bounds rule out too few");
}
