//! The sentence that answers a question, and whether any does.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::features::{Candidate, RANKS, Weighing, quote};
use super::kinds::Kind;
use super::lexicon::Lexicon;
use super::question::Question;
use super::search::{Found, Sought};
use super::weights::{RANK, SURE};

/// Chunks whose sentences are weighed.
const CHUNKS: usize = 12;
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
    /// Which part of the question it answers, from 0: "the price, and when?" has two.
    pub part: usize,
    /// How sure it is that this sentence answers: 0 to 1.
    pub confidence: f32,
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
#[derive(Clone, PartialEq, Debug, Serialize)]
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
}

/// A sentence and all that speaks for it, for those who learn the weights.
#[derive(Clone, Debug, Serialize)]
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

impl Lexicon {
    /// The chunks that fit a question best, in the order in which their best sentences answer it; the scores are the search's.
    pub fn rank(&self, question: &Question, limit: usize) -> Vec<Found> {
        let sought = self.sought(question);
        let mut found = self.find(question, &sought, limit.max(CHUNKS));
        let part = self.part(question, &sought, &found[..found.len().min(CHUNKS)]);
        let place =
            |slot: u32| part.candidates.iter().position(|candidate| candidate.slot == slot).unwrap_or(usize::MAX);
        found.sort_by_cached_key(|found| place(found.slot));
        found.truncate(limit);
        found
    }

    /// The best sentences of the best chunks, and whether they answer.
    pub fn answer(&self, question: &Question, thresholds: Thresholds) -> Answer {
        let whole = self.weighed(question);
        let parts = question.parts();
        if parts.len() > 1 {
            let weighed: Vec<Part> = parts.iter().map(|part| self.weighed(part)).collect();
            if weighed.iter().any(|part| !part.candidates.is_empty() && part.confidence >= thresholds.answered) {
                return self.in_parts(&parts, &weighed, thresholds);
            }
        }
        let outcome = if whole.candidates.is_empty() {
            Outcome::Unknown
        } else if whole.confidence >= thresholds.answered {
            Outcome::Answered
        } else if whole.confidence >= thresholds.maybe {
            Outcome::Maybe
        } else {
            Outcome::Unknown
        };
        let passages = match outcome {
            Outcome::Answered => self.passages(&whole, 0),
            Outcome::Maybe => self.hints(&whole),
            Outcome::Unknown => Vec::new(),
        };
        // Where only headings were found there is nothing to show.
        let outcome = if passages.is_empty() { Outcome::Unknown } else { outcome };
        Answer { outcome, confidence: whole.confidence, passages, left_open: Vec::new(), parts: whole.parts() }
    }

    /// The answers to the parts of a question of which one at least is answered.
    fn in_parts(&self, parts: &[Question], weighed: &[Part], thresholds: Thresholds) -> Answer {
        let mut answer = Answer {
            outcome: Outcome::Answered,
            confidence: 0.0,
            passages: Vec::new(),
            left_open: Vec::new(),
            parts: AnswerParts::default(),
        };
        for (number, (question, part)) in parts.iter().zip(weighed).enumerate() {
            // What is asked together with an answered question is likelier to be in the base than what is asked alone.
            if part.confidence < thresholds.answered.midpoint(thresholds.maybe) {
                answer.left_open.push(question.text.clone());
                continue;
            }
            if part.confidence > answer.confidence {
                (answer.confidence, answer.parts) = (part.confidence, part.parts());
            }
            for passage in self.passages(part, number) {
                let there = |own: &Passage| {
                    own.slot == passage.slot
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
    pub fn weigh(&self, question: &Question) -> Vec<Weighed> {
        let part = self.weighed(question);
        part.candidates
            .iter()
            .map(|candidate| Weighed {
                passage: self.passage(candidate, 0, part.confidence),
                score: candidate.score,
                features: candidate.features.to_vec(),
                question: part.about(candidate).to_vec(),
            })
            .collect()
    }

    fn weighed(&self, question: &Question) -> Part {
        let sought = self.sought(question);
        let found = self.find(question, &sought, CHUNKS);
        self.part(question, &sought, &found)
    }

    fn part(&self, question: &Question, sought: &[Sought], found: &[Found]) -> Part {
        let mut weighing = Weighing::new(self, question, sought);
        let mut candidates = weighing.weigh(found);
        for candidate in &mut candidates {
            candidate.score = candidate.features.iter().zip(RANK).map(|(feature, weight)| feature * weight).sum();
        }
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.slot.cmp(&b.slot)).then(a.index.cmp(&b.index)));
        let all: f32 = sought.iter().map(|word| word.weight).sum::<f32>().max(1e-6);
        let share =
            |of: fn(&Sought) -> bool| sought.iter().filter(|word| of(word)).map(|word| word.weight).sum::<f32>() / all;
        let margin = candidates.first().map_or(0.0, |best| {
            let other = candidates.iter().find(|other| other.slot != best.slot);
            other.map_or(4.0, |other| (best.score - other.score).min(4.0))
        });
        let bm25 = candidates
            .first()
            .and_then(|best| found.iter().find(|found| found.slot == best.slot))
            .map_or(0.0, |found| found.parts.bm25 / all / 2.2);
        let mut part = Part {
            kind: weighing.kind(),
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
    fn passages(&self, part: &Part, number: usize) -> Vec<Passage> {
        let Some(best) = part.candidates.first() else { return Vec::new() };
        let mut chosen = vec![best];
        if best.sentence.row {
            let alike = |other: &&Candidate| {
                other.slot == best.slot
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
        chosen.into_iter().map(|candidate| self.passage(candidate, number, part.confidence)).collect()
    }

    /// The best sentence of each of the best chunks.
    fn hints(&self, part: &Part) -> Vec<Passage> {
        let mut hints: Vec<Passage> = Vec::new();
        for candidate in part.candidates.iter().filter(|candidate| !candidate.sentence.heading) {
            if hints.len() < HINTS && hints.iter().all(|hint| hint.slot != candidate.slot) {
                hints.push(self.passage(candidate, 0, part.confidence));
            }
        }
        hints
    }

    fn passage(&self, candidate: &Candidate, part: usize, confidence: f32) -> Passage {
        let text = self.text(candidate.slot);
        let quote = quote(text, candidate, QUOTE);
        let start = text[..quote.start].chars().count();
        let characters = start..start + text[quote.clone()].chars().count();
        Passage { slot: candidate.slot, quote, characters, sentence: candidate.sentence.at.clone(), part, confidence }
    }
}

impl Part {
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
