//! An index: the lexicon, and what its slots are of.

use std::collections::HashMap;

use db::Json;
use kernel::{Timestamp, time};
use mind::recall::{ChunkText, DocumentText, Lexicon};

use crate::model::{Chunk, ChunkId, ChunkMetadata, Correction, CorrectionId, Document, DocumentId};

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

/// Something to be taken in.
#[derive(Debug)]
pub(super) struct New {
    source: Source,
    revision: i64,
    title: String,
    dated: Option<i32>,
    added: Option<i32>,
    chunks: Vec<Chunk>,
}

fn day(moment: Timestamp) -> i32 {
    i32::try_from(moment.micros().div_euclid(time::DAY)).unwrap_or(i32::MAX)
}

impl New {
    pub(super) fn document(document: &Document, chunks: Vec<Chunk>) -> Self {
        Self {
            source: Source::Document(document.id),
            revision: document.revision,
            title: document.title.clone(),
            dated: document.dated.map(day),
            added: Some(day(document.created_at)),
            chunks,
        }
    }

    /// A correction is one chunk: the question, and below it the answer.
    pub(super) fn correction(correction: &Correction) -> Self {
        let chunk = Chunk {
            id: ChunkId::from_uuid(correction.id.uuid()),
            document_id: DocumentId::from_uuid(correction.id.uuid()),
            base_id: correction.base_id,
            version: correction.revision,
            chunk_index: 0,
            start_at: 0,
            end_at: 0,
            content: correction.content(),
            metadata: Json(ChunkMetadata::default()),
        };
        Self {
            source: Source::Correction(correction.id),
            revision: correction.revision,
            title: correction.question.clone(),
            dated: None,
            added: Some(day(correction.updated_at)),
            chunks: vec![chunk],
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

    pub(super) fn remove(&mut self, source: Source) {
        if let Some(taken) = self.taken.remove(&source) {
            self.lexicon.remove(taken.number);
        }
    }

    pub(super) fn add(&mut self, new: &New) {
        self.remove(new.source);
        let headings: Vec<String> = new.chunks.iter().map(|chunk| chunk.metadata.0.heading()).collect();
        let document = DocumentText {
            title: &new.title,
            dated: new.dated,
            added: new.added,
            correction: matches!(new.source, Source::Correction(_)),
        };
        let texts = new.chunks.iter().zip(&headings);
        let texts = texts.map(|(chunk, heading)| ChunkText { text: &chunk.content, heading, vector: None });
        let added = self.lexicon.add(&document, texts);
        self.slots.extend(new.chunks.iter().map(|chunk| Slot { source: new.source, chunk: chunk.id }));
        let taken = Taken { revision: new.revision, number: added.document, chunks: new.chunks.len() };
        self.taken.insert(new.source, taken);
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
