//! An index: the lexicon, and what its slots are of.

use std::collections::HashMap;

use kernel::{Timestamp, time};
use mind::recall::{ChunkText, DocumentText, Lexicon, Prepared};

use crate::model::{Chunk, ChunkId, Correction, CorrectionId, Document, DocumentId};

/// What a passage is of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Source {
    /// A document,
    Document(DocumentId),
    /// or what the coach answered.
    Correction(CorrectionId),
}

impl Source {
    /// The id that citations name: a correction is its own document.
    pub fn document_id(self) -> DocumentId {
        match self {
            Self::Document(id) => id,
            Self::Correction(id) => DocumentId::from_uuid(id.uuid()),
        }
    }
}

/// A slot of the lexicon.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slot {
    /// What it is of.
    pub source: Source,
    /// The chunk.
    pub chunk: ChunkId,
}

/// What is known of a source that is taken in.
#[derive(Clone, Copy, Debug)]
struct Taken {
    /// The source's revision.
    revision: i64,
    /// Its number in the lexicon.
    number: u32,
    /// How many chunks it has.
    chunks: usize,
}

/// An index of a base, of one version of it.
#[derive(Debug, Default)]
pub struct Built {
    version: i64,
    lexicon: Lexicon,
    slots: Vec<Slot>,
    taken: HashMap<Source, Taken>,
}

/// A source made ready to be taken in: the work that needs no index.
#[derive(Debug)]
pub(super) struct Ready {
    source: Source,
    revision: i64,
    chunks: Vec<ChunkId>,
    prepared: Prepared,
}

fn day(moment: Timestamp) -> i32 {
    i32::try_from(moment.micros().div_euclid(time::DAY)).unwrap_or(i32::MAX)
}

impl Ready {
    pub(super) fn document(document: &Document, chunks: &[Chunk]) -> Self {
        let headings: Vec<String> = chunks.iter().map(|chunk| chunk.metadata.0.heading()).collect();
        let texts = chunks.iter().zip(&headings).map(|(chunk, heading)| ChunkText { text: &chunk.content, heading });
        let head = DocumentText {
            title: &document.title,
            dated: document.dated.map(day),
            added: Some(day(document.created_at)),
            correction: false,
        };
        Self {
            source: Source::Document(document.id),
            revision: document.revision,
            chunks: chunks.iter().map(|chunk| chunk.id).collect(),
            prepared: Prepared::new(&head, texts),
        }
    }

    /// A correction is one chunk: the question, and below it the answer.
    pub(super) fn correction(correction: &Correction) -> Self {
        let head = DocumentText {
            title: &correction.question,
            dated: None,
            added: Some(day(correction.updated_at)),
            correction: true,
        };
        let chunk = ChunkText { text: &correction.content(), heading: "" };
        Self {
            source: Source::Correction(correction.id),
            revision: correction.revision,
            chunks: vec![ChunkId::from_uuid(correction.id.uuid())],
            prepared: Prepared::new(&head, [chunk]),
        }
    }
}

impl Built {
    /// Of which version of the base it is.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// The words and vectors of its passages.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// What a slot of the lexicon is of.
    pub fn slot(&self, slot: u32) -> Option<Slot> {
        self.slots.get(slot as usize).copied()
    }

    /// How much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        let slots = self.slots.capacity() * size_of::<Slot>();
        self.lexicon.bytes() + slots + self.taken.capacity() * (size_of::<(Source, Taken)>() + 1)
    }

    /// How many passages are taken in, and how many places of the lexicon are of something that is gone.
    pub(super) fn places(&self) -> (usize, usize) {
        let live = self.taken.values().map(|taken| taken.chunks).sum();
        (live, self.slots.len() - live)
    }

    /// The revision of a source that is taken in.
    pub(super) fn revision(&self, source: Source) -> Option<i64> {
        self.taken.get(&source).map(|taken| taken.revision)
    }

    /// Every source that is taken in.
    pub(super) fn sources(&self) -> impl Iterator<Item = Source> {
        self.taken.keys().copied()
    }

    /// Takes sources out, and takes others in; what was there of the latter goes as well.
    pub(super) fn change(&mut self, gone: &[Source], ready: Vec<Ready>) {
        let out = gone.iter().copied().chain(ready.iter().map(|one| one.source));
        let numbers: Vec<u32> = out.filter_map(|source| Some(self.taken.remove(&source)?.number)).collect();
        self.lexicon.remove(numbers);
        for Ready { source, revision, chunks, prepared } in ready {
            let added = self.lexicon.take(prepared);
            let taken = Taken { revision, number: added.document, chunks: chunks.len() };
            self.slots.extend(chunks.into_iter().map(|chunk| Slot { source, chunk }));
            self.taken.insert(source, taken);
        }
    }

    /// It is as the base is at this version.
    pub(super) fn is_of(&mut self, version: i64) {
        self.version = version;
    }

    /// Gives back memory that was taken in advance.
    pub(super) fn shrink(&mut self) {
        self.lexicon.shrink();
        self.slots.shrink_to_fit();
    }
}
