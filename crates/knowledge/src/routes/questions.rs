//! Searching and asking.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use http_base::{Answer as Answered, Body, Member, Named, Rate, Routes, routes};
use input::Input;
use kernel::Timestamp;
use mind::recall::{Language, Question};
use serde::Serialize;
use utoipa::ToSchema;

use super::base_of;
use crate::Knowledge;
use crate::ask::{self, Answer, AskQuestion, Asker};
use crate::model::{ChunkId, ChunkMetadata, CorrectionId, DocumentId};

pub(super) fn router() -> Routes<Knowledge> {
    Routes::new().with(routes!(search, ask_base).rate(Rate::Ai))
}

/// What is looked for.
#[derive(Input)]
#[input(name = "KnowledgeSearch")]
struct SearchInput {
    /// What is looked for, as a question or in a few words.
    #[input(text(2_000), alias = "question", example = "how do I build a habit")]
    query: String,
    /// In which language, `en` or `es`; otherwise it is told by its words.
    #[input(text(35))]
    language: Option<String>,
    /// How many passages at most.
    #[input(whole(1, 50).map(|limit| limit as usize), default = 10_usize)]
    limit: usize,
}

/// A passage that was found.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgePassage)]
struct PassageBody {
    /// The document; of a correction its own id.
    document_id: DocumentId,
    /// Its title; of a correction its question.
    document_title: String,
    /// The chunk.
    chunk_id: ChunkId,
    /// The correction, if it is one.
    correction_id: Option<CorrectionId>,
    /// The chunk's place in the document, from 0.
    chunk_index: u64,
    /// Its text, to the letter.
    content: String,
    /// The same to be shown: of a question with its answer without their marks (`Q:`, `A1:`).
    text: String,
    /// Where it begins in the document's text, in characters,
    start: u64,
    /// and where it ends.
    end: u64,
    /// The page or slide that it begins on, if there are such.
    page: Option<u32>,
    /// When it is said, in seconds from the beginning, if that is known.
    seconds: Option<u32>,
    /// The headings that it stands under, the outermost first.
    heading_path: Vec<String>,
    /// What else is known of it.
    metadata: ChunkMetadata,
    /// Of when the document is: as was said, or else when it was uploaded.
    dated: Timestamp,
    /// How well it fits, against the other passages of the base: more is better.
    score: f64,
    /// What the score is made of: `bm25` of its words, `vector` of its nearness.
    #[schema(value_type = std::collections::HashMap<String, f64>)]
    parts: BTreeMap<String, f64>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgePassages)]
struct PassageList {
    /// The passages, the best first.
    passages: Vec<PassageBody>,
}

/// Search a knowledge base
///
/// The passages that speak most of what is looked for, in English and Spanish and across the two. Whether one of them answers a question is
/// another matter: ask for that.
#[utoipa::path(post, path = "/api/v1/knowledge-bases/{knowledge_base_id}/search", tag = "Knowledge", request_body = SearchInput,
    params(("knowledge_base_id" = String, Path, description = "The base's id")),
    responses((status = 200, description = "The passages", body = PassageList)))]
async fn search(
    State(of): State<Knowledge>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<SearchInput>,
) -> Answered<Json<PassageList>> {
    let base = base_of(&member, &mut of.app().read().await?, &name.0).await?;
    let question = Question::new(&input.query);
    let question = match input.language.as_deref().map(Language::of_code) {
        Some(language) => question.in_language(language),
        None => question,
    };
    let (hits, shown) = ask::search(&of, &base, &question, input.limit).await?;
    let passages = hits.into_iter().filter_map(|hit| {
        if let Some(correction) = shown.correction(hit.slot) {
            let content = correction.content();
            return Some(PassageBody {
                document_id: hit.slot.source.document_id(),
                document_title: correction.question.clone(),
                chunk_id: hit.slot.chunk,
                correction_id: Some(correction.id),
                chunk_index: 0,
                start: 0,
                end: content.chars().count() as u64,
                text: content.clone(),
                content,
                page: None,
                seconds: None,
                heading_path: Vec::new(),
                metadata: ChunkMetadata::default(),
                dated: correction.updated_at,
                score: hit.score,
                parts: hit.parts,
            });
        }
        let (chunk, document) = shown.chunk(hit.slot)?;
        let metadata = chunk.metadata.0.clone();
        Some(PassageBody {
            document_id: document.id,
            document_title: document.title.clone(),
            chunk_id: chunk.id,
            correction_id: None,
            chunk_index: chunk.chunk_index,
            content: chunk.content.clone(),
            text: ask::without_marks(chunk),
            start: chunk.start_at,
            end: chunk.end_at,
            page: metadata.page,
            seconds: metadata.seconds,
            heading_path: metadata.heading_path.clone(),
            metadata,
            dated: document.date(),
            score: hit.score,
            parts: hit.parts,
        })
    });
    Ok(Json(PassageList { passages: passages.collect() }))
}

/// Ask a knowledge base
///
/// `answered` with the passages that it rests on, to the letter; `maybe` with passages that may help, and no claim; or `unknown`. What is not
/// answered is kept for you under the gaps of the base. A language model, where there is one, words the answer from the same passages, and each of its
/// sentences is held against them.
#[utoipa::path(post, path = "/api/v1/knowledge-bases/{knowledge_base_id}/ask", tag = "Knowledge", request_body = AskQuestion,
    params(("knowledge_base_id" = String, Path, description = "The base's id")),
    responses((status = 200, description = "The answer, or that there is none", body = Answer)))]
async fn ask_base(
    State(of): State<Knowledge>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<AskQuestion>,
) -> Answered<Json<Answer>> {
    let base = base_of(&member, &mut of.app().read().await?, &name.0).await?;
    Ok(Json(ask::answered(&of, vec![base], &input, Asker::Coach).await?))
}
