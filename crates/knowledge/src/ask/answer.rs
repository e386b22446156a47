//! An answer as it is told: with the passages that it rests on, as exact ranges of their documents.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Result, Timestamp};
use mind::recall::Language;
use serde::Serialize;
use utoipa::ToSchema;

use super::AskQuestion;
use super::local::Found;
use super::shown::Shown;
use super::worded::Worded;
use crate::Knowledge;
use crate::index::Slot;
use crate::model::{Base, BaseId, ChunkId, CorrectionId, DocumentId, GapId, Outcome, QuestionId};

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
    /// What to say. It is one or more quotes, a row with the names of its columns, or their wording by a language model; of `maybe` and
    /// `unknown` a sentence that says so. What else was asked, and nothing answers, is named.
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
    bases: &[Base],
    question: &AskQuestion,
    found: Found,
    worded: Option<Worded>,
) -> Result<Option<Answer>> {
    let language = found.language;
    let mut shown = Arc::clone(&found.shown);
    if worded.is_some() {
        // The model took its time.
        let ids: Vec<BaseId> = bases.iter().map(|base| base.id).collect();
        let passages = found.passages.iter().map(|passage| passage.slot);
        let slots: Vec<Slot> = found.given.iter().map(|given| given.slot).chain(passages).collect();
        shown = Arc::new(Shown::of(of, &ids, &slots).await?);
    }
    let told: Vec<String> = found.passages.iter().map(|passage| passage.told.clone()).collect();
    let quotes = found.passages.into_iter().map(|passage| (passage.slot, passage.characters, passage.quote)).collect();
    let (outcome, text, passages, provider): (_, _, Vec<(Slot, std::ops::Range<usize>, String)>, _) = match worded {
        Some(Worded::Answer { text, cited, provider }) => (Outcome::Answered, Some(text), cited, provider),
        // What was sure enough without it is shown all the same, but not claimed.
        Some(Worded::Unanswerable { provider }) => (Outcome::Maybe, None, quotes, provider),
        None => (found.outcome, None, quotes, LOCAL.to_owned()),
    };
    let mut citations = Vec::with_capacity(passages.len());
    for (slot, range, quote) in passages {
        match shown.cite(slot, range, quote, (language, of.app().clock().now())) {
            Some(citation) => citations.push(citation),
            None => return Ok(None),
        }
    }
    let text = match outcome {
        Outcome::Answered => text.unwrap_or_else(|| in_words(&citations, told, &found.left_open, language, question)),
        Outcome::Maybe => sentence(language, question, MAYBE).to_owned(),
        Outcome::Unknown => sentence(language, question, UNKNOWN).to_owned(),
    };
    let base = bases.get(found.base).or(bases.first());
    let Some(base) = base else { return Ok(None) };
    Ok(Some(Answer {
        outcome,
        answer: text,
        language: language.code().to_owned(),
        citations,
        confidence: (found.confidence * 1e4).round() / 1e4,
        parts: found.parts,
        provider,
        knowledge_base_id: base.id,
        question_id: None,
        gap_id: None,
    }))
}

const MAYBE: [&str; 2] =
    ["I am not sure about that. These passages may help.", "No lo sé con certeza. Estos pasajes pueden ayudar."];
const UNKNOWN: [&str; 2] = ["I have no information about that.", "No tengo información sobre eso."];

const LEFT_OPEN: [&str; 2] = ["I have no information about this:", "No tengo información sobre esto:"];

/// The passages as they are read by themselves, and what nothing answers. What the coach answered is told as a whole.
fn in_words(
    citations: &[Citation],
    told: Vec<String>,
    left_open: &[String],
    language: Language,
    question: &AskQuestion,
) -> String {
    let whole = |(citation, told): (&Citation, String)| match citation.correction_id {
        Some(_) => citation.quote.clone(),
        None => told,
    };
    let mut lines: Vec<String> = citations.iter().zip(told).map(whole).collect();
    lines.dedup();
    lines.extend(left_open.iter().map(|part| format!("{} {part}", sentence(language, question, LEFT_OPEN))));
    lines.join("\n\n")
}

/// A sentence in the language of the question.
fn sentence(language: Language, question: &AskQuestion, both: [&'static str; 2]) -> &'static str {
    let told = question.language.as_deref().map(Language::of_code).filter(|told| *told != Language::Other);
    both[usize::from(told.unwrap_or(language) == Language::Es)]
}
