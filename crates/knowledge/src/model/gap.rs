//! What nobody could answer: questions that are alike are one gap, and the coach answers it once.

use kernel::{Id, Timestamp, WorkspaceId};

use super::{BaseId, CorrectionId};

#[doc(hidden)]
#[derive(Debug)]
pub enum GapMarker {}
/// A gap: questions that are alike, and have no answer.
pub type GapId = Id<GapMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum QuestionMarker {}
/// A question that was asked, and had no answer.
pub type QuestionId = Id<QuestionMarker>;

/// What came of a question.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, kernel::Words)]
#[words(name = "AnswerOutcome")]
pub enum Outcome {
    /// Nothing is known of it.
    #[word("unknown")]
    Unknown,
    /// Passages are shown that may help.
    #[word("maybe")]
    Maybe,
    /// It is answered.
    #[word("answered")]
    Answered,
}

/// Where a gap stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
pub enum GapStatus {
    /// It waits for an answer.
    #[word("open")]
    Open,
    /// The coach answered it.
    #[word("answered")]
    Answered,
    /// The coach does not want to.
    #[word("dismissed")]
    Dismissed,
}

/// A gap, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "knowledge_gaps", key(id), fixed(base_id, owner_id, first_asked_at))]
pub struct Gap {
    /// Its id.
    pub id: GapId,
    /// The base that was asked.
    pub base_id: BaseId,
    /// The hub whose it is.
    pub owner_id: WorkspaceId,
    /// The question as it was asked first.
    pub question: String,
    /// Its language, if it can be told.
    pub language: Option<String>,
    /// How often it was asked.
    pub asked: u64,
    /// Where it stands.
    pub status: GapStatus,
    /// What answers it.
    pub correction_id: Option<CorrectionId>,
    /// When it was asked for the first time,
    pub first_asked_at: Timestamp,
    /// and for the last.
    pub last_asked_at: Timestamp,
    /// When it was answered, or dismissed.
    pub answered_at: Option<Timestamp>,
}

/// A question of a gap, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "knowledge_questions")]
pub struct Question {
    /// Its id.
    pub id: QuestionId,
    /// The base that was asked.
    pub base_id: BaseId,
    /// The hub whose it is.
    pub owner_id: WorkspaceId,
    /// The gap that it belongs to.
    pub gap_id: GapId,
    /// As it was asked.
    pub question: String,
    /// What came of it.
    pub outcome: Outcome,
    /// How sure that was.
    pub confidence: f64,
    /// Did a member ask it? Else it was the coach.
    pub by_member: bool,
    /// When.
    pub asked_at: Timestamp,
}
