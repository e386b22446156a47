//! What happens to knowledge. Nobody is told by more than ids: what is asked and answered stays here.

use events::{Kind, event};
use kernel::WorkspaceId;

use crate::model::{BaseId, Contradiction, Correction, CorrectionId, Document, DocumentId, Gap, GapId, QuestionId};

/// Everything that happens here.
pub const EVENTS: &[Kind] = &[
    Kind::of::<DocumentProcessed>(),
    Kind::of::<DocumentFailed>(),
    Kind::of::<DocumentStale>(),
    Kind::of::<CorrectionStale>(),
    Kind::of::<ContradictionFound>(),
    Kind::of::<GapAnswered>(),
];

/// A document, as it stands after what happened.
#[event(subject = document_id)]
pub struct DocumentFacts {
    /// The hub whose it is: a workspace's, or the creator's own.
    pub workspace_id: WorkspaceId,
    /// The base that it belongs to.
    pub knowledge_base_id: BaseId,
    /// The document.
    pub document_id: DocumentId,
}

impl From<&Document> for DocumentFacts {
    fn from(of: &Document) -> Self {
        Self { workspace_id: of.owner_id, knowledge_base_id: of.base_id, document_id: of.id }
    }
}

/// A document was read, and can be searched.
#[event("knowledge.document_processed", of = document)]
pub struct DocumentProcessed {
    /// The document.
    #[serde(flatten)]
    pub document: DocumentFacts,
    /// How many chunks it has.
    pub chunk_count: u64,
}

/// A document could not be read.
#[event("knowledge.document_failed")]
pub struct DocumentFailed(pub DocumentFacts);

/// A document is past the day on which its coach wanted to look at it again.
#[event("knowledge.document_stale")]
pub struct DocumentStale(pub DocumentFacts);

/// A correction is past the day on which its coach wanted to look at it again.
#[event("knowledge.correction_stale", subject = correction_id)]
pub struct CorrectionStale {
    /// The hub whose it is: a workspace's, or the creator's own.
    pub workspace_id: WorkspaceId,
    /// The base that it belongs to.
    pub knowledge_base_id: BaseId,
    /// The correction.
    pub correction_id: CorrectionId,
}

impl From<&Correction> for CorrectionStale {
    fn from(of: &Correction) -> Self {
        Self { workspace_id: of.owner_id, knowledge_base_id: of.base_id, correction_id: of.id }
    }
}

/// Two documents were found to say different things of the same.
#[event("knowledge.contradiction_found", subject = newer_document_id)]
pub struct ContradictionFound {
    /// The hub whose it is: a workspace's, or the creator's own.
    pub workspace_id: WorkspaceId,
    /// The base of both.
    pub knowledge_base_id: BaseId,
    /// The document of the earlier date,
    pub older_document_id: DocumentId,
    /// and the one of the later.
    pub newer_document_id: DocumentId,
}

impl From<&Contradiction> for ContradictionFound {
    fn from(of: &Contradiction) -> Self {
        Self {
            workspace_id: of.owner_id,
            knowledge_base_id: of.base_id,
            older_document_id: of.older_document_id,
            newer_document_id: of.newer_document_id,
        }
    }
}

/// The coach answered what nobody could answer before: whoever asked may be told.
#[event("knowledge.gap_answered", subject = gap_id)]
pub struct GapAnswered {
    /// The hub whose it is: a workspace's, or the creator's own.
    pub workspace_id: WorkspaceId,
    /// The base that was asked.
    pub knowledge_base_id: BaseId,
    /// The gap.
    pub gap_id: GapId,
    /// What answers it.
    pub correction_id: CorrectionId,
    /// Does the coach want everybody told who asked?
    pub tell: bool,
    /// The questions that it answers. A gap of very many is told in several of these.
    pub question_ids: Vec<QuestionId>,
}

impl GapAnswered {
    /// Some of the questions of a gap are answered by this.
    pub(crate) fn new(gap: &Gap, correction: CorrectionId, tell: bool, question_ids: Vec<QuestionId>) -> Self {
        Self {
            workspace_id: gap.owner_id,
            knowledge_base_id: gap.base_id,
            gap_id: gap.id,
            correction_id: correction,
            tell,
            question_ids,
        }
    }
}
