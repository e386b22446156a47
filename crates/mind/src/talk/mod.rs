//! What a conversation came to, in English and Spanish: a summary, what is to be done, how it felt, how interested they are,
//! what they charge, when they have time. Rules and word lists alone: the same text always gives the same answer, and what
//! was not said is `None`.

mod actions;
mod interest;
mod rate;
mod sentiment;
mod summary;
#[cfg(test)]
mod tests;
mod timeline;
mod turns;
mod words;

pub use interest::Interest;
pub use rate::Rate;
pub use sentiment::Sentiment;
pub use turns::{Speaker, Turn, turns};

use turns::Sentence;

use crate::dialogue::Refusal;

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
    /// Do they want to be left alone?
    pub opted_out: bool,
    /// What they want no more of: to be called, to be written to.
    pub refused: Refusal,
}

/// No more of a text than this is looked at, in bytes: some ten hours of talk.
const LONGEST: usize = 1 << 20;

/// Reads a transcript: lines of `Speaker: words`, or plain text. `creator` is the name by which the other side may be called
/// in it; whoever is neither that nor plainly ours is taken for them.
pub fn analyse(transcript: &str, creator: Option<&str>) -> Talk {
    let end = (0..=LONGEST.min(transcript.len())).rev().find(|end| transcript.is_char_boundary(*end)).unwrap_or(0);
    let turns = turns(&transcript[..end], creator);
    let sentences: Vec<Sentence<'_>> = turns::sentences(&turns);
    // Where nobody is named, everything is taken for theirs.
    let theirs: Vec<&Sentence<'_>> = sentences.iter().filter(|sentence| sentence.speaker != Speaker::Us).collect();
    Talk {
        summary: summary::of(&sentences),
        action_items: actions::of(&sentences),
        sentiment: sentiment::of(&theirs),
        interest: interest::of(&theirs),
        rate: rate::of(&theirs),
        timeline: timeline::of(&theirs),
        content_types: interest::content_types(&theirs),
        opted_out: interest::opted_out(&theirs),
        refused: Refusal::of_turns(theirs.iter().map(|sentence| sentence.text)),
    }
}
