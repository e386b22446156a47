//! Bases that are asked together, as if all their documents stood in one.

use super::lexicon::Lexicon;
use super::words::Term;

/// Bases that are asked as one: what is rare in all of them together is rare, and chunks of different bases compare.
#[derive(Clone, Copy, Debug)]
pub struct Together<'a>(&'a [&'a Lexicon]);

impl<'a> Together<'a> {
    /// These bases; they are known by their places in this list.
    pub const fn of(lexicons: &'a [&'a Lexicon]) -> Self {
        Self(lexicons)
    }

    pub(super) fn lexicons(self) -> impl Iterator<Item = &'a Lexicon> {
        self.0.iter().copied()
    }

    /// How many chunks there are.
    pub(super) fn len(self) -> usize {
        self.lexicons().map(Lexicon::len).sum()
    }

    /// The share of chunks in each language.
    pub(super) fn shares(self) -> [f32; 3] {
        let all = self.len().max(1) as f32;
        [0, 1, 2].map(|language| self.lexicons().map(|lexicon| lexicon.live()[language]).sum::<u32>() as f32 / all)
    }

    /// The mean length of a chunk, in words.
    pub(super) fn mean_length(self) -> f32 {
        let words: u64 = self.lexicons().map(Lexicon::total_length).sum();
        (words as f64 / self.len().max(1) as f64).max(1.0) as f32
    }

    /// In how many chunks a term stands.
    pub(super) fn frequency(self, term: Term) -> usize {
        self.lexicons().map(|lexicon| lexicon.frequency(term)).sum()
    }

    /// The terms of words that have this row of the embedded model, in order, and the languages they were seen in, as bits.
    pub(super) fn terms_of_row(self, row: u32) -> Vec<(Term, u8)> {
        let mut terms: Vec<(Term, u8)> = self.lexicons().flat_map(|lexicon| lexicon.terms_of_row(row)).collect();
        terms.sort_unstable();
        terms.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 |= next.1;
            }
            same
        });
        terms
    }

    /// How rare a term is that stands in so many chunks.
    pub(super) fn idf(self, frequency: usize) -> f32 {
        rarity(self.len() as f32, frequency as f32)
    }

    /// What a question's word weighs that stands in so many chunks: as rare as it would be with twenty chunks more that lack it, so that a word
    /// of every chunk of a small base still weighs something.
    pub(super) fn weight_of(self, frequency: usize) -> f32 {
        const MORE: f32 = 20.0;
        rarity(self.len() as f32 + MORE, frequency as f32)
    }
}

fn rarity(all: f32, with: f32) -> f32 {
    (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
}
