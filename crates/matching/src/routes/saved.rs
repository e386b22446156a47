//! Saved match scores.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Caller, Named, Offsets, Params};
use input::rule;
use input::{Fields, Input};
use kernel::{CampaignId, CreatorId, Error, MatchId, Timestamp};
use mind::score::{from_number, number, percent};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Matching;
use crate::store::{self, SavedMatch};

/// A score to be saved, each part in percent.
#[derive(Deserialize, ToSchema)]
pub(super) struct MatchInput {
    /// The campaign's id or code.
    campaign_id: String,
    /// The creator; `influencer_id` is taken too.
    #[schema(value_type = String)]
    creator_id: CreatorId,
    #[schema(minimum = 0, maximum = 100, example = 78.31)]
    match_score: f64,
    #[schema(minimum = 0, maximum = 100, example = 91.6)]
    niche_match: f64,
    #[schema(minimum = 0, maximum = 100, example = 43)]
    audience_match: f64,
    #[schema(minimum = 0, maximum = 100, example = 82)]
    engagement_score: f64,
    #[schema(minimum = 0, maximum = 100, example = 100)]
    budget_fit: f64,
}

impl Input for MatchInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let campaign_id = fields.required("campaign_id", rule::text(100));
        let creator_id = fields.required_as(&["creator_id", "influencer_id"], rule::id());
        let mut score = |name| fields.required(name, rule::number(0.0, 100.0));
        let parts = ["match_score", "niche_match", "audience_match", "engagement_score", "budget_fit"].map(&mut score);
        let [match_score, niche_match, audience_match, engagement_score, budget_fit] = parts;
        Some(Self {
            campaign_id: campaign_id?,
            creator_id: creator_id?,
            match_score: match_score?,
            niche_match: niche_match?,
            audience_match: audience_match?,
            engagement_score: engagement_score?,
            budget_fit: budget_fit?,
        })
    }
}

/// A saved match score.
#[derive(Serialize, ToSchema)]
pub(super) struct MatchScore {
    id: MatchId,
    campaign_id: CampaignId,
    creator_id: CreatorId,
    match_score: f64,
    niche_match: f64,
    audience_match: f64,
    engagement_score: f64,
    budget_fit: f64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

fn part(hundredths: u32) -> u16 {
    u16::try_from(hundredths).unwrap_or(u16::MAX)
}

/// Save a match score
///
/// Saved again for the same campaign and creator, it replaces what was.
#[utoipa::path(post, path = "/api/ai/matches", tag = "AI matching", request_body = MatchInput,
    responses((status = 200, description = "The saved score", body = MatchScore)))]
pub(super) async fn save(
    State(matching): State<Matching>,
    caller: Caller,
    Body { input, .. }: Body<MatchInput>,
) -> Answer<Json<MatchScore>> {
    let clock = matching.app().clock();
    let (scope, now) = (caller.scope(), clock.now());
    let mut tx = matching.app().write().await?;
    let campaign = campaigns::find(scope, &mut tx, &input.campaign_id).await?;
    let creator = creators::store::by_id(scope, &mut tx, input.creator_id).await?;
    let creator = creator.ok_or_else(|| Error::not_found("Creator"))?;
    let hundredths = |score| u32::from(from_number(score).unwrap_or(0));
    let saved = SavedMatch {
        id: clock.new_id(),
        campaign_id: campaign.id,
        creator_id: creator.id,
        match_score: hundredths(input.match_score),
        niche_match: hundredths(input.niche_match),
        audience_match: hundredths(input.audience_match),
        engagement_score: hundredths(input.engagement_score),
        budget_fit: hundredths(input.budget_fit),
        created_at: now,
        updated_at: now,
    };
    let saved = store::save(scope, &mut tx, &campaign, saved).await?;
    tx.commit().await?;
    Ok(Json(MatchScore {
        id: saved.id,
        campaign_id: saved.campaign_id,
        creator_id: saved.creator_id,
        match_score: number(part(saved.match_score)),
        niche_match: number(part(saved.niche_match)),
        audience_match: number(part(saved.audience_match)),
        engagement_score: number(part(saved.engagement_score)),
        budget_fit: number(part(saved.budget_fit)),
        created_at: saved.created_at,
        updated_at: saved.updated_at,
    }))
}

/// From which score on.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query that `SavedQuery` reads")]
pub(super) struct ScoreQuery {
    /// Only scores from here, in percent.
    #[param(minimum = 0, maximum = 100)]
    min_score: Option<f64>,
}

pub(super) struct SavedQuery {
    min_score: f64,
    offsets: Offsets,
}

impl Input for SavedQuery {
    fn read(fields: &mut Fields) -> Option<Self> {
        let min_score = fields.optional("min_score", rule::number(0.0, 100.0)).unwrap_or(0.0);
        Some(Self { min_score, offsets: Offsets::read(fields)? })
    }
}

/// A page of saved scores.
#[derive(Serialize, ToSchema)]
pub(super) struct SavedMatches {
    matches: Vec<ShownMatch>,
    #[serde(flatten)]
    page: http_base::Page,
}

/// A saved score, as it is shown.
#[derive(Serialize, ToSchema)]
struct ShownMatch {
    id: MatchId,
    creator_id: CreatorId,
    campaign_id: CampaignId,
    influencer_name: String,
    #[schema(example = "78.31%")]
    match_score: String,
    #[schema(example = "91.60%")]
    niche_match: String,
    #[schema(example = "43.00%")]
    audience_match: String,
    #[schema(example = "82.00%")]
    engagement_score: String,
    #[schema(example = "100.00%")]
    budget_fit: String,
    created_at: Timestamp,
}

/// List the saved match scores of a campaign
///
/// The best first.
#[utoipa::path(get, path = "/api/ai/matches/{campaign_id}", tag = "AI matching",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), ScoreQuery, Offsets),
    responses((status = 200, description = "A page of saved scores", body = SavedMatches)))]
pub(super) async fn list(
    State(matching): State<Matching>,
    caller: Caller,
    name: Named,
    Params(query): Params<SavedQuery>,
) -> Answer<Json<SavedMatches>> {
    let mut tx = matching.app().read().await?;
    let campaign = campaigns::find(caller.scope(), &mut tx, &name.0).await?;
    let least = u32::from(from_number(query.min_score).unwrap_or(0));
    let (saved, total) = store::list(caller.scope(), &mut tx, &campaign, least, query.offsets).await?;
    let shown = |(saved, influencer_name): (SavedMatch, String)| ShownMatch {
        id: saved.id,
        creator_id: saved.creator_id,
        campaign_id: saved.campaign_id,
        influencer_name,
        match_score: percent(part(saved.match_score)),
        niche_match: percent(part(saved.niche_match)),
        audience_match: percent(part(saved.audience_match)),
        engagement_score: percent(part(saved.engagement_score)),
        budget_fit: percent(part(saved.budget_fit)),
        created_at: saved.created_at,
    };
    Ok(Json(SavedMatches { matches: saved.into_iter().map(shown).collect(), page: query.offsets.page(total) }))
}
