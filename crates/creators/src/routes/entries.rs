//! Entries: added, changed, taken out.

use axum::Json;
use axum::extract::State;
use db::Tx;
use http_base::{Answer, Body, Caller, Done, Named, done};
use kernel::{CreatorId, Error, Kind, Scope};

use crate::model::{CreatorBody, CreatorChanges, NewCreator};
use crate::rights::{self, judge, judge_new};
use crate::{Creator, Directory, Viewer, store};

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
    let viewer = Viewer::from(&caller.0);
    judge_new(viewer, &creator)?;
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
    Ok(Json(CreatorBody::new(creator, viewer)))
}

/// Update a creator
///
/// Fields that are left out stay as they are; null clears a field that can be empty. Whoever added the entry may change it, the
/// creator it is about, and an administrator. Once the creator has claimed the entry, or another workspace works with it, name, platform,
/// handle and e-mail address are theirs and the administrator's alone to change: others propose a correction.
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
            done => return Ok(Json(CreatorBody::new(done?, Viewer::from(&caller.0)))),
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
    let before = find(directory, caller, id).await?;
    let mut creator = before.clone();
    let (was, text_before) = (creator.seq, creator.profile_text());
    if !creator.apply(changes, app.clock().now()) {
        return Ok(creator);
    }
    let text = creator.profile_text();
    let vector = if text == text_before { None } else { Some(directory.vector_of(&text).await) };
    let mut tx = app.write().await?;
    let frozen = rights::frozen(&mut tx, &directory.referring(), &[&before]).await?;
    judge(Viewer::from(&caller.0), &before, &creator, !frozen.is_empty())?;
    write(directory, caller.scope(), &mut tx, (&mut creator, was), (&text, vector)).await?;
    tx.commit().await?;
    directory.catalogue().reach(creator.seq).await?;
    Ok(creator)
}

/// Writes an entry that was read at this version, and the vector of its text if that is another.
pub(super) async fn write(
    directory: &Directory,
    scope: Scope,
    tx: &mut Tx,
    (creator, was): (&mut Creator, i64),
    (text, vector): (&str, Option<Option<Vec<f32>>>),
) -> kernel::Result<()> {
    store::update(scope, tx, creator, was).await?;
    match vector {
        Some(vector) => directory.keep_vector(scope, tx, creator, text, vector).await,
        None => Ok(()),
    }
}

/// An entry that this caller may change.
pub(super) async fn find(directory: &Directory, caller: &Caller, id: CreatorId) -> kernel::Result<Creator> {
    let mut tx = directory.app().read().await?;
    let creator = store::by_id(caller.scope(), &mut tx, id).await?.ok_or_else(|| Error::not_found("Creator"))?;
    if !Viewer::from(&caller.0).may_change(&creator) {
        let message = "This entry was added by someone else; only they, the creator or an admin may change it";
        return Err(Error::new(Kind::Forbidden, message));
    }
    Ok(creator)
}

/// Remove a creator from the directory
///
/// Outreach to the creator, contracts and payments stay on record. An entry that somebody works with is taken out of lists and searches,
/// and stays for those who do.
#[utoipa::path(delete, path = "/api/v1/creators/{creator_id}", tag = "Creators",
    params(("creator_id" = String, Path, description = "The creator's id")), responses(
    (status = 200, description = "The entry was removed", body = Done),
    (status = 403, description = "The entry was added by someone else"),
))]
pub(super) async fn delete(State(directory): State<Directory>, caller: Caller, name: Named) -> Answer<Json<Done>> {
    let id = name.id("Creator")?;
    let creator = find(&directory, &caller, id).await?;
    let app = directory.app();
    let (mut tx, now) = (app.write().await?, app.clock().now());
    let in_use = !rights::references(&mut tx, &directory.referring(), &[id]).await?.is_empty();
    let gone = if in_use {
        store::withdraw(caller.scope(), &mut tx, id, now).await?
    } else {
        store::delete(caller.scope(), &mut tx, id, now).await?
    };
    if !gone {
        return Err(Error::not_found("Creator").into());
    }
    tx.commit().await?;
    directory.catalogue().fresh().await?;
    let name = creator.name;
    Ok(done(if in_use {
        format!("{name} is not found in the directory any more; whoever works with {name} goes on doing so")
    } else {
        format!("{name} was taken out of the directory")
    }))
}
