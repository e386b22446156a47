//! A document made ready to be taken in by an index: its words counted and its vectors made. This is nearly all of the work, and needs no
//! index, so that nobody who asks one has to wait for it.

use std::collections::HashMap;

use super::dates::Dated;
use super::vectors::Coarse;
use super::words::{self, Language, Term};
use crate::embed::StaticModel;

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

/// A chunk as it is taken in, and as it is read again where it may answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChunkText<'a> {
    /// Its text. Quotes are ranges of it.
    pub text: &'a str,
    /// The headings above it, outermost first, joined by `" > "`; searched with the text. Of a table's row the header row may stand here.
    pub heading: &'a str,
}

impl ChunkText<'_> {
    /// The language that it is written in, or else that of its headings and its document's title.
    pub(super) fn language(&self, title: &str) -> Language {
        match words::language_of(self.text) {
            Language::Other => words::language_of(&format!("{} {title}", self.heading)),
            language => language,
        }
    }
}

/// A document made ready for [`Lexicon::take`](super::Lexicon::take).
#[derive(Debug)]
pub struct Prepared {
    pub(super) title: Box<str>,
    pub(super) dated: Dated,
    pub(super) correction: bool,
    /// Each word of each language once.
    pub(super) words: Vec<Spelled>,
    pub(super) chunks: Vec<PreparedChunk>,
}

/// A word as it stands in a text.
#[derive(Debug)]
pub(super) struct Spelled {
    pub folded: Box<str>,
    pub language: Language,
    pub term: Term,
    /// The row of the embedded model that it has.
    pub row: Option<u32>,
}

/// A chunk whose words are counted.
#[derive(Debug)]
pub(super) struct PreparedChunk {
    pub language: Language,
    /// How many words there are in its text, its headings and its title.
    pub length: u32,
    /// Of each different term a place among the document's words, and how often it stands here.
    pub counts: Vec<(u32, u32)>,
    pub vector: Coarse,
}

impl Prepared {
    /// Makes a document and its chunks ready.
    pub fn new<'a>(document: &DocumentText<'a>, chunks: impl IntoIterator<Item = ChunkText<'a>>) -> Self {
        let mut known = Known::default();
        let mut start = String::new();
        let mut prepared = Vec::new();
        for chunk in chunks {
            if start.len() < 600 {
                start.push_str(&chunk.text[..chunk.text.floor_char_boundary(600)]);
                start.push('\n');
            }
            prepared.push(known.chunk(document.title, &chunk));
        }
        Self {
            title: document.title.into(),
            dated: Dated::of(document.title, &start, document.dated, document.added),
            correction: document.correction,
            words: known.words,
            chunks: prepared,
        }
    }
}

/// The words of a document that were seen.
#[derive(Default)]
struct Known {
    words: Vec<Spelled>,
    /// By language: folded words, and their places.
    places: [HashMap<Box<str>, u32, foldhash::fast::FixedState>; 3],
    /// By term: the first of its words.
    first: HashMap<Term, u32, foldhash::fast::FixedState>,
}

impl Known {
    fn chunk(&mut self, title: &str, chunk: &ChunkText<'_>) -> PreparedChunk {
        let language = chunk.language(title);
        let mut length = 0;
        let mut places: Vec<u32> = Vec::new();
        for text in [title, chunk.heading, chunk.text] {
            words::each(text, |word| {
                length += 1;
                places.push(self.place(&word.folded, language));
            });
        }
        places.sort_unstable();
        let mut counts: Vec<(u32, u32)> = Vec::new();
        for place in places {
            match counts.last_mut() {
                Some((last, times)) if *last == place => *times += 1,
                _ => counts.push((place, 1)),
            }
        }
        let whole = [title, chunk.heading, chunk.text].join("\n");
        PreparedChunk { language, length, counts, vector: Coarse::of(&StaticModel::embedded().embed(&whole)) }
    }

    /// The place of the first word that has the term of this one.
    fn place(&mut self, word: &str, language: Language) -> u32 {
        if let Some(&place) = self.places[language as usize].get(word) {
            return place;
        }
        let term = words::term_of(word, language);
        let own = self.words.len() as u32;
        let row = if words::is_stop(word, language) { None } else { StaticModel::embedded().row_of(word) };
        self.words.push(Spelled { folded: word.into(), language, term, row });
        let place = *self.first.entry(term).or_insert(own);
        self.places[language as usize].insert(word.into(), place);
        place
    }
}
