//! What a brand asks for in its own words, English or Spanish: the constraints it names, and what is left to be searched
//! by meaning.
//!
//! [`parse`] reads a sentence by rules and word lists, in microseconds and without a model; [`from_llm_json`] takes the
//! same structure from a hosted model's answer and lets in nothing that makes no sense. Whatever read it, what an
//! [`Understanding`] says of itself ([`Understanding::interpretation`], [`Understanding::recommended_filters`],
//! [`Understanding::budget_analysis`]) is computed from what it holds.

mod amounts;
mod budget;
mod chunks;
mod exclusions;
mod figures;
mod lexicon;
mod limits;
mod llm;
mod meaning;
pub mod niches;
mod numbers;
mod parser;
mod people;
mod places;
mod platform;
mod say;
mod spelled;
mod tokens;
mod topics;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use budget::BudgetFacts;
pub use kernel::Platform;
pub use llm::{from_llm_json, llm_prompt};
pub use parser::{MAX_QUERY_BYTES, parse};
pub use people::people;

use crate::geo::{CountryCode, LanguageCode};

/// The language a query is written in, in which it is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English, also where nothing tells.
    #[default]
    En,
    /// Spanish.
    Es,
}

/// The order a query asks for, beside closeness in meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Largest audience first: "the biggest".
    Followers,
    /// Highest engagement rate first: "most engaged".
    Engagement,
    /// Most views first: "most viewed".
    Views,
    /// Lowest rate first: "cheapest".
    Price,
}

/// The class of a creator's size. The bounds are reference figures: nano < 10K ≤ micro < 100K ≤ mid < 500K ≤ macro < 1M ≤ mega.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Below 10,000 followers.
    Nano,
    /// Below 100,000.
    Micro,
    /// Below 500,000.
    Mid,
    /// Below 1,000,000.
    Macro,
    /// All above.
    Mega,
}

impl Tier {
    /// Every tier, smallest first.
    pub const ALL: [Self; 5] = [Self::Nano, Self::Micro, Self::Mid, Self::Macro, Self::Mega];

    /// The tier of an account with so many followers.
    pub fn of(followers: u64) -> Self {
        let above = |tier: &&Self| tier.bounds().1.is_none_or(|max| followers <= max);
        Self::ALL.iter().find(above).copied().unwrap_or(Self::Mega)
    }

    /// Followers from … to, both included; no upper bound for the largest.
    pub fn bounds(self) -> (u64, Option<u64>) {
        match self {
            Self::Nano => (0, Some(9_999)),
            Self::Micro => (10_000, Some(99_999)),
            Self::Mid => (100_000, Some(499_999)),
            Self::Macro => (500_000, Some(999_999)),
            Self::Mega => (1_000_000, None),
        }
    }

    /// What one means who asks for it: as [`Tier::bounds`], but "macro" begins where "micro" ends, as the trade uses the word.
    pub fn asked(self) -> (u64, Option<u64>) {
        match self {
            Self::Macro => (Self::Mid.bounds().0, self.bounds().1),
            other => other.bounds(),
        }
    }
}

/// The words of a query that a constraint was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The field of [`Understanding`], or the common part of a pair: `"platforms"`, `"followers"`, `"budget"`.
    pub field: String,
    /// As they stand in the query: `"with 100K+ subscribers"`.
    pub words: String,
}

/// A query as it was understood. Everything is optional; an empty list is no constraint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Understanding {
    /// The language of the query.
    pub lang: Lang,
    /// Any of these.
    pub platforms: Vec<Platform>,
    /// Any of these; canonical, lower case ([`niches::canonical`]), in the order of the query.
    pub niches: Vec<String>,
    /// At least so many followers.
    pub followers_min: Option<u64>,
    /// At most so many, itself included.
    pub followers_max: Option<u64>,
    /// At least so many views of a usual post.
    pub views_min: Option<u64>,
    /// At most so many, itself included.
    pub views_max: Option<u64>,
    /// At least this engagement rate, in percent of followers (0 to 100).
    pub engagement_min: Option<f64>,
    /// At most this engagement rate, in percent.
    pub engagement_max: Option<f64>,
    /// Creators of any of these.
    pub countries: Vec<CountryCode>,
    /// Who speak any of these.
    pub languages: Vec<LanguageCode>,
    /// The least one means to pay a creator, in hundredths of `currency`.
    pub budget_min_minor: Option<i64>,
    /// The most, in hundredths of `currency`.
    pub budget_max_minor: Option<i64>,
    /// ISO 4217 (`"EUR"`), where the query tells.
    pub currency: Option<String>,
    /// None of these.
    pub excluded_niches: Vec<String>,
    /// None of these.
    pub excluded_platforms: Vec<Platform>,
    /// None of these.
    pub excluded_countries: Vec<CountryCode>,
    /// Nobody who speaks these.
    pub excluded_languages: Vec<LanguageCode>,
    /// Nobody who writes of these, or is there: words that are no niche and cities, lower case as written ("alcohol"); compare them folded.
    pub excluded_words: Vec<String>,
    /// People who were named, as their names stand in the query; known only to whoever has the directory ([`people`]).
    pub names: Vec<String>,
    /// The order asked for; none is by closeness in meaning.
    pub sort: Option<Sort>,
    /// What to search by meaning: the query's topical words, without what the fields above say and without filler. Empty
    /// when nothing is left.
    pub meaning: String,
    /// What asks for a limit that was not understood, as it stands in the query ("more than a few hundred thousand followers"):
    /// it limits nothing, and is told rather than half taken.
    pub not_understood: Vec<String>,
    /// What each constraint was read from, in the order of the query.
    pub evidence: Vec<Evidence>,
}

impl Understanding {
    /// Whether it names nothing at all: neither a constraint nor a topic.
    pub fn is_empty(&self) -> bool {
        let nothing = Self {
            lang: self.lang,
            evidence: self.evidence.clone(),
            not_understood: self.not_understood.clone(),
            ..Self::default()
        };
        *self == nothing
    }
}
