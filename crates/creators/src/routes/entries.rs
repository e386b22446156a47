//! Entries: added, changed, taken out.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Caller, Named};
use kernel::{CreatorId, Error, Kind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{Changes, CreatorBody, NewCreator};
use crate::{Creator, Directory, store};

/// A creator as A sends one. Only for the documentation: what is read, and how, is in `model`.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `Changes` reads")]
pub(super) struct CreatorInput {
    /// The name people know.
    #[schema(example = "Sarah Johnson", max_length = 200)]
    name: String,
    /// Where mail reaches them; once on each platform.
    email: Option<String>,
    /// `instagram`, `youtube`, `tiktok` or `twitter`.
    #[schema(example = "instagram")]
    platform: String,
    /// Followers in short. Give this, or `followers_count_numeric`, or both if they agree.
    #[schema(example = "125K")]
    followers_count: Option<String>,
    /// Followers.
    #[schema(example = 125_000, minimum = 0)]
    followers_count_numeric: Option<u64>,
    /// Engagement in percent of the followers.
    #[schema(example = 4.5, minimum = 0, maximum = 100)]
    engagement_rate: Option<f64>,
    /// What it is about, in plain words.
    #[schema(example = "fitness")]
    niche: String,
    /// The language they speak most.
    #[schema(example = "English")]
    language: Option<String>,
    /// Where they live: a name or a code.
    #[schema(example = "US")]
    country: Option<String>,
    /// What they say of themselves; what searches by meaning go by.
    about: Option<String>,
    /// Their handle; once on each platform.
    #[schema(example = "@sarah.moves")]
    channel_name: Option<String>,
    /// Views of a usual piece.
    #[schema(minimum = 0)]
    avg_views: Option<u64>,
    /// What a piece costs.
    #[schema(example = 850, minimum = 0)]
    collaboration_rate: Option<f64>,
    /// From 0 to 5.
    #[schema(minimum = 0, maximum = 5)]
    rating: Option<f64>,
    /// The address of a picture.
    profile_image: Option<String>,
    /// The place, more closely than the country.
    location: Option<String>,
    /// Whom they reach.
    audience_type: Option<String>,
    /// Every language they speak.
    languages: Option<Vec<String>>,
    /// Brands they have worked with.
    previous_brands: Option<Vec<String>>,
}

/// Something was done.
#[derive(Serialize, ToSchema)]
pub(super) struct Done {
    /// What was done.
    message: String,
}

/// Add a creator
///
/// The entry is searchable, by name and by meaning, as soon as this answers. A handle or an e-mail address stands once on each
/// platform: adding it again is 409.
#[utoipa::path(post, path = "/api/v1/creators", tag = "Creators", request_body = CreatorInput, responses(
    (status = 200, description = "The new entry", body = CreatorBody),
    (status = 409, description = "The handle or the e-mail address is in the directory on this platform already"),
))]
pub(super) async fn create(
    State(directory): State<Directory>,
    caller: Caller,
    Body { input, .. }: Body<NewCreator>,
) -> Answer<Json<CreatorBody>> {
    let clock = directory.app().clock();
    let creator = Creator::new(input, clock.new_id(), caller.workspace(), clock.now());
    let mut creator = creator.ok_or_else(|| Error::internal("a creator was read that lacks what it must have"))?;
    let text = creator.profile_text();
    let vector = directory.vector_of(&text).await;
    let mut tx = directory.app().write().await?;
    store::insert(caller.scope(), &mut tx, &mut creator).await?;
    directory.keep_vector(caller.scope(), &mut tx, &creator, &text, vector).await?;
    tx.commit().await?;
    directory.catalogue().reach(creator.seq).await?;
    Ok(Json(creator.into()))
}

/// Change a creator
///
/// Fields that are left out stay as they are; null clears a field that may be empty.
#[utoipa::path(put, path = "/api/v1/creators/{creator_id}", tag = "Creators", request_body = CreatorInput,
    params(("creator_id" = String, Path, description = "The creator's id")), responses(
    (status = 200, description = "The entry as it is now", body = CreatorBody),
    (status = 403, description = "The entry was added by someone else"),
    (status = 409, description = "Another entry has this handle or e-mail address, or the entry was changed meanwhile"),
))]
pub(super) async fn update(
    State(directory): State<Directory>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<Changes>,
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

async fn change(directory: &Directory, caller: &Caller, id: CreatorId, changes: Changes) -> kernel::Result<Creator> {
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

/// Take a creator out of the directory
///
/// Outreach, contracts and payments with them stay on record.
#[utoipa::path(delete, path = "/api/v1/creators/{creator_id}", tag = "Creators",
    params(("creator_id" = String, Path, description = "The creator's id")), responses(
    (status = 200, description = "Taken out", body = Done),
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
    Ok(Json(Done { message: format!("{} was taken out of the directory", creator.name) }))
}
