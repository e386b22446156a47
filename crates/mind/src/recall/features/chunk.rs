//! The sentences of one chunk, and what speaks for each.

use super::quote::{facts_of_row, intro, pair};
use super::{Candidate, Met, RANKS, Weighing, dot};
use crate::embed::{DIMS, StaticModel};
use crate::recall::kinds::{Kind, fact, facts};
use crate::recall::pick::Known;
use crate::recall::prepare::ChunkText;
use crate::recall::search::Found;
use crate::recall::sentences::{Sentence, sentences};
use crate::recall::words::{Language, Term};

/// Bytes within which sentences of a paragraph belong together.
const NEAR: usize = 800;

/// A chunk, read for one question.
struct Read<'a> {
    chunk: ChunkText<'a>,
    document: &'a Known,
    all: Vec<Sentence>,
    /// By sentence: its terms in order, and whether each is a stop word or a number.
    terms: Vec<Vec<(Term, bool)>>,
    /// By sentence: the facts it holds.
    held: Vec<u32>,
    met: Vec<Met>,
    /// Of title and headings.
    heading: Met,
    /// Of the chunk and its headings.
    whole: Met,
    /// Of a chunk that is a question and its answer: the first sentence of the answer, and what the question meets.
    pair: Option<(usize, Met)>,
    /// The row that names a table's columns.
    header: Option<usize>,
}

impl Weighing<'_> {
    /// Adds the chunk's sentences, each with what speaks for it. Of a question and its answer only the answer's.
    pub(super) fn weigh_chunk(&mut self, found: &Found, place: usize, behind: f32, candidates: &mut Vec<Candidate>) {
        let Some((at, document)) = self.picked.known(found.place()) else { return };
        let Some(&chunk) = self.texts.get(at) else { return };
        let read = self.read(chunk, document);
        let counting = self.sought.iter().zip(&read.whole.near).filter(|(word, _)| word.factor >= 1.0);
        let least_met = counting.map(|(_, met)| *met).fold(1.0_f32, f32::min);
        let spoken = |language| language != Language::Other;
        let across = spoken(self.language) && spoken(document.language) && self.language != document.language;
        for index in read.pair.as_ref().map_or(0, |pair| pair.0)..read.all.len() {
            let mut features = self.features(&read, index);
            features[8..11].copy_from_slice(&[found.parts.vector, behind.max(-6.0), 1.0 / (1.0 + place as f32)]);
            let met = read.met[index].exact.iter().enumerate().filter(|(at, met)| **met > 0.5 && *at < 64);
            let mut subject: Vec<Term> =
                read.terms[index].iter().filter(|(_, plain)| !plain).map(|(term, _)| *term).collect();
            subject.sort_unstable();
            subject.dedup();
            candidates.push(Candidate {
                place: found.place(),
                index,
                sentence: read.all[index].clone(),
                answer_from: read.pair.as_ref().map(|pair| read.all[pair.0].at.start),
                features,
                score: 0.0,
                has: met.fold(0, |has, (at, _)| has | 1 << at),
                least_met,
                subject,
                wanted: self.kind.wants(),
                across,
            });
        }
    }

    fn read<'c>(&mut self, chunk: ChunkText<'c>, document: &'c Known) -> Read<'c> {
        let language = document.language;
        let all = sentences(chunk.text);
        let mut unused = Vec::new();
        let mut heading = self.meet(&document.title, language, &mut unused);
        heading.join(&self.meet(chunk.heading, language, &mut unused));
        let mut whole = heading.clone();
        let mut met = Vec::with_capacity(all.len());
        let mut terms = Vec::with_capacity(all.len());
        let mut held = Vec::with_capacity(all.len());
        for sentence in &all {
            let text = &chunk.text[sentence.at.clone()];
            let mut own = Vec::new();
            let its = self.meet(text, language, &mut own);
            whole.join(&its);
            met.push(its);
            terms.push(own);
            held.push(facts(text));
        }
        let last_heading = chunk.heading.rsplit(" > ").next().unwrap_or_default().trim();
        let from = if last_heading.ends_with('?') { (!all.is_empty()).then_some(0) } else { pair(chunk.text, &all) };
        let pair = from.map(|from| {
            let mut asked = Met::nothing(self.sought.len());
            if from == 0 {
                asked = self.meet(last_heading, language, &mut unused);
            }
            for met in &met[..from] {
                asked.join(met);
            }
            (from, asked)
        });
        let header = all.iter().position(|sentence| sentence.row);
        let header = header.filter(|&at| !facts_of_row(&chunk.text[all[at].at.clone()]));
        Read { chunk, document, all, terms, held, met, heading, whole, pair, header }
    }

    /// What is met in a sentence and in what belongs to it: its neighbours, its table's columns, the line above its list, its question.
    fn around(read: &Read<'_>, index: usize) -> Met {
        let sentence = &read.all[index];
        let mut around = read.met[index].clone();
        if !sentence.row {
            let near = index.saturating_sub(1)..(index + 2).min(read.all.len());
            for other in near.filter(|&other| read.all[other].paragraph == sentence.paragraph && !read.all[other].row) {
                around.join(&read.met[other]);
            }
        }
        if let Some(header) = read.header.filter(|_| sentence.row) {
            around.join(&read.met[header]);
        }
        if let Some(intro) = intro(read.chunk.text, &read.all, index) {
            around.join(&read.met[intro]);
        }
        if let Some((_, asked)) = &read.pair {
            around.join(asked);
        }
        around.join(&read.heading);
        around
    }

    /// What is met in the headings and the sentence's paragraph, as far as it is near.
    fn in_paragraph(read: &Read<'_>, index: usize) -> Met {
        let own = &read.all[index];
        let mut paragraph = read.heading.clone();
        for (other, met) in read.all.iter().zip(&read.met) {
            if other.paragraph == own.paragraph && !other.row && other.at.start.abs_diff(own.at.start) < NEAR {
                paragraph.join(met);
            }
        }
        paragraph
    }

    /// By [`RANK_FEATURES`](super::RANK_FEATURES), but for what the search says and what other documents do.
    fn features(&self, read: &Read<'_>, index: usize) -> [f32; RANKS] {
        let sentence = &read.all[index];
        let text = &read.chunk.text[sentence.at.clone()];
        let met = &read.met[index];
        let [covers, covers_near] = [self.share(&met.exact), self.share(&met.near)];
        let terms = &read.terms[index];
        let under = Self::around(read, index);
        let wanted = self.kind.wants();
        let holds = wanted != 0 && read.held[index] & wanted != 0;
        let if_holds = |share: f32| if holds { share } else { 0.0 };
        let if_row = |share: f32| if sentence.row { share } else { 0.0 };
        let near = self.share(&under.near);
        let asks = text.ends_with('?');
        let mut vector = [0.0; DIMS];
        let vector =
            if StaticModel::embedded().embed_into(text, &mut vector) { dot(&self.whole, &vector) } else { 0.0 };
        let asked =
            read.pair.as_ref().map_or([0.0; 2], |(_, asked)| [self.share(&asked.exact), self.share(&asked.near)]);
        let own = terms.iter().filter(|(_, plain)| !plain).count().max(1) as f32;
        let matched =
            terms.iter().filter(|(term, _)| self.sought.iter().any(|word| word.worth(*term) > 0.0)).count() as f32;
        let count = terms.len() as f32;
        let soon = index + 1..(index + 3).min(read.all.len());
        let beside = wanted != 0
            && !holds
            && soon.into_iter().any(|other| {
                let its = &read.all[other];
                its.paragraph == sentence.paragraph && !its.row && read.held[other] & wanted != 0
            });
        let intro = intro(read.chunk.text, &read.all, index);
        let answers_so = self.kind == Kind::YesNo && read.held[index] & (fact::NEGATION | fact::MODAL) != 0;
        [
            covers,
            covers_near,
            self.share(&under.exact),
            near,
            self.share(&read.whole.exact),
            self.share(&read.whole.near),
            self.share(&read.heading.exact),
            vector,
            0.0,
            0.0,
            0.0,
            self.pairs(terms),
            f32::from(holds),
            f32::from(wanted != 0 && !holds),
            if_holds(near),
            f32::from(sentence.heading || read.header == Some(index)),
            f32::from(asks),
            asked[0],
            asked[1],
            f32::from(read.pair.as_ref().is_some_and(|pair| pair.0 == index)),
            f32::from(read.document.correction),
            0.0,
            f32::from(sentence.row),
            f32::from(sentence.item),
            count.ln_1p() / 3.0,
            f32::from(count < 4.0 && !sentence.row),
            self.numbers(&met.exact),
            f32::from(answers_so),
            f32::from(matches!(self.kind, Kind::When | Kind::Day | Kind::Clock | Kind::Price) && sentence.row && holds),
            intro.map_or(0.0, |intro| self.share(&read.met[intro].near)),
            self.missing(&under.near),
            self.missing(&read.whole.near),
            if asks { covers } else { 0.0 },
            matched / own,
            if sentence.row { near } else { self.share(&Self::in_paragraph(read, index).near) },
            f32::from(beside),
            if_row(near),
            self.missing(&met.near),
            f32::from(self.kind.is_strict() && !holds),
            f32::from(read.document.dated.retired),
            if_holds(covers_near),
        ]
    }

    /// The share of the question's neighbouring words that stand near each other here.
    fn pairs(&self, terms: &[(Term, bool)]) -> f32 {
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
}
