//! Entries: added, changed, taken out.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Caller, Done, Named, done};
use kernel::{CreatorId, Error, Kind};

use crate::model::{CreatorBody, CreatorChanges, NewCreator};
use crate::{Creator, Directory, store};

/// Add a creator
///
/// The entry can be found, by name and by meaning, as soon as this answers. A handle or an e-mail address stands in the directory
/// once for each platform.
#[utoipa::path(post, path = "/api/v1/creators", tag = "Creators", request_body = NewCreator, responses(
    (status = 200, description = "The new entry", body = CreatorBody),
    (status = 409, description = "The handle or the e-mail address is in the directory on this platform already"),
    (status = 413, description = "Your workspace has added as many entries as it may"),
))]
pub(super) async fn create(
    State(directory): State<Directory>,
    caller: Caller,
    Body { input, .. }: Body<NewCreator>,
) -> Answer<Json<CreatorBody>> {
    let clock = directory.app().clock();
    let creator = Creator::new(input, clock.new_id(), caller.workspace(), clock.now());
    let mut creator = creator.ok_or_else(|| Error::internal("a creator was read that lacks what it must have"))?;
    if directory.room(caller.workspace()).await? == 0 {
        let most = directory.app().limits().directory_rows;
        let message = format!(
            "A workspace may add {most} entries to the directory; take some out, or have CREATORS_PER_WORKSPACE raised"
        );
        return Err(Error::new(Kind::TooLarge, message).into());
    }
    let text = creator.profile_text();
    let vector = directory.vector_of(&text).await;
    let mut tx = directory.app().write().await?;
    store::insert(caller.scope(), &mut tx, &mut creator).await?;
    directory.keep_vector(caller.scope(), &mut tx, &creator, &text, vector).await?;
    tx.commit().await?;
    directory.catalogue().reach(creator.seq).await?;
    Ok(Json(creator.into()))
}

/// Update a creator
///
/// Fields that are left out stay as they are; null clears a field that can be empty. Whoever added the entry may change it, the
/// creator it is about, and an administrator.
#[utoipa::path(put, path = "/api/v1/creators/{creator_id}", tag = "Creators", request_body = CreatorChanges,
    params(("creator_id" = String, Path, description = "The creator's id")), responses(
    (status = 200, description = "The entry as it is now", body = CreatorBody),
    (status = 403, description = "The entry was added by someone else"),
    (status = 409, description = "Another entry has this handle or e-mail address, or the entry was changed meanwhile"),
))]
pub(super) async fn update(
    State(directory): State<Directory>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<CreatorChanges>,
) -> Answer<Json<CreatorBody>> {
    const TRIES: usize = 3;
    let id = name.id("Creator")?;
    let mut lost = None;
    for _ in 0..TRIES {
        match change(&directory, &caller, id, input.clone()).await {
            Err(error) if error.kind() == Kind::Conflict => lost = Some(error),
            done => return Ok(Json(done?.into())),
        }
    }
    Err(lost.unwrap_or_else(|| Error::internal("no try was made")).into())
}

async fn change(
    directory: &Directory,
    caller: &Caller,
    id: CreatorId,
    changes: CreatorChanges,
) -> kernel::Result<Creator> {
    let app = directory.app();
    let mut creator = find(directory, caller, id).await?;
    let (was, text_before) = (creator.seq, creator.profile_text());
    if !creator.apply(changes, app.clock().now()) {
        return Ok(creator);
    }
    let text = creator.profile_text();
    let vector = if text == text_before { None } else { Some(directory.vector_of(&text).await) };
    let mut tx = app.write().await?;
    store::update(caller.scope(), &mut tx, &mut creator, was).await?;
    if let Some(vector) = vector {
        directory.keep_vector(caller.scope(), &mut tx, &creator, &text, vector).await?;
    }
    tx.commit().await?;
    directory.catalogue().reach(creator.seq).await?;
    Ok(creator)
}

/// An entry that this caller may change.
pub(super) async fn find(directory: &Directory, caller: &Caller, id: CreatorId) -> kernel::Result<Creator> {
    let mut tx = directory.app().read().await?;
    let creator = store::by_id(caller.scope(), &mut tx, id).await?.ok_or_else(|| Error::not_found("Creator"))?;
    if !store::may_change(caller.scope(), &creator, caller.workspace()) {
        let message = "This entry was added by someone else; only they, the creator or an admin may change it";
        return Err(Error::new(Kind::Forbidden, message));
    }
    Ok(creator)
}

/// Remove a creator from the directory
///
/// Outreach to the creator, contracts and payments stay on record.
#[utoipa::path(delete, path = "/api/v1/creators/{creator_id}", tag = "Creators",
    params(("creator_id" = String, Path, description = "The creator's id")), responses(
    (status = 200, description = "The entry was removed", body = Done),
    (status = 403, description = "The entry was added by someone else"),
))]
pub(super) async fn delete(State(directory): State<Directory>, caller: Caller, name: Named) -> Answer<Json<Done>> {
    let id = name.id("Creator")?;
    let creator = find(&directory, &caller, id).await?;
    let app = directory.app();
    let mut tx = app.write().await?;
    if !store::delete(caller.scope(), &mut tx, id, app.clock().now()).await? {
        return Err(Error::not_found("Creator").into());
    }
    tx.commit().await?;
    directory.catalogue().fresh().await?;
    Ok(done(format!("{} was taken out of the directory", creator.name)))
}
