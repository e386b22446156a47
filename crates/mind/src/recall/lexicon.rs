//! The index of a base: its words and where they stand, its chunks and their vectors. Documents come and go one by one.

use std::collections::HashMap;
use std::ops::Range;

use super::dates::Dated;
use super::words::{self, Language, Stems};
use crate::embed::{DIMS, StaticModel, normalise};

type Map<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// Bits of a posting below the slot: how often the word stands in the chunk, 255 for more.
const TF_BITS: u32 = 8;
/// The length of a chunk that was taken out.
const GONE: u32 = u32::MAX;
/// Slots that fit a posting.
const MOST_SLOTS: usize = 1 << (32 - TF_BITS);

/// A document as it is taken in.
#[derive(Clone, Copy, Debug, Default)]
pub struct DocumentText<'a> {
    /// Its title; it is searched with every chunk.
    pub title: &'a str,
    /// When it was written or became valid: days since 1970-01-01. What its title or its first lines say of that goes before.
    pub dated: Option<i32>,
    /// When it was added: days since 1970-01-01. Of two that disagree and say no date of their own the later counts.
    pub added: Option<i32>,
    /// An answer that the coach gave to a question: it outranks whatever else answers it.
    pub correction: bool,
}

/// A chunk as it is taken in.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChunkText<'a> {
    /// Its text. Quotes are ranges of it.
    pub text: &'a str,
    /// The headings above it, outermost first, joined by `" > "`; searched with the text. Of a table's row the header row may stand here.
    pub heading: &'a str,
    /// A vector that was made before, of whatever model the lexicon was made for; of the embedded model when none is given.
    pub vector: Option<&'a [f32]>,
}

/// What a document became: its number, and the slots of its chunks, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The document's number, for [`Lexicon::remove`]. Numbers are given out in order and never again.
    pub document: u32,
    /// The slots of its chunks. Slots are given out in order and never again.
    pub slots: Range<u32>,
}

#[derive(Debug)]
pub(super) struct Chunk {
    pub document: u32,
    pub text: Box<str>,
    pub heading: Box<str>,
    pub language: Language,
}

#[derive(Debug)]
pub(super) struct Document {
    pub title: Box<str>,
    pub dated: Dated,
    pub correction: bool,
    pub slots: Range<u32>,
}

/// The index of a base of documents. Reading takes no lock.
#[derive(Debug)]
pub struct Lexicon {
    pub(super) stems: Stems,
    terms: Map<Box<str>, u32>,
    /// Folded words as they stand in texts, by language, and their terms.
    spelled: [Map<Box<str>, u32>; 3],
    /// Rows of the embedded model, and the terms of words that have them.
    rows: Map<u32, Vec<u32>>,
    /// Of each term: slot and count, by slot.
    postings: Vec<Vec<u32>>,
    /// Of each term: bits of the languages it was seen in.
    seen_in: Vec<u8>,
    pub(super) chunks: Vec<Chunk>,
    pub(super) documents: Vec<Document>,
    /// By slot: words of text, headings and title; [`GONE`] of one that was taken out. Apart from the chunks, since every question reads all.
    lengths: Vec<u32>,
    vectors: Vec<i8>,
    /// By slot: what the stored components times this are.
    scales: Vec<f32>,
    dims: usize,
    /// How many chunks there are, by language.
    live: [u32; 3],
    total_length: u64,
}

impl Default for Lexicon {
    fn default() -> Self {
        Self::new(DIMS)
    }
}

impl Lexicon {
    /// An empty one, for vectors of so many components: [`DIMS`] for those of the embedded model.
    pub fn new(dims: usize) -> Self {
        Self {
            stems: Stems::new(),
            terms: Map::default(),
            spelled: Default::default(),
            rows: Map::default(),
            postings: Vec::new(),
            seen_in: Vec::new(),
            chunks: Vec::new(),
            documents: Vec::new(),
            lengths: Vec::new(),
            vectors: Vec::new(),
            scales: Vec::new(),
            dims,
            live: [0; 3],
            total_length: 0,
        }
    }

    /// One of these documents and their chunks, with vectors of the embedded model.
    pub fn build<'a, C>(documents: impl IntoIterator<Item = (DocumentText<'a>, C)>) -> Self
    where
        C: IntoIterator<Item = ChunkText<'a>>,
    {
        let mut lexicon = Self::default();
        for (document, chunks) in documents {
            lexicon.add(&document, chunks);
        }
        lexicon.shrink();
        lexicon
    }

    /// Takes a document in. All scores are then as if it had been there from the start.
    ///
    /// # Panics
    /// When a vector has another number of components than the lexicon, or after sixteen million chunks.
    pub fn add<'a>(&mut self, document: &DocumentText<'a>, chunks: impl IntoIterator<Item = ChunkText<'a>>) -> Added {
        let number = self.documents.len() as u32;
        let first = self.chunks.len() as u32;
        let mut start = String::new();
        for chunk in chunks {
            if start.len() < 600 {
                start.push_str(&chunk.text[..chunk.text.floor_char_boundary(600)]);
                start.push('\n');
            }
            self.add_chunk(number, document, &chunk);
        }
        let slots = first..self.chunks.len() as u32;
        self.documents.push(Document {
            title: document.title.into(),
            dated: Dated::of(document.title, &start, document.dated, document.added),
            correction: document.correction,
            slots: slots.clone(),
        });
        Added { document: number, slots }
    }

    fn add_chunk(&mut self, number: u32, document: &DocumentText<'_>, chunk: &ChunkText<'_>) {
        let slot = self.chunks.len();
        assert!(slot < MOST_SLOTS, "a lexicon holds {MOST_SLOTS} chunks");
        let language = match words::language_of(chunk.text) {
            Language::Other => words::language_of(&format!("{} {}", chunk.heading, document.title)),
            language => language,
        };
        let mut length = 0;
        let mut counts: Map<u32, u32> = Map::default();
        for text in [document.title, chunk.heading, chunk.text] {
            words::each(text, |word| {
                length += 1;
                *counts.entry(self.take_term(&word.folded, language)).or_default() += 1;
            });
        }
        for (&term, &count) in &counts {
            self.postings[term as usize].push((slot as u32) << TF_BITS | count.min(255));
            self.seen_in[term as usize] |= 1 << language as u8;
        }
        let scale = match chunk.vector {
            Some(vector) => self.keep_vector(vector),
            None if self.dims == DIMS => {
                let parts = [document.title, chunk.heading, chunk.text].join("\n");
                let vector = StaticModel::embedded().embed(&parts);
                self.keep_vector(&vector)
            }
            None => self.keep_vector(&vec![0.0; self.dims]),
        };
        self.live[language as usize] += 1;
        self.total_length += u64::from(length);
        self.lengths.push(length);
        self.scales.push(scale);
        self.chunks.push(Chunk { document: number, text: chunk.text.into(), heading: chunk.heading.into(), language });
    }

    /// Takes a document out. All scores are then as if it had never been there. Taking out what is not there does nothing.
    pub fn remove(&mut self, document: u32) {
        let Some(slots) = self.documents.get_mut(document as usize).map(|document| std::mem::take(&mut document.slots))
        else {
            return;
        };
        let title = std::mem::take(&mut self.documents[document as usize].title);
        for slot in slots {
            let chunk = &mut self.chunks[slot as usize];
            let [text, heading] = [std::mem::take(&mut chunk.text), std::mem::take(&mut chunk.heading)];
            let length = std::mem::replace(&mut self.lengths[slot as usize], GONE);
            let language = chunk.language;
            chunk.document = u32::MAX;
            self.scales[slot as usize] = 0.0;
            for text in [&*title, &*heading, &*text] {
                words::each(text, |word| {
                    if let Some(term) = self.term(&word.folded, language) {
                        let postings = &mut self.postings[term as usize];
                        if let Ok(at) = postings.binary_search_by_key(&slot, |posting| posting >> TF_BITS) {
                            postings.remove(at);
                        }
                    }
                });
            }
            self.live[language as usize] -= 1;
            self.total_length -= u64::from(length);
        }
    }

    /// Gives back memory that was taken in advance: after the last of many documents.
    pub fn shrink(&mut self) {
        self.postings.iter_mut().for_each(Vec::shrink_to_fit);
        self.postings.shrink_to_fit();
        self.chunks.shrink_to_fit();
        self.documents.shrink_to_fit();
        self.vectors.shrink_to_fit();
        self.scales.shrink_to_fit();
        self.lengths.shrink_to_fit();
    }

    /// How many chunks there are.
    pub fn len(&self) -> usize {
        self.live.iter().sum::<u32>() as usize
    }

    /// Whether there is no chunk.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory taken, near enough to bound a cache by.
    pub fn bytes(&self) -> usize {
        let key = size_of::<(Box<str>, u32)>() + 1;
        let maps = std::iter::once(&self.terms).chain(&self.spelled);
        let maps: usize =
            maps.map(|map| map.capacity() * key + map.keys().map(|word| word.len().max(16)).sum::<usize>()).sum();
        let rows: usize = self.rows.values().map(|terms| 4 * terms.capacity() + 48).sum();
        let postings: usize = self.postings.iter().map(|list| 4 * list.capacity() + 24).sum();
        let chunks: usize =
            self.chunks.iter().map(|chunk| chunk.text.len() + chunk.heading.len() + size_of::<Chunk>() + 16).sum();
        let documents: usize = self.documents.iter().map(|document| document.title.len() + size_of::<Document>()).sum();
        maps + rows
            + postings
            + chunks
            + documents
            + self.vectors.capacity()
            + self.seen_in.capacity()
            + 4 * (self.scales.capacity() + self.lengths.capacity())
    }

    /// A chunk's text; empty for a slot that holds none.
    pub fn text(&self, slot: u32) -> &str {
        self.chunks.get(slot as usize).map_or("", |chunk| &*chunk.text)
    }

    /// The title of a chunk's document; empty for a slot that holds none.
    pub fn title(&self, slot: u32) -> &str {
        self.document_of(slot).map_or("", |document| &*document.title)
    }

    pub(super) fn document_of(&self, slot: u32) -> Option<&Document> {
        self.documents.get(self.chunks.get(slot as usize)?.document as usize)
    }

    /// The share of chunks in each language.
    pub(super) fn shares(&self) -> [f32; 3] {
        let all = self.len().max(1) as f32;
        self.live.map(|count| count as f32 / all)
    }

    fn take_term(&mut self, word: &str, language: Language) -> u32 {
        if let Some(&term) = self.spelled[language as usize].get(word) {
            return term;
        }
        let stem = self.stems.stem(word, language);
        let term = if let Some(&term) = self.terms.get(&*stem) {
            term
        } else {
            let term = self.postings.len() as u32;
            self.terms.insert((&*stem).into(), term);
            self.postings.push(Vec::new());
            self.seen_in.push(0);
            term
        };
        self.spelled[language as usize].insert(word.into(), term);
        if !words::is_stop(word, language)
            && let Some(row) = StaticModel::embedded().row_of(word)
        {
            let terms = self.rows.entry(row).or_default();
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
        term
    }

    /// The term of a folded word as it stands in a text of the base.
    pub(super) fn term(&self, word: &str, language: Language) -> Option<u32> {
        self.spelled[language as usize].get(word).copied()
    }

    /// The term of a stem, when a chunk has it.
    pub(super) fn term_of_stem(&self, stem: &str) -> Option<u32> {
        self.terms.get(stem).copied().filter(|&term| !self.postings[term as usize].is_empty())
    }

    /// The terms of words that have this row of the embedded model, when a chunk has them.
    pub(super) fn terms_of_row(&self, row: u32) -> impl Iterator<Item = u32> {
        self.rows.get(&row).into_iter().flatten().copied().filter(|&term| !self.postings[term as usize].is_empty())
    }

    /// Whether a term was seen in a language.
    pub(super) fn seen_in(&self, term: u32, language: Language) -> bool {
        self.seen_in[term as usize] >> language as u8 & 1 == 1
    }

    /// All folded words of the base's texts in a language, with their terms.
    pub(super) fn spelled(&self, language: Language) -> impl Iterator<Item = (&str, u32)> {
        self.spelled[language as usize].iter().map(|(word, &term)| (&**word, term))
    }

    /// In how many chunks a term stands.
    pub(super) fn frequency(&self, term: u32) -> usize {
        self.postings[term as usize].len()
    }

    /// How rare a term is that stands in so many chunks.
    pub(super) fn idf(&self, frequency: usize) -> f32 {
        let [all, with] = [self.len() as f32, frequency as f32];
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }

    /// What a question's word weighs that stands in so many chunks: as rare as it would be with twenty chunks more that lack it, so that a word
    /// of every chunk of a small base still weighs something.
    pub(super) fn weight_of(&self, frequency: usize) -> f32 {
        const MORE: f32 = 20.0;
        let [all, with] = [self.len() as f32 + MORE, frequency as f32];
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }

    /// Calls `found` with each slot of a term and the count there.
    pub(super) fn each_posting(&self, term: u32, mut found: impl FnMut(u32, u32)) {
        for &posting in &self.postings[term as usize] {
            found(posting >> TF_BITS, posting & ((1 << TF_BITS) - 1));
        }
    }

    /// Of each slot whether it holds a chunk.
    pub(super) fn is_live(&self, slot: usize) -> bool {
        self.lengths[slot] != GONE
    }

    /// The length of a chunk, in words.
    pub(super) fn length(&self, slot: u32) -> u32 {
        self.lengths[slot as usize]
    }

    /// The mean length of a chunk, in words.
    pub(super) fn mean_length(&self) -> f32 {
        (self.total_length as f64 / self.len().max(1) as f64).max(1.0) as f32
    }

    /// Slots given out, those of removed documents among them.
    pub(super) fn slots(&self) -> usize {
        self.chunks.len()
    }

    pub(super) fn dims(&self) -> usize {
        self.dims
    }

    fn keep_vector(&mut self, vector: &[f32]) -> f32 {
        assert_eq!(vector.len(), self.dims, "vectors of different models cannot share an index");
        let mut unit = vector.to_vec();
        normalise(&mut unit);
        let most = unit.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        let scale = if most > 0.0 { 127.0 / most } else { 0.0 };
        self.vectors.extend(unit.iter().map(|x| (x * scale).round() as i8));
        if scale > 0.0 { 1.0 / scale } else { 0.0 }
    }

    /// The cosine of every chunk with a vector, by slot.
    pub(super) fn cosines(&self, vector: &[f32]) -> Vec<f32> {
        assert_eq!(vector.len(), self.dims, "vectors of different models cannot be compared");
        let mut unit = vector.to_vec();
        normalise(&mut unit);
        let most = unit.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        if most <= 0.0 {
            return vec![0.0; self.chunks.len()];
        }
        let scale = 127.0 / most;
        let whole: Vec<i16> = unit.iter().map(|x| (x * scale).round() as i16).collect();
        self.vectors
            .chunks_exact(self.dims)
            .zip(&self.scales)
            .map(|(row, its)| {
                let product: i32 = row.iter().zip(&whole).map(|(&x, &y)| i32::from(x) * i32::from(y)).sum();
                product as f32 * its / scale
            })
            .collect()
    }
}
