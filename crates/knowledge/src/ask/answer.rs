//! An answer as it is told: with the passages that it rests on, as exact ranges of their documents.

use std::collections::{BTreeMap, HashMap};

use kernel::{Result, Timestamp};
use mind::recall::Language;
use serde::Serialize;
use utoipa::ToSchema;

use super::AskQuestion;
use super::local::Found;
use super::quote::of_answer;
use super::worded::Worded;
use crate::Knowledge;
use crate::index::{Slot, Source};
use crate::model::{
    Base, BaseId, Chunk, ChunkId, ChunkKind, Correction, CorrectionId, Document, DocumentId, GapId, Outcome, QuestionId,
};
use crate::store::{chunks, corrections, documents};

/// Who answers where no language model does.
const LOCAL: &str = "local";

/// Where an answer comes from: the characters `start` to `end` of a document's text are `quote`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = KnowledgeCitation)]
pub struct Citation {
    /// The document; of a correction its own id, by which it is read as a document as well.
    pub document_id: DocumentId,
    /// Its title; of a correction when the coach wrote it.
    #[schema(example = "Handbook")]
    pub document_title: String,
    /// The chunk.
    pub chunk_id: ChunkId,
    /// The correction, if it is one: what the coach answered.
    pub correction_id: Option<CorrectionId>,
    /// What is quoted, to the letter.
    #[schema(example = "The course costs 200 euros.")]
    pub quote: String,
    /// Where that begins in the document's text, in characters,
    pub start: u64,
    /// and where it ends.
    pub end: u64,
    /// The page or slide that it stands on, if there are such.
    pub page: Option<u32>,
    /// When it is said, in seconds from the beginning, if that is known.
    pub seconds: Option<u32>,
    /// The headings that it stands under, the outermost first.
    pub heading_path: Vec<String>,
    /// Of when the document is: as was said, or else when it was uploaded.
    pub dated: Timestamp,
    /// Is it past the day on which it should have been looked at again?
    pub is_stale: bool,
}

/// An answer, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = KnowledgeAnswer)]
pub struct Answer {
    /// Whether it is answered (`answered`), passages may help (`maybe`), or nothing is known of it (`unknown`).
    pub outcome: Outcome,
    /// What to say. It is one or more quotes, or their wording by a language model; of `maybe` and `unknown` a sentence that says so.
    #[schema(example = "The course costs 200 euros.")]
    pub answer: String,
    /// The language of the question, `en` or `es`; `und` if it is another one or cannot be told.
    #[schema(example = "en")]
    pub language: String,
    /// What it rests on; of `maybe` what may help; of `unknown` nothing.
    pub citations: Vec<Citation>,
    /// How sure it is, from 0 to 1; the thresholds of the base are compared with it.
    pub confidence: f64,
    /// What that is made of, each from 0 to 1: how much of the question the sentence and its passage cover, how near they are.
    #[schema(value_type = std::collections::HashMap<String, f64>)]
    pub parts: BTreeMap<String, f64>,
    /// Who worded it: `local`, or the name of a language model.
    #[schema(example = "local")]
    pub provider: String,
    /// The base that answers, of several that were asked.
    pub knowledge_base_id: BaseId,
    /// By what name it is kept as a question without an answer; null if it has one.
    pub question_id: Option<QuestionId>,
    /// The gap that it belongs to; null if it has an answer.
    pub gap_id: Option<GapId>,
}

/// Puts the answer together. Nothing if one of its passages is not there any more.
pub(super) async fn tell(
    of: &Knowledge,
    base: &Base,
    question: &AskQuestion,
    found: &Found,
    worded: Option<Worded>,
) -> Result<Option<Answer>> {
    let language = found.language;
    let quotes: Vec<(Slot, std::ops::Range<usize>, String)> = found
        .passages
        .iter()
        .map(|passage| (passage.slot, passage.characters.clone(), passage.quote.clone()))
        .collect();
    let (outcome, text, passages, provider) = match worded {
        Some(Worded::Answer { text, cited, provider }) => (Outcome::Answered, Some(text), cited, provider),
        // What was sure enough without it is shown all the same, but not claimed.
        Some(Worded::Unanswerable { provider }) => (Outcome::Maybe, None, quotes, provider),
        None => (found.outcome, None, quotes, LOCAL.to_owned()),
    };
    let slots: Vec<Slot> = passages.iter().map(|(slot, ..)| *slot).collect();
    let shown = Shown::of(of, base, &slots).await?;
    let mut citations = Vec::with_capacity(passages.len());
    for (slot, range, quote) in passages {
        match shown.cite(slot, range, quote, (language, of.app().clock().now())) {
            Some(citation) => citations.push(citation),
            None => return Ok(None),
        }
    }
    let text = match outcome {
        Outcome::Answered => text.unwrap_or_else(|| {
            citations.iter().map(|citation| citation.quote.as_str()).collect::<Vec<_>>().join("\n\n")
        }),
        Outcome::Maybe => sentence(language, question, MAYBE).to_owned(),
        Outcome::Unknown => sentence(language, question, UNKNOWN).to_owned(),
    };
    Ok(Some(Answer {
        outcome,
        answer: text,
        language: language.code().to_owned(),
        citations,
        confidence: (found.confidence * 1e4).round() / 1e4,
        parts: found.parts.clone(),
        provider,
        knowledge_base_id: base.id,
        question_id: None,
        gap_id: None,
    }))
}

const MAYBE: [&str; 2] =
    ["I am not sure about that. These passages may help.", "No lo sé con certeza. Estos pasajes pueden ayudar."];
const UNKNOWN: [&str; 2] = ["I have no information about that.", "No tengo información sobre eso."];

/// A sentence in the language of the question.
fn sentence(language: Language, question: &AskQuestion, both: [&'static str; 2]) -> &'static str {
    let told = question.language.as_deref().map(Language::of_code).filter(|told| *told != Language::Other);
    both[usize::from(told.unwrap_or(language) == Language::Es)]
}

/// What passages are shown with: chunks, documents and corrections as they are now.
pub(crate) struct Shown {
    chunks: HashMap<ChunkId, Chunk>,
    documents: HashMap<DocumentId, Document>,
    corrections: HashMap<CorrectionId, Correction>,
}

impl Shown {
    /// Those of these slots, in one statement of each.
    pub(crate) async fn of(of: &Knowledge, base: &Base, slots: &[Slot]) -> Result<Self> {
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
            let chunks = chunks::several(&mut tx, base.id, &of_chunks).await?;
            shown.chunks = chunks.into_iter().map(|chunk| (chunk.id, chunk)).collect();
            let documents = documents::several(&mut tx, base.id, &of_documents).await?;
            shown.documents = documents.into_iter().map(|document| (document.id, document)).collect();
        }
        if !of_coach.is_empty() {
            let corrections = corrections::several(&mut tx, base.id, &of_coach).await?;
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

    fn cite(
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
