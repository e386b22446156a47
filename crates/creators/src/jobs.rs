//! What the directory does by itself: vectors that are missing, and norms that follow the data.

use std::time::Duration;

use jobs::{Failure, Registry};
use kernel::{CreatorId, Result, Scope};

use crate::{Directory, store};

/// Makes every vector that is missing or another model's.
pub(crate) const EMBED: &str = "creators.embed";
/// Learns what engagement is usual.
pub(crate) const NORMS: &str = "creators.norms";

/// Entries in one transaction; a provider is asked for so many at once.
const BATCH: u32 = 256;

/// The directory's jobs.
pub fn jobs(directory: &Directory) -> Registry {
    let mut registry = Registry::new();
    let embedding = directory.clone();
    registry.on_within(EMBED, Duration::from_secs(3600), move |_, _| {
        let directory = embedding.clone();
        async move { embed_stale(&directory, |_| {}).await.map(drop).map_err(Failure::from) }
    });
    let learning = directory.clone();
    registry.on(NORMS, move |_, _| {
        let directory = learning.clone();
        async move { directory.learn_norms().await.map_err(Failure::from) }
    });
    registry.every(Duration::from_secs(24 * 3600), NORMS);
    registry
}

/// Makes the vector of every entry that has none of the present model, batch by batch. May be broken off and run again.
/// `told` hears how many were made so far. Answers how many.
pub async fn embed_stale(directory: &Directory, mut told: impl FnMut(u64) + Send) -> Result<u64> {
    let scope = Scope::system();
    let app = directory.app();
    let model = directory.embedder().model().to_owned();
    let mut after = CreatorId::from_uuid(uuid::Uuid::nil());
    let mut made = 0;
    loop {
        let mut tx = app.read().await?;
        let stale = store::stale(scope, &mut tx, &model, after, BATCH).await?;
        drop(tx);
        let Some(last) = stale.last() else { break };
        after = last.id;
        let texts: Vec<String> = stale.iter().map(crate::Creator::profile_text).collect();
        let vectors = directory.embed(texts.clone()).await?;
        let rows: Vec<_> = stale
            .iter()
            .zip(&texts)
            .zip(&vectors)
            .map(|((creator, text), vector)| (creator, text.as_str(), &vector[..]))
            .collect();
        let mut tx = app.db().write_long().await?;
        made += store::save_vectors(scope, &mut tx, directory.space(), &rows, app.clock().now()).await?;
        tx.commit().await?;
        told(made);
    }
    directory.catalogue().fresh().await?;
    Ok(made)
}
