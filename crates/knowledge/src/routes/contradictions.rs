//! Contradictions between documents: listed, dismissed.

use axum::Json;
use axum::extract::State;
use http_base::path::Two;
use http_base::{Answer, Done, Member, Named, Pages, Pagination, Params, Routes, done, routes};
use kernel::{Error, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::base_of;
use crate::Knowledge;
use crate::model::{Contradiction, ContradictionId, Document, DocumentId};
use crate::store;

pub(super) fn router() -> Routes<Knowledge> {
    Routes::new().with(routes!(list)).with(routes!(dismiss))
}

/// What a document says: the characters `start` to `end` of its text are `quote`.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeClaim)]
struct ClaimBody {
    /// The document.
    document_id: DocumentId,
    /// Its title.
    document_title: String,
    /// Of when it is: as was said, or else when it was uploaded.
    dated: Timestamp,
    /// What it says, to the letter.
    #[schema(example = "The course costs 200 euros.")]
    quote: String,
    /// Where that begins in its text, in characters,
    start: u64,
    /// and where it ends.
    end: u64,
}

/// Two documents that say different things of the same.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeContradiction)]
struct ContradictionBody {
    /// Its id.
    id: ContradictionId,
    /// What the document of the earlier date says,
    older: ClaimBody,
    /// and what the one of the later date says: that is what is answered.
    newer: ClaimBody,
    /// How alike the two sentences are but for what they disagree in, from 0 to 1.
    likeness: f64,
    /// When it was found.
    created_at: Timestamp,
}

/// A page of contradictions.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeContradictionList)]
struct ContradictionList {
    /// The contradictions of this page.
    contradictions: Vec<ContradictionBody>,
    /// Where the page stands in the list.
    pagination: Pagination,
}

/// List contradictions
///
/// Where two documents give different prices, dates or counts of the same, what was found last first. Each new document is compared with the
/// others. Replace the older one, or give the documents their dates (`dated`).
#[utoipa::path(get, path = "/api/v1/knowledge-bases/{knowledge_base_id}/contradictions", tag = "Knowledge",
    params(("knowledge_base_id" = String, Path, description = "The base's id"), Pages),
    responses((status = 200, description = "A page of contradictions", body = ContradictionList)))]
async fn list(
    State(of): State<Knowledge>,
    member: Member,
    name: Named,
    Params(pages): Params<Pages>,
) -> Answer<Json<ContradictionList>> {
    let mut tx = of.app().db().snapshot().await?;
    let base = base_of(&member, &mut tx, &name.0).await?;
    let (found, total) = store::contradictions::list(&mut tx, &base, pages).await?;
    let mut ids: Vec<DocumentId> =
        found.iter().flat_map(|one| [one.older_document_id, one.newer_document_id]).collect();
    ids.sort_unstable();
    ids.dedup();
    let documents = store::documents::several(&mut tx, &[base.id], &ids).await?;
    let find = |id: DocumentId| documents.iter().find(|document| document.id == id);
    let contradictions = found.into_iter().filter_map(|one| {
        let (older, newer) = (find(one.older_document_id)?, find(one.newer_document_id)?);
        Some(body(one, older, newer))
    });
    Ok(Json(ContradictionList { contradictions: contradictions.collect(), pagination: pages.pagination(total) }))
}

fn body(found: Contradiction, older: &Document, newer: &Document) -> ContradictionBody {
    let claim = |document: &Document, quote: String, (start, end): (u64, u64)| ClaimBody {
        document_id: document.id,
        document_title: document.title.clone(),
        dated: document.date(),
        quote,
        start,
        end,
    };
    let old = claim(older, found.older_quote, (found.older_start, found.older_end));
    let new = claim(newer, found.newer_quote, (found.newer_start, found.newer_end));
    // A date may have been said since it was found.
    let (old, new) = if old.dated > new.dated { (new, old) } else { (old, new) };
    ContradictionBody {
        id: found.id,
        older: old,
        newer: new,
        likeness: (found.likeness * 1e4).round() / 1e4,
        created_at: found.created_at,
    }
}

/// Dismiss a contradiction
///
/// It is none, or both are right. It is found anew only when one of the two is read again.
#[utoipa::path(delete, path = "/api/v1/knowledge-bases/{knowledge_base_id}/contradictions/{contradiction_id}", tag = "Knowledge",
    params(("knowledge_base_id" = String, Path, description = "The base's id"),
        ("contradiction_id" = String, Path, description = "The contradiction's id")),
    responses((status = 200, description = "Dismissed", body = Done)))]
async fn dismiss(State(of): State<Knowledge>, member: Member, Two(base, one): Two) -> Answer<Json<Done>> {
    let id: ContradictionId = Named(one).id("Contradiction")?;
    let mut tx = of.app().write().await?;
    let base = base_of(&member, &mut tx, &base).await?;
    if !store::contradictions::dismiss(&mut tx, &base, id, of.app().clock().now()).await? {
        return Err(Error::not_found("Contradiction").into());
    }
    tx.commit().await?;
    Ok(done("Contradiction dismissed"))
}
