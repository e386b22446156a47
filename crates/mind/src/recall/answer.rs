//! The sentence that answers a question, and whether any does.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::lexicon::Lexicon;
use super::question::Question;
use super::search::{Found, Sought};
use super::sentences::{Sentence, sentences};
use super::words;
use crate::embed::{DIMS, StaticModel, cosine};

/// Chunks whose sentences are weighed.
const CHUNKS: usize = 4;
/// Characters of a quote, past which no neighbour is taken in.
const QUOTE: usize = 360;

/// What a question came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// A passage answers it.
    Answered,
    /// Some passages may help; nothing is claimed.
    Maybe,
    /// Nothing in the base answers it.
    Unknown,
}

/// How sure an answer must be: confidences from 0 to 1.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Thresholds {
    /// From here on it is given as an answer.
    pub answered: f32,
    /// From here on passages are shown that may help.
    pub maybe: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { answered: 0.5, maybe: 0.25 }
    }
}

/// A passage that answers, or may help.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Passage {
    /// The chunk's slot.
    pub slot: u32,
    /// What is shown: the sentence and, while they are short, its neighbours. Bytes of the chunk's text.
    pub quote: Range<usize>,
    /// The same in characters (Unicode scalar values) of the chunk's text.
    pub characters: Range<usize>,
    /// The sentence itself. Bytes of the chunk's text, within the quote.
    pub sentence: Range<usize>,
    /// How sure it is that this sentence answers: 0 to 1.
    pub confidence: f32,
}

/// What a confidence is made of, to be shown to whoever sets thresholds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct AnswerParts {
    /// The share of the question's words, by rarity, that the sentence has.
    pub sentence_coverage: f32,
    /// The same of the whole chunk, its headings and its document's title.
    pub chunk_coverage: f32,
    /// The cosine of question and sentence.
    pub vector: f32,
}

/// An answer without a model: quotes of passages.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Answer {
    /// What it came to.
    pub outcome: Outcome,
    /// How sure that is: 0 to 1.
    pub confidence: f32,
    /// Of an answer the passage that answers, or one for each thing that was asked; of a maybe up to three; of an unknown none.
    pub passages: Vec<Passage>,
    /// What the confidence of the first is made of.
    pub parts: AnswerParts,
}

struct Candidate {
    slot: u32,
    index: usize,
    score: f32,
    parts: AnswerParts,
}

impl Lexicon {
    /// The best sentences of the best chunks, and whether they answer.
    pub fn answer(&self, question: &Question, thresholds: Thresholds) -> Answer {
        let sought = self.sought(question);
        let found = self.find(question, &sought, CHUNKS);
        let candidates = self.candidates(question, &sought, &found);
        let Some(best) = candidates.first() else {
            return Answer {
                outcome: Outcome::Unknown,
                confidence: 0.0,
                passages: Vec::new(),
                parts: AnswerParts::default(),
            };
        };
        let confidence = sure(best.score);
        let outcome = if confidence >= thresholds.answered {
            Outcome::Answered
        } else if confidence >= thresholds.maybe {
            Outcome::Maybe
        } else {
            Outcome::Unknown
        };
        let shown = match outcome {
            Outcome::Answered => 1,
            Outcome::Maybe => 3,
            Outcome::Unknown => 0,
        };
        let mut passages: Vec<Passage> = Vec::new();
        for candidate in &candidates {
            if passages.len() < shown && passages.iter().all(|passage| passage.slot != candidate.slot) {
                passages.push(self.passage(candidate.slot, candidate.index, sure(candidate.score)));
            }
        }
        Answer { outcome, confidence, passages, parts: best.parts }
    }

    fn candidates(&self, question: &Question, sought: &[Sought], found: &[Found]) -> Vec<Candidate> {
        let model = StaticModel::embedded();
        let own = model.embed(&question.text);
        let all: f32 = sought.iter().map(|word| word.weight).sum();
        let mut vector = [0.0; DIMS];
        let mut candidates = Vec::new();
        let top = found.first().map_or(0.0, |found| found.score);
        for found in found {
            let chunk = &self.chunks[found.slot as usize];
            let terms = |text: &str| {
                let mut terms = Vec::new();
                words::each(text, |word| terms.extend(self.term(&word.folded, chunk.language)));
                terms
            };
            let coverage = |terms: &[u32]| -> f32 {
                let covered: f32 = sought
                    .iter()
                    .map(|word| word.weight * terms.iter().map(|&term| word.worth(term)).fold(0.0_f32, f32::max))
                    .sum();
                if all > 0.0 { covered / all } else { 0.0 }
            };
            let whole = [self.title(found.slot), &chunk.heading, &chunk.text].map(terms).concat();
            let chunk_coverage = coverage(&whole);
            for (index, sentence) in sentences(&chunk.text).iter().enumerate() {
                let text = &chunk.text[sentence.at.clone()];
                let sentence_coverage = coverage(&terms(text));
                model.embed_into(text, &mut vector);
                let vector = cosine(&own, &vector);
                candidates.push(Candidate {
                    slot: found.slot,
                    index,
                    score: sentence_coverage + 0.5 * vector + 0.4 * chunk_coverage + 0.05 * (found.score - top),
                    parts: AnswerParts { sentence_coverage, chunk_coverage, vector },
                });
            }
        }
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.slot.cmp(&b.slot)).then(a.index.cmp(&b.index)));
        candidates
    }

    /// A sentence with its neighbours of the same paragraph, the one after it first, while the quote stays short.
    fn passage(&self, slot: u32, index: usize, confidence: f32) -> Passage {
        let text = self.text(slot);
        let all = sentences(text);
        let sentence = all[index].at.clone();
        let mut quote = sentence.clone();
        let mut take = |other: Option<&Sentence>| {
            if let Some(other) = other.filter(|other| other.paragraph == all[index].paragraph) {
                let wider = quote.start.min(other.at.start)..quote.end.max(other.at.end);
                if wider.len() <= QUOTE {
                    quote = wider;
                }
            }
        };
        take(all.get(index + 1));
        take(index.checked_sub(1).and_then(|before| all.get(before)));
        let start = text[..quote.start].chars().count();
        let characters = start..start + text[quote.clone()].chars().count();
        Passage { slot, quote, characters, sentence, confidence }
    }
}

fn sure(score: f32) -> f32 {
    1.0 / (1.0 + (-5.0 * (score - 1.0)).exp())
}
