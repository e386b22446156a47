//! Vectors on request.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Caller, Named};
use input::rule;
use input::{Fields, Input};
use kernel::{CreatorId, Error, Kind, Result, Scope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Creator, Directory, store};

/// Ids in one request.
const MOST: usize = 1000;

/// A vector was made.
#[derive(Serialize, ToSchema)]
pub(super) struct Generated {
    /// Always `success`.
    status: &'static str,
    /// What was done, and by which model.
    message: String,
}

/// A vector was made.
#[derive(Serialize, ToSchema)]
pub(super) struct Embedded {
    creator_id: CreatorId,
    /// Always true: a vector that could not be made is an error.
    embedding_updated: bool,
    /// How many parts the vector has; the model's, which a setting chooses.
    #[schema(example = 256)]
    embedding_dimensions: usize,
    /// The model that made it.
    model: String,
}

/// Make a creator's vector
///
/// Entries get theirs by themselves when they are added or changed; this makes it anew.
#[utoipa::path(post, path = "/api/v1/ai/creator/{creator_id}/generate-embedding", tag = "AI matching",
    params(("creator_id" = String, Path, description = "The creator's id")), responses(
    (status = 200, description = "Made", body = Generated),
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

/// Make a creator's vector, and tell of it
#[utoipa::path(post, path = "/api/ai/embeddings/creator/{creator_id}", tag = "AI matching",
    params(("creator_id" = String, Path, description = "The creator's id")), responses(
    (status = 200, description = "Made", body = Embedded),
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

/// Creators whose vectors are wanted.
#[derive(Deserialize, ToSchema)]
pub(super) struct BatchInput {
    /// Up to a thousand ids.
    creator_ids: Vec<String>,
    /// Make vectors anew that are up to date?
    #[serde(default)]
    force_update: bool,
}

impl Input for BatchInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let creator_ids = fields.required("creator_ids", rule::list(MOST, rule::text(100)));
        let force_update = fields.optional("force_update", rule::flag());
        Some(Self { creator_ids: creator_ids?, force_update: force_update.unwrap_or(false) })
    }
}

/// What became of a batch.
#[derive(Serialize, ToSchema)]
pub(super) struct BatchDone {
    /// Ids that were looked at.
    processed: usize,
    /// Of these, creators who have an up-to-date vector now.
    successful: usize,
    /// Of these, ids of nobody.
    failed: usize,
    /// Each of them.
    details: Vec<BatchDetail>,
}

/// What became of one id.
#[derive(Serialize, ToSchema)]
pub(super) struct BatchDetail {
    /// As it was sent.
    creator_id: String,
    /// `success` or `failed`.
    status: &'static str,
    /// Why.
    message: String,
}

/// Make the vectors of many creators
///
/// An id of nobody fails by itself; the others are done.
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
