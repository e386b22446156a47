//! The sentence that answers a question, and whether any does.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::features::{Candidate, RANKS, Weighing, quote};
use super::kinds::Kind;
use super::pick::{Picked, Place, Searched};
use super::prepare::ChunkText;
use super::search::{Found, Sought};
use super::told::told;
use super::weights::{RANK, SURE};

/// Bytes of a quote, past which no neighbour is taken in.
const QUOTE: usize = 500;
/// Passages of a table that answer alike ("which days is …").
const ROWS: usize = 5;
/// Passages that are shown where nothing is claimed.
const HINTS: usize = 3;

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
        Self { answered: super::weights::ANSWERED, maybe: super::weights::MAYBE }
    }
}

/// A passage that answers, or may help.
#[derive(Clone, PartialEq, Debug)]
pub struct Passage {
    /// Where its chunk is.
    pub place: Place,
    /// What is shown: the sentence and, while they are short, its neighbours. Bytes of the chunk's text.
    pub quote: Range<usize>,
    /// The same in characters (Unicode scalar values) of the chunk's text.
    pub characters: Range<usize>,
    /// The sentence itself. Bytes of the chunk's text, within the quote.
    pub sentence: Range<usize>,
    /// Which part of the question it answers, from 0: "the price, and when?" has two.
    pub part: usize,
    /// How sure it is that this sentence answers: 0 to 1.
    pub confidence: f32,
    /// The quote as it is read by itself: of a row each cell after its column's name, of an answer without the mark before it.
    pub told: String,
}

/// What a confidence is made of, to be shown to whoever sets thresholds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct AnswerParts {
    /// The share of the question's words, by rarity, that the sentence has: 0 to 1.
    pub sentence_coverage: f32,
    /// The same of the whole chunk, its headings and its document's title.
    pub chunk_coverage: f32,
    /// The cosine of question and sentence, −1 to 1.
    pub vector: f32,
    /// The largest share of the question that one word has which the chunk lacks: 0 to 1.
    pub missing: f32,
    /// How far the sentence is ahead of the best of another chunk, in the ranker's units.
    pub margin: f32,
    /// Whether the sentence holds the kind of fact that is asked for (a price, a time, a name …); null when any may do.
    pub holds_fact: Option<bool>,
}

/// An answer without a model: quotes of passages.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// What it came to.
    pub outcome: Outcome,
    /// How sure that is: 0 to 1. Of a question in parts that of the surest.
    pub confidence: f32,
    /// Of an answer the passage that answers, or those for each thing that was asked; of a maybe up to three; of an unknown none.
    pub passages: Vec<Passage>,
    /// Parts of the question that nothing answers, when others are answered.
    pub left_open: Vec<String>,
    /// What the confidence of the first is made of.
    pub parts: AnswerParts,
    /// The base that what was surest is of; nothing where nothing was found.
    pub base: Option<u32>,
}

/// A sentence and all that speaks for it, for those who learn the weights.
#[derive(Clone, Debug)]
pub struct Weighed {
    /// The passage that it would give.
    pub passage: Passage,
    /// The ranker's score.
    pub score: f32,
    /// By [`RANK_FEATURES`](super::RANK_FEATURES).
    pub features: Vec<f32>,
    /// By [`SURE_FEATURES`](super::SURE_FEATURES), of the question and this sentence.
    pub question: Vec<f32>,
}

/// What is known of the question beside the sentence, in this order.
pub const SURE_FEATURES: [&str; 21] = [
    "unknown_words",
    "strange_words",
    "words",
    "single_word",
    "across",
    "least_met",
    "bm25_share",
    "price",
    "amount",
    "duration",
    "rate",
    "clock",
    "when",
    "day",
    "who",
    "where",
    "contact",
    "yes_or_no",
    "why",
    "how",
    "other",
];
/// What is weighed for a confidence: 1, the score, the margin, the sentence's features and the question's.
pub(super) const SURES: usize = 3 + RANKS + SURE_FEATURES.len();

/// One part of a question, weighed.
struct Part {
    candidates: Vec<Candidate>,
    kind: Kind,
    confidence: f32,
    margin: f32,
    unmet: [f32; 2],
    words: f32,
    bm25_share: f32,
}

impl Picked {
    /// What was found in the order in which its best sentences answer; the scores are the search's. The texts are those of the
    /// [`places`](Self::places), in their order.
    pub fn ranked(&self, texts: &[ChunkText<'_>]) -> Vec<Found> {
        let part = self.part_of(&self.whole, texts);
        let at = |place: Place| part.candidates.iter().position(|candidate| candidate.place == place);
        let mut found = self.whole.found.clone();
        found.sort_by_cached_key(|found| at(found.place()).unwrap_or(usize::MAX));
        found
    }

    /// The best sentences of the chunks, and whether they answer. The texts are those of the [`places`](Self::places), in their order, an
    /// empty one where a chunk is gone; the thresholds are those of the bases.
    pub fn answer(&self, texts: &[ChunkText<'_>], thresholds: &[Thresholds]) -> Answer {
        let of = |part: &Part| {
            let base = part.candidates.first().map_or(0, |best| best.place.base as usize);
            thresholds.get(base).copied().unwrap_or_default()
        };
        let whole = self.part(&self.whole, texts);
        let weighed: Vec<Part> = self.each.iter().map(|part| self.part(part, texts)).collect();
        if weighed.iter().any(|part| !part.candidates.is_empty() && part.confidence >= of(part).answered) {
            return self.in_parts(&weighed, texts, of);
        }
        let outcome = if whole.candidates.is_empty() {
            Outcome::Unknown
        } else if whole.confidence >= of(&whole).answered {
            Outcome::Answered
        } else if whole.confidence >= of(&whole).maybe {
            Outcome::Maybe
        } else {
            Outcome::Unknown
        };
        let passages = match outcome {
            Outcome::Answered => self.passages(&whole, 0, texts),
            Outcome::Maybe => self.hints(&whole, texts),
            Outcome::Unknown => Vec::new(),
        };
        Answer {
            // Where only headings were found there is nothing to show.
            outcome: if passages.is_empty() { Outcome::Unknown } else { outcome },
            confidence: whole.confidence,
            passages,
            left_open: Vec::new(),
            parts: whole.parts(),
            base: whole.base(),
        }
    }

    /// The answers to the parts of a question of which one at least is answered.
    fn in_parts(&self, weighed: &[Part], texts: &[ChunkText<'_>], of: impl Fn(&Part) -> Thresholds) -> Answer {
        let mut answer = Answer {
            outcome: Outcome::Answered,
            confidence: 0.0,
            passages: Vec::new(),
            left_open: Vec::new(),
            parts: AnswerParts::default(),
            base: None,
        };
        for (number, (searched, part)) in self.each.iter().zip(weighed).enumerate() {
            // What is asked together with an answered question is likelier to be in the base than what is asked alone.
            let thresholds = of(part);
            if part.confidence < thresholds.answered.midpoint(thresholds.maybe) {
                answer.left_open.push(searched.question.text.clone());
                continue;
            }
            if part.confidence > answer.confidence {
                (answer.confidence, answer.parts, answer.base) = (part.confidence, part.parts(), part.base());
            }
            for passage in self.passages(part, number, texts) {
                let there = |own: &Passage| {
                    own.place == passage.place
                        && own.quote.start <= passage.quote.start
                        && own.quote.end >= passage.quote.end
                };
                if !answer.passages.iter().any(there) {
                    answer.passages.push(passage);
                }
            }
        }
        answer
    }

    /// All sentences that were weighed for a question, the best first: for learning the weights, and for showing why.
    pub fn weigh(&self, texts: &[ChunkText<'_>]) -> Vec<Weighed> {
        let part = self.part(&self.whole, texts);
        part.candidates
            .iter()
            .map(|candidate| Weighed {
                passage: self.passage(candidate, 0, part.confidence, texts),
                score: candidate.score,
                features: candidate.features.to_vec(),
                question: part.about(candidate).to_vec(),
            })
            .collect()
    }

    /// One part of a question: what the base that answers it best says alone.
    fn part(&self, searched: &Searched, texts: &[ChunkText<'_>]) -> Part {
        let part = self.part_of(searched, texts);
        match part.base().and_then(|base| searched.of_base(base)) {
            Some(alone) => self.part_of(alone, texts),
            None => part,
        }
    }

    fn part_of(&self, searched: &Searched, texts: &[ChunkText<'_>]) -> Part {
        let Searched { sought, .. } = searched;
        let mut weighing = Weighing::new(self, texts, searched);
        let mut candidates = weighing.weigh(searched.best());
        for candidate in &mut candidates {
            candidate.score = candidate.features.iter().zip(RANK).map(|(feature, weight)| feature * weight).sum();
        }
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.place.cmp(&b.place)).then(a.index.cmp(&b.index)));
        let all: f32 = sought.iter().map(|word| word.weight).sum::<f32>().max(1e-6);
        let share =
            |of: fn(&Sought) -> bool| sought.iter().filter(|word| of(word)).map(|word| word.weight).sum::<f32>() / all;
        let margin = candidates.first().map_or(0.0, |best| {
            let other = candidates.iter().find(|other| other.place != best.place);
            other.map_or(4.0, |other| (best.score - other.score).min(4.0))
        });
        let bm25 = candidates
            .first()
            .and_then(|best| searched.found.iter().find(|found| found.place() == best.place))
            .map_or(0.0, |found| found.parts.bm25 / all / 2.2);
        let mut part = Part {
            kind: searched.question.kind,
            confidence: 0.0,
            margin,
            unmet: [share(|word| word.terms.is_empty()), share(|word| !word.exact)],
            words: sought.iter().map(|word| word.factor).sum(),
            bm25_share: bm25,
            candidates,
        };
        part.confidence = part.sure();
        part
    }

    /// What answers one part: the best sentence, and rows of the same table that answer as well.
    fn passages(&self, part: &Part, number: usize, texts: &[ChunkText<'_>]) -> Vec<Passage> {
        let Some(best) = part.candidates.first() else { return Vec::new() };
        let mut chosen = vec![best];
        if best.sentence.row {
            let alike = |other: &&Candidate| {
                other.place == best.place
                    && other.sentence.row
                    && other.has == best.has
                    && best.score - other.score < 0.5
                    && other.index != best.index
            };
            let others: Vec<&Candidate> = part.candidates.iter().filter(alike).collect();
            if others.len() < ROWS && best.has != 0 {
                chosen.extend(others);
            }
        }
        chosen.into_iter().map(|candidate| self.passage(candidate, number, part.confidence, texts)).collect()
    }

    /// The best sentence of each of the best chunks.
    fn hints(&self, part: &Part, texts: &[ChunkText<'_>]) -> Vec<Passage> {
        let mut hints: Vec<Passage> = Vec::new();
        for candidate in part.candidates.iter().filter(|candidate| !candidate.sentence.heading) {
            if hints.len() < HINTS && hints.iter().all(|hint| hint.place != candidate.place) {
                hints.push(self.passage(candidate, 0, part.confidence, texts));
            }
        }
        hints
    }

    fn passage(&self, candidate: &Candidate, part: usize, confidence: f32, texts: &[ChunkText<'_>]) -> Passage {
        let place = candidate.place;
        let chunk = self.known(place).and_then(|(at, _)| texts.get(at)).copied().unwrap_or_default();
        let quote = quote(chunk.text, candidate, QUOTE);
        let start = chunk.text[..quote.start].chars().count();
        let characters = start..start + chunk.text[quote.clone()].chars().count();
        let told = told(&chunk, &quote, candidate.answer_from == Some(quote.start));
        Passage { place, quote, characters, sentence: candidate.sentence.at.clone(), part, confidence, told }
    }
}

impl Part {
    /// The base of the best sentence.
    fn base(&self) -> Option<u32> {
        self.candidates.first().map(|best| best.place.base)
    }

    /// What is known of the question beside a sentence's own features, by [`SURE_FEATURES`].
    fn about(&self, best: &Candidate) -> [f32; SURE_FEATURES.len()] {
        let [unknown, strange] = self.unmet;
        let mut about = [0.0; SURE_FEATURES.len()];
        let first = [
            unknown,
            strange,
            self.words.ln_1p() / 2.0,
            f32::from(self.words < 1.5),
            f32::from(best.across),
            best.least_met,
            self.bm25_share,
        ];
        about[..first.len()].copy_from_slice(&first);
        for (place, kind) in about[first.len()..].iter_mut().zip(Kind::ALL) {
            *place = f32::from(kind == self.kind);
        }
        about
    }

    /// How sure it is that the best sentence answers: a logistic regression's probability.
    fn sure(&self) -> f32 {
        let Some(best) = self.candidates.first() else { return 0.0 };
        // "Hello" asks nothing.
        if self.words < 0.4 {
            return 0.0;
        }
        let head = [1.0, best.score, self.margin];
        let all = head.iter().chain(&best.features).copied().chain(self.about(best));
        let sum: f32 = all.zip(SURE).map(|(feature, weight)| feature * weight).sum();
        1.0 / (1.0 + (-sum).exp())
    }

    fn parts(&self) -> AnswerParts {
        let Some(best) = self.candidates.first() else { return AnswerParts::default() };
        let [holds, lacks] = [best.features[12] > 0.5, best.features[13] > 0.5];
        AnswerParts {
            sentence_coverage: best.features[0],
            chunk_coverage: best.features[4],
            vector: best.features[7],
            missing: best.features[31],
            margin: self.margin,
            holds_fact: (holds || lacks).then_some(holds),
        }
    }
}
