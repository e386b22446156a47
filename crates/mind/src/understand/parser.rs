//! The order in which a query is read: what it rules out, its amounts, its places and tongues, then its topics; what nobody
//! claimed is searched by meaning.

use super::chunks::{Chunk, Fate, chunks};
use super::lexicon::PESO;
use super::tokens::tokens;
use super::{Evidence, Understanding, amounts, exclusions, meaning, places, topics};
use crate::geo::CountryCode;

/// As much of a query is read; the rest is ignored.
pub const MAX_QUERY_BYTES: usize = 4_000;

/// Reads a query in English or Spanish (or both at once). Takes any text, in time linear in its length.
pub fn parse(query: &str) -> Understanding {
    let query = &query[..query.floor_char_boundary(MAX_QUERY_BYTES)];
    let tokens = tokens(query);
    let mut reading = Reading::new(query, chunks(query, &tokens));
    reading.found.lang = meaning::lang(&reading);
    exclusions::read(&mut reading);
    amounts::read(&mut reading);
    places::read(&mut reading);
    topics::read(&mut reading);
    reading.found.meaning = meaning::meaning(&reading);
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
    pub(super) fn new(query: &'q str, chunks: Vec<Chunk>) -> Self {
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

    /// These chunks (both included) speak of a limit that was not understood: it is told.
    pub(super) fn not_understood(&mut self, from: usize, to: usize) {
        let words = self.query[self.chunks[from].start..self.chunks[to].end].to_owned();
        add(&mut self.found.not_understood, words);
    }

    /// A constraint says these chunks (both included): they are not searched by meaning.
    pub(super) fn take(&mut self, from: usize, to: usize) {
        self.chunks[from..=to].iter_mut().for_each(|chunk| chunk.fate = Fate::Taken);
    }

    fn finish(mut self) -> Understanding {
        if self.found.currency.as_deref() == Some(PESO) {
            self.found.currency = self.found.countries.iter().find_map(|country| peso_of(*country)).map(str::to_owned);
        }
        self.evidence.sort_by_key(|(start, _)| *start);
        self.found.evidence = self.evidence.into_iter().map(|(_, evidence)| evidence).collect();
        self.found
    }
}

/// Whose pesos are meant where creators of this country are looked for.
fn peso_of(country: CountryCode) -> Option<&'static str> {
    Some(match country.code() {
        "MX" => "MXN",
        "CO" => "COP",
        "AR" => "ARS",
        "CL" => "CLP",
        "UY" => "UYU",
        "DO" => "DOP",
        "CU" => "CUP",
        "PH" => "PHP",
        _ => return None,
    })
}

/// Adds what is not there yet.
pub(super) fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
