//! Vectors on request.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Caller, Named};
use input::Input;
use kernel::{CreatorId, Error, Kind, Result, Scope};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Creator, Directory, store};

/// Ids in one request.
const MOST: usize = 1000;

/// A creator's embedding was generated.
#[derive(Serialize, ToSchema)]
pub(super) struct Generated {
    /// Always `success`.
    status: &'static str,
    /// What was done, and by which model.
    message: String,
}

/// A creator's embedding was generated.
#[derive(Serialize, ToSchema)]
pub(super) struct Embedded {
    /// The creator.
    creator_id: CreatorId,
    /// Always true: an embedding that could not be generated is an error.
    embedding_updated: bool,
    /// How many numbers the embedding has; the model decides, and a setting chooses the model.
    #[schema(example = 256)]
    embedding_dimensions: usize,
    /// The model that generated it.
    model: String,
}

/// Generate a creator's embedding
///
/// Embeddings are what searches by meaning compare. An entry gets its own when it is added or changed; this generates it anew.
#[utoipa::path(post, path = "/api/v1/ai/creator/{creator_id}/generate-embedding", tag = "AI matching",
    params(("creator_id" = String, Path, description = "The creator's id")), responses(
    (status = 200, description = "The embedding was generated", body = Generated),
    (status = 502, description = "The embedding provider failed"),
))]
pub(super) async fn generate(
    State(directory): State<Directory>,
    caller: Caller,
    name: Named,
) -> Answer<Json<Generated>> {
    remake(&directory, caller.scope(), name.id("Creator")?).await?;
    let message = format!("Creator embedding generated successfully by {}", directory.embedder().model());
    Ok(Json(Generated { status: "success", message }))
}

/// Generate a creator's embedding, with details
///
/// Does the same as `/api/v1/ai/creator/{creator_id}/generate-embedding`, and answers with the model and the size of the embedding.
#[utoipa::path(post, path = "/api/ai/embeddings/creator/{creator_id}", tag = "AI matching",
    params(("creator_id" = String, Path, description = "The creator's id")), responses(
    (status = 200, description = "The embedding was generated", body = Embedded),
    (status = 502, description = "The embedding provider failed"),
))]
pub(super) async fn embed_one(
    State(directory): State<Directory>,
    caller: Caller,
    name: Named,
) -> Answer<Json<Embedded>> {
    let id = name.id("Creator")?;
    remake(&directory, caller.scope(), id).await?;
    let embedder = directory.embedder();
    Ok(Json(Embedded {
        creator_id: id,
        embedding_updated: true,
        embedding_dimensions: embedder.dims(),
        model: embedder.model().to_owned(),
    }))
}

async fn remake(directory: &Directory, scope: Scope, id: CreatorId) -> Result<()> {
    let mut tx = directory.app().read().await?;
    let creator = store::by_id(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Creator"))?;
    drop(tx);
    make(directory, scope, &[creator]).await
}

/// Makes the vectors of these entries and keeps those of entries that did not change meanwhile.
async fn make(directory: &Directory, scope: Scope, creators: &[Creator]) -> Result<()> {
    let texts: Vec<String> = creators.iter().map(Creator::profile_text).collect();
    let vectors = directory.embed(texts.clone()).await?;
    let rows: Vec<_> = creators
        .iter()
        .zip(&texts)
        .zip(&vectors)
        .map(|((creator, text), vector)| (creator, text.as_str(), &vector[..]))
        .collect();
    let app = directory.app();
    let mut tx = app.write().await?;
    store::save_vectors(scope, &mut tx, directory.space(), &rows, app.clock().now()).await?;
    tx.commit().await?;
    directory.catalogue().fresh().await.map(drop)
}

/// Creators whose embeddings are to be generated.
#[derive(Input)]
#[input(name = "EmbeddingBatch")]
pub(super) struct BatchInput {
    /// The ids of the creators.
    #[input(list(MOST, text(100)))]
    creator_ids: Vec<String>,
    /// Whether embeddings that are up to date are generated anew as well.
    #[input(flag, default = false)]
    force_update: bool,
}

/// What became of a batch of embeddings.
#[derive(Serialize, ToSchema)]
#[schema(as = EmbeddingBatchResult)]
pub(super) struct BatchDone {
    /// How many ids were given.
    processed: usize,
    /// How many of them belong to creators who have an up-to-date embedding now.
    successful: usize,
    /// How many of them belong to nobody.
    failed: usize,
    /// What became of each id, in the order that was sent.
    details: Vec<BatchDetail>,
}

kernel::word_schema!(EmbeddingOutcome, "Whether an embedding was generated.", "success" | "failed");

/// What became of one id.
#[derive(Serialize, ToSchema)]
#[schema(as = EmbeddingResult)]
pub(super) struct BatchDetail {
    /// The id, as it was sent.
    creator_id: String,
    /// `success` or `failed`.
    #[schema(value_type = EmbeddingOutcome)]
    status: &'static str,
    /// What was done, or why it failed.
    message: String,
}

/// Generate the embeddings of many creators
///
/// Ids that belong to nobody are reported as failed; the others are done all the same.
#[utoipa::path(post, path = "/api/ai/embeddings/batch", tag = "AI matching", request_body = BatchInput, responses(
    (status = 200, description = "What became of each", body = BatchDone),
    (status = 502, description = "The embedding provider failed"),
))]
pub(super) async fn embed_batch(
    State(directory): State<Directory>,
    caller: Caller,
    Body { input, .. }: Body<BatchInput>,
) -> Answer<Json<BatchDone>> {
    let mut ids: Vec<CreatorId> = input.creator_ids.iter().filter_map(|id| id.parse().ok()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut tx = directory.app().read().await?;
    let creators = store::by_ids(caller.scope(), &mut tx, &ids).await?;
    drop(tx);
    directory.catalogue().fresh().await?;
    let has_vector = |creator: &&Creator| directory.catalogue().has_vector(creator.id);
    let due: Vec<Creator> =
        creators.iter().filter(|creator| input.force_update || !has_vector(creator)).cloned().collect();
    let failure = if due.is_empty() { None } else { make(&directory, caller.scope(), &due).await.err() };
    if let Some(error) = failure {
        return Err(if error.kind() == Kind::Internal { error } else { error.because("a batch of vectors") }.into());
    }
    let details: Vec<BatchDetail> = input
        .creator_ids
        .into_iter()
        .map(|creator_id| {
            let id = creator_id.parse().ok();
            let known = id.is_some_and(|id| creators.iter().any(|creator| creator.id == id));
            let made = id.is_some_and(|id| due.iter().any(|creator| creator.id == id));
            let (status, message) = match (known, made) {
                (false, _) => ("failed", "Creator not found"),
                (true, true) => ("success", "Embedding generated"),
                (true, false) => ("success", "Embedding is up to date"),
            };
            BatchDetail { creator_id, status, message: message.to_owned() }
        })
        .collect();
    let failed = details.iter().filter(|detail| detail.status == "failed").count();
    Ok(Json(BatchDone { processed: details.len(), successful: details.len() - failed, failed, details }))
}
