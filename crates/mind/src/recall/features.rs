//! What speaks for a sentence as the answer to a question, in numbers: what the learnt weights weigh.

use std::collections::HashMap;
use std::ops::Range;

use super::kinds::{Kind, fact, facts};
use super::lexicon::{Chunk, Lexicon};
use super::question::Question;
use super::search::{Found, Sought};
use super::sentences::{Sentence, sentences};
use super::words::{self, Language};
use crate::embed::{DIMS, StaticModel};

/// What speaks for and against one sentence, in this order (`tools/recall` learns a weight for each).
pub const RANK_FEATURES: [&str; 34] = [
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
];
pub(super) const RANKS: usize = RANK_FEATURES.len();

/// A sentence that may answer, and what speaks for it.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub slot: u32,
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
    subject: Vec<u32>,
    pub across: bool,
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
    lexicon: &'a Lexicon,
    sought: &'a [Sought],
    kind: Kind,
    language: Language,
    /// Sum of the words' weights.
    all: f32,
    /// Unit vectors of the sought words; empty when the model has none.
    vectors: Vec<Vec<f32>>,
    whole: Vec<f32>,
    /// By folded word: how near it is to each sought word.
    nearness: HashMap<String, Vec<f32>>,
}

/// A vector's nearness as a share of being the same word: nothing up to a cosine of .4, .85 at most.
fn as_worth(cosine: f32) -> f32 {
    ((cosine - 0.4) / 0.5).clamp(0.0, 0.85)
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

impl<'a> Weighing<'a> {
    pub(super) fn new(lexicon: &'a Lexicon, question: &'a Question, sought: &'a [Sought]) -> Self {
        let model = StaticModel::embedded();
        let vectors = question
            .words
            .iter()
            .map(|word| if word.number { Vec::new() } else { model.embed(&word.folded) })
            .collect();
        Self {
            lexicon,
            sought,
            kind: Kind::of(&question.text),
            language: question.language,
            all: sought.iter().map(|word| word.weight).sum::<f32>().max(1e-6),
            vectors,
            whole: model.embed(&question.text),
            nearness: HashMap::new(),
        }
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    fn share(&self, met: &[f32]) -> f32 {
        self.sought.iter().zip(met).map(|(word, met)| word.weight * met).sum::<f32>() / self.all
    }

    /// The largest share of the question that one word has which is not met.
    fn missing(&self, met: &[f32]) -> f32 {
        self.sought.iter().zip(met).map(|(word, met)| word.weight * (1.0 - met)).fold(0.0_f32, f32::max) / self.all
    }

    /// How well the sought words are met in a text, and the terms of its words in order.
    fn meet(&mut self, text: &str, language: Language, terms: &mut Vec<(u32, bool)>) -> Met {
        let mut met = Met::nothing(self.sought.len());
        let model = StaticModel::embedded();
        words::each(text, |word| {
            let stop = words::is_stop(&word.folded, language);
            if let Some(term) = self.lexicon.term(&word.folded, language) {
                terms.push((term, stop || word.number));
                for (sought, met) in self.sought.iter().zip(&mut met.exact) {
                    *met = met.max(sought.worth(term));
                }
            }
            if stop || word.number || word.folded.len() < 3 {
                return;
            }
            let vectors = &self.vectors;
            let near = self.nearness.entry(word.folded.into_owned()).or_insert_with_key(|word| {
                let mut vector = [0.0; DIMS];
                if model.embed_into(word, &mut vector) {
                    vectors.iter().map(|own| as_worth(dot(own, &vector))).collect()
                } else {
                    vec![0.0; vectors.len()]
                }
            });
            for (met, near) in met.near.iter_mut().zip(near) {
                *met = met.max(*near);
            }
        });
        for (near, exact) in met.near.iter_mut().zip(&met.exact) {
            *near = near.max(*exact);
        }
        met
    }

    /// All sentences of the chunks that were found, and what speaks for each.
    pub(super) fn weigh(&mut self, found: &[Found]) -> Vec<Candidate> {
        let top = found.first().map_or(0.0, |found| found.score);
        let mut candidates = Vec::new();
        for (place, found) in found.iter().enumerate() {
            if let Some(chunk) = self.lexicon.chunks.get(found.slot as usize) {
                self.weigh_chunk(found, chunk, place, found.score - top, &mut candidates);
            }
        }
        self.mark_superseded(&mut candidates);
        candidates
    }

    fn weigh_chunk(
        &mut self,
        found: &Found,
        chunk: &Chunk,
        place: usize,
        behind: f32,
        candidates: &mut Vec<Candidate>,
    ) {
        let model = StaticModel::embedded();
        let document = self.lexicon.document_of(found.slot);
        let title = document.map_or("", |document| &*document.title);
        let all = sentences(&chunk.text);
        let mut unused = Vec::new();
        let mut heading = self.meet(title, chunk.language, &mut unused);
        heading.join(&self.meet(&chunk.heading, chunk.language, &mut unused));
        let mut words_of: Vec<Vec<(u32, bool)>> = Vec::with_capacity(all.len());
        let mut met_in: Vec<Met> = Vec::with_capacity(all.len());
        for sentence in &all {
            let mut terms = Vec::new();
            met_in.push(self.meet(&chunk.text[sentence.at.clone()], chunk.language, &mut terms));
            words_of.push(terms);
        }
        let mut whole = heading.clone();
        met_in.iter().for_each(|met| whole.join(met));
        let least_met = self
            .sought
            .iter()
            .zip(&whole.near)
            .filter(|(word, _)| word.factor >= 1.0)
            .map(|(_, met)| *met)
            .fold(1.0_f32, f32::min);
        let pair = pair(&chunk.text, &all);
        let asked = pair.map(|from| {
            let mut asked = Met::nothing(self.sought.len());
            met_in[..from].iter().for_each(|met| asked.join(met));
            asked
        });
        let header =
            all.iter().position(|sentence| sentence.row).filter(|&at| !facts_of_row(&chunk.text[all[at].at.clone()]));
        let mut vector = [0.0; DIMS];
        for (index, sentence) in all.iter().enumerate() {
            let text = &chunk.text[sentence.at.clone()];
            let met = &met_in[index];
            let mut around = met.clone();
            if !sentence.row {
                let near = index.saturating_sub(1)..(index + 2).min(all.len());
                for other in near.filter(|&other| all[other].paragraph == sentence.paragraph && !all[other].row) {
                    around.join(&met_in[other]);
                }
            }
            if let Some(header) = header.filter(|_| sentence.row) {
                around.join(&met_in[header]);
            }
            let intro = intro(&chunk.text, &all, index);
            if let Some(intro) = intro {
                around.join(&met_in[intro]);
            }
            if let (Some(from), Some(asked)) = (pair, &asked)
                && index >= from
            {
                around.join(asked);
            }
            let mut under = around.clone();
            under.join(&heading);
            let held = facts(text);
            let wanted = self.kind.wants();
            let holds = wanted != 0 && held & wanted != 0;
            let covers = self.share(&met.exact);
            let count = words_of[index].len() as f32;
            let question = text.ends_with('?') || pair.is_some_and(|from| index < from);
            let vector = if model.embed_into(text, &mut vector) { dot(&self.whole, &vector) } else { 0.0 };
            let in_answer = pair.is_some_and(|from| index >= from);
            let of_asked = |by: fn(&Met) -> &Vec<f32>| {
                asked.as_ref().filter(|_| in_answer).map_or(0.0, |asked| self.share(by(asked)))
            };
            let own = words_of[index].iter().filter(|(_, plain)| !plain).count().max(1) as f32;
            let matched = words_of[index]
                .iter()
                .filter(|(term, _)| self.sought.iter().any(|word| word.worth(*term) > 0.0))
                .count() as f32;
            let header_row = header == Some(index);
            let features = [
                covers,
                self.share(&met.near),
                self.share(&under.exact),
                self.share(&under.near),
                self.share(&whole.exact),
                self.share(&whole.near),
                self.share(&heading.exact),
                vector,
                found.parts.vector,
                behind.max(-6.0),
                1.0 / (1.0 + place as f32),
                self.pairs(&words_of[index]),
                f32::from(holds),
                f32::from(wanted != 0 && !holds),
                if holds { self.share(&under.near) } else { 0.0 },
                f32::from(sentence.heading || header_row),
                f32::from(question),
                of_asked(|met| &met.exact),
                of_asked(|met| &met.near),
                f32::from(pair == Some(index)),
                f32::from(document.is_some_and(|document| document.correction)),
                0.0,
                f32::from(sentence.row),
                f32::from(sentence.item),
                count.ln_1p() / 3.0,
                f32::from(count < 4.0 && !sentence.row),
                self.numbers(&met.exact),
                f32::from(self.kind == Kind::YesNo && held & (fact::NEGATION | fact::MODAL) != 0),
                f32::from(matches!(self.kind, Kind::When | Kind::Clock | Kind::Price) && sentence.row && holds),
                intro.map_or(0.0, |intro| self.share(&met_in[intro].near)),
                self.missing(&under.near),
                self.missing(&whole.near),
                if question { covers } else { 0.0 },
                matched / own,
            ];
            let has = self
                .sought
                .iter()
                .zip(&met.exact)
                .enumerate()
                .filter(|(at, (_, met))| **met > 0.5 && *at < 64)
                .fold(0, |has, (at, _)| has | 1 << at);
            let mut subject: Vec<u32> =
                words_of[index].iter().filter(|(_, plain)| !plain).map(|(term, _)| *term).collect();
            subject.sort_unstable();
            subject.dedup();
            candidates.push(Candidate {
                slot: found.slot,
                index,
                sentence: sentence.clone(),
                answer_from: pair.map(|from| all[from].at.start),
                features,
                score: 0.0,
                has,
                least_met,
                subject,
                across: self.language != Language::Other
                    && chunk.language != Language::Other
                    && self.language != chunk.language,
            });
        }
    }

    /// The share of the question's neighbouring words that stand near each other here.
    fn pairs(&self, terms: &[(u32, bool)]) -> f32 {
        let mut last: Option<(usize, usize)> = None;
        let [mut near, mut all] = [0.0_f32; 2];
        for word in self.sought.iter().filter(|word| word.factor >= 1.0) {
            let here = terms.iter().position(|(term, _)| word.worth(*term) > 0.5);
            if let Some((before, at)) = last
                && word.at <= at + 3
            {
                all += 1.0;
                // Wherever else the word stands, the nearest to the one before counts.
                let close = terms
                    .iter()
                    .enumerate()
                    .any(|(i, (term, _))| word.worth(*term) > 0.5 && i.abs_diff(before) <= 3 && i != before);
                near += f32::from(close);
            }
            last = here.map(|here| (here, word.at)).or(Some((usize::MAX / 2, word.at)));
        }
        if all > 0.0 { near / all } else { 0.0 }
    }

    /// The share of the question's numbers that are here; 0 when it has none.
    fn numbers(&self, met: &[f32]) -> f32 {
        let numbers = self.sought.iter().zip(met).filter(|(word, _)| word.number);
        let [mut here, mut all] = [0.0_f32; 2];
        for (_, met) in numbers {
            here += met;
            all += 1.0;
        }
        if all > 0.0 { here / all } else { 0.0 }
    }

    /// Marks sentences of which a newer document says the same with other figures.
    fn mark_superseded(&self, candidates: &mut [Candidate]) {
        const AT: usize = 21;
        let likely: Vec<usize> = (0..candidates.len()).filter(|&i| candidates[i].features[2] > 0.2).collect();
        for &old in &likely {
            let Some(own) = self.lexicon.document_of(candidates[old].slot) else { continue };
            let newer = likely.iter().any(|&new| {
                let [a, b] = [&candidates[old], &candidates[new]];
                let Some(its) = self.lexicon.document_of(b.slot) else { return false };
                if std::ptr::eq(own, its) || own.correction || !its.dated.newer_than(&own.dated) {
                    return false;
                }
                let shared = a.subject.iter().filter(|term| b.subject.binary_search(term).is_ok()).count();
                let least = a.subject.len().min(b.subject.len());
                let alike =
                    least >= 1 && shared as f32 >= 0.6 * a.subject.len() as f32 && shared as f32 >= 0.6 * least as f32;
                let series = same_series(&own.title, &its.title);
                let covers = b.features[2] >= a.features[2] - 0.05 && b.has & a.has == a.has;
                covers && (alike && (least >= 2 || a.sentence.row) || series && b.features[0] >= a.features[0] - 0.05)
            });
            candidates[old].features[AT] = f32::from(newer);
        }
    }
}

/// Whether two titles are of the same kind of document, their dates and numbers left away.
fn same_series(a: &str, b: &str) -> bool {
    let subject = |title: &str| {
        let mut subject = Vec::new();
        words::each(title, |word| {
            if !word.number
                && word.folded.len() > 3
                && super::dates::stated_in(&format!("{} 2020", word.folded)) == super::dates::stated_in("2020")
            {
                subject.push(word.folded.into_owned());
            }
        });
        subject
    };
    let [a, b] = [subject(a), subject(b)];
    let shared = a.iter().filter(|word| b.contains(word)).count();
    shared >= 1 && 2 * shared >= a.len().min(b.len())
}

/// Of a chunk that asks and answers itself: the first sentence of the answer.
fn pair(text: &str, all: &[Sentence]) -> Option<usize> {
    let marked = |at: usize, signs: &[&str]| {
        let sentence = text[all[at].at.clone()].trim_start_matches(['*', '#', ' ', '-']);
        signs.iter().any(|sign| sentence.get(..sign.len()).is_some_and(|start| start.eq_ignore_ascii_case(sign)))
    };
    let answer = (1..all.len()).find(|&at| marked(at, &["A:", "R:", "Answer:", "Respuesta:", "A.", "R."]));
    if let Some(answer) = answer.filter(|_| marked(0, &["Q:", "P:", "Question:", "Pregunta:", "Q.", "P."])) {
        return Some(answer);
    }
    let asks = text[all.first()?.at.clone()].ends_with('?') && all.len() > 1;
    asks.then_some(1)
}

/// The sentence that opens the list which an item is in: "Bring:" above "- a towel".
fn intro(text: &str, all: &[Sentence], index: usize) -> Option<usize> {
    if !all[index].item {
        return None;
    }
    let before = (0..index).rev().find(|&at| !all[at].item)?;
    let opens = text[all[before].at.clone()].ends_with(':') || all[before].heading;
    opens.then_some(before)
}

/// Whether a row holds figures, as a header row does not.
fn facts_of_row(text: &str) -> bool {
    facts(text) & (fact::NUMBER | fact::MONEY | fact::CLOCK) != 0
}

/// Where the quote around a sentence begins and ends: the sentence and, while they are short, its neighbours; of a pair the answer.
pub(super) fn quote(text: &str, candidate: &Candidate, most: usize) -> Range<usize> {
    let all = sentences(text);
    let sentence = &candidate.sentence;
    let mut quote = sentence.at.clone();
    if sentence.row {
        return quote;
    }
    if let Some(from) = candidate.answer_from.filter(|&from| sentence.at.start >= from)
        && text.len() - from <= 2 * most
    {
        return from..all.last().map_or(text.len(), |last| last.at.end);
    }
    // A list belongs to the line that opens it.
    let opens = text[sentence.at.clone()].ends_with(':') || sentence.heading;
    let mut take = |other: Option<&Sentence>, most: usize| {
        let Some(other) = other.filter(|other| !other.row) else { return false };
        let wider = quote.start.min(other.at.start)..quote.end.max(other.at.end);
        let fits = wider.len() <= most;
        if fits {
            quote = wider;
        }
        fits
    };
    let index = candidate.index;
    if opens {
        for other in
            all.iter().skip(index + 1).take_while(|other| other.item || other.paragraph <= sentence.paragraph + 1)
        {
            if other.heading || !take(Some(other), 2 * most) {
                break;
            }
        }
        return quote;
    }
    let near = |other: &&Sentence| other.paragraph == sentence.paragraph && !other.heading;
    take(all.get(index + 1).filter(near), most);
    take(index.checked_sub(1).and_then(|before| all.get(before)).filter(near), most);
    quote
}
