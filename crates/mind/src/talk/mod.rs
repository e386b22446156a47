//! What a conversation came to, in English and Spanish: a summary, what is to be done, how it felt, how interested they are,
//! what they charge, when they have time. [`crate::meaning`] reads it; here it is put in the words of the log. The same text always
//! gives the same answer, and what was not said is `None`.

mod actions;
mod content;
mod sentiment;
mod summary;
#[cfg(test)]
mod tests;
mod words;

pub use sentiment::Sentiment;

pub use crate::meaning::{Speaker, Turn, turns};

use crate::dialogue::Refusal;
use crate::meaning::{self, Claim, Meaning, Price};
use crate::reply::Letter;

/// How interested someone is, in A's words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Interest {
    /// No.
    NotInterested,
    /// Perhaps.
    Neutral,
    /// Yes.
    Interested,
    /// Yes, gladly.
    VeryInterested,
}

impl Interest {
    /// As it is written: `very_interested`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotInterested => "not_interested",
            Self::Neutral => "neutral",
            Self::Interested => "interested",
            Self::VeryInterested => "very_interested",
        }
    }
}

/// A rate that was named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rate {
    /// In minor units of the currency; of a range the lower end.
    pub minor: i64,
    /// The upper end of a range.
    pub most: Option<i64>,
    /// ISO 4217, if one was named: `USD`, `EUR`, `GBP`; `pesos` where nobody said whose.
    pub currency: Option<&'static str>,
    /// What it is for, if that was said: `reel`, `pack`, `month`.
    pub per: Option<&'static str>,
    /// The sentence that names it.
    pub words: String,
}

impl Rate {
    /// As it is written: `1200`, `850.50`.
    pub fn amount(&self) -> String {
        match self.minor % 100 {
            0 => (self.minor / 100).to_string(),
            cents => format!("{}.{cents:02}", self.minor / 100),
        }
    }
}

/// A sentence, with who said it.
struct Sentence<'t> {
    speaker: Speaker,
    text: &'t str,
}

/// What a conversation came to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Talk {
    /// Its weightiest sentences, in their order; none for a text without words.
    pub summary: Option<String>,
    /// What somebody said is to be done, each as an order: `Send product samples`.
    pub action_items: Vec<String>,
    /// How it felt; none where no word tells.
    pub sentiment: Option<Sentiment>,
    /// How interested the other side is, with the words that say so.
    pub interest: Option<(Interest, String)>,
    /// What they charge.
    pub rate: Option<Rate>,
    /// When they have time, in their words.
    pub timeline: Option<String>,
    /// What they like to make: `reel`, `video`, `story` …
    pub content_types: Vec<String>,
    /// Do they want to be left alone: by every way, or by one of them and without any interest?
    pub opted_out: bool,
    /// What they want no more of: to be called, to be written to.
    pub refused: Refusal,
}

/// No more of a text than this is looked at, in bytes: some ten hours of talk.
const LONGEST: usize = 1 << 20;
/// No more of the words for a time is kept, in characters.
const MOST_CHARS: usize = 200;

/// Reads a transcript: lines of `Speaker: words`, or plain text. `creator` is the name by which the other side may be called
/// in it; whoever is neither that nor plainly ours is taken for them.
pub fn analyse(transcript: &str, creator: Option<&str>) -> Talk {
    let transcript = &transcript[..transcript.floor_char_boundary(LONGEST)];
    Talk::of(&meaning::of_talk(transcript, creator, None), &turns(transcript, creator))
}

/// Reads a mail.
pub fn of_letter(letter: &Letter) -> Talk {
    let own = letter.own();
    let turns = [Turn { speaker: Speaker::Them, name: None, text: &own }];
    Talk::of(&meaning::of_letter(letter, None), &turns)
}

impl Talk {
    fn of(meaning: &Meaning, turns: &[Turn<'_>]) -> Self {
        let sentences: Vec<Sentence<'_>> = turns
            .iter()
            .flat_map(|turn| {
                meaning::sentences(turn.text).into_iter().map(|text| Sentence { speaker: turn.speaker, text })
            })
            .collect();
        // Where nobody is named, everything is taken for theirs.
        let theirs: Vec<&Sentence<'_>> = sentences.iter().filter(|sentence| sentence.speaker != Speaker::Us).collect();
        let refused = meaning.refused.as_ref().map(|claim| claim.value).unwrap_or_default();
        let interest = meaning.interest.as_ref();
        Self {
            summary: summary::of(&sentences),
            action_items: actions::of(&sentences),
            sentiment: mood(meaning, sentiment::of(&theirs)),
            interest: interest.map(|claim| (claim.value, meaning.quote(claim).to_owned())),
            rate: meaning.rate.as_ref().map(|claim| rate(meaning, claim)),
            timeline: meaning.time.as_ref().map(|claim| meaning.quote(claim).chars().take(MOST_CHARS).collect()),
            content_types: content::of(&theirs),
            opted_out: refused.all
                || (refused.any() && interest.is_some_and(|claim| claim.value == Interest::NotInterested)),
            refused: Refusal::told(meaning),
        }
    }
}

/// How it felt: by what came of it, and where nothing did, by the words.
fn mood(meaning: &Meaning, words: Option<Sentiment>) -> Option<Sentiment> {
    let refused = meaning.refused.is_some();
    match meaning.interest.as_ref().map(|claim| claim.value) {
        Some(Interest::VeryInterested | Interest::Interested) if !refused && words != Some(Sentiment::Negative) => {
            Some(Sentiment::Positive)
        }
        Some(Interest::NotInterested) if refused => Some(Sentiment::Negative),
        None if words == Some(Sentiment::Positive) => Some(Sentiment::NeutralPositive),
        Some(Interest::Neutral) => {
            words.map(|words| words.clamp(Sentiment::NeutralNegative, Sentiment::NeutralPositive))
        }
        _ => words,
    }
}

fn rate(meaning: &Meaning, claim: &Claim<Price>) -> Rate {
    let price = &claim.value;
    Rate {
        minor: price.minor,
        most: price.most,
        currency: price.currency,
        per: price.unit.map(meaning::Unit::as_str),
        words: meaning.quote(claim).to_owned(),
    }
}
