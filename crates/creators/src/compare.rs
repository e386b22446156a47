//! Comparing vectors, wherever they are: by the index in memory, or by pgvector.

use std::collections::HashMap;

use kernel::{CreatorId, Result, Scope};
use mind::index::{self, VectorIndex};

use crate::catalogue::Columns;
use crate::embedding::unpack;
use crate::store::{self, Compared};
use crate::vectors::Backend;
use crate::{Directory, Filter};

/// Up to so many creators are compared by their ids; with more it is sooner done to have everyone's nearest and leave out who
/// does not pass.
const FEW: usize = 5_000;
/// More are asked for than are wanted, to see whether the last ones are equally near.
const SPARE: usize = 8;
/// Where more than one in so many is to be compared, reading the whole table is quicker than looking each one up (measured).
const ONE_IN: usize = 6;
/// Ids in one statement that reads stored vectors.
const AT_ONCE: usize = 1_000;

impl Directory {
    /// How far a product of [`Directory::products`] may be from the exact one, with this query, of unit vectors: twice what
    /// rounding can come to when that many numbers are added up in single precision, and what the index rounds off the query.
    pub fn product_error(query: &[f32]) -> f32 {
        1.2e-7 * query.len() as f32 + index::rounding(query)
    }

    fn compared(&self) -> Compared<'_> {
        Compared { model: self.embedder().model(), dims: self.embedder().dims() }
    }

    /// The cosines of these creators with two queries, in their order, the same on every backend to the last bit. With a query
    /// of another length than the vectors', and of creators without a vector, they are 0.
    pub async fn cosines(&self, ids: &[CreatorId], queries: [&[f32]; 2]) -> Result<Vec<[f32; 2]>> {
        if self.backend() == Backend::Memory {
            let columns = self.catalogue().read();
            let slots: Vec<u32> = ids.iter().map(|id| columns.slot(*id).unwrap_or(u32::MAX)).collect();
            return Ok(dots(columns.vectors(), &slots, queries));
        }
        let mut index = VectorIndex::new(self.embedder().dims());
        let mut tx = self.app().read().await?;
        for (part, ids) in ids.chunks(AT_ONCE).enumerate() {
            let stored = store::stored(Scope::system(), &mut tx, self.embedder().model(), ids).await?;
            let stored: HashMap<CreatorId, Vec<u8>> = stored.into_iter().collect();
            for (place, id) in ids.iter().enumerate() {
                if let Some(vector) = stored.get(id).and_then(|bytes| unpack(bytes, index.dims())) {
                    index.set((part * AT_ONCE + place) as u32, &vector);
                }
            }
        }
        let slots: Vec<u32> = (0..ids.len() as u32).collect();
        Ok(dots(&index, &slots, queries))
    }

    /// The products of these creators' vectors with two queries by pgvector, in their order; nothing of creators without a
    /// vector. Near the cosines: see [`Directory::product_error`].
    pub async fn products(&self, ids: &[CreatorId], queries: [&[f32]; 2]) -> Result<Vec<Option<[f32; 2]>>> {
        let all = self.catalogue().read().vector_count();
        let mut tx = self.app().read().await?;
        let these = (ids.len() <= FEW || ids.len() < all / ONE_IN).then_some(ids);
        let found = store::products(Scope::system(), &mut tx, self.compared(), these, queries).await?;
        drop(tx);
        let places: HashMap<CreatorId, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        let mut products = vec![None; ids.len()];
        for (id, product) in found {
            if let Some(place) = places.get(&id) {
                products[*place] = Some(product);
            }
        }
        Ok(products)
    }

    /// The creators who pass the filter and are nearest to the query, at most so many, with their cosines: the nearest first, equally
    /// near ones by id.
    pub async fn nearest(&self, query: Vec<f32>, filter: Filter, limit: usize) -> Result<Vec<(CreatorId, f32)>> {
        if limit == 0 || query.len() != self.embedder().dims() || !query.iter().all(|part| part.is_finite()) {
            return Ok(Vec::new());
        }
        match self.backend() {
            Backend::Memory => {
                self.catalogue().scan(move |columns| nearest_here(columns, &query, &filter, limit)).await
            }
            Backend::Pgvector => self.nearest_afar(&query, filter, limit).await,
        }
    }

    async fn nearest_afar(&self, query: &[f32], filter: Filter, limit: usize) -> Result<Vec<(CreatorId, f32)>> {
        let passing = self.catalogue().scan(move |columns| {
            let mut slots = columns.passing(&filter);
            slots.retain(|slot| columns.has_vector(*slot));
            slots
        });
        let passing = passing.await?;
        let error = 2.0 * Self::product_error(query);
        let mut near = if passing.len() <= FEW {
            let ids: Vec<CreatorId> = {
                let columns = self.catalogue().read();
                passing.iter().map(|slot| columns.id(*slot)).collect()
            };
            let products = self.products(&ids, [query, &[]]).await?;
            let known = ids.into_iter().zip(products).filter_map(|(id, product)| Some((id, product?[0])));
            let mut near: Vec<(CreatorId, f32)> = known.collect();
            near.sort_unstable_by(|a, b| b.1.total_cmp(&a.1));
            near
        } else {
            self.nearest_passing(query, &passing, limit, error).await?
        };
        // PostgreSQL's products say who may be among the nearest; the order is that of the exact ones.
        if let Some(&(_, last)) = near.get(limit - 1) {
            near.retain(|(_, product)| *product >= last - error);
        }
        let ids: Vec<CreatorId> = near.into_iter().map(|(id, _)| id).collect();
        let cosines = self.cosines(&ids, [query, &[]]).await?;
        Ok(best(ids.into_iter().zip(cosines).map(|(id, [cosine, _])| (id, cosine)).collect(), limit))
    }

    /// Those of these slots who may be among the nearest, by their products, best first.
    async fn nearest_passing(
        &self,
        query: &[f32],
        passing: &[u32],
        limit: usize,
        error: f32,
    ) -> Result<Vec<(CreatorId, f32)>> {
        let (mut passes, all) = {
            let columns = self.catalogue().read();
            (vec![false; columns.slots()], columns.vector_count())
        };
        for slot in passing {
            passes[*slot as usize] = true;
        }
        // Twice as many as would do if who passes were strewn evenly among the near and the far.
        let mut asked = 2 * limit * all.div_ceil(passing.len()) + SPARE;
        loop {
            let mut tx = self.app().read().await?;
            let found = store::nearest(Scope::system(), &mut tx, self.compared(), query, asked).await?;
            drop(tx);
            let seen_all = found.len() < asked;
            let farthest = found.last().map_or(f32::NEG_INFINITY, |(_, product)| *product);
            let columns = self.catalogue().read();
            let passing = |id: CreatorId| {
                columns.slot(id).is_some_and(|slot| passes.get(slot as usize).copied().unwrap_or(false))
            };
            let near: Vec<_> = found.into_iter().filter(|(id, _)| passing(*id)).collect();
            if seen_all || near.get(limit - 1).is_some_and(|(_, last)| farthest < last - error) {
                return Ok(near);
            }
            asked = asked.saturating_mul(4);
        }
    }
}

fn nearest_here(columns: &Columns, query: &[f32], filter: &Filter, limit: usize) -> Vec<(CreatorId, f32)> {
    let bits = columns.mask_of(filter, false).bits();
    let mut asked = limit + SPARE;
    loop {
        let hits = columns.vectors().search(query, asked, index::Filter::Bits(&bits));
        // Slots are another order than ids: everyone who is as near as the last one has to be seen.
        if hits.len() < asked || hits[asked - 1].score < hits[limit - 1].score {
            return best(hits.into_iter().map(|hit| (columns.id(hit.slot), hit.score)).collect(), limit);
        }
        asked = asked.saturating_mul(4);
    }
}

fn best(mut found: Vec<(CreatorId, f32)>, limit: usize) -> Vec<(CreatorId, f32)> {
    found.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    found.truncate(limit);
    found
}

fn dots(index: &VectorIndex, slots: &[u32], queries: [&[f32]; 2]) -> Vec<[f32; 2]> {
    let mut cosines = Vec::new();
    index.dots_of_two(slots, queries, &mut cosines);
    cosines
}
