//! What a coach writes down about members.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use http_base::path::Two;
use http_base::{Answer, Body, Done, Member as Asking, Named, Pages, Pagination, Params, Routes, done, routes};
use input::Input;
use kernel::{AccountId, Error, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Audience, MemberId, Note, NoteId, store};

pub(super) fn router() -> Routes<Audience> {
    Routes::new().with(routes!(list, add)).with(routes!(change, delete))
}

/// A note about a member. The member never sees it, but in the export of their data.
#[derive(Serialize, ToSchema)]
#[schema(as = UserNote)]
struct NoteBody {
    /// Its id.
    id: NoteId,
    /// Who wrote it.
    author_id: Option<AccountId>,
    /// What it says.
    #[schema(example = "Prefers to train in the morning.")]
    content: String,
    /// When it was written.
    created_at: Timestamp,
    /// When it was changed last.
    updated_at: Timestamp,
}

impl From<Note> for NoteBody {
    fn from(note: Note) -> Self {
        let Note { id, author_id, content, created_at, updated_at, .. } = note;
        Self { id, author_id, content, created_at, updated_at }
    }
}

/// A page of notes.
#[derive(Serialize, ToSchema)]
struct UserNoteList {
    /// The notes of this page.
    notes: Vec<NoteBody>,
    /// Where it stands.
    pagination: Pagination,
}

/// A note to be written, or in place of one.
#[derive(Input)]
#[input(name = "NewUserNote")]
struct NewNote {
    /// What it says.
    #[input(text(10_000), example = "Prefers to train in the morning.")]
    content: String,
}

/// List the notes about a user
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/users/{user_id}/notes", tag = "Audience",
    params(("user_id" = MemberId, Path, description = "The member's id"), Pages),
    responses((status = 200, description = "A page of notes", body = UserNoteList)))]
async fn list(
    State(audience): State<Audience>,
    asking: Asking,
    name: Named,
    Params(pages): Params<Pages>,
) -> Answer<Json<UserNoteList>> {
    let mut tx = audience.app().read().await?;
    let member = super::find(&mut tx, asking.hub(), &name.0).await?;
    let (notes, total) = store::notes::page(&mut tx, &member, pages.limit, pages.offset()).await?;
    let notes = notes.into_iter().map(Into::into).collect();
    Ok(Json(UserNoteList { notes, pagination: pages.pagination(total) }))
}

/// Write a note about a user
///
/// For the coach's eyes.
#[utoipa::path(post, path = "/api/v1/users/{user_id}/notes", tag = "Audience", request_body = NewNote,
    params(("user_id" = MemberId, Path, description = "The member's id")),
    responses((status = 201, description = "The note", body = NoteBody)))]
async fn add(
    State(audience): State<Audience>,
    asking: Asking,
    name: Named,
    Body { input, .. }: Body<NewNote>,
) -> Answer<(StatusCode, Json<NoteBody>)> {
    let (clock, now) = (audience.app().clock(), audience.app().clock().now());
    let mut tx = audience.app().write().await?;
    // Locked, so that nobody writes about somebody who is erased at the same moment.
    let member = super::lock(&mut tx, asking.hub(), &name.0).await?;
    let note = Note {
        id: clock.new_id(),
        workspace_id: member.workspace_id,
        member_id: member.id,
        author_id: Some(asking.id),
        content: input.content,
        created_at: now,
        updated_at: now,
    };
    tx.insert(&note).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(note.into())))
}

/// Change a note about a user
///
/// What it says now takes the place of what it said.
#[utoipa::path(put, path = "/api/v1/users/{user_id}/notes/{note_id}", tag = "Audience", request_body = NewNote,
    params(("user_id" = MemberId, Path, description = "The member's id"), ("note_id" = NoteId, Path, description = "The note's id")),
    responses((status = 200, description = "The note, as it is now", body = NoteBody)))]
async fn change(
    State(audience): State<Audience>,
    asking: Asking,
    two: Two,
    Body { input, .. }: Body<NewNote>,
) -> Answer<Json<NoteBody>> {
    let now = audience.app().clock().now();
    let mut tx = audience.app().write().await?;
    let member = super::find(&mut tx, asking.hub(), &two.0).await?;
    let id: NoteId = super::second(&two, "Note")?;
    let found = store::notes::change(&mut tx, &member, id, &input.content, now).await?;
    let note = store::notes::by_id(&mut tx, &member, id).await?.filter(|_| found);
    let note = note.ok_or_else(|| Error::not_found("Note"))?;
    tx.commit().await?;
    Ok(Json(note.into()))
}

/// Delete a note about a user
///
/// It is gone for good.
#[utoipa::path(delete, path = "/api/v1/users/{user_id}/notes/{note_id}", tag = "Audience",
    params(("user_id" = MemberId, Path, description = "The member's id"), ("note_id" = NoteId, Path, description = "The note's id")),
    responses((status = 200, description = "Deleted", body = Done)))]
async fn delete(State(audience): State<Audience>, asking: Asking, two: Two) -> Answer<Json<Done>> {
    let mut tx = audience.app().write().await?;
    let member = super::find(&mut tx, asking.hub(), &two.0).await?;
    if !store::notes::delete(&mut tx, &member, super::second(&two, "Note")?).await? {
        return Err(Error::not_found("Note").into());
    }
    tx.commit().await?;
    Ok(done("The note is deleted"))
}
