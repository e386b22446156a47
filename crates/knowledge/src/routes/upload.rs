//! Uploading a document: the base first, then the file, then the form.

use axum::Json;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::StatusCode;
use db::Json as Kept;
use http_base::upload::fault_of;
use http_base::{Answer, Member, Named, Routes, routes};
use input::Fields;
use kernel::{Error, Result};

use super::base_of;
use super::shapes::{DocumentBody, UploadedBody};
use crate::Knowledge;
use crate::jobs;
use crate::model::{About, Base, Document, DocumentForm, DocumentId, Status};
use crate::store;
use crate::uploads::{self, Stored};

/// So many bytes the texts of the form may have together.
const MOST_TEXT: usize = 64 << 10;

pub(super) fn router() -> Routes<Knowledge> {
    Routes::new().with(routes!(upload).file())
}

/// Upload a document
///
/// A form with the file `file`: PDF, DOCX, PPTX, XLSX, ODT, EPUB, HTML, Markdown, CSV, SRT, VTT or plain text, as its content says. It is read
/// after the answer: ask for the document until `processing_status` is `completed` or `failed`. The same bytes may be there twice, and
/// `duplicate_of` tells it. With `replaces` the file takes another document's place, whose id stays: that one is found by its old text
/// until the new one is there, and then by that alone.
#[utoipa::path(post, path = "/api/v1/knowledge-bases/{knowledge_base_id}/documents", tag = "Knowledge",
    params(("knowledge_base_id" = String, Path, description = "The base's id")),
    request_body(content = DocumentForm, content_type = "multipart/form-data"),
    responses((status = 201, description = "The document, which waits to be read", body = UploadedBody),
        (status = 409, description = "The base has as many documents as one may have, or the upload took too long"),
        (status = 415, description = "This file cannot be read: the message says what to save it as", body = http_base::ErrorBody)))]
async fn upload(
    State(of): State<Knowledge>,
    member: Member,
    name: Named,
    request: Request,
) -> Answer<(StatusCode, Json<UploadedBody>)> {
    let base = base_of(&member, &mut of.app().read().await?, &name.0).await?;
    let (form, stored) = form(&of, &member, request).await?;
    match keep(&of, &member, &base, form, &stored).await {
        Ok((body, replaced)) => {
            if let Some(file) = replaced {
                uploads::discard(&of, &file).await;
            }
            Ok((StatusCode::CREATED, Json(body)))
        }
        Err(error) => {
            uploads::discard(&of, &stored.file).await;
            Err(error.into())
        }
    }
}

/// Reads the form; the file is stored as it comes.
async fn form(of: &Knowledge, member: &Member, request: Request) -> Result<(DocumentForm, Stored)> {
    let mut form = Multipart::from_request(request, of).await.map_err(|error| fault_of(&error))?;
    let (mut pairs, mut stored): (Vec<(String, String)>, Option<Stored>) = (Vec::new(), None);
    let mut length = 0;
    let read = async {
        while let Some(mut field) = form.next_field().await.map_err(|error| fault_of(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" || field.file_name().is_some() {
                if stored.is_some() {
                    return Err(Error::invalid_field("file", "is given twice; upload one document after the other"));
                }
                stored = Some(uploads::store(of, member.hub(), field).await?);
                continue;
            }
            let mut text = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(|error| fault_of(&error))? {
                length += chunk.len();
                if length > MOST_TEXT {
                    return Err(Error::invalid_field(&name, "is too long"));
                }
                text.extend_from_slice(&chunk);
            }
            let text = String::from_utf8(text).map_err(|_| Error::invalid_field(&name, "is not a text in UTF-8"))?;
            pairs.push((name, text));
        }
        if stored.is_none() {
            return Err(Error::invalid_field("file", "is missing: send a form with the file `file`"));
        }
        Fields::of_text("body", pairs).read::<DocumentForm>()
    };
    match (read.await, stored) {
        (Ok(form), Some(stored)) => Ok((form, stored)),
        (Ok(_), None) => Err(Error::internal("a form without a file was read")),
        (Err(error), stored) => {
            if let Some(stored) = stored {
                uploads::discard(of, &stored.file).await;
            }
            Err(error)
        }
    }
}

/// Has the file belong to a document, and the document read. Tells the file that it takes the place of, which belongs to nothing any more.
async fn keep(
    of: &Knowledge,
    member: &Member,
    base: &Base,
    form: DocumentForm,
    stored: &Stored,
) -> Result<(UploadedBody, Option<String>)> {
    let (scope, clock, now) = (member.scope(), of.app().clock(), of.app().clock().now());
    let mut tx = of.app().write().await?;
    // Read once more: it may have been deleted while the file came in.
    let found = store::bases::find(scope, &mut tx, base.id).await?;
    let base = found.ok_or_else(|| Error::not_found("Knowledge base"))?;
    if !store::files::claim(scope, &mut tx, base.owner_id, &stored.file).await? {
        return Err(Error::conflict("The upload took too long and was given up; send the document again"));
    }
    let replaced = match form.replaces {
        None => None,
        Some(id) => {
            let found = store::documents::lock(&mut tx, &base, id).await?;
            let missing = || Error::invalid_field("replaces", "names no document of this knowledge base");
            Some(found.ok_or_else(missing)?)
        }
    };
    let but = replaced.as_ref().map(|document| document.id);
    let duplicate_of = store::documents::same_bytes(&mut tx, &base, &stored.sha256, but).await?;
    let size = i64::try_from(stored.bytes).map_err(Error::internal)?;
    let earlier_file = replaced.as_ref().map(|document| document.file.clone());
    let document = if let Some(was) = replaced {
        let earlier = i64::try_from(was.file_size_bytes).map_err(Error::internal)?;
        store::files::disown(scope, &mut tx, was.owner_id, &was.file, now).await?;
        store::bases::counted(scope, &mut tx, base.id, 0, size - earlier).await?;
        let document = in_place_of(was, form, stored, now);
        store::documents::save(&mut tx, &document).await?;
        document
    } else {
        let most = of.settings().documents;
        if base.document_count >= most {
            let message = format!(
                "The knowledge base has {most} documents, which is as many as one may have; delete some, or use another base"
            );
            return Err(Error::conflict(message));
        }
        let document = new_document(&base, clock.new_id(), form, stored, now);
        store::documents::insert(scope, &mut tx, &document).await?;
        store::bases::counted(scope, &mut tx, base.id, 1, size).await?;
        document
    };
    jobs::process(&mut tx, clock, document.id).await?;
    tx.commit().await?;
    Ok((UploadedBody { document: DocumentBody::new(document, now), duplicate_of }, earlier_file))
}

fn new_document(base: &Base, id: DocumentId, form: DocumentForm, stored: &Stored, now: kernel::Timestamp) -> Document {
    Document {
        id,
        base_id: base.id,
        owner_id: base.owner_id,
        title: form.title.unwrap_or_else(|| stored.name.clone()),
        file_name: stored.name.clone(),
        file: stored.file.clone(),
        file_type: stored.kind.word().to_owned(),
        file_size_bytes: stored.bytes,
        sha256: stored.sha256.clone(),
        metadata: Kept(form.metadata.unwrap_or_default()),
        status: Status::Pending,
        percent: 0,
        error: None,
        version: 0,
        reading: 0,
        revision: 0,
        chunk_count: 0,
        characters: 0,
        language: None,
        about: Kept(About::default()),
        dated: form.dated,
        stale_after: form.stale_after,
        reminded_at: None,
        created_at: now,
        updated_at: now,
        processed_at: None,
    }
}

/// The document with another file: what is not said of it stays, its text until the new one is read.
fn in_place_of(was: Document, form: DocumentForm, stored: &Stored, now: kernel::Timestamp) -> Document {
    Document {
        title: form.title.unwrap_or(was.title),
        file_name: stored.name.clone(),
        file: stored.file.clone(),
        file_type: stored.kind.word().to_owned(),
        file_size_bytes: stored.bytes,
        sha256: stored.sha256.clone(),
        metadata: form.metadata.map_or(was.metadata, Kept),
        status: Status::Pending,
        percent: 0,
        error: None,
        dated: form.dated,
        stale_after: form.stale_after.or(was.stale_after.filter(|day| *day > now)),
        reminded_at: None,
        updated_at: now,
        ..was
    }
}
