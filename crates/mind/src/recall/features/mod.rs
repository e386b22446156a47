//! What speaks for a sentence as the answer to a question, in numbers: what the learnt weights weigh.

mod chunk;
mod newer;
mod quote;

use std::collections::HashMap;

pub(super) use quote::quote;

use super::kinds::{Kind, facts};
use super::pick::{Picked, Place, Searched};
use super::prepare::ChunkText;
use super::search::{Found, Sought};
use super::sentences::Sentence;
use super::words::{self, Language, Term};
use crate::embed::{DIMS, StaticModel};

/// What speaks for and against one sentence, in this order (`tools/recall` learns a weight for each).
pub const RANK_FEATURES: [&str; 41] = [
    "sentence",
    "sentence_near",
    "around",
    "around_near",
    "chunk",
    "chunk_near",
    "heading",
    "vector",
    "chunk_vector",
    "behind",
    "place",
    "pairs",
    "holds",
    "lacks",
    "holds_and_covers",
    "is_heading",
    "is_question",
    "asked_there",
    "asked_there_near",
    "first_of_answer",
    "correction",
    "superseded",
    "row",
    "item",
    "length",
    "short",
    "number",
    "yes_no",
    "when_row",
    "intro",
    "missing_around",
    "missing_chunk",
    "sentence_against_question",
    "own_words",
    "paragraph_near",
    "fact_beside",
    "table",
    "missing_here",
    "lacks_strict",
    "retired",
    "fact_and_words",
];
pub(super) const RANKS: usize = RANK_FEATURES.len();

/// A sentence that may answer, and what speaks for it.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Where its chunk is.
    pub place: Place,
    /// Which of the chunk's sentences.
    pub index: usize,
    pub sentence: Sentence,
    /// Of a chunk that is a question and its answer: where the answer begins.
    pub answer_from: Option<usize>,
    pub features: [f32; RANKS],
    /// By the learnt weights.
    pub score: f32,
    /// Which of the question's words it has itself, by place in the list of sought words.
    pub has: u64,
    /// How well each of the question's words is met in the chunk, the worst of those that count.
    pub least_met: f32,
    /// Its terms without numbers and stop words, sorted.
    subject: Vec<Term>,
    pub across: bool,
    /// The facts that are asked for, as bits.
    pub wanted: u32,
}

/// Words of one stretch of text, and how well each sought word is met there.
#[derive(Clone, Default)]
struct Met {
    /// By word: the worth of the best term for it.
    exact: Vec<f32>,
    /// By word: the same, or what the nearest word's vector says.
    near: Vec<f32>,
}

impl Met {
    fn nothing(count: usize) -> Self {
        Self { exact: vec![0.0; count], near: vec![0.0; count] }
    }

    fn join(&mut self, other: &Self) {
        for (own, its) in self.exact.iter_mut().zip(&other.exact) {
            *own = own.max(*its);
        }
        for (own, its) in self.near.iter_mut().zip(&other.near) {
            *own = own.max(*its);
        }
    }
}

/// A question, made ready to be held against sentences.
pub(super) struct Weighing<'a> {
    picked: &'a Picked,
    /// The texts of the chunks that were picked.
    texts: &'a [ChunkText<'a>],
    sought: &'a [Sought],
    kind: Kind,
    language: Language,
    /// Sum of the words' weights.
    all: f32,
    /// Unit vectors of the sought words; empty when the model has none.
    vectors: Vec<Vec<f32>>,
    whole: Vec<f32>,
    /// By language: folded words of the texts, and what they are to the question.
    words: [HashMap<String, Seen>; 3],
}

/// A word of a text.
struct Seen {
    term: Term,
    is_stop: bool,
    /// How near it is to each sought word; empty of a word that is near none.
    near: Vec<f32>,
}

/// A vector's nearness as a share of being the same word: nothing up to a cosine of .4, .85 at most.
fn as_worth(cosine: f32) -> f32 {
    ((cosine - 0.4) / 0.5).clamp(0.0, 0.85)
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

impl<'a> Weighing<'a> {
    pub(super) fn new(picked: &'a Picked, texts: &'a [ChunkText<'a>], searched: &'a Searched) -> Self {
        let Searched { question, sought, .. } = searched;
        let model = StaticModel::embedded();
        let vectors = question
            .words
            .iter()
            .map(|word| if word.number { Vec::new() } else { model.embed(&word.folded) })
            .collect();
        Self {
            picked,
            texts,
            sought,
            kind: question.kind,
            language: question.language,
            all: sought.iter().map(|word| word.weight).sum::<f32>().max(1e-6),
            vectors,
            whole: model.embed(&question.text),
            words: Default::default(),
        }
    }

    fn share(&self, met: &[f32]) -> f32 {
        self.sought.iter().zip(met).map(|(word, met)| word.weight * met).sum::<f32>() / self.all
    }

    /// The largest share of the question that one word has which is not met.
    fn missing(&self, met: &[f32]) -> f32 {
        self.sought.iter().zip(met).map(|(word, met)| word.weight * (1.0 - met)).fold(0.0_f32, f32::max) / self.all
    }

    /// How well the sought words are met in a text, and the terms of its words in order.
    fn meet(&mut self, text: &str, language: Language, terms: &mut Vec<(Term, bool)>) -> Met {
        let mut met = Met::nothing(self.sought.len());
        let (vectors, known) = (&self.vectors, &mut self.words[language as usize]);
        words::each(text, |word| {
            let number = word.number;
            let seen = if let Some(seen) = known.get(&*word.folded) {
                seen
            } else {
                let seen = Seen::new(&word.folded, number, language, vectors);
                known.entry(word.folded.into_owned()).or_insert(seen)
            };
            terms.push((seen.term, seen.is_stop || number));
            for (sought, met) in self.sought.iter().zip(&mut met.exact) {
                *met = met.max(sought.worth(seen.term));
            }
            for (met, near) in met.near.iter_mut().zip(&seen.near) {
                *met = met.max(*near);
            }
        });
        let wanted = self.kind.wants();
        let told = wanted != 0 && facts(text) & wanted != 0;
        for ((near, exact), word) in met.near.iter_mut().zip(&met.exact).zip(self.sought) {
            *near = near.max(*exact).max(if told && word.intent { 0.9 } else { 0.0 });
        }
        met
    }

    /// All sentences of the chunks that were found, and what speaks for each.
    pub(super) fn weigh(&mut self, found: &[Found]) -> Vec<Candidate> {
        let top = found.first().map_or(0.0, |found| found.score);
        let mut candidates = Vec::new();
        for (place, found) in found.iter().enumerate() {
            self.weigh_chunk(found, place, found.score - top, &mut candidates);
        }
        self.mark_superseded(&mut candidates);
        candidates
    }
}

impl Seen {
    fn new(folded: &str, number: bool, language: Language, vectors: &[Vec<f32>]) -> Self {
        let is_stop = words::is_stop(folded, language);
        let mut vector = [0.0; DIMS];
        let tells = !is_stop && !number && folded.len() >= 3;
        let near = if tells && StaticModel::embedded().embed_into(folded, &mut vector) {
            vectors.iter().map(|own| as_worth(dot(own, &vector))).collect()
        } else {
            Vec::new()
        };
        Self { term: words::term_of(folded, language), is_stop, near }
    }
}
