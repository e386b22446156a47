//! What bases, documents, chunks, corrections and gaps are, and how they move.

mod base;
mod chunk;
mod contradiction;
mod correction;
mod document;
mod gap;

pub use base::{Base, BaseChanges, BaseId, BaseSettings, DEFAULT_OVERLAP, DEFAULT_SIZE, NewBase, Thresholds};
pub use chunk::{Chunk, ChunkId, ChunkKind, ChunkMetadata, Mark};
pub use contradiction::{Contradiction, ContradictionId};
pub use correction::{Correction, CorrectionChanges, CorrectionId, CorrectionVersion, NewCorrection};
pub(crate) use document::FIRST;
pub use document::{About, Document, DocumentChanges, DocumentForm, DocumentId, Status};
pub use gap::{Gap, GapId, GapStatus, Outcome, Question, QuestionId};
