//! Ranking where the vectors are in PostgreSQL: the same order and the same scores, to the last hundredth, as in memory.
//!
//! PostgreSQL adds up in another order, so its products are a little off. Where that could change a score or a place, the few
//! stored vectors that it is about are fetched and compared as in memory.

use creators::{Directory, Filter};
use kernel::{CreatorId, Result};

use crate::prepare::Prepared;
use crate::rank::{Ranked, Ranking, Wanted};

/// Creators whose products are asked for at first: mostly these are enough, and each asking costs more than its products.
const FIRST: usize = 4_000;
/// Each further time it is so many times more.
const FURTHER: usize = 8;

/// Ranks whoever passes the filter.
pub(crate) async fn rank(
    directory: &Directory,
    prepared: &Prepared,
    filter: Filter,
    wanted: Wanted,
    vectors_only: bool,
) -> Result<(Vec<Ranked>, usize)> {
    let catalogue = directory.catalogue();
    let brief = prepared.brief.clone();
    let queries = [brief.topic(), brief.audience()];
    let error = queries.into_iter().map(Directory::product_error).fold(0.0, f32::max);
    let begun = prepared.clone();
    let mut ranking = catalogue
        .scan(move |columns| {
            let mut slots = columns.passing(&filter);
            if vectors_only {
                slots.retain(|slot| columns.has_vector(*slot));
            }
            Ranking::new(columns, &begun.brief, &begun.labels, slots, wanted)
        })
        .await?;
    let mut most = if wanted.counts() { usize::MAX } else { FIRST };
    loop {
        let named: Option<Vec<CreatorId>> = {
            let columns = catalogue.read();
            let slots = ranking.next(&columns, &brief, most);
            slots.map(|slots| slots.iter().map(|slot| columns.id(*slot)).collect())
        };
        let Some(ids) = named else { return Ok(ranking.finish()) };
        most = most.saturating_mul(FURTHER);
        let products = directory.products(&ids, queries).await?;
        let compared = prepared.brief.clone();
        let taken = catalogue.scan(move |columns| {
            let open = ranking.take_about(columns, &compared, &products, error);
            let open: Vec<CreatorId> = open.into_iter().map(|slot| columns.id(slot)).collect();
            (ranking, open)
        });
        let (mut taken, open) = taken.await?;
        if !open.is_empty() {
            let cosines = directory.cosines(&open, queries).await?;
            taken.settle(&catalogue.read(), &brief, &cosines);
        }
        ranking = taken;
    }
}
