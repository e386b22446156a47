//! What a chunk is: a range of a document's text, with what helps to find and to cite it.

use db::Json;
use kernel::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BaseId, DocumentId};

#[doc(hidden)]
#[derive(Debug)]
pub enum ChunkMarker {}
/// A chunk of a document.
pub type ChunkId = Id<ChunkMarker>;

/// What a chunk is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, kernel::Words)]
#[words(name = "KnowledgeChunkKind", no_column)]
pub enum ChunkKind {
    /// Paragraphs.
    #[default]
    #[word("text")]
    Text,
    /// A question with its answer.
    #[word("question_and_answer")]
    QuestionAndAnswer,
    /// Rows of a table.
    #[word("rows")]
    Rows,
    /// Notes of a speaker.
    #[word("notes")]
    Notes,
}

/// Where in a chunk another page, or another second, begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = KnowledgeChunkMark)]
pub struct Mark {
    /// So many characters after the beginning of the chunk.
    pub at: u32,
    /// The page that begins there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// The second that begins there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
}

/// What is known of a chunk beside its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = KnowledgeChunkMetadata)]
pub struct ChunkMetadata {
    /// What it is of.
    #[serde(default)]
    pub kind: ChunkKind,
    /// The headings that it stands under, the outermost first.
    #[serde(default)]
    pub heading_path: Vec<String>,
    /// The page or the slide that it begins on, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// When it is said, in seconds from the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// The sheet that its rows stand on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The head of the table that its rows stand in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// Where in it further pages and times begin.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

impl ChunkMetadata {
    /// The page and the second at this character of the chunk.
    pub fn place(&self, at: usize) -> (Option<u32>, Option<u32>) {
        let before = self.marks.iter().take_while(|mark| mark.at as usize <= at);
        before.fold((self.page, self.seconds), |(page, seconds), mark| (mark.page.or(page), mark.seconds.or(seconds)))
    }

    /// What is searched with its text: the headings above it, and the head of its table.
    pub fn heading(&self) -> String {
        let parts = self.heading_path.iter().chain(&self.header).map(String::as_str);
        parts.collect::<Vec<_>>().join(" > ")
    }
}

/// A chunk, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "knowledge_chunks")]
pub struct Chunk {
    /// Its id.
    pub id: ChunkId,
    /// The document whose text it is of.
    pub document_id: DocumentId,
    /// The base of that.
    pub base_id: BaseId,
    /// The version of the text.
    pub version: i64,
    /// Its place in the document, from 0.
    pub chunk_index: u64,
    /// Where it begins in the text, in characters,
    pub start_at: u64,
    /// and where it ends.
    pub end_at: u64,
    /// The text between the two.
    pub content: String,
    /// What is known of it beside that.
    pub metadata: Json<ChunkMetadata>,
}
