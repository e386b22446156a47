//! What the ranked side of the directory works with.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use creators::vectors::Backend;
use creators::{Creator, Directory, Filter};
use http_base::{App, Responses};
use kernel::{CreatorId, Result, Scope};
use mind::rank::{facts, rank};
use mind::score::Scores;
use ports::Llm;

use crate::afar;
use crate::currency::ExchangeRates;
use crate::prepare::Prepared;
use crate::rank::{Ranked, Wanted};

/// The directory, what understands queries, and what was answered lately. Cheap to clone.
#[derive(Clone)]
pub struct Matching {
    directory: Directory,
    llm: Option<Arc<dyn Llm>>,
    exchange: Arc<ExchangeRates>,
    /// Lists and searches, kept for the hour that B asks for.
    pub(crate) lists: Responses,
    /// Profiles, likewise.
    pub(crate) profiles: Responses,
}

impl FromRef<Matching> for App {
    fn from_ref(matching: &Matching) -> Self {
        matching.directory.app().clone()
    }
}

impl FromRef<Matching> for Directory {
    fn from_ref(matching: &Matching) -> Self {
        matching.directory.clone()
    }
}

impl Matching {
    /// Puts it together; with a language model, that reads queries first.
    pub fn new(directory: Directory, llm: Option<Arc<dyn Llm>>, exchange: ExchangeRates) -> Self {
        const AN_HOUR: Duration = Duration::from_hours(1);
        Self {
            directory,
            llm,
            exchange: Arc::new(exchange),
            lists: Responses::new("creator_lists", 64 << 20, AN_HOUR),
            profiles: Responses::new("creator_profiles", 64 << 20, AN_HOUR),
        }
    }

    /// The application.
    pub fn app(&self) -> &App {
        self.directory.app()
    }

    /// The directory.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// What reads queries before the local parser does, if anything.
    pub(crate) fn llm(&self) -> Option<&Arc<dyn Llm>> {
        self.llm.as_ref()
    }

    /// What other currencies are worth.
    pub fn exchange(&self) -> &ExchangeRates {
        &self.exchange
    }

    /// Ranks whoever passes the filter. With `vectors_only`, only those whose profile can be compared.
    pub async fn rank(
        &self,
        prepared: &Prepared,
        filter: Filter,
        wanted: Wanted,
        vectors_only: bool,
    ) -> Result<(Vec<Ranked>, usize)> {
        if self.directory.backend() == Backend::Pgvector {
            return afar::rank(&self.directory, prepared, filter, wanted, vectors_only).await;
        }
        let prepared = prepared.clone();
        self.directory
            .catalogue()
            .scan(move |columns| {
                let mask = columns.mask_of(&filter, vectors_only);
                rank(columns.people(), &prepared.brief, &prepared.labels, mask.bytes(), wanted)
            })
            .await
    }

    /// The scores of these creators, in their order; of someone who is not in the catalogue there are none.
    pub async fn scores(&self, prepared: &Prepared, ids: &[CreatorId]) -> Result<Vec<Option<Scores>>> {
        let brief = &prepared.brief;
        let cosines = self.directory.cosines(ids, [brief.topic(), brief.audience()]).await?;
        let columns = self.directory.catalogue().read();
        let score = |(id, [topic, audience]): (&CreatorId, [f32; 2])| {
            let facts = facts(columns.people(), brief, &prepared.labels, columns.slot(*id)?);
            Some(brief.combine(facts, topic, audience))
        };
        Ok(ids.iter().zip(cosines).map(score).collect())
    }

    /// The cosines of a creator with a wish's topic and audience.
    pub(crate) async fn cosines(&self, prepared: &Prepared, id: CreatorId) -> Result<[f32; 2]> {
        let queries = [prepared.brief.topic(), prepared.brief.audience()];
        Ok(self.directory.cosines(&[id], queries).await?.first().copied().unwrap_or_default())
    }

    /// The entries of these creators, in their order.
    pub(crate) async fn entries(&self, scope: Scope, ids: &[CreatorId]) -> Result<Vec<Creator>> {
        let mut tx = self.app().read().await?;
        creators::store::by_ids(scope, &mut tx, ids).await
    }
}
