//! Which chunks speak of what a question asks: BM25 whose words may be widened, and the vectors' nearness.

use serde::Serialize;

use super::lexicon::Lexicon;
use super::question::{Asked, Question};
use super::together::Together;
use super::words::{Language, Term, term_of};
use crate::embed::StaticModel;

/// BM25's saturation of repeated words.
const K1: f32 = 1.2;
/// BM25's punishment of long chunks.
const B: f32 = 0.75;
/// How many words of each language a question's word is widened by at most.
const WIDEST: usize = 8;
/// How much of the score are words; the rest is the vectors' nearness.
const WORDS: f32 = 0.7;

/// A chunk that was found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Found {
    /// Which of the bases it is in, from 0.
    pub base: u32,
    /// Its slot there.
    pub slot: u32,
    /// Its place in the order: 0.7 standard scores of the words, 0.3 of the vector, over all chunks of the bases.
    pub score: f32,
    /// What the score is made of.
    pub parts: FoundParts,
}

/// What a chunk's score is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct FoundParts {
    /// Soft BM25.
    pub bm25: f32,
    /// The cosine of the question's vector and the chunk's.
    pub vector: f32,
}

/// A question's word, as the bases have it.
#[derive(Clone, Debug)]
pub(super) struct Sought {
    /// Terms that stand for it, and what each is worth, the best first.
    pub terms: Vec<(Term, f32)>,
    /// How rare it is, times how much it counts in the question.
    pub weight: f32,
    /// Whether the bases have the word itself.
    pub exact: bool,
    /// Its place in the question.
    pub at: usize,
    /// How much it counts in the question.
    pub factor: f32,
    /// Whether it is a number.
    pub number: bool,
    /// Whether a fact of the wanted kind stands for it.
    pub intent: bool,
}

impl Sought {
    /// What a term is worth as this word.
    pub(super) fn worth(&self, term: Term) -> f32 {
        self.terms.iter().find(|&&(own, _)| own == term).map_or(0.0, |&(_, worth)| worth)
    }
}

impl Lexicon {
    /// [`Together::search`] of this base alone.
    pub fn search(&self, question: &Question, limit: usize) -> Vec<Found> {
        Together::of(&[self]).search(question, limit)
    }
}

impl Together<'_> {
    /// The chunks that fit a question best, the best first, at most so many: by words and vectors alone.
    pub fn search(self, question: &Question, limit: usize) -> Vec<Found> {
        self.find(question, &self.sought(question), limit)
    }

    /// The words of a question as the bases have them.
    pub(super) fn sought(self, question: &Question) -> Vec<Sought> {
        let shares = self.shares();
        let main =
            if shares[Language::Es as usize] > shares[Language::En as usize] { Language::Es } else { Language::En };
        let language = if question.language == Language::Other { main } else { question.language };
        let others: Vec<Language> = [Language::En, Language::Es]
            .into_iter()
            .filter(|&other| other != language && shares[other as usize] > 0.0)
            .collect();
        let foreign = !others.is_empty() && shares[language as usize] < 0.05;
        question.words.iter().map(|word| self.seek(word, language, &others, foreign)).collect()
    }

    fn seek(self, word: &Asked, language: Language, others: &[Language], foreign: bool) -> Sought {
        let mut terms: Vec<(Term, f32)> = Vec::new();
        let all = [language, Language::Other].into_iter().chain(others.iter().copied());
        for term in all.map(|language| term_of(&word.folded, language)) {
            if self.frequency(term) > 0 {
                put_best(&mut terms, term, 1.0);
            }
        }
        let exact = !terms.is_empty();
        let frequency = terms.iter().map(|&(term, _)| self.frequency(term)).max().unwrap_or(0);
        let mut idf = self.weight_of(frequency);
        if !word.number {
            // Of bases in one language the word itself is enough; of others those of the other language are wanted too.
            let model = StaticModel::embedded();
            if !exact || !others.is_empty() {
                // Of each language so many: words of one base do not crowd out those of another.
                let mut wide = [0; 3];
                'rows: for near in model.near(&word.folded).iter() {
                    for (term, seen_in) in self.terms_of_row(near.row) {
                        if wide[Language::En as usize].min(wide[Language::Es as usize]) >= WIDEST {
                            break 'rows;
                        }
                        let seen = |language: usize| seen_in >> language & 1 == 1;
                        let fits = !exact || others.iter().any(|&other| seen(other as usize));
                        if fits && (0..wide.len()).any(|language| seen(language) && wide[language] < WIDEST) {
                            let before = terms.len();
                            put_best(&mut terms, term, near.cosine * near.cosine);
                            for (language, wide) in wide.iter_mut().enumerate() {
                                *wide += if seen(language) { terms.len() - before } else { 0 };
                            }
                        }
                    }
                }
            }
            if !exact && word.folded.len() >= 4 {
                let known = model.knows(&word.folded);
                if let Some((term, worth)) = self.mistyped(&word.folded, language, others, known) {
                    put_best(&mut terms, term, worth);
                    if !known {
                        idf = self.weight_of(self.frequency(term));
                    }
                }
            }
        }
        terms.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        // A word of another language is as rare as what it is read as; one that nobody of the bases says is as rare as can be.
        if !exact
            && foreign
            && let Some(&(term, _)) = terms.first()
        {
            idf = self.weight_of(self.frequency(term));
        }
        Sought {
            terms,
            weight: idf * word.weight,
            exact,
            at: word.at,
            factor: word.weight,
            number: word.number,
            intent: word.intent,
        }
    }

    /// The word of the bases that a word was meant to be, and what it is worth: one letter wrong, two of a long word. Words of the question's
    /// language go before others.
    fn mistyped(self, word: &str, language: Language, others: &[Language], known: bool) -> Option<(Term, f32)> {
        let allowed = if word.len() >= 8 { 2 } else { 1 };
        let most = if known { 1 } else { allowed };
        let mut best: Option<(Term, f32, usize)> = None;
        for language in [language].into_iter().chain(others.iter().copied()) {
            if best.is_some() {
                break;
            }
            for (other, term) in self.lexicons().flat_map(|lexicon| lexicon.spelled(language)) {
                if other.len().abs_diff(word.len()) > most || other.len() < 4 {
                    continue;
                }
                let Some(distance) = distance(word.as_bytes(), other.as_bytes(), most) else { continue };
                let frequency = self.frequency(term);
                let worth = [1.0, 0.9, 0.7][distance] * if known { 0.5 } else { 1.0 };
                let better = |(last, least, count): (Term, f32, usize)| {
                    worth > least || (worth >= least && (frequency, last) > (count, term))
                };
                if frequency > 0 && best.is_none_or(better) {
                    best = Some((term, worth, frequency));
                }
            }
        }
        best.map(|(term, worth, _)| (term, worth))
    }

    pub(super) fn find(self, question: &Question, sought: &[Sought], limit: usize) -> Vec<Found> {
        if self.len() == 0 || limit == 0 {
            return Vec::new();
        }
        let vector = StaticModel::embedded().embed(&question.text);
        let scored: Vec<[Vec<f32>; 2]> =
            self.lexicons().map(|lexicon| [self.soft_bm25(lexicon, sought), lexicon.cosines(&vector)]).collect();
        let [words_at, cosines_at] = [0, 1].map(|which| {
            let all = self.lexicons().zip(&scored);
            Standard::of(self.len(), all.map(|(lexicon, scores)| (lexicon, &*scores[which])))
        });
        let order =
            |a: &Found, b: &Found| b.score.total_cmp(&a.score).then(a.base.cmp(&b.base)).then(a.slot.cmp(&b.slot));
        // The best so far, and from time to time all but the best thrown away: most chunks are not worth writing down.
        let mut found: Vec<Found> = Vec::new();
        let mut least = f32::NEG_INFINITY;
        for (base, (lexicon, [words, cosines])) in self.lexicons().zip(&scored).enumerate() {
            for (slot, (&bm25, &vector)) in words.iter().zip(cosines).enumerate() {
                let score = WORDS * words_at.standard(bm25) + (1.0 - WORDS) * cosines_at.standard(vector);
                if score < least || !lexicon.is_live(slot) {
                    continue;
                }
                found.push(Found { base: base as u32, slot: slot as u32, score, parts: FoundParts { bm25, vector } });
                if found.len() >= limit.saturating_mul(4).max(256) {
                    found.select_nth_unstable_by(limit - 1, order);
                    found.truncate(limit);
                    least = found[limit - 1].score;
                }
            }
        }
        found.sort_by(order);
        found.truncate(limit);
        found
    }

    /// By slot of one of the bases: the sum over the question's words of the best that stands for each.
    fn soft_bm25(self, lexicon: &Lexicon, sought: &[Sought]) -> Vec<f32> {
        let mut total = vec![0.0_f32; lexicon.slots()];
        let mut best = vec![0.0_f32; lexicon.slots()];
        let mut touched = Vec::new();
        let per_word = K1 * B / self.mean_length();
        for word in sought {
            for &(term, worth) in &word.terms {
                let rarity = worth * word.factor * self.idf(self.frequency(term));
                lexicon.each_posting(term, |slot, count| {
                    let count = count as f32;
                    let length = lexicon.length(slot) as f32;
                    let score = rarity * count * (K1 + 1.0) / (count + K1 * (1.0 - B) + per_word * length);
                    let best = &mut best[slot as usize];
                    if *best <= 0.0 {
                        touched.push(slot);
                    }
                    *best = best.max(score);
                });
            }
            for slot in touched.drain(..) {
                total[slot as usize] += std::mem::take(&mut best[slot as usize]);
            }
        }
        total
    }
}

/// Adds a term, or raises what it is worth.
fn put_best(terms: &mut Vec<(Term, f32)>, term: Term, worth: f32) {
    match terms.iter_mut().find(|(own, _)| *own == term) {
        Some((_, own)) => *own = own.max(worth),
        None => terms.push((term, worth)),
    }
}

/// Mean and spread of scores.
struct Standard {
    mean: f32,
    spread: f32,
}

impl Standard {
    /// Of the scores of all chunks that there are.
    fn of<'s>(count: usize, scores: impl Iterator<Item = (&'s Lexicon, &'s [f32])>) -> Self {
        let [mut sum, mut squares] = [0.0_f64; 2];
        for (lexicon, scores) in scores {
            for (slot, &score) in scores.iter().enumerate() {
                if lexicon.is_live(slot) {
                    sum += f64::from(score);
                    squares += f64::from(score) * f64::from(score);
                }
            }
        }
        let count = count.max(1) as f64;
        let mean = sum / count;
        Self { mean: mean as f32, spread: (squares / count - mean * mean).max(0.0).sqrt() as f32 }
    }

    fn standard(&self, score: f32) -> f32 {
        if self.spread > 1e-6 { (score - self.mean) / self.spread } else { 0.0 }
    }
}

/// How many letters must be changed, added, left out or exchanged with their neighbour, if no more than `most`.
fn distance(a: &[u8], b: &[u8], most: usize) -> Option<usize> {
    const LONGEST: usize = 42;
    if a.len() >= LONGEST || b.len() >= LONGEST {
        return None;
    }
    let mut rows = [[0_usize; LONGEST]; 3];
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        let [before, last, row] = [(i + 1) % 3, (i + 2) % 3, i % 3];
        rows[row][0] = i;
        let mut shortest = i;
        for j in 1..=b.len() {
            let mut cell = (rows[last][j - 1] + usize::from(a[i - 1] != b[j - 1]))
                .min(rows[last][j] + 1)
                .min(rows[row][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cell = cell.min(rows[before][j - 2] + 1);
            }
            rows[row][j] = cell;
            shortest = shortest.min(cell);
        }
        if shortest > most {
            return None;
        }
    }
    Some(rows[a.len() % 3][b.len()]).filter(|&distance| distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_exchanged_letters_once() {
        for (a, b, most, expected) in [
            ("price", "price", 1, Some(0)),
            ("pirce", "price", 1, Some(1)),
            ("prce", "price", 1, Some(1)),
            ("price", "prize", 1, Some(1)),
            ("cancelation", "cancellation", 2, Some(1)),
            ("yoga", "boat", 1, None),
            ("", "ab", 2, Some(2)),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes(), most), expected, "{a} {b}");
        }
    }
}
