//! One creator, and why they match a campaign.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use creators::Creator;
use http_base::cache::Key;
use http_base::{Answer, Caller, Named, Params};
use input::rule;
use input::{Fields, Input};
use kernel::{CreatorId, Error, Money, Timestamp, count};
use mind::score::Reason;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::shapes::as_json;
use crate::explain::analyse;
use crate::prepare::{Prepared, wish_of};
use crate::{Matching, prepare};

/// With which campaign the match is wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ProfileQuery {
    /// The campaign's id or code.
    campaign_id: Option<String>,
}

impl Input for ProfileQuery {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self { campaign_id: fields.optional("campaign_id", rule::text(100)) })
    }
}

/// A creator's profile: B's body, with A's fields.
#[derive(Serialize, ToSchema)]
struct Profile {
    id: CreatorId,
    name: String,
    email: Option<String>,
    /// As it is shown to people.
    #[schema(example = "Instagram")]
    platform: &'static str,
    /// As it is shown to people.
    #[schema(example = "Fitness")]
    niche: String,
    about: Option<String>,
    channel_name: Option<String>,
    #[schema(example = "125K")]
    followers: String,
    followers_numeric: u64,
    followers_count: String,
    followers_count_numeric: u64,
    engagement_rate: Option<f64>,
    /// Views of a usual piece, in short.
    #[schema(example = "15K")]
    avg_views: Option<String>,
    /// The same, as a number.
    avg_views_numeric: Option<u64>,
    location: Option<String>,
    country: Option<String>,
    audience_type: Option<String>,
    language: Option<String>,
    languages: Vec<String>,
    previous_brands: Vec<String>,
    profile_image: Option<String>,
    /// Null without `campaign_id`.
    campaign_match: Option<CampaignMatch>,
    collaboration_rate: Option<Money>,
    rating: Option<f64>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// How well the creator matches the campaign that was asked for, and why.
#[derive(Serialize, ToSchema)]
struct CampaignMatch {
    /// The match score in percent.
    #[schema(example = 85.02)]
    percentage: f64,
    /// `high` from 75, `medium` from 50, else `low`.
    status: &'static str,
    /// What brought points first, what cost them last.
    reasons: Vec<Reason>,
    /// Does the campaign exclude this creator? They are in none of its lists then.
    excluded: bool,
}

fn show(creator: Creator, campaign_match: Option<CampaignMatch>) -> Profile {
    Profile {
        niche: creator.niche_shown(),
        languages: creator.all_languages(),
        id: creator.id,
        name: creator.name,
        email: creator.email,
        platform: creator.platform.display(),
        about: creator.about,
        channel_name: creator.channel_name,
        followers: creator.followers_shown.clone(),
        followers_numeric: creator.followers,
        followers_count: creator.followers_shown,
        followers_count_numeric: creator.followers,
        engagement_rate: creator.engagement_rate,
        avg_views: creator.avg_views.map(count::short),
        avg_views_numeric: creator.avg_views,
        location: creator.location,
        country: creator.country,
        audience_type: creator.audience_type,
        language: creator.language,
        previous_brands: creator.previous_brands.0,
        profile_image: creator.profile_image,
        campaign_match,
        collaboration_rate: creator.collaboration_rate,
        rating: creator.rating,
        created_at: creator.created_at,
        updated_at: creator.updated_at,
    }
}

/// Read a creator's profile
///
/// With `campaign_id`, how well they match that campaign, and why.
#[utoipa::path(get, path = "/api/v1/creators/{creator_id}", tag = "Creators",
    params(("creator_id" = String, Path, description = "The creator's id"), ProfileQuery),
    responses((status = 200, description = "The profile", body = Profile)))]
pub(super) async fn profile(
    State(matching): State<Matching>,
    caller: Caller,
    name: Named,
    RawQuery(asked): RawQuery,
    Params(query): Params<ProfileQuery>,
) -> Answer<Response> {
    let id: CreatorId = name.id("Creator")?;
    let db = matching.app().db();
    let mut version = [db.current_version(creators::catalogue::TOPIC).await?, 0, 0];
    if query.campaign_id.is_some() {
        version[1] = db.current_version(campaigns::TOPIC).await?;
        version[2] = matching.directory().norms().await?.0;
    }
    let asked = format!("{id}?{}", asked.unwrap_or_default());
    let key = Key { scope: caller.scope(), asked };
    if matching.app().caching()
        && let Some(body) = matching.profiles.get(&key, version)
    {
        return Ok(as_json(body));
    }
    let mut tx = matching.app().read().await?;
    let creator =
        creators::store::by_id(caller.scope(), &mut tx, id).await?.ok_or_else(|| Error::not_found("Creator"))?;
    let campaign_match = match &query.campaign_id {
        None => None,
        Some(campaign) => {
            let campaign = campaigns::find(caller.scope(), &mut tx, campaign).await?;
            drop(tx);
            let prepared = Prepared::new(matching.directory(), wish_of(&campaign)).await?;
            let analysis = analyse(&matching, &prepared, &creator).await?;
            let passing =
                matching.directory().catalogue().read().passing_one(&prepare::gates_of(&campaign.exclusions), id);
            Some(CampaignMatch {
                percentage: analysis.match_percentage,
                status: analysis.match_status,
                reasons: analysis.reasons,
                excluded: !passing,
            })
        }
    };
    let body = serde_json::to_vec(&show(creator, campaign_match)).map_err(Error::internal)?;
    let body = bytes::Bytes::from(body);
    if matching.app().caching() {
        matching.profiles.put(key, version, body.clone());
    }
    Ok(as_json(body))
}
