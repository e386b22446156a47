//! What the coach answered: it is found before every document.

use input::Input;
use kernel::{Id, Timestamp, WorkspaceId};

use super::base::folded;
use super::document::FIRST;
use super::{BaseId, GapId};

#[doc(hidden)]
#[derive(Debug)]
pub enum CorrectionMarker {}
/// A correction: a question, and what the coach answered to it.
pub type CorrectionId = Id<CorrectionMarker>;

/// A correction, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "knowledge_corrections", key(id), fixed(base_id, owner_id, gap_id, created_at))]
pub struct Correction {
    /// Its id.
    pub id: CorrectionId,
    /// The base that it belongs to.
    pub base_id: BaseId,
    /// The hub whose it is.
    pub owner_id: WorkspaceId,
    /// The gap that it closed.
    pub gap_id: Option<GapId>,
    /// What is asked.
    #[row(also = "question_folded", by = folded)]
    pub question: String,
    /// What is answered.
    pub answer: String,
    /// How often it was written: 1 at first.
    pub revision: i64,
    /// From when on it should be looked at again.
    pub stale_after: Option<Timestamp>,
    /// When the coach was reminded of that.
    pub reminded_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Correction {
    /// It as a text that is read and cited: the question, and below it the answer.
    pub fn content(&self) -> String {
        format!("{}\n\n{}", self.question, self.answer)
    }
}

/// An earlier wording of a correction.
#[derive(Clone, Debug, db::Row)]
#[row(table = "knowledge_correction_versions")]
pub struct CorrectionVersion {
    /// Of which correction.
    pub correction_id: CorrectionId,
    /// Which wording, from 1.
    pub revision: i64,
    /// What was asked.
    pub question: String,
    /// What was answered.
    pub answer: String,
    /// When another wording took its place.
    pub changed_at: Timestamp,
}

/// A correction to be made.
#[derive(Clone, Debug, Input)]
#[input(change = CorrectionChanges)]
pub struct NewCorrection {
    /// What is asked, as people ask it.
    #[input(text(2_000), example = "Can I pay in instalments?")]
    pub question: String,
    /// What is answered.
    #[input(text(8_000), example = "Yes, in three instalments without interest.")]
    pub answer: String,
    /// From when on it should be looked at again: you are reminded of it.
    #[input(moment_or_day_from(FIRST))]
    pub stale_after: Option<Timestamp>,
}
