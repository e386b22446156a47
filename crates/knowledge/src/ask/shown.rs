//! What passages are shown with, and how they are cited.

use std::collections::HashMap;

use kernel::{Result, Timestamp};
use mind::recall::Language;

use super::answer::Citation;
use super::local::Given;
use super::quote::of_answer;
use crate::Knowledge;
use crate::index::{Slot, Source};
use crate::model::{BaseId, Chunk, ChunkId, ChunkKind, Correction, CorrectionId, Document, DocumentId};
use crate::store::{chunks, corrections, documents};

/// What passages are shown with: chunks, documents and corrections as they are now.
#[derive(Debug)]
pub(crate) struct Shown {
    chunks: HashMap<ChunkId, Chunk>,
    documents: HashMap<DocumentId, Document>,
    corrections: HashMap<CorrectionId, Correction>,
}

impl Shown {
    /// Those of these slots of these bases, in one statement of each.
    pub(crate) async fn of(of: &Knowledge, bases: &[BaseId], slots: &[Slot]) -> Result<Self> {
        let (mut of_documents, mut of_chunks, mut of_coach) = (Vec::new(), Vec::new(), Vec::new());
        for slot in slots {
            match slot.source {
                Source::Document(id) => {
                    of_documents.push(id);
                    of_chunks.push(slot.chunk);
                }
                Source::Correction(id) => of_coach.push(id),
            }
        }
        let mut shown = Self { chunks: HashMap::new(), documents: HashMap::new(), corrections: HashMap::new() };
        let mut tx = of.app().db().snapshot().await?;
        if !of_chunks.is_empty() {
            let chunks = chunks::several(&mut tx, bases, &of_chunks).await?;
            shown.chunks = chunks.into_iter().map(|chunk| (chunk.id, chunk)).collect();
            let documents = documents::several(&mut tx, bases, &of_documents).await?;
            shown.documents = documents.into_iter().map(|document| (document.id, document)).collect();
        }
        if !of_coach.is_empty() {
            let corrections = corrections::several(&mut tx, bases, &of_coach).await?;
            shown.corrections = corrections.into_iter().map(|correction| (correction.id, correction)).collect();
        }
        Ok(shown)
    }

    /// A chunk with its document, as they are shown now.
    pub(crate) fn chunk(&self, slot: Slot) -> Option<(&Chunk, &Document)> {
        let chunk = self.chunks.get(&slot.chunk)?;
        let document = self.documents.get(&chunk.document_id)?;
        (document.version == chunk.version).then_some((chunk, document))
    }

    /// Is what a slot is of still there?
    pub(crate) fn has(&self, slot: Slot) -> bool {
        self.chunk(slot).is_some() || self.correction(slot).is_some()
    }

    /// A correction.
    pub(crate) fn correction(&self, slot: Slot) -> Option<&Correction> {
        match slot.source {
            Source::Correction(id) => self.corrections.get(&id),
            Source::Document(_) => None,
        }
    }

    /// A passage as a language model is given it, and as its sentences are weighed.
    pub(super) fn given(&self, slot: Slot) -> Option<Given> {
        if let Some(correction) = self.correction(slot) {
            let (title, text) = (correction.question.clone(), correction.content());
            return Some(Given { slot, title, heading: String::new(), text });
        }
        let (chunk, document) = self.chunk(slot)?;
        let heading = chunk.metadata.0.heading();
        Some(Given { slot, title: document.title.clone(), heading, text: chunk.content.clone() })
    }

    /// A citation of these characters of a passage.
    pub(super) fn cite(
        &self,
        slot: Slot,
        range: std::ops::Range<usize>,
        quote: String,
        (language, now): (Language, Timestamp),
    ) -> Option<Citation> {
        if let Source::Correction(_) = slot.source {
            return self.correction(slot).map(|correction| of_coach(correction, language, now));
        }
        let (chunk, document) = self.chunk(slot)?;
        let (range, quote) = match chunk.metadata.0.kind {
            ChunkKind::QuestionAndAnswer => of_answer(range, quote),
            _ => (range, quote),
        };
        let (page, seconds) = chunk.metadata.0.place(range.start);
        Some(Citation {
            document_id: document.id,
            document_title: document.title.clone(),
            chunk_id: chunk.id,
            correction_id: None,
            quote,
            start: chunk.start_at + range.start as u64,
            end: chunk.start_at + range.end as u64,
            page,
            seconds,
            heading_path: chunk.metadata.0.heading_path.clone(),
            dated: document.date(),
            is_stale: document.is_stale(now),
        })
    }
}

/// What the coach answered is quoted as a whole: the question above it is no answer.
fn of_coach(correction: &Correction, language: Language, now: Timestamp) -> Citation {
    let start = correction.question.chars().count() as u64 + 2;
    let day = correction.updated_at.date();
    let title = match language {
        Language::Es => format!("Respuesta del coach del {day}"),
        _ => format!("Answered by the coach on {day}"),
    };
    Citation {
        document_id: DocumentId::from_uuid(correction.id.uuid()),
        document_title: title,
        chunk_id: ChunkId::from_uuid(correction.id.uuid()),
        correction_id: Some(correction.id),
        start,
        end: start + correction.answer.chars().count() as u64,
        quote: correction.answer.clone(),
        page: None,
        seconds: None,
        heading_path: Vec::new(),
        dated: correction.updated_at,
        is_stale: correction.stale_after.is_some_and(|day| day <= now),
    }
}
