//! Bases: made, listed, read, changed, deleted.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use db::Json as Stored;
use http_base::{Answer, Body, Done, Member, Named, Pages, Params, Routes, done, routes};
use input::{Input, set};
use jobs::NewJob;
use kernel::Error;
use mind::text::fold;
use serde_json::{Map, Value};

use super::base_of;
use super::shapes::{BaseBody, BaseList};
use crate::Knowledge;
use crate::jobs::CLEAR;
use crate::model::{Base, BaseChanges, NewBase};
use crate::store;

pub(super) fn router() -> Routes<Knowledge> {
    Routes::new().with(routes!(list, create)).with(routes!(get, change, delete))
}

/// The settings as they were sent.
fn sent_settings(sent: &Map<String, Value>) -> Map<String, Value> {
    sent.get("settings").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// Create a knowledge base
///
/// `settings` are kept as they are sent, what is not known of them as well; `chunk_size` and `chunk_overlap` count characters.
#[utoipa::path(post, path = "/api/v1/knowledge-bases", tag = "Knowledge", request_body = NewBase, responses(
    (status = 201, description = "The new base", body = BaseBody),
    (status = 409, description = "You have as many as one may have")))]
async fn create(
    State(of): State<Knowledge>,
    member: Member,
    Body { input, sent }: Body<NewBase>,
) -> Answer<(StatusCode, Json<BaseBody>)> {
    let (owner, scope) = (member.hub(), member.scope());
    let (clock, now) = (of.app().clock(), of.app().clock().now());
    let base = Base {
        id: clock.new_id(),
        owner_id: owner,
        name: input.name,
        description: input.description,
        settings: Stored(sent_settings(&sent)),
        version: 1,
        document_count: 0,
        total_size_bytes: 0,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    let mut tx = of.app().write().await?;
    let most = of.settings().bases;
    if store::bases::count(scope, &mut tx, owner).await? >= most {
        let message = format!("You have {most} knowledge bases, which is as many as one may have; delete one first");
        return Err(Error::conflict(message).into());
    }
    store::bases::insert(scope, &mut tx, &base).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(base.into())))
}

/// Which bases are wanted.
#[derive(Input)]
struct BaseQuery {
    /// Only those whose name has this in it, whatever the case and the accents.
    #[input(text(200))]
    search: Option<String>,
    #[input(flatten)]
    pages: Pages,
}

/// List knowledge bases
///
/// Yours, the newest first.
#[utoipa::path(get, path = "/api/v1/knowledge-bases", tag = "Knowledge", params(BaseQuery),
    responses((status = 200, description = "A page of bases", body = BaseList)))]
async fn list(State(of): State<Knowledge>, member: Member, Params(query): Params<BaseQuery>) -> Answer<Json<BaseList>> {
    let owner = member.hub();
    let search = query.search.as_deref().map(fold);
    let mut tx = of.app().read().await?;
    let (bases, total) = store::bases::list(member.scope(), &mut tx, owner, search.as_deref(), query.pages).await?;
    let knowledge_bases = bases.into_iter().map(BaseBody::from).collect();
    Ok(Json(BaseList { knowledge_bases, pagination: query.pages.pagination(total) }))
}

/// Get a knowledge base
///
/// With its settings, and how many documents it has.
#[utoipa::path(get, path = "/api/v1/knowledge-bases/{knowledge_base_id}", tag = "Knowledge",
    params(("knowledge_base_id" = String, Path, description = "The base's id")),
    responses((status = 200, description = "The base", body = BaseBody)))]
async fn get(State(of): State<Knowledge>, member: Member, name: Named) -> Answer<Json<BaseBody>> {
    let base = base_of(&member, &mut of.app().read().await?, &name.0).await?;
    Ok(Json(base.into()))
}

/// Update a knowledge base
///
/// What is missing stays. New settings take the place of all earlier ones; documents keep their chunks until they are processed again.
#[utoipa::path(put, path = "/api/v1/knowledge-bases/{knowledge_base_id}", tag = "Knowledge", request_body = BaseChanges,
    params(("knowledge_base_id" = String, Path, description = "The base's id")),
    responses((status = 200, description = "The base as it is now", body = BaseBody)))]
async fn change(
    State(of): State<Knowledge>,
    member: Member,
    name: Named,
    Body { input, sent }: Body<BaseChanges>,
) -> Answer<Json<BaseBody>> {
    let mut tx = of.app().write().await?;
    let mut base = base_of(&member, &mut tx, &name.0).await?;
    set(&mut base.name, input.name);
    set(&mut base.description, input.description);
    if input.settings.is_some() {
        base.settings = Stored(sent_settings(&sent));
    }
    base.updated_at = of.app().clock().now();
    if !store::bases::save(member.scope(), &mut tx, &base).await? {
        return Err(Error::not_found("Knowledge base").into());
    }
    tx.commit().await?;
    Ok(Json(base.into()))
}

/// Delete a knowledge base
///
/// With all of its documents, their files, corrections and gaps. It is gone at once; large ones are cleared away within minutes.
#[utoipa::path(delete, path = "/api/v1/knowledge-bases/{knowledge_base_id}", tag = "Knowledge",
    params(("knowledge_base_id" = String, Path, description = "The base's id")),
    responses((status = 200, description = "Deleted", body = Done)))]
async fn delete(State(of): State<Knowledge>, member: Member, name: Named) -> Answer<Json<Done>> {
    let (clock, now) = (of.app().clock(), of.app().clock().now());
    let mut tx = of.app().write().await?;
    let base = base_of(&member, &mut tx, &name.0).await?;
    if !store::bases::delete(member.scope(), &mut tx, base.id, now).await? {
        return Err(Error::not_found("Knowledge base").into());
    }
    jobs::enqueue(&mut tx, clock, NewJob::new(CLEAR, &())?.dedupe("all")).await?;
    tx.commit().await?;
    of.indices().forget(base.id);
    Ok(done("Knowledge base deleted successfully"))
}
