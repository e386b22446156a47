//! A question: its words, its language, and what kind of answer it wants.

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
    /// Its vector, when another model than the embedded one made the chunks' vectors.
    pub(super) vector: Option<Vec<f32>>,
}

/// A word that a question asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    /// Folded.
    pub folded: String,
    /// How much it counts against others: 1, or less for a word that only frames the question or was said before.
    pub weight: f32,
    pub number: bool,
    /// Where it stands among the question's words.
    pub at: usize,
}

impl Question {
    /// A question as it was typed, in the language that its words tell.
    pub fn new(text: &str) -> Self {
        let text = text[..text.floor_char_boundary(MAX_QUESTION_BYTES)].to_owned();
        let language = words::language_of(&text);
        let words = asked(&text, language);
        Self { text, language, words, vector: None }
    }

    /// The same, in a language that is known.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        if language != Language::Other && language != self.language {
            self.language = language;
            self.words = asked(&self.text, language);
        }
        self
    }

    /// The same, with its vector by the model that made the chunks' vectors.
    #[must_use]
    pub fn with_vector(mut self, vector: Vec<f32>) -> Self {
        self.vector = Some(vector);
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

fn asked(text: &str, language: Language) -> Vec<Asked> {
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
        let weight = if words::is_frame(&folded) { 0.25 } else { 1.0 };
        asked.push(Asked { folded, weight, number: word.number, at });
    });
    asked
}
