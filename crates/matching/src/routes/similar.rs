//! More like this one.

use axum::Json;
use axum::extract::State;
use creators::{Filter, Viewer};
use http_base::{Answer, Caller, Named, Params};
use input::Input;
use kernel::{CreatorId, Error, Platform};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::ListedCreator;
use crate::Matching;

/// How many similar creators are wanted, and on which platform.
#[derive(Input)]
pub(super) struct SimilarQuery {
    /// How many creators at most.
    #[input(whole(1, 100).map(|limit| limit as usize), default = 10)]
    limit: usize,
    /// Only creators on this platform.
    #[input(platform)]
    platform: Option<Platform>,
}

/// Creators whose profiles mean nearly the same.
#[derive(Serialize, ToSchema)]
pub(super) struct SimilarCreators {
    /// The creators, most similar first.
    creators: Vec<SimilarCreator>,
    /// How many creators the answer holds.
    total: usize,
}

/// A creator, and how similar the profile is.
#[derive(Serialize, ToSchema)]
struct SimilarCreator {
    #[serde(flatten)]
    creator: ListedCreator,
    /// How similar the two profiles are: the cosine of their embeddings, from -1 to 1.
    #[schema(example = 0.83)]
    similarity: f64,
}

/// Find similar creators
///
/// Creators whose profiles are nearest in meaning to this one, most similar first.
#[utoipa::path(get, path = "/api/v1/creators/{creator_id}/similar", tag = "Creators",
    params(("creator_id" = String, Path, description = "The creator's id"), SimilarQuery), responses(
    (status = 200, description = "The most similar creators", body = SimilarCreators),
    (status = 409, description = "This creator has no embedding yet"),
))]
pub(super) async fn similar(
    State(matching): State<Matching>,
    caller: Caller,
    name: Named,
    Params(query): Params<SimilarQuery>,
) -> Answer<Json<SimilarCreators>> {
    let id: CreatorId = name.id("Creator")?;
    let mut tx = matching.app().read().await?;
    let creator =
        creators::store::by_id(caller.scope(), &mut tx, id).await?.ok_or_else(|| Error::not_found("Creator"))?;
    drop(tx);
    let catalogue = matching.directory().catalogue();
    catalogue.fresh().await?;
    if !catalogue.has_vector(id) {
        let message =
            format!("{}'s profile has no words to compare, or no vector yet; say more in `about`", creator.name);
        return Err(Error::conflict(message).into());
    }
    let text = creator.profile_text();
    let query_vector = matching.directory().embed(vec![text]).await?.pop().unwrap_or_default();
    let filter = Filter {
        sees: caller.scope().into(),
        platforms: query.platform.into_iter().collect(),
        excluded_creators: vec![id],
        ..Filter::default()
    };
    let hits = matching.directory().nearest(query_vector, filter, query.limit).await?;
    let ids: Vec<_> = hits.iter().map(|(id, _)| *id).collect();
    let entries = matching.entries(caller.scope(), &ids).await?;
    let viewer = Viewer::from(&caller.0);
    let near =
        |creator: &creators::Creator| hits.iter().find(|(id, _)| *id == creator.id).map_or(0.0, |(_, score)| *score);
    let creators: Vec<_> = entries
        .into_iter()
        .map(|creator| {
            let similarity = (f64::from(near(&creator)) * 1e4).round() / 1e4;
            SimilarCreator { creator: ListedCreator::new(creator, None, viewer), similarity }
        })
        .collect();
    Ok(Json(SimilarCreators { total: creators.len(), creators }))
}
