//! Corrections: listed, made, reworded, taken away.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use db::Tx;
use http_base::path::Two;
use http_base::{Answer, Body, Done, Member, Named, Pages, Pagination, Params, Routes, done, routes};
use input::{Input, set};
use kernel::{Error, Result, Timestamp};
use mind::text::fold;
use serde::Serialize;
use utoipa::ToSchema;

use super::base_of;
use crate::Knowledge;
use crate::model::{Base, Correction, CorrectionChanges, CorrectionId, CorrectionVersion, GapId, NewCorrection};
use crate::store;

/// So many corrections a base may have.
const MOST: u64 = 10_000;

pub(super) fn router() -> Routes<Knowledge> {
    Routes::new().with(routes!(list, create)).with(routes!(get, change, delete))
}

/// A correction: a question, and what the coach answered to it.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeCorrection)]
pub(super) struct CorrectionBody {
    /// Its id; it is cited by it.
    id: CorrectionId,
    /// The gap that it closed; null if it closed none.
    gap_id: Option<GapId>,
    /// What is asked.
    question: String,
    /// What is answered.
    answer: String,
    /// Which wording this is, from 1.
    revision: i64,
    /// From when on it should be looked at again, if that was said.
    stale_after: Option<Timestamp>,
    /// Is it past that day?
    is_stale: bool,
    /// When it was made.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
}

impl CorrectionBody {
    pub(super) fn new(correction: Correction, now: Timestamp) -> Self {
        Self {
            id: correction.id,
            gap_id: correction.gap_id,
            is_stale: correction.stale_after.is_some_and(|day| day <= now),
            question: correction.question,
            answer: correction.answer,
            revision: correction.revision,
            stale_after: correction.stale_after,
            created_at: correction.created_at,
            updated_at: correction.updated_at,
        }
    }
}

/// How a correction was worded before.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeCorrectionVersion)]
struct VersionBody {
    /// Which wording, from 1.
    revision: i64,
    /// What was asked.
    question: String,
    /// What was answered.
    answer: String,
    /// When another wording took its place.
    changed_at: Timestamp,
}

impl From<CorrectionVersion> for VersionBody {
    fn from(version: CorrectionVersion) -> Self {
        Self {
            revision: version.revision,
            question: version.question,
            answer: version.answer,
            changed_at: version.changed_at,
        }
    }
}

/// A correction with its history.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeCorrectionDetails)]
struct CorrectionDetails {
    /// The correction.
    #[serde(flatten)]
    correction: CorrectionBody,
    /// How it was worded before, the last wording first; up to 100.
    history: Vec<VersionBody>,
}

/// A page of corrections.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeCorrectionList)]
struct CorrectionList {
    /// The corrections of this page.
    corrections: Vec<CorrectionBody>,
    /// Where the page stands in the list.
    pagination: Pagination,
}

/// Which corrections are wanted.
#[derive(Input)]
struct CorrectionQuery {
    /// Only those whose question has this in it, whatever the case and the accents.
    #[input(text(300))]
    search: Option<String>,
    #[input(flatten)]
    pages: Pages,
}

/// List corrections
///
/// What you answered yourself, the newest first.
#[utoipa::path(get, path = "/api/v1/knowledge-bases/{knowledge_base_id}/corrections", tag = "Knowledge",
    params(("knowledge_base_id" = String, Path, description = "The base's id"), CorrectionQuery),
    responses((status = 200, description = "A page of corrections", body = CorrectionList)))]
async fn list(
    State(of): State<Knowledge>,
    member: Member,
    name: Named,
    Params(query): Params<CorrectionQuery>,
) -> Answer<Json<CorrectionList>> {
    let now = of.app().clock().now();
    let search = query.search.as_deref().map(fold);
    let mut tx = of.app().read().await?;
    let base = base_of(&member, &mut tx, &name.0).await?;
    let (corrections, total) = store::corrections::list(&mut tx, &base, search.as_deref(), query.pages).await?;
    let corrections = corrections.into_iter().map(|correction| CorrectionBody::new(correction, now)).collect();
    Ok(Json(CorrectionList { corrections, pagination: query.pages.pagination(total) }))
}

/// Create a correction
///
/// It is found before every document, and cited as yours.
#[utoipa::path(post, path = "/api/v1/knowledge-bases/{knowledge_base_id}/corrections", tag = "Knowledge",
    request_body = NewCorrection,
    params(("knowledge_base_id" = String, Path, description = "The base's id")),
    responses((status = 201, description = "The correction", body = CorrectionBody),
        (status = 409, description = "The base has as many as one may have")))]
async fn create(
    State(of): State<Knowledge>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<NewCorrection>,
) -> Answer<(StatusCode, Json<CorrectionBody>)> {
    let mut tx = of.app().write().await?;
    let base = base_of(&member, &mut tx, &name.0).await?;
    let correction = add(&of, &member, &mut tx, &base, input, None).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(CorrectionBody::new(correction, of.app().clock().now()))))
}

/// Adds a correction to a base.
pub(super) async fn add(
    of: &Knowledge,
    member: &Member,
    tx: &mut Tx,
    base: &Base,
    new: NewCorrection,
    gap_id: Option<GapId>,
) -> Result<Correction> {
    let (scope, now) = (member.scope(), of.app().clock().now());
    if store::corrections::count(tx, base).await? >= MOST {
        let message =
            format!("The knowledge base has {MOST} corrections; put what they say into a document, and delete some");
        return Err(Error::conflict(message));
    }
    let correction = Correction {
        id: of.app().clock().new_id(),
        base_id: base.id,
        owner_id: base.owner_id,
        gap_id,
        question: new.question,
        answer: new.answer,
        revision: 1,
        stale_after: new.stale_after,
        reminded_at: None,
        created_at: now,
        updated_at: now,
    };
    store::corrections::insert(scope, tx, &correction).await?;
    store::bases::moved(scope, tx, base.id).await?;
    Ok(correction)
}

async fn correction_of(tx: &mut Tx, base: &Base, name: String) -> Result<Correction> {
    let id = Named(name).id("Correction")?;
    store::corrections::find(tx, base, id).await?.ok_or_else(|| Error::not_found("Correction"))
}

/// Get a correction
///
/// With how it was worded before.
#[utoipa::path(get, path = "/api/v1/knowledge-bases/{knowledge_base_id}/corrections/{correction_id}", tag = "Knowledge",
    params(("knowledge_base_id" = String, Path, description = "The base's id"),
        ("correction_id" = String, Path, description = "The correction's id")),
    responses((status = 200, description = "The correction", body = CorrectionDetails)))]
async fn get(
    State(of): State<Knowledge>,
    member: Member,
    Two(base, correction): Two,
) -> Answer<Json<CorrectionDetails>> {
    let now = of.app().clock().now();
    let mut tx = of.app().read().await?;
    let base = base_of(&member, &mut tx, &base).await?;
    let correction = correction_of(&mut tx, &base, correction).await?;
    let history = store::corrections::history(&mut tx, &correction).await?;
    let history = history.into_iter().map(VersionBody::from).collect();
    Ok(Json(CorrectionDetails { correction: CorrectionBody::new(correction, now), history }))
}

/// Update a correction
///
/// What is missing stays; what it said before is kept as its history.
#[utoipa::path(put, path = "/api/v1/knowledge-bases/{knowledge_base_id}/corrections/{correction_id}", tag = "Knowledge",
    request_body = CorrectionChanges,
    params(("knowledge_base_id" = String, Path, description = "The base's id"),
        ("correction_id" = String, Path, description = "The correction's id")),
    responses((status = 200, description = "The correction as it is now", body = CorrectionBody),
        (status = 409, description = "Somebody else changed it at the same time")))]
async fn change(
    State(of): State<Knowledge>,
    member: Member,
    Two(base, correction): Two,
    Body { input, .. }: Body<CorrectionChanges>,
) -> Answer<Json<CorrectionBody>> {
    let now = of.app().clock().now();
    let mut tx = of.app().write().await?;
    let base = base_of(&member, &mut tx, &base).await?;
    let was = correction_of(&mut tx, &base, correction).await?;
    let mut correction = was.clone();
    set(&mut correction.question, input.question);
    set(&mut correction.answer, input.answer);
    if let Some(stale_after) = input.stale_after {
        (correction.stale_after, correction.reminded_at) = (stale_after, None);
    }
    correction.updated_at = now;
    let is_reworded = (&correction.question, &correction.answer) != (&was.question, &was.answer);
    if is_reworded {
        correction.revision += 1;
        store::corrections::reword(&mut tx, &was, &correction).await?;
        store::bases::moved(member.scope(), &mut tx, base.id).await?;
    } else {
        store::corrections::save(&mut tx, &correction).await?;
    }
    tx.commit().await?;
    Ok(Json(CorrectionBody::new(correction, now)))
}

/// Delete a correction
///
/// With its history. What it answered is answered by documents again, or not at all.
#[utoipa::path(delete, path = "/api/v1/knowledge-bases/{knowledge_base_id}/corrections/{correction_id}", tag = "Knowledge",
    params(("knowledge_base_id" = String, Path, description = "The base's id"),
        ("correction_id" = String, Path, description = "The correction's id")),
    responses((status = 200, description = "Deleted", body = Done)))]
async fn delete(State(of): State<Knowledge>, member: Member, Two(base, correction): Two) -> Answer<Json<Done>> {
    let id: CorrectionId = Named(correction).id("Correction")?;
    let mut tx = of.app().write().await?;
    let base = base_of(&member, &mut tx, &base).await?;
    if !store::corrections::delete(&mut tx, &base, id).await? {
        return Err(Error::not_found("Correction").into());
    }
    store::bases::moved(member.scope(), &mut tx, base.id).await?;
    tx.commit().await?;
    Ok(done("Correction deleted successfully"))
}
