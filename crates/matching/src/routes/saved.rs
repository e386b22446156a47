//! Saved match scores.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Caller, Named, Offsets, Params};
use input::Input;
use kernel::{CampaignId, CreatorId, Error, MatchId, Timestamp};
use mind::score::{from_number, number, percent};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Matching;
use crate::store::{self, SavedMatch};

/// A match score to be saved, each part in percent.
#[derive(Input)]
#[input(name = "NewMatchScore")]
pub(super) struct MatchInput {
    /// The id or code of the campaign.
    #[input(text(100))]
    campaign_id: String,
    /// The id of the creator.
    #[input(id, alias = "influencer_id")]
    creator_id: CreatorId,
    /// The whole score.
    #[input(number(0.0, 100.0), example = 78.31)]
    match_score: f64,
    /// How well the niches fit.
    #[input(number(0.0, 100.0), example = 91.6)]
    niche_match: f64,
    /// How well the audiences fit.
    #[input(number(0.0, 100.0), example = 43)]
    audience_match: f64,
    /// How good the engagement is.
    #[input(number(0.0, 100.0), example = 82)]
    engagement_score: f64,
    /// How well the price fits the budget.
    #[input(number(0.0, 100.0), example = 100)]
    budget_fit: f64,
}

/// A saved match score, each part in percent.
#[derive(Serialize, ToSchema)]
pub(super) struct MatchScore {
    /// Its id.
    id: MatchId,
    /// The campaign.
    campaign_id: CampaignId,
    /// The creator.
    creator_id: CreatorId,
    /// The whole score.
    match_score: f64,
    /// How well the niches fit.
    niche_match: f64,
    /// How well the audiences fit.
    audience_match: f64,
    /// How good the engagement is.
    engagement_score: f64,
    /// How well the price fits the budget.
    budget_fit: f64,
    /// When it was first saved.
    created_at: Timestamp,
    /// When it was last saved.
    updated_at: Timestamp,
}

fn part(hundredths: u32) -> u16 {
    u16::try_from(hundredths).unwrap_or(u16::MAX)
}

/// Save a match score
///
/// A score that is saved again for the same campaign and creator replaces the earlier one.
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

/// Which saved scores are wanted.
#[derive(Input)]
pub(super) struct SavedQuery {
    /// Only scores of at least this, in percent.
    #[input(number(0.0, 100.0), default = 0.0)]
    min_score: f64,
    #[input(flatten)]
    offsets: Offsets,
}

/// A page of saved match scores.
#[derive(Serialize, ToSchema)]
pub(super) struct SavedMatches {
    /// The scores, best first.
    matches: Vec<ShownMatch>,
    #[serde(flatten)]
    page: http_base::Page,
}

/// A saved match score, as it is shown.
#[derive(Serialize, ToSchema)]
#[schema(as = SavedMatch)]
struct ShownMatch {
    /// Its id.
    id: MatchId,
    /// The creator.
    creator_id: CreatorId,
    /// The campaign.
    campaign_id: CampaignId,
    /// The name of the creator.
    influencer_name: String,
    /// The whole score.
    #[schema(example = "78.31%")]
    match_score: String,
    /// How well the niches fit.
    #[schema(example = "91.60%")]
    niche_match: String,
    /// How well the audiences fit.
    #[schema(example = "43.00%")]
    audience_match: String,
    /// How good the engagement is.
    #[schema(example = "82.00%")]
    engagement_score: String,
    /// How well the price fits the budget.
    #[schema(example = "100.00%")]
    budget_fit: String,
    /// When it was first saved.
    created_at: Timestamp,
}

/// List the saved match scores of a campaign
///
/// Best first.
#[utoipa::path(get, path = "/api/ai/matches/{campaign_id}", tag = "AI matching",
    params(("campaign_id" = String, Path, description = "The campaign's id or code"), SavedQuery),
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
