//! What bases, documents and chunks look like in answers.

use http_base::Pagination;
use kernel::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::model::{About, Base, BaseId, Chunk, ChunkId, ChunkMetadata, Document, DocumentId, Status};

/// A knowledge base.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeBase)]
pub(super) struct BaseBody {
    /// Its id.
    id: BaseId,
    /// How it is called.
    name: String,
    /// What it is about.
    description: Option<String>,
    /// How it is set: what was sent, and what holds where nothing was.
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
    /// When it was made.
    created_at: Timestamp,
    /// When its name, description or settings were last changed.
    updated_at: Timestamp,
    /// How many documents it has.
    document_count: u64,
    /// How large their files are together, in bytes.
    total_size_bytes: u64,
}

impl From<Base> for BaseBody {
    fn from(base: Base) -> Self {
        Self {
            id: base.id,
            settings: base.told_settings(),
            name: base.name,
            description: base.description,
            created_at: base.created_at,
            updated_at: base.updated_at,
            document_count: base.document_count,
            total_size_bytes: base.total_size_bytes,
        }
    }
}

/// A page of knowledge bases.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeBaseList)]
pub(super) struct BaseList {
    /// The knowledge bases of this page.
    pub(super) knowledge_bases: Vec<BaseBody>,
    /// Where the page stands in the list.
    pub(super) pagination: Pagination,
}

/// A document, without its text.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeDocument)]
pub(super) struct DocumentBody {
    /// Its id.
    id: DocumentId,
    /// The base that it belongs to.
    knowledge_base_id: BaseId,
    /// Its title.
    title: String,
    /// The name that its file came with.
    #[schema(example = "handbook.md")]
    file_name: String,
    /// What kind of file it is, by its content.
    file_type: reading::Kind,
    /// How large the file is, in bytes.
    file_size_bytes: u64,
    /// Where it stands on its way from the file to its chunks.
    processing_status: Status,
    /// How far that is, from 0 to 100.
    processing_percent: u32,
    /// Why it could not be read, and what would help; null unless it failed.
    error: Option<String>,
    /// Whatever you keep beside it.
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
    /// How many chunks it has.
    chunk_count: u64,
    /// How many characters its text has.
    characters: u64,
    /// Its language, `en` or `es`; null if it is another one.
    language: Option<String>,
    /// Of when it is, if that was said.
    dated: Option<Timestamp>,
    /// From when on it should be looked at again, if that was said.
    stale_after: Option<Timestamp>,
    /// Is it past that day?
    is_stale: bool,
    /// When it was uploaded.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
    /// When it was read, or could not be.
    processed_at: Option<Timestamp>,
}

impl DocumentBody {
    pub(super) fn new(document: Document, now: Timestamp) -> Self {
        Self {
            id: document.id,
            knowledge_base_id: document.base_id,
            is_stale: document.is_stale(now),
            title: document.title,
            file_name: document.file_name,
            // Whatever was stored is a kind; what another version of the program knew is a text to this one.
            file_type: reading::Kind::parse(&document.file_type).unwrap_or(reading::Kind::Text),
            file_size_bytes: document.file_size_bytes,
            processing_status: document.status,
            processing_percent: document.percent,
            error: document.error,
            metadata: document.metadata.0,
            chunk_count: document.chunk_count,
            characters: document.characters,
            language: document.language,
            dated: document.dated,
            stale_after: document.stale_after,
            created_at: document.created_at,
            updated_at: document.updated_at,
            processed_at: document.processed_at,
        }
    }
}

/// A document that was uploaded.
#[derive(Serialize, ToSchema)]
#[schema(as = UploadedKnowledgeDocument)]
pub(super) struct UploadedBody {
    /// The document.
    #[serde(flatten)]
    pub(super) document: DocumentBody,
    /// The first other document of the base with just the same bytes; null if there is none.
    pub(super) duplicate_of: Option<DocumentId>,
}

/// A page of documents.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeDocumentList)]
pub(super) struct DocumentList {
    /// The documents of this page.
    pub(super) documents: Vec<DocumentBody>,
    /// Where the page stands in the list.
    pub(super) pagination: Pagination,
}

/// A chunk of a document: the characters `start` to `end` of its text.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeChunk)]
pub(super) struct ChunkBody {
    /// Its id.
    id: ChunkId,
    /// Its place in the document, from 0.
    chunk_index: u64,
    /// Its text.
    content: String,
    /// Where it begins in the document's text, in characters,
    start: u64,
    /// and where it ends.
    end: u64,
    /// What is known of it beside that.
    metadata: ChunkMetadata,
}

impl From<Chunk> for ChunkBody {
    fn from(chunk: Chunk) -> Self {
        Self {
            id: chunk.id,
            chunk_index: chunk.chunk_index,
            content: chunk.content,
            start: chunk.start_at,
            end: chunk.end_at,
            metadata: chunk.metadata.0,
        }
    }
}

impl ChunkBody {
    /// A text that is one chunk: a correction's.
    pub(super) fn whole(id: ChunkId, content: &str) -> Self {
        let end = content.chars().count() as u64;
        Self { id, chunk_index: 0, content: content.to_owned(), start: 0, end, metadata: ChunkMetadata::default() }
    }
}

/// What became known of a document while it was read.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeDocumentReading)]
pub(super) struct ReadingBody {
    /// The encoding of a plain text, as it was found out or guessed.
    encoding: Option<String>,
    /// The title that stands in the file.
    title: Option<String>,
    /// What its reader has to say of it.
    notes: Vec<String>,
    /// The model that made its vectors.
    embedded_by: Option<String>,
}

impl From<About> for ReadingBody {
    fn from(about: About) -> Self {
        Self { encoding: about.encoding, title: about.title, notes: about.notes, embedded_by: about.embedded_by }
    }
}

/// A document with its text and its chunks.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeDocumentDetails)]
pub(super) struct DetailsBody {
    /// The document.
    #[serde(flatten)]
    pub(super) document: DocumentBody,
    /// Its text; null until it was read for the first time. Chunks and citations are ranges of it.
    pub(super) content: Option<String>,
    /// What became known of it while it was read.
    pub(super) reading: ReadingBody,
    /// Its first 1,000 chunks; all of them are listed under `/chunks`.
    pub(super) chunks: Vec<ChunkBody>,
}

/// A page of the chunks of a document.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeChunkList)]
pub(super) struct ChunkList {
    /// The chunks of this page.
    pub(super) chunks: Vec<ChunkBody>,
    /// Where the page stands in the list.
    pub(super) pagination: Pagination,
}
