//! Whether a sentence that a language model wrote is borne out by the passages that it cites.

use serde::Serialize;

use super::prepare::ChunkText;
use super::question::Question;
use super::together::Together;
use super::words::{self, Language, term_of};
use crate::embed::{StaticModel, cosine};

/// The least coverage of a sentence by passages of its own language.
const SAME: f32 = 0.5;
/// The least coverage by passages of another language.
const ACROSS: f32 = 0.35;
/// Words below this cosine do not stand for each other.
const NEAR: f32 = 0.5;

/// What a sentence has for it in the passages it cites.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Support {
    /// Whether it may be shown: every number stands in a passage, and enough of the words do.
    pub supported: bool,
    /// The share of its words, by rarity, that the passages have or have a near word for: 0 to 1.
    pub coverage: f32,
    /// The coverage that was wanted: less across languages.
    pub wanted: f32,
    /// Numbers of the sentence that no passage has.
    pub strange_numbers: Vec<String>,
}

/// A passage that a sentence cites.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cited<'a> {
    /// The title of its document.
    pub title: &'a str,
    /// Its text and its headings.
    pub chunk: ChunkText<'a>,
}

impl Together<'_> {
    /// Holds a sentence against the passages that it cites. What is empty bears out nothing.
    pub fn verify(self, sentence: &str, passages: &[Cited<'_>]) -> Support {
        let question = Question::new(sentence);
        let mut numbers = Vec::new();
        words::each(sentence, |word| {
            if word.number {
                numbers.push(word.folded.into_owned());
            }
        });
        let mut languages = Vec::new();
        let mut cited: Vec<(String, Language)> = Vec::new();
        for Cited { title, chunk } in passages.iter().filter(|passage| !passage.chunk.text.is_empty()) {
            let language = chunk.language(title);
            languages.push(language);
            for text in [title, chunk.heading, chunk.text] {
                words::each(text, |word| cited.push((word.folded.into_owned(), language)));
            }
        }
        cited.sort_by(|a, b| a.0.cmp(&b.0));
        cited.dedup();
        let has = |folded: &str| cited.binary_search_by(|(own, _)| own.as_str().cmp(folded)).is_ok();
        let strange_numbers: Vec<String> = numbers.into_iter().filter(|number| !has(number)).collect();
        let across =
            !languages.is_empty() && question.language != Language::Other && !languages.contains(&question.language);
        let wanted = if across { ACROSS } else { SAME };

        let terms: Vec<_> = cited.iter().map(|(word, language)| term_of(word, *language)).collect();
        let model = StaticModel::embedded();
        let mut vectors: Option<Vec<Vec<f32>>> = None;
        let [mut covered, mut all] = [0.0_f32; 2];
        for word in &question.words {
            let term = term_of(&word.folded, question.language);
            let weight = word.weight * self.idf(if across { self.len() / 100 } else { self.frequency(term) });
            let worth = if has(&word.folded) || terms.contains(&term) {
                1.0
            } else if word.number {
                0.0
            } else {
                let own = model.embed(&word.folded);
                let vectors = vectors.get_or_insert_with(|| {
                    let content = cited.iter().filter(|(word, language)| !words::is_stop(word, *language));
                    content.map(|(word, _)| model.embed(word)).collect()
                });
                let best = vectors.iter().map(|other| cosine(&own, other)).fold(0.0_f32, f32::max);
                if best >= NEAR { best * best } else { 0.0 }
            };
            covered += weight * worth;
            all += weight;
        }
        // A sentence without a word of its own ("Yes.") claims nothing that could be held against anything.
        let coverage = if all > 0.0 { covered / all } else { 0.0 };
        Support {
            supported: strange_numbers.is_empty() && coverage >= wanted && !cited.is_empty(),
            coverage,
            wanted,
            strange_numbers,
        }
    }
}
