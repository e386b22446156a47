//! Documents: listed, read, changed, deleted, read once more.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use db::Json as Kept;
use http_base::path::Two;
use http_base::ranges::StoredFile;
use http_base::{Answer, Binary, Body, Done, Member, Named, Pages, Params, Routes, done, routes};
use input::{Input, set};
use kernel::{Error, Result};
use mind::text::fold;

use super::shapes::{ChunkBody, ChunkList, DetailsBody, DocumentBody, DocumentList};
use super::{base_of, document_of};
use crate::model::{Base, ChunkId, Correction, CorrectionId, Document, DocumentChanges, DocumentId, Status};
use crate::store;
use crate::store::documents::Wanted;
use crate::{Knowledge, jobs, uploads};

/// So many chunks are shown with a document.
const SHOWN: u32 = 1_000;

pub(super) fn router() -> Routes<Knowledge> {
    Routes::new()
        .with(routes!(list))
        .with(routes!(get, change, delete))
        .with(routes!(chunks))
        .with(routes!(retry))
        .with(routes!(download))
}

/// Which documents are wanted.
#[derive(Input)]
struct DocumentQuery {
    /// Only those that stand here.
    #[input(word_of_query)]
    status: Option<Status>,
    /// Only those whose title or file's name has this in it, whatever the case and the accents.
    #[input(text(300))]
    search: Option<String>,
    #[input(flatten)]
    pages: Pages,
}

/// List documents
///
/// Those of a base, the newest first.
#[utoipa::path(get, path = "/api/v1/knowledge-bases/{knowledge_base_id}/documents", tag = "Knowledge",
    params(("knowledge_base_id" = String, Path, description = "The base's id"), DocumentQuery),
    responses((status = 200, description = "A page of documents", body = DocumentList)))]
async fn list(
    State(of): State<Knowledge>,
    member: Member,
    name: Named,
    Params(query): Params<DocumentQuery>,
) -> Answer<Json<DocumentList>> {
    let now = of.app().clock().now();
    let mut tx = of.app().read().await?;
    let base = base_of(&member, &mut tx, &name.0).await?;
    let wanted = Wanted { status: query.status, search: query.search.as_deref().map(fold) };
    let (documents, total) = store::documents::list(&mut tx, &base, &wanted, query.pages).await?;
    let documents = documents.into_iter().map(|document| DocumentBody::new(document, now)).collect();
    Ok(Json(DocumentList { documents, pagination: query.pages.pagination(total) }))
}

/// Get a document
///
/// With its text and its first 1,000 chunks. A correction is read here by its id as well: what a citation names can be looked up.
#[utoipa::path(get, path = "/api/v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}", tag = "Knowledge",
    params(("knowledge_base_id" = String, Path, description = "The base's id"),
        ("document_id" = String, Path, description = "The document's id")),
    responses((status = 200, description = "The document", body = DetailsBody)))]
async fn get(State(of): State<Knowledge>, member: Member, Two(base, document): Two) -> Answer<Json<DetailsBody>> {
    let now = of.app().clock().now();
    // One moment for all of it: chunks of the text that is shown.
    let mut tx = of.app().db().snapshot().await?;
    let base = base_of(&member, &mut tx, &base).await?;
    let id: DocumentId = Named(document).id("Document")?;
    let Some(document) = store::documents::find(&mut tx, &base, id).await? else {
        let correction = store::corrections::find(&mut tx, &base, CorrectionId::from_uuid(id.uuid())).await?;
        let correction = correction.ok_or_else(|| Error::not_found("Document"))?;
        return Ok(Json(as_document(&correction, now)));
    };
    let content = store::chunks::text(&mut tx, &document).await?;
    let chunks = store::chunks::page(&mut tx, &document, SHOWN, 0).await?;
    let reading = document.about.0.clone().into();
    let chunks = chunks.into_iter().map(ChunkBody::from).collect();
    Ok(Json(DetailsBody { document: DocumentBody::new(document, now), content, reading, chunks }))
}

/// A correction as the document that it is cited as.
fn as_document(correction: &Correction, now: kernel::Timestamp) -> DetailsBody {
    let content = correction.content();
    let document = Document {
        id: DocumentId::from_uuid(correction.id.uuid()),
        base_id: correction.base_id,
        owner_id: correction.owner_id,
        title: correction.question.clone(),
        file_name: String::new(),
        file: String::new(),
        file_type: reading::Kind::Text.word().to_owned(),
        file_size_bytes: content.len() as u64,
        sha256: String::new(),
        metadata: Kept::default(),
        status: Status::Completed,
        percent: 100,
        error: None,
        version: correction.revision,
        reading: correction.revision,
        revision: correction.revision,
        chunk_count: 1,
        characters: content.chars().count() as u64,
        language: None,
        about: Kept::default(),
        dated: None,
        stale_after: correction.stale_after,
        reminded_at: correction.reminded_at,
        created_at: correction.created_at,
        updated_at: correction.updated_at,
        processed_at: Some(correction.updated_at),
    };
    let chunks = vec![ChunkBody::whole(ChunkId::from_uuid(correction.id.uuid()), &content)];
    let reading = document.about.0.clone().into();
    DetailsBody { document: DocumentBody::new(document, now), content: Some(content), reading, chunks }
}

/// List the chunks of a document
///
/// In their order, with the range of the text that each is.
#[utoipa::path(get, path = "/api/v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}/chunks", tag = "Knowledge",
    params(("knowledge_base_id" = String, Path, description = "The base's id"),
        ("document_id" = String, Path, description = "The document's id"), Pages),
    responses((status = 200, description = "A page of chunks, in their order", body = ChunkList)))]
async fn chunks(
    State(of): State<Knowledge>,
    member: Member,
    Two(base, document): Two,
    Params(pages): Params<Pages>,
) -> Answer<Json<ChunkList>> {
    let mut tx = of.app().db().snapshot().await?;
    let base = base_of(&member, &mut tx, &base).await?;
    let document = document_of(&mut tx, &base, &document).await?;
    let chunks = store::chunks::page(&mut tx, &document, pages.limit, pages.offset()).await?;
    let chunks = chunks.into_iter().map(ChunkBody::from).collect();
    Ok(Json(ChunkList { chunks, pagination: pages.pagination(document.chunk_count) }))
}

/// Update a document
///
/// What is missing stays; `metadata` takes the place of what was.
#[utoipa::path(put, path = "/api/v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}", tag = "Knowledge",
    request_body = DocumentChanges,
    params(("knowledge_base_id" = String, Path, description = "The base's id"),
        ("document_id" = String, Path, description = "The document's id")),
    responses((status = 200, description = "The document as it is now", body = DocumentBody),
        (status = 409, description = "Somebody else changed it at the same time")))]
async fn change(
    State(of): State<Knowledge>,
    member: Member,
    Two(base, document): Two,
    Body { input, .. }: Body<DocumentChanges>,
) -> Answer<Json<DocumentBody>> {
    let now = of.app().clock().now();
    let mut tx = of.app().write().await?;
    let base = base_of(&member, &mut tx, &base).await?;
    let mut document = lock(&mut tx, &base, document).await?;
    let found_by = (document.title.clone(), document.dated);
    set(&mut document.title, input.title);
    set(&mut document.metadata, input.metadata.map(|metadata| Kept(metadata.unwrap_or_default())));
    set(&mut document.dated, input.dated);
    if let Some(stale_after) = input.stale_after {
        (document.stale_after, document.reminded_at) = (stale_after, None);
    }
    document.updated_at = now;
    store::documents::save(&mut tx, &document).await?;
    if found_by != (document.title.clone(), document.dated) {
        store::bases::moved(member.scope(), &mut tx, base.id).await?;
    }
    tx.commit().await?;
    Ok(Json(DocumentBody::new(document, now)))
}

async fn lock(tx: &mut db::Tx, base: &Base, name: String) -> Result<Document> {
    let id = Named(name).id("Document")?;
    store::documents::lock(tx, base, id).await?.ok_or_else(|| Error::not_found("Document"))
}

/// Delete a document
///
/// With its file, its text, its chunks and their vectors: nothing is answered by it any more.
#[utoipa::path(delete, path = "/api/v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}", tag = "Knowledge",
    params(("knowledge_base_id" = String, Path, description = "The base's id"),
        ("document_id" = String, Path, description = "The document's id")),
    responses((status = 200, description = "Deleted", body = Done)))]
async fn delete(State(of): State<Knowledge>, member: Member, Two(base, document): Two) -> Answer<Json<Done>> {
    let (scope, now) = (member.scope(), of.app().clock().now());
    let mut tx = of.app().write().await?;
    let base = base_of(&member, &mut tx, &base).await?;
    let document = lock(&mut tx, &base, document).await?;
    store::files::disown(scope, &mut tx, document.owner_id, &document.file, now).await?;
    store::documents::delete(&mut tx, &document).await?;
    let size = i64::try_from(document.file_size_bytes).map_err(Error::internal)?;
    store::bases::counted(scope, &mut tx, base.id, -1, -size).await?;
    tx.commit().await?;
    uploads::discard(&of, &document.file).await;
    Ok(done("Document deleted successfully"))
}

/// Process a document again
///
/// One that failed, or that should have the chunks of the base's settings as they are now. It is found by its old text until it is read.
#[utoipa::path(post, path = "/api/v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}/retry", tag = "Knowledge",
    params(("knowledge_base_id" = String, Path, description = "The base's id"),
        ("document_id" = String, Path, description = "The document's id")),
    responses((status = 202, description = "The document, which waits to be read", body = DocumentBody),
        (status = 409, description = "It is being processed already")))]
async fn retry(
    State(of): State<Knowledge>,
    member: Member,
    Two(base, document): Two,
) -> Answer<(StatusCode, Json<DocumentBody>)> {
    let (clock, now) = (of.app().clock(), of.app().clock().now());
    let mut tx = of.app().write().await?;
    let base = base_of(&member, &mut tx, &base).await?;
    let mut document = lock(&mut tx, &base, document).await?;
    if matches!(document.status, Status::Pending | Status::Processing) {
        return Err(Error::conflict("The document is being processed already; wait until it is done").into());
    }
    (document.status, document.percent, document.error, document.updated_at) = (Status::Pending, 0, None, now);
    store::documents::save(&mut tx, &document).await?;
    jobs::process(&mut tx, clock, document.id).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(DocumentBody::new(document, now))))
}

/// Download the file of a document
///
/// As it was uploaded, whole or in part. Browsers save it, and never show it as a page of this server.
#[utoipa::path(get, path = "/api/v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}/file", tag = "Knowledge",
    params(("knowledge_base_id" = String, Path, description = "The base's id"),
        ("document_id" = String, Path, description = "The document's id"),
        ("Range" = Option<String>, Header, description = "The part that is wanted, such as `bytes=0-1023`"),
        ("If-Range" = Option<String>, Header, description = "The `ETag` of the file that you have a part of"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the file that you have")),
    responses((status = 200, description = "The file", content((inline(Binary) = "application/octet-stream"))),
        (status = 206, description = "The part that was asked for", content((inline(Binary) = "application/octet-stream"))),
        (status = 304, description = "You have this file (`If-None-Match`)"),
        (status = 416, description = "The file has no such part")))]
async fn download(
    State(of): State<Knowledge>,
    member: Member,
    Two(base, document): Two,
    headers: HeaderMap,
) -> Answer<Response> {
    let gone = || Error::not_found("File");
    let mut tx = of.app().read().await?;
    let base = base_of(&member, &mut tx, &base).await?;
    let document = document_of(&mut tx, &base, &document).await?;
    drop(tx);
    let (files, tag, size) = (of.files(), document.sha256, Some(document.file_size_bytes));
    let kept = StoredFile { files, name: &document.file, media_type: "application/octet-stream", tag, size };
    Ok(kept.attachment(&headers, None).await?.ok_or_else(gone)?)
}
