//! Two documents that say different things of the same.

use kernel::{Id, Timestamp, WorkspaceId};

use super::{BaseId, DocumentId};

#[doc(hidden)]
#[derive(Debug)]
pub enum ContradictionMarker {}
/// A contradiction between two documents.
pub type ContradictionId = Id<ContradictionMarker>;

/// A contradiction, as it is stored: a sentence of each document, as ranges of their texts.
#[derive(Clone, Debug, db::Row)]
#[row(table = "knowledge_contradictions")]
pub struct Contradiction {
    /// Its id.
    pub id: ContradictionId,
    /// The base of both.
    pub base_id: BaseId,
    /// The hub whose it is.
    pub owner_id: WorkspaceId,
    /// The document of the earlier date,
    pub older_document_id: DocumentId,
    /// and the one of the later.
    pub newer_document_id: DocumentId,
    /// Of which version the texts were.
    pub older_version: i64,
    /// The same of the newer one.
    pub newer_version: i64,
    /// Where the sentence of the older one begins, in characters,
    pub older_start: u64,
    /// and where it ends.
    pub older_end: u64,
    /// Where that of the newer one begins,
    pub newer_start: u64,
    /// and where it ends.
    pub newer_end: u64,
    /// What the older one says.
    pub older_quote: String,
    /// What the newer one says.
    pub newer_quote: String,
    /// How alike the two sentences are but for what they disagree in, from 0 to 1.
    pub likeness: f64,
    /// When the coach said that it is none.
    pub dismissed_at: Option<Timestamp>,
    /// When it was found.
    pub created_at: Timestamp,
}
