//! A question: its words, its language, and what kind of answer it wants.

use super::kinds::{self, Kind};
use super::words::{self, Language};

/// Longer questions are cut (bytes).
pub const MAX_QUESTION_BYTES: usize = 2_000;
/// Words of a question that count.
const MOST_WORDS: usize = 40;

/// A question, as it was typed.
#[derive(Clone, Debug)]
pub struct Question {
    pub(super) text: String,
    pub(super) language: Language,
    pub(super) words: Vec<Asked>,
    pub(super) kind: Kind,
}

/// A word that a question asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    /// Folded.
    pub folded: String,
    /// How much it counts against others: 1, or less for a word that only frames the question or was said before.
    pub weight: f32,
    pub number: bool,
    /// Whether it only says what kind of answer is wanted ("price", "phone").
    pub intent: bool,
    /// Where it stands among the question's words.
    pub at: usize,
}

impl Question {
    /// A question as it was typed, in the language that its words tell.
    pub fn new(text: &str) -> Self {
        let text = text[..text.floor_char_boundary(MAX_QUESTION_BYTES)].to_owned();
        let language = words::language_of(&text);
        let kind = Kind::of(&text);
        let words = asked(&text, language, kind);
        Self { text, language, words, kind }
    }

    /// The same, in a language that is known.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        if language != Language::Other && language != self.language {
            self.language = language;
            self.words = asked(&self.text, language, self.kind);
        }
        self
    }

    /// The same after other questions of the same person, the latest last: what it leaves out ("and for couples?") is taken from the
    /// latest, at half the weight.
    #[must_use]
    pub fn after(mut self, history: &[&str]) -> Self {
        let Some(before) = history.last().filter(|_| self.leans()) else { return self };
        let before = Self::new(before);
        let offset = self.words.len();
        let missing: Vec<Asked> = before
            .words
            .into_iter()
            .filter(|word| self.words.iter().all(|own| own.folded != word.folded))
            .map(|word| Asked { weight: 0.5 * word.weight, at: word.at + offset, ..word })
            .collect();
        self.words.extend(missing);
        self.words.truncate(MOST_WORDS);
        self
    }

    /// Its language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The things it asks: the question itself, or each of those that it joins ("what does it cost and when is it?"). A later one that
    /// names no subject of its own has the words of the first as well, at less weight.
    pub(super) fn parts(&self) -> Vec<Self> {
        let Some((head, tail)) = split(&self.text) else { return vec![self.clone()] };
        let mut parts: Vec<Self> = [head, tail].map(|text| Self::new(text).in_language(self.language)).into();
        let pronouns = [" it ", " its ", " they ", " them ", " that ", " this ", " esta ", " este ", " eso "];
        let plain: String =
            crate::text::fold(tail).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let leans = parts[1].words.iter().filter(|word| word.weight >= 0.6).count() < 2
            || pronouns.iter().any(|word| format!(" {plain} ").contains(word));
        if leans {
            let offset = parts[1].words.len() + 4;
            let missing: Vec<Asked> = parts[0]
                .words
                .iter()
                .filter(|word| parts[1].words.iter().all(|own| own.folded != word.folded))
                .map(|word| Asked { weight: 0.6 * word.weight, at: word.at + offset, ..word.clone() })
                .collect();
            parts[1].words.extend(missing);
        }
        if parts.iter().any(|part| part.words.is_empty()) { vec![self.clone()] } else { parts }
    }

    /// Whether it leaves something out that was said before.
    fn leans(&self) -> bool {
        let text = crate::text::fold(&self.text);
        let opening = [
            "and ",
            "y ",
            "what about",
            "how about",
            "que hay de",
            "also ",
            "tambien ",
            "then ",
            "entonces ",
            "or ",
            "o ",
        ];
        let pointing = [
            " it ", " that ", " those ", " them ", " there ", " eso ", " esa ", " ese ", " ahi ", " esto ", " it?",
            " ello ",
        ];
        let padded = format!("{text} ");
        self.words.len() <= 1
            || (self.words.len() <= 4 && opening.iter().any(|start| text.starts_with(start)))
            || (self.words.len() <= 3 && pointing.iter().any(|word| padded.contains(word)))
    }
}

/// Two questions that one joins, each with a sign that it asks.
fn split(text: &str) -> Option<(&str, &str)> {
    const JOINTS: [&str; 9] = ["? ", "; ", " and ", " y ", ", ", " & ", " also ", " ademas ", " además "];
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        return None;
    }
    for joint in JOINTS {
        for (at, _) in lower.match_indices(joint) {
            let (Some(head), Some(tail)) = (text.get(..at), text.get(at + joint.len()..)) else { continue };
            let tail = tail.trim_start_matches(['¿', ' ']);
            let tail = ["and ", "y ", "also "].iter().fold(tail, |tail, word| tail.strip_prefix(word).unwrap_or(tail));
            if asks(tail) && (asks(head) || Kind::of(head) != Kind::Other) {
                return Some((head, tail));
            }
        }
    }
    None
}

/// Whether a text begins as a question does, after a word or none.
fn asks(text: &str) -> bool {
    let folded = crate::text::fold(text);
    let mut words = folded.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|word| !word.is_empty());
    let first = [words.next(), words.next()];
    first.into_iter().flatten().any(|word| OPENINGS.contains(&word))
}

/// Words that open a question which asks for something else than yes or no.
const OPENINGS: &[&str] = &[
    "what", "whats", "what's", "when", "where", "who", "whos", "how", "which", "why", "until", "cuanto", "cuanta",
    "cuantos", "cuantas", "cuando", "donde", "quien", "como", "que", "cual", "cuales", "hasta", "can", "do", "does",
    "is", "are", "puedo", "hay",
];

fn asked(text: &str, language: Language, kind: Kind) -> Vec<Asked> {
    let mut asked: Vec<Asked> = Vec::new();
    let mut at = 0;
    words::each(text, |word| {
        at += 1;
        let folded = word.folded.into_owned();
        let short = folded.len() < 2 && !word.number;
        if asked.len() >= MOST_WORDS
            || short
            || words::is_stop(&folded, language)
            || asked.iter().any(|own| own.folded == folded)
        {
            return;
        }
        let intent = kinds::is_intent(&folded, kind);
        let weight = if words::is_frame(&folded) {
            0.25
        } else if intent {
            0.5
        } else if words::is_general(&folded) {
            0.6
        } else {
            1.0
        };
        asked.push(Asked { folded, weight, number: word.number, intent, at });
    });
    asked
}
