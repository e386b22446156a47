//! What a brief asks, what was handed in, and what the check answers.

use kernel::{Timestamp, Words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an offer asks of content. Kept as JSON; what an older one does not say is as if nothing were asked.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Brief {
    /// Tags that have to stand in a caption, with or without `#`.
    pub required_hashtags: Vec<String>,
    /// Accounts that have to be mentioned in a caption, with or without `@`.
    pub required_mentions: Vec<String>,
    /// Where the content may be posted (`INSTAGRAM`), in any case. None: anywhere.
    pub platforms: Vec<String>,
    /// As what it may be posted (`REEL`), in any case. None: as anything.
    pub formats: Vec<String>,
    /// Rules of the caption in words, of English or Spanish.
    pub caption_requirements: String,
    /// Words that must not stand in any caption.
    pub forbidden_words: Vec<String>,
    /// Links that have to be there, in a caption or beside it.
    pub required_links: Vec<String>,
    /// Codes that have to stand in a caption.
    pub required_codes: Vec<String>,
    /// The language to write in: a code or a name.
    pub language: Option<String>,
    /// The countries that it is made for: codes of ISO 3166.
    pub markets: Vec<String>,
    /// When it has to be handed in.
    pub deadline: Option<Timestamp>,
    /// Is anything given for it? Then it has to be disclosed.
    pub advertising: bool,
    /// Who posts it.
    pub posted_by: PostedBy,
    /// The names and handles of the brand, for disclosures that need it.
    pub brand: Vec<String>,
    /// What the offer is about: its title and description. Relevance is measured by it.
    pub about: String,
}

/// Who posts the content.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostedBy {
    /// Whoever made it, to their own followers.
    #[default]
    Creator,
    /// The brand, which needs not say that it advertises (UGC).
    Brand,
}

/// What was handed in.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Content {
    /// The captions, each by its name.
    pub captions: Vec<Caption>,
    /// Where it is to be posted (`INSTAGRAM`), in any case.
    pub platform: String,
    /// What it is (`REEL`, `STORY`), in any case, if it was said.
    pub formats: Vec<String>,
    /// Kinds of the files (`image`, `video`, `audio`, `document`), as far as they are known.
    pub media: Vec<String>,
    /// Links to it, and beside it.
    pub links: Vec<String>,
    /// When it was handed in.
    pub submitted_at: Option<Timestamp>,
    /// Did the creator say that the platform's own label for advertising is on?
    pub labelled: bool,
}

/// A caption by its name, which is often the platform's.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Caption {
    /// `instagram`, `tiktok`, `title` …
    pub name: String,
    /// The text.
    pub text: String,
}

/// What the check found of one content against one brief.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = BriefReport)]
pub struct Report {
    /// Every requirement, judged by itself.
    pub checks: Vec<Check>,
    /// The required tags that stand in any caption, as the brief writes them.
    pub hashtags_found: Vec<String>,
    /// Those that do not.
    pub hashtags_missing: Vec<String>,
    /// The required mentions that stand in any caption, as the brief writes them.
    pub mentions_found: Vec<String>,
    /// Those that do not.
    pub mentions_missing: Vec<String>,
    /// How well the captions are made, 0 to 10.
    pub quality_rating: f64,
    /// How near they are to what the offer is about, 0 to 10. Null without words to measure it by.
    pub relevance_rating: Option<f64>,
    /// How many of the required tags and mentions stand in any caption, in percent; 100 if none is required.
    pub compliance_percentage: f64,
    /// What to change, in words.
    pub suggestions: Vec<String>,
    /// All of it in one number, 0 to 100. `docs/brief-check.md` has the formula.
    pub ai_score: f64,
    /// Every required tag and mention is there.
    pub passed_requirements: bool,
}

impl Report {
    /// Has every requirement passed? Content that nobody reviews may be approved only then.
    pub fn all_pass(&self) -> bool {
        self.checks.iter().all(|check| check.verdict == Verdict::Pass)
    }
}

/// One requirement, judged by itself.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = BriefCheck)]
pub struct Check {
    /// What is asked, in the brief's words where it has some.
    pub requirement: String,
    /// What sort of requirement it is.
    pub kind: Kind,
    /// Is it met?
    pub verdict: Verdict,
    /// The words that show it.
    pub quote: Option<Quote>,
    /// How it was judged, and what was measured.
    pub how: String,
    /// Who judged.
    pub judged_by: Judge,
}

impl Check {
    pub(super) fn rule(
        requirement: String,
        kind: Kind,
        verdict: Verdict,
        quote: Option<Quote>,
        how: impl Into<String>,
    ) -> Self {
        Self { requirement, kind, verdict, quote, how: how.into(), judged_by: Judge::Rules }
    }
}

/// Whether a requirement is met.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Words)]
#[words(name = "BriefVerdict", no_column, no_display)]
pub enum Verdict {
    /// It is.
    Pass,
    /// It is not.
    Fail,
    /// Nobody can tell from what is there. A person decides.
    CannotTell,
}

/// What sort of requirement it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Words)]
#[words(name = "BriefCheckKind", no_column, no_display)]
pub enum Kind {
    /// A required tag.
    Hashtag,
    /// A required mention.
    Mention,
    /// The platform.
    Platform,
    /// The format.
    Format,
    /// How long the caption is.
    Length,
    /// How many of something there are: emojis, tags, mentions.
    Count,
    /// What it is about.
    Topic,
    /// What it has to say.
    Says,
    /// What it must not say.
    SaysNot,
    /// A link.
    Link,
    /// A code.
    Code,
    /// The language.
    Language,
    /// That it is advertising.
    Disclosure,
    /// That it says so where one sees it.
    DisclosurePlace,
    /// When it was handed in.
    Deadline,
    /// Anything else.
    Other,
}

/// Who judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Words)]
#[words(name = "BriefJudge", no_column, no_display)]
pub enum Judge {
    /// Rules over the text.
    Rules,
    /// The embedded model, by meaning.
    Meaning,
    /// A language model, whose quote stands in the text.
    Model,
}

/// Words of a caption.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = BriefQuote)]
pub struct Quote {
    /// The caption's name.
    pub caption: String,
    /// Where they begin in the original caption, in characters (Unicode code points) from 0.
    pub start: usize,
    /// Where they end, in characters.
    pub end: usize,
    /// The words, as they stand there.
    pub text: String,
}
