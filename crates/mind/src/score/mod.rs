//! The match score: how well a creator fits a campaign, and why.
//!
//! `match_score = 0.35 · niche_match + 0.25 · audience_match + 0.25 · engagement_score + 0.15 · budget_fit`, each from 0 to 100 %,
//! held as integers of hundredths of a percent. Pure: the same input gives the same score, and every figure of an explanation
//! is one that the score was made of.
//!
//! A [`Brief`] is prepared once for a campaign. What it makes of a creator falls in two: [`Facts`], known without a vector (the
//! name of the niche, engagement, budget) and bounding the total ([`Brief::bound`]), and two cosines, which
//! [`Brief::combine`] turns into [`Scores`]. [`Brief::weigh`] and [`explain`] do the same for one creator, with the reasons.

mod brief;
mod budget;
mod calibration;
mod explain;
mod gates;
pub mod niche;
pub mod norms;
mod probes;
mod scores;
mod text;

pub use brief::{Brief, Ceiling, CreatorView, Evidence, Facts, KnownNiche, Label, Wish, profile_text};
pub use budget::{Budget, Price};
pub use calibration::{Calibration, Scale};
pub use explain::{
    Analysis, DetailedAnalysis, EstimatedPerformance, History, Impact, Judged, Notes, Reason, Safety, explain,
};
pub use gates::{Candidate, Gate, Gates, Names};
pub use niche::Niche;
pub use norms::{Norms, Standing};
pub use scores::{Band, FULL, MatchStatus, Scores, from_number, number, percent};

#[cfg(test)]
mod ranking;
#[cfg(test)]
mod tests;
