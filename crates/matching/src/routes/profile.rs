//! One creator, and why they match a campaign.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use creators::{Creator, Filter, Viewer, Visibility};
use http_base::cache::Key;
use http_base::{Answer, Caller, Named, Params};
use input::Input;
use kernel::{Amount, CreatorId, Error, Result, Timestamp, count};
use mind::score::{MatchStatus, Reason};
use serde::Serialize;
use utoipa::ToSchema;

use super::list::kept_for;
use crate::explain::analyse;
use crate::prepare::{Prepared, wish_of};
use crate::{Matching, prepare};

/// The campaign that the profile is compared with.
#[derive(Input)]
pub(super) struct ProfileQuery {
    /// The id or code of a campaign: the profile then tells how well the creator matches it.
    #[input(text(100))]
    campaign_id: Option<String>,
}

/// A creator's profile.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatorProfile)]
struct Profile {
    /// Its id.
    id: CreatorId,
    /// The name that people know.
    name: String,
    /// The e-mail address that reaches the creator: shown to the workspace that added the entry, the creator who claimed it and
    /// administrators, null for everyone else. Outreach reaches the creator all the same.
    email: Option<String>,
    /// Whether your workspace added the entry.
    added_by_you: bool,
    /// `shared`, or `private`: found by the workspace that added it alone.
    visibility: Visibility,
    /// The platform, with its name as people write it.
    #[schema(example = "Instagram")]
    platform: &'static str,
    /// The niche, with capitals.
    #[schema(example = "Fitness")]
    niche: String,
    /// How the creator describes what they do.
    about: Option<String>,
    /// The creator's handle on the platform.
    channel_name: Option<String>,
    /// The number of followers in short.
    #[schema(example = "125K")]
    followers: String,
    /// The number of followers.
    followers_numeric: u64,
    /// The same as `followers`.
    followers_count: String,
    /// The same as `followers_numeric`.
    followers_count_numeric: u64,
    /// Engagement in percent of the followers.
    engagement_rate: Option<f64>,
    /// Views of a usual post, in short.
    #[schema(example = "15K")]
    avg_views: Option<String>,
    /// Views of a usual post.
    avg_views_numeric: Option<u64>,
    /// The place that the creator lives in, more closely than the country.
    location: Option<String>,
    /// The country that the creator lives in.
    country: Option<String>,
    /// The audience that the creator reaches.
    audience_type: Option<String>,
    /// The language that the creator speaks most.
    language: Option<String>,
    /// All languages that the creator speaks.
    languages: Vec<String>,
    /// Brands that the creator has worked with.
    previous_brands: Vec<String>,
    /// The address of a picture.
    profile_image: Option<String>,
    /// How well the creator matches the campaign; null without `campaign_id`.
    campaign_match: Option<CampaignMatch>,
    /// What a post costs.
    collaboration_rate: Option<Amount>,
    /// From 0 to 5; null until somebody rated the creator.
    rating: Option<f64>,
    /// When the entry was added.
    created_at: Timestamp,
    /// When the entry was last changed.
    updated_at: Timestamp,
}

/// How well the creator matches the campaign that was asked for, and why.
#[derive(Serialize, ToSchema)]
struct CampaignMatch {
    /// The match score in percent.
    #[schema(example = 85.02)]
    percentage: f64,
    /// `high` from 75, `medium` from 50, else `low`.
    #[schema(value_type = MatchStatus)]
    status: &'static str,
    /// Why: what added to the score first, what took from it last.
    reasons: Vec<Reason>,
    /// Whether the campaign excludes this creator, who then stands in none of its lists.
    excluded: bool,
}

fn show(creator: Creator, viewer: Viewer, campaign_match: Option<CampaignMatch>) -> Profile {
    let (added_by_you, shown) = (viewer.added(&creator), viewer.sees_contact_of(&creator));
    Profile {
        niche: creator.niche_shown(),
        languages: creator.all_languages(),
        id: creator.id,
        name: creator.name,
        email: creator.email.filter(|_| shown),
        added_by_you,
        visibility: creator.visibility,
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

/// Get a creator's profile
///
/// With `campaign_id` the profile also tells how well the creator matches that campaign, and why.
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
    let viewer = Viewer::from(&caller.0);
    let asked = format!("{id}?{}", asked.unwrap_or_default());
    let key = Key { scope: viewer.scope, asked: kept_for(viewer, &asked) };
    let make = || made(&matching, viewer, id, query.campaign_id);
    Ok(matching.profiles.json(matching.app(), key, version, make).await?)
}

async fn made(matching: &Matching, viewer: Viewer, id: CreatorId, campaign: Option<String>) -> Result<Profile> {
    let scope = viewer.scope;
    let mut tx = matching.app().read().await?;
    let creator = creators::store::by_id(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Creator"))?;
    if creator.withdrawn_at.is_some() && !works_with(matching, &mut tx, viewer, &creator).await? {
        return Err(Error::not_found("Creator"));
    }
    let campaign_match = match &campaign {
        None => None,
        Some(campaign) => {
            let campaign = campaigns::find(scope, &mut tx, campaign).await?;
            drop(tx);
            let prepared = Prepared::new(matching.directory(), wish_of(&campaign)).await?;
            let analysis = analyse(matching, &prepared, &creator).await?;
            let gates = Filter { sees: scope.into(), ..prepare::gates_of(&campaign.exclusions) };
            let passing = matching.directory().catalogue().read().passing_one(&gates, id);
            Some(CampaignMatch {
                percentage: analysis.match_percentage,
                status: analysis.match_status,
                reasons: analysis.reasons,
                excluded: !passing,
            })
        }
    };
    Ok(show(creator, viewer, campaign_match))
}

/// Does this viewer go on working with an entry that was withdrawn?
async fn works_with(matching: &Matching, tx: &mut db::Tx, viewer: Viewer, creator: &Creator) -> Result<bool> {
    if viewer.is_subject_of(creator) {
        return Ok(true);
    }
    let Some(workspace) = viewer.workspace else { return Ok(false) };
    let referring = matching.directory().referring();
    let known = creators::rights::references(tx, &referring, &[creator.id]).await?;
    Ok(known.iter().any(|(_, other)| *other == workspace))
}
