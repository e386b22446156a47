//! Explanations of a match: B's `reasons`, `detailed_analysis`, `recommendation` and `estimated_performance`.
//!
//! Every figure in them is one that the score was made of, or says of itself what it was estimated from.

mod performance;
mod reasons;
mod safety;

use serde::Serialize;
use utoipa::ToSchema;

pub use performance::{EstimatedPerformance, History, Notes};

use super::brief::{Brief, CreatorView, Evidence};
use super::norms::Norms;
use super::scores::{Band, FULL, MatchStatus, Scores, number, percent};

/// How much a reason weighs in the match score.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Impact {
    /// It brings or costs at least 20 of the 100 points.
    High,
    /// At least 10.
    Medium,
    /// Less.
    Low,
}

/// One reason for the score, good or bad.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Reason {
    /// In a few words: `High engagement rate`.
    pub factor: String,
    /// In a sentence with the figures.
    pub description: String,
    /// How much it weighs.
    pub impact: Impact,
}

/// A part of the score, judged.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Judged {
    /// In percent, with two decimals.
    pub score: f64,
    /// Why.
    pub explanation: String,
}

/// What is on record about the creator's conduct; no part of the match score.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Safety {
    /// In percent; null where nothing is on record.
    pub score: Option<f64>,
    /// Why.
    pub explanation: String,
}

/// Every part of the match score, judged.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct DetailedAnalysis {
    /// The niche match.
    pub niche_alignment: Judged,
    /// The audience match.
    pub audience_match: Judged,
    /// The engagement score.
    pub engagement_quality: Judged,
    /// The budget fit.
    pub budget_fit: Judged,
    /// Evidence about the creator's conduct.
    pub brand_safety: Safety,
}

/// Why a creator fits a campaign, or does not.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Analysis {
    /// The match score in percent, with two decimals.
    pub match_percentage: f64,
    /// `high`, `medium` or `low`.
    #[schema(value_type = MatchStatus)]
    pub match_status: &'static str,
    /// What brought points first, what cost them last.
    pub reasons: Vec<Reason>,
    /// Part by part.
    pub detailed_analysis: DetailedAnalysis,
    /// What to do, in a sentence.
    pub recommendation: String,
    /// What a post may bring.
    pub estimated_performance: EstimatedPerformance,
}

/// Explains the scores of one creator. `history` is what earlier deals with the creator brought, if there were any.
pub fn explain(
    brief: &Brief,
    norms: &Norms,
    creator: &CreatorView<'_>,
    evidence: &Evidence,
    history: Option<&History>,
) -> Analysis {
    let findings = reasons::findings(brief, creator, evidence);
    let safety = safety::judge(brief, creator);
    let total = evidence.scores.total();
    let judged = |part: usize| Judged {
        score: number(findings[part].score),
        explanation: format!("{} ({}).", findings[part].description, percent(findings[part].score)),
    };
    Analysis {
        match_percentage: number(total),
        match_status: Band::of(total).name(),
        detailed_analysis: DetailedAnalysis {
            niche_alignment: judged(0),
            audience_match: judged(1),
            engagement_quality: judged(2),
            budget_fit: judged(3),
            brand_safety: safety.judged,
        },
        reasons: reasons::reasons(findings),
        recommendation: recommendation(evidence.scores, &safety.risks),
        estimated_performance: performance::estimate(norms, creator, history),
    }
}

/// By the band, and by the part that costs the most points.
fn recommendation(scores: Scores, risks: &[&'static str]) -> String {
    let names = ["niche match", "audience match", "engagement", "budget fit"];
    let lost = |part: &usize| u32::from(FULL - scores.parts()[*part].min(FULL)) * u32::from(Scores::WEIGHTS[*part]);
    // Of equal losses the first in the formula is told.
    let weakest = (0..names.len()).rev().max_by_key(lost).unwrap_or(0);
    let (total, weak) = (percent(scores.total()), format!("{} ({})", names[weakest], percent(scores.parts()[weakest])));
    let mut text = match scores.band() {
        Band::High if lost(&weakest) < 1000 * 100 => format!("Highly recommended for this campaign: {total} match."),
        Band::High => format!("Highly recommended for this campaign: {total} match; its weakest point is {weak}."),
        Band::Medium => format!("Worth considering: {total} match, held back above all by {weak}."),
        Band::Low => format!("Not recommended for this campaign: {total} match, above all for its {weak}."),
    };
    if !risks.is_empty() {
        text.extend([" Look at the profile first: it mentions ", &super::text::list(risks), "."]);
    }
    text
}

#[cfg(test)]
mod tests;
