//! Creators as lists and matches show them.

use creators::{Creator, CreatorBody, Viewer};
use kernel::{Amount, CreatorId, Platform, count};
use mind::score::{MatchStatus, Scores, number, percent};
use serde::Serialize;
use utoipa::ToSchema;

/// A creator in a list, with the match that was asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct ListedCreator {
    #[serde(flatten)]
    creator: CreatorBody,
    /// The match score in percent; null without a campaign or a search.
    #[schema(example = 85.02)]
    match_percentage: Option<f64>,
    /// `high` from 75 percent, `medium` from 50, else `low`; null without a campaign or a search.
    #[schema(value_type = Option<MatchStatus>)]
    match_status: Option<&'static str>,
}

impl ListedCreator {
    pub(super) fn new(creator: Creator, scores: Option<Scores>, viewer: Viewer) -> Self {
        Self {
            creator: CreatorBody::shown(creator, viewer),
            match_percentage: scores.map(|scores| number(scores.total())),
            match_status: scores.map(|scores| scores.band().name()),
        }
    }
}

/// The parts of a match score, as they are shown.
#[derive(Clone, Serialize, ToSchema)]
pub(super) struct DetailedScores {
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
}

/// A creator who matches.
#[derive(Clone, Serialize, ToSchema)]
pub(super) struct Match {
    /// The id of the creator.
    id: CreatorId,
    /// The name of the creator, and the handle in brackets.
    #[schema(example = "Mia Martinez (@mia_martinez838)")]
    influencer_name: String,
    /// The address of a picture.
    profile_image: Option<String>,
    /// The platform that the creator publishes on.
    platform: Platform,
    /// The whole score.
    #[schema(example = "78.31%")]
    match_score: String,
    /// The niche, with capitals.
    #[schema(example = "Fitness")]
    niche: String,
    /// The number of followers in short.
    #[schema(example = "374K")]
    followers: String,
    /// The number of followers.
    followers_count_numeric: u64,
    /// Engagement in percent of the followers; null if it is not known.
    #[schema(example = "5.9%")]
    engagement: Option<String>,
    /// What a post costs; null if it is not known.
    #[schema(example = "$3769")]
    collaboration_rate: Option<String>,
    /// The parts of the score.
    detailed_scores: DetailedScores,
}

impl Match {
    pub(super) fn new(creator: Creator, scores: Scores) -> Self {
        let handle = creator.channel_name.as_deref().map(str::trim).filter(|handle| !handle.is_empty());
        let influencer_name = match handle {
            Some(handle) if handle.starts_with('@') => format!("{} ({handle})", creator.name),
            Some(handle) => format!("{} (@{handle})", creator.name),
            None => creator.name.clone(),
        };
        Self {
            id: creator.id,
            influencer_name,
            niche: creator.niche_shown(),
            profile_image: creator.profile_image,
            platform: creator.platform,
            match_score: percent(scores.total()),
            followers: count::short(creator.followers),
            followers_count_numeric: creator.followers,
            engagement: creator.engagement_rate.map(|rate| format!("{}%", (rate * 100.0).round() / 100.0)),
            collaboration_rate: creator.collaboration_rate.map(Amount::price),
            detailed_scores: DetailedScores {
                niche_match: percent(scores.niche_match),
                audience_match: percent(scores.audience_match),
                engagement_score: percent(scores.engagement_score),
                budget_fit: percent(scores.budget_fit),
            },
        }
    }
}

/// Puts entries and scores together; someone who left the directory meanwhile is left out.
pub(super) fn with_scores<T>(
    creators: Vec<Creator>,
    ranked: &[crate::rank::Ranked],
    show: impl Fn(Creator, Scores) -> T,
) -> Vec<T> {
    let mut ranked = ranked.iter();
    creators
        .into_iter()
        .filter_map(|creator| {
            let own = ranked.find(|ranked| ranked.id == creator.id)?;
            Some(show(creator, own.scores))
        })
        .collect()
}
