//! The order in which a query is read: what it rules out, its amounts, its places and tongues, then its topics; what nobody
//! claimed is searched by meaning.

use super::chunks::{Chunk, Fate, chunks};
use super::tokens::tokens;
use super::{Evidence, Understanding, amounts, exclusions, meaning, places, topics};

/// As much of a query is read; the rest is ignored.
pub const MAX_QUERY_BYTES: usize = 4_000;

/// Reads a query in English or Spanish (or both at once). Takes any text, in time linear in its length.
pub fn parse(query: &str) -> Understanding {
    let query = &query[..query.floor_char_boundary(MAX_QUERY_BYTES)];
    let tokens = tokens(query);
    let mut reading = Reading::new(query, chunks(query, &tokens));
    exclusions::read(&mut reading);
    amounts::read(&mut reading);
    places::read(&mut reading);
    topics::read(&mut reading);
    meaning::read(&mut reading);
    reading.finish()
}

/// A query while it is being read.
pub(super) struct Reading<'q> {
    pub(super) query: &'q str,
    pub(super) chunks: Vec<Chunk>,
    pub(super) found: Understanding,
    /// Where in the query each evidence begins.
    evidence: Vec<(usize, Evidence)>,
}

impl<'q> Reading<'q> {
    fn new(query: &'q str, chunks: Vec<Chunk>) -> Self {
        Self { query, chunks, found: Understanding::default(), evidence: Vec::new() }
    }

    /// The words of a chunk as they stand in the query.
    pub(super) fn words(&self, at: usize) -> &'q str {
        &self.query[self.chunks[at].start..self.chunks[at].end]
    }

    /// The chunk so many places after (or, if negative, before) another.
    pub(super) fn near(&self, at: usize, offset: isize) -> Option<&Chunk> {
        self.chunks.get(at.checked_add_signed(offset)?)
    }

    /// These chunks (both included) are what a field was read from.
    pub(super) fn note(&mut self, field: &str, from: usize, to: usize) {
        let (start, end) = (self.chunks[from].start, self.chunks[to].end);
        let words = self.query[start..end].to_owned();
        self.evidence.push((start, Evidence { field: field.to_owned(), words }));
    }

    /// A constraint says these chunks (both included): they are not searched by meaning.
    pub(super) fn take(&mut self, from: usize, to: usize) {
        self.chunks[from..=to].iter_mut().for_each(|chunk| chunk.fate = Fate::Taken);
    }

    fn finish(mut self) -> Understanding {
        self.evidence.sort_by_key(|(start, _)| *start);
        self.found.evidence = self.evidence.into_iter().map(|(_, evidence)| evidence).collect();
        self.found
    }
}

/// Adds what is not there yet.
pub(super) fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
