//! Content that was handed in, and the files of it.

use std::collections::BTreeMap;

use db::Json;
use kernel::{AccountId, CollaborationId, Error, Id, Platform, Result, SubmissionId, Timestamp, WorkspaceId};
use serde_json::{Map, Value};

use super::By;

/// Where a submission stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "SubmissionStatus")]
pub enum SubmissionStatus {
    /// Handed in.
    #[word("SUBMITTED")]
    Submitted,
    /// Checked against the brief, and not decided yet.
    #[word("UNDER_REVIEW")]
    UnderReview,
    /// Accepted.
    #[word("APPROVED")]
    Approved,
    /// Sent back.
    #[word("REJECTED")]
    Rejected,
}

impl SubmissionStatus {
    /// May it move there? What is decided stays decided.
    pub fn next(self, to: Self) -> Result<Self> {
        use SubmissionStatus::{Approved, Rejected, Submitted, UnderReview};
        match (self, to) {
            (Submitted | UnderReview, UnderReview | Approved | Rejected) => Ok(to),
            (Approved, _) => Err(Error::conflict("The submission is approved already, and stays so")),
            (Rejected, _) => {
                Err(Error::conflict("The submission was rejected; the creator may submit another version"))
            }
            (_, Submitted) => Err(Error::conflict("The submission was handed in already")),
        }
    }

    /// Does it wait for a decision?
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Submitted | Self::UnderReview)
    }
}

/// The captions of a submission, by the platform that each is for.
pub type Captions = BTreeMap<String, String>;

/// Content that was handed in, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(
    table = "submissions",
    key(id),
    fixed(
        collaboration_id,
        version,
        workspace_id,
        creator_id,
        content_urls,
        captions,
        platform,
        format,
        ad_label,
        platform_post_id,
        note,
        is_late,
        submitted_at
    )
)]
pub struct Submission {
    /// Its id.
    pub id: SubmissionId,
    /// Of which collaboration.
    pub collaboration_id: CollaborationId,
    /// Its number, from 1.
    pub version: i64,
    /// The workspace of the business.
    pub workspace_id: WorkspaceId,
    /// The account of the creator.
    pub creator_id: AccountId,
    /// Where it stands.
    pub status: SubmissionStatus,
    /// Where it can be seen. Nobody here follows these links.
    pub content_urls: Json<Vec<String>>,
    /// Its captions.
    pub captions: Json<Captions>,
    /// For which platform it is.
    pub platform: Platform,
    /// In which format.
    pub format: Option<String>,
    /// Does the creator say that the platform's own label for advertising is on?
    pub ad_label: bool,
    /// The platform's id of the post, where it is published already.
    pub platform_post_id: Option<String>,
    /// What the creator says of it.
    pub note: Option<String>,
    /// Did it come after its deadline?
    pub is_late: bool,
    /// What the check against the brief has found.
    pub analysis: Option<Json<Map<String, Value>>>,
    /// The score of that, in hundredths.
    pub ai_score: Option<i64>,
    /// Did every check pass?
    pub all_passed: Option<bool>,
    /// When it was checked.
    pub analysed_at: Option<Timestamp>,
    /// Who decided.
    pub reviewed_by: Option<AccountId>,
    /// For which side, or by itself.
    pub reviewed_how: Option<By>,
    /// When.
    pub reviewed_at: Option<Timestamp>,
    /// What the reviewer says.
    pub reviewer_notes: Option<String>,
    /// Which requirements are not met, as the reviewer says.
    pub requirements: Json<Vec<String>>,
    /// Why it was approved although checks had failed.
    pub override_reason: Option<String>,
    /// When it was handed in.
    pub submitted_at: Timestamp,
}

impl Submission {
    /// Decides it.
    pub fn decide(&mut self, to: SubmissionStatus, how: By, by: Option<AccountId>, now: Timestamp) -> Result<()> {
        self.status = self.status.next(to)?;
        (self.reviewed_how, self.reviewed_by, self.reviewed_at) = (Some(how), by, Some(now));
        Ok(())
    }

    /// The score of the check, from 0 to 100.
    pub fn score(&self) -> Option<f64> {
        self.ai_score.map(|hundredths| hundredths as f64 / 100.0)
    }
}

/// A file of content, as it is stored: written down before the file is, so that a sweep finds what died in between.
#[derive(Clone, Debug, db::Row)]
#[row(table = "submission_files", key(id), fixed(collaboration_id, creator_id, file, name, created_at))]
pub struct ContentFile {
    /// Its id.
    pub id: FileId,
    /// Of which collaboration.
    pub collaboration_id: CollaborationId,
    /// Of which submission, once it was handed in.
    pub submission_id: Option<SubmissionId>,
    /// Who uploaded it.
    pub creator_id: AccountId,
    /// Where it is kept.
    pub file: String,
    /// What it was called.
    pub name: String,
    /// What its bytes say it is.
    pub media_type: String,
    /// How large it is.
    pub bytes: u64,
    /// When it was there.
    pub stored_at: Option<Timestamp>,
    /// When it was begun.
    pub created_at: Timestamp,
}

#[doc(hidden)]
#[derive(Debug)]
pub enum FileMarker {}
/// A file of content.
pub type FileId = Id<FileMarker>;

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// What is decided stays as it was decided, whatever is tried.
        #[test]
        fn a_decision_is_final(moves in proptest::collection::vec(0_usize..SubmissionStatus::ALL.len(), 0..40)) {
            let mut at = SubmissionStatus::Submitted;
            for to in moves {
                let Ok(next) = at.next(SubmissionStatus::ALL[to]) else { continue };
                proptest::prop_assert!(at.is_open());
                at = next;
            }
        }
    }
}
