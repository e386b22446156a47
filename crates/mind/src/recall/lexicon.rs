//! The index of a base: which words stand in which chunks, and the chunks' vectors. No text is kept. Documents come and go one by one.

use std::collections::HashMap;
use std::ops::Range;

use super::dates::Dated;
use super::postings::Postings;
use super::prepare::{ChunkText, DocumentText, Prepared, PreparedChunk};
use super::vectors::{Vectors, grow};
use super::words::{Language, Term};

type Map<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// The length of a chunk that was taken out.
const GONE: u32 = u32::MAX;
/// Slots of an index.
const MOST_SLOTS: usize = 1 << 31;

/// What a document became: its number, and the slots of its chunks, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The document's number, for [`Lexicon::remove`]. Numbers are given out in order and never again.
    pub document: u32,
    /// The slots of its chunks. Slots are given out in order and never again.
    pub slots: Range<u32>,
}

#[derive(Debug)]
struct Chunk {
    document: u32,
    language: Language,
}

/// A document, and where its chunks are.
#[derive(Debug)]
pub(super) struct Document {
    pub title: Box<str>,
    pub dated: Dated,
    pub correction: bool,
    slots: Range<u32>,
}

/// The index of a base of documents. Reading takes no lock.
#[derive(Debug, Default)]
pub struct Lexicon {
    /// Terms, and their entries.
    entries: Map<Term, u32>,
    /// Of each entry: its term.
    terms: Vec<Term>,
    /// Of each entry: where it stands.
    postings: Vec<Postings>,
    /// Of each entry: bits of the languages it was seen in.
    seen_in: Vec<u8>,
    /// Folded words as they stand in texts, by language, and their entries.
    spelled: [Map<Box<str>, u32>; 3],
    /// Rows of the embedded model, and the entries of words that have them.
    rows: Map<u32, Vec<u32>>,
    chunks: Vec<Chunk>,
    documents: Vec<Document>,
    /// By slot: words of text, headings and title; [`GONE`] of one that was taken out. Apart from the chunks, since every question reads all.
    lengths: Vec<u32>,
    vectors: Vectors,
    /// How many chunks there are, by language.
    live: [u32; 3],
    total_length: u64,
}

impl Lexicon {
    /// One of these documents and their chunks.
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

    /// Makes a document ready and takes it in.
    pub fn add<'a>(&mut self, document: &DocumentText<'a>, chunks: impl IntoIterator<Item = ChunkText<'a>>) -> Added {
        self.take(Prepared::new(document, chunks))
    }

    /// Takes a document in. All scores are then as if it had been there from the start.
    ///
    /// # Panics
    /// After two thousand million chunks.
    pub fn take(&mut self, prepared: Prepared) -> Added {
        let number = self.documents.len() as u32;
        let first = self.chunks.len() as u32;
        let entries: Vec<u32> = prepared
            .words
            .into_iter()
            .map(|word| {
                let entry = self.entry(word.term);
                if let Some(row) = word.row {
                    let entries = self.rows.entry(row).or_default();
                    if !entries.contains(&entry) {
                        entries.push(entry);
                    }
                }
                self.spelled[word.language as usize].insert(word.folded, entry);
                entry
            })
            .collect();
        for chunk in &prepared.chunks {
            self.take_chunk(number, chunk, &entries);
        }
        let slots = first..self.chunks.len() as u32;
        let Prepared { title, dated, correction, .. } = prepared;
        self.documents.push(Document { title, dated, correction, slots: slots.clone() });
        Added { document: number, slots }
    }

    fn entry(&mut self, term: Term) -> u32 {
        *self.entries.entry(term).or_insert_with(|| {
            self.terms.push(term);
            self.postings.push(Postings::default());
            self.seen_in.push(0);
            self.terms.len() as u32 - 1
        })
    }

    fn take_chunk(&mut self, number: u32, chunk: &PreparedChunk, entries: &[u32]) {
        let slot = self.chunks.len();
        assert!(slot < MOST_SLOTS, "an index holds {MOST_SLOTS} chunks");
        for &(place, times) in &chunk.counts {
            let entry = entries[place as usize] as usize;
            self.postings[entry].push(slot as u32, times);
            self.seen_in[entry] |= 1 << chunk.language as u8;
        }
        self.live[chunk.language as usize] += 1;
        self.total_length += u64::from(chunk.length);
        grow(&mut self.lengths, 1);
        grow(&mut self.chunks, 1);
        self.lengths.push(chunk.length);
        self.vectors.push(&chunk.vector);
        self.chunks.push(Chunk { document: number, language: chunk.language });
    }

    /// Takes documents out, all in one pass over the postings. All scores are then as if they had never been there. Taking out what is not
    /// there does nothing.
    pub fn remove(&mut self, documents: impl IntoIterator<Item = u32>) {
        let mut gone: Vec<Range<u32>> = Vec::new();
        for document in documents {
            let Some(document) = self.documents.get_mut(document as usize) else { continue };
            document.title = Box::default();
            gone.push(std::mem::take(&mut document.slots));
        }
        gone.retain(|slots| !slots.is_empty());
        if gone.is_empty() {
            return;
        }
        gone.sort_unstable_by_key(|slots| slots.start);
        for slot in gone.iter().cloned().flatten() {
            let chunk = &mut self.chunks[slot as usize];
            chunk.document = u32::MAX;
            self.live[chunk.language as usize] -= 1;
            self.total_length -= u64::from(std::mem::replace(&mut self.lengths[slot as usize], GONE));
            self.vectors.clear(slot);
        }
        let lengths = &self.lengths;
        let is_gone = |slot: u32| lengths[slot as usize] == GONE;
        self.postings.iter_mut().for_each(|postings| postings.remove(is_gone));
    }

    /// Gives back memory that was taken in advance: after the last of many documents.
    pub fn shrink(&mut self) {
        self.postings.iter_mut().for_each(Postings::shrink);
        self.postings.shrink_to_fit();
        self.terms.shrink_to_fit();
        self.seen_in.shrink_to_fit();
        self.chunks.shrink_to_fit();
        self.documents.shrink_to_fit();
        self.lengths.shrink_to_fit();
        self.vectors.shrink();
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
        // What a small allocation takes beside its bytes.
        const SMALL: usize = 16;
        let spelled: usize = self
            .spelled
            .iter()
            .map(|map| {
                map.capacity() * (size_of::<(Box<str>, u32)>() + 1)
                    + map.keys().map(|word| word.len().next_multiple_of(SMALL) + SMALL / 2).sum::<usize>()
            })
            .sum();
        let entries = self.entries.capacity() * (size_of::<(Term, u32)>() + 1);
        let rows: usize = self.rows.values().map(|entries| 4 * entries.capacity() + 48).sum();
        let postings: usize = self.postings.iter().map(|postings| postings.bytes() + SMALL / 2).sum();
        let documents: usize =
            self.documents.iter().map(|document| document.title.len() + size_of::<Document>() + SMALL).sum();
        spelled
            + entries
            + rows
            + postings
            + documents
            + self.vectors.bytes()
            + size_of::<Term>() * self.terms.capacity()
            + self.seen_in.capacity()
            + size_of::<Chunk>() * self.chunks.capacity()
            + size_of::<u32>() * self.lengths.capacity()
    }

    /// The document of a chunk, with its number, and the chunk's language.
    pub(super) fn document_of(&self, slot: u32) -> Option<(u32, &Document, Language)> {
        let chunk = self.chunks.get(slot as usize)?;
        Some((chunk.document, self.documents.get(chunk.document as usize)?, chunk.language))
    }

    /// How many chunks there are in each language.
    pub(super) fn live(&self) -> [u32; 3] {
        self.live
    }

    /// How many words there are in all chunks.
    pub(super) fn total_length(&self) -> u64 {
        self.total_length
    }

    /// The terms of words that have this row of the embedded model, when a chunk has them; and the languages they were seen in, as bits.
    pub(super) fn terms_of_row(&self, row: u32) -> impl Iterator<Item = (Term, u8)> {
        let entries = self.rows.get(&row).into_iter().flatten().map(|&entry| entry as usize);
        let there = entries.filter(|&entry| self.postings[entry].count() > 0);
        there.map(|entry| (self.terms[entry], self.seen_in[entry]))
    }

    /// All folded words of the base's texts in a language, with their terms.
    pub(super) fn spelled(&self, language: Language) -> impl Iterator<Item = (&str, Term)> {
        self.spelled[language as usize].iter().map(|(word, &entry)| (&**word, self.terms[entry as usize]))
    }

    /// In how many chunks a term stands.
    pub(super) fn frequency(&self, term: Term) -> usize {
        self.entries.get(&term).map_or(0, |&entry| self.postings[entry as usize].count())
    }

    /// Calls `found` with each slot of a term and the count there.
    pub(super) fn each_posting(&self, term: Term, found: impl FnMut(u32, u32)) {
        if let Some(&entry) = self.entries.get(&term) {
            self.postings[entry as usize].each(found);
        }
    }

    /// Whether a slot holds a chunk.
    pub(super) fn is_live(&self, slot: usize) -> bool {
        self.lengths[slot] != GONE
    }

    /// The length of a chunk, in words.
    pub(super) fn length(&self, slot: u32) -> u32 {
        self.lengths[slot as usize]
    }

    /// Slots given out, those of removed documents among them.
    pub(super) fn slots(&self) -> usize {
        self.chunks.len()
    }

    /// The cosine of every chunk with a vector, by slot.
    pub(super) fn cosines(&self, vector: &[f32]) -> Vec<f32> {
        self.vectors.cosines(vector)
    }
}
