//! What happens to collaborations, submissions and karma. People are named by ids only.

use events::{Kind, event};
use kernel::{AccountId, ApplicationId, CollaborationId, OfferId, SubmissionId, Timestamp, WorkspaceId};

use crate::model::{By, Collaboration, Decision, Side, Status, Waits};

/// Everything that happens here.
pub const EVENTS: &[Kind] = &[
    Kind::of::<CollaborationOpened>(),
    Kind::of::<CollaborationScheduled>(),
    Kind::of::<ScheduleProposed>(),
    Kind::of::<ScheduleDeclined>(),
    Kind::of::<DeadlineNear>(),
    Kind::of::<CollaborationLate>(),
    Kind::of::<CollaborationCancelled>(),
    Kind::of::<CollaborationDisputed>(),
    Kind::of::<DisputeDecided>(),
    Kind::of::<CollaborationCompleted>(),
    Kind::of::<CollaborationUnpaid>(),
    Kind::of::<CollaborationRated>(),
    Kind::of::<RatingsShown>(),
    Kind::of::<RatingReplied>(),
    Kind::of::<RatingReported>(),
    Kind::of::<SubmissionSubmitted>(),
    Kind::of::<SubmissionApproved>(),
    Kind::of::<SubmissionRejected>(),
    Kind::of::<SubmissionEscalated>(),
    Kind::of::<TierChanged>(),
];

/// A collaboration, as it stands after what happened.
#[event(subject = collaboration_id)]
pub struct CollaborationFacts {
    /// The workspace of the business.
    pub workspace_id: WorkspaceId,
    /// The collaboration.
    pub collaboration_id: CollaborationId,
    /// The offer.
    pub offer_id: OfferId,
    /// The application.
    pub application_id: ApplicationId,
    /// The account of the business.
    pub business_id: AccountId,
    /// The account of the creator.
    pub creator_id: AccountId,
    /// Where it stands.
    pub status: Status,
}

impl From<&Collaboration> for CollaborationFacts {
    fn from(of: &Collaboration) -> Self {
        Self {
            workspace_id: of.workspace_id,
            collaboration_id: of.id,
            offer_id: of.offer_id,
            application_id: of.application_id,
            business_id: of.business_id,
            creator_id: of.creator_id,
            status: of.status,
        }
    }
}

/// An application was accepted: the work begins.
#[event("collaboration.opened")]
pub struct CollaborationOpened(pub CollaborationFacts);

/// The day of a collaboration was agreed, for the first time or anew.
#[event("collaboration.scheduled", of = collaboration)]
pub struct CollaborationScheduled {
    /// The collaboration.
    #[serde(flatten)]
    pub collaboration: CollaborationFacts,
    /// Who said it, or agreed to it.
    pub by: By,
    /// The day.
    pub scheduled_date: Timestamp,
}

/// One side proposed another day to the other one.
#[event("collaboration.schedule_proposed", of = collaboration)]
pub struct ScheduleProposed {
    /// The collaboration.
    #[serde(flatten)]
    pub collaboration: CollaborationFacts,
    /// Which side.
    pub by: Side,
    /// The day that it proposes.
    pub scheduled_date: Timestamp,
}

/// A proposed day was declined, or nobody answered in time: the agreed one stays.
#[event("collaboration.schedule_declined", of = collaboration)]
pub struct ScheduleDeclined {
    /// The collaboration.
    #[serde(flatten)]
    pub collaboration: CollaborationFacts,
    /// Who declined.
    pub by: By,
}

/// A deadline is near.
#[event("collaboration.deadline_near", of = collaboration)]
pub struct DeadlineNear {
    /// The collaboration.
    #[serde(flatten)]
    pub collaboration: CollaborationFacts,
    /// What is awaited.
    pub waits_for: Waits,
    /// Of which side; nothing where it is both.
    pub side: Option<Side>,
    /// Until when.
    pub deadline: Timestamp,
}

/// Content was not handed in by its deadline. It may still be.
#[event("collaboration.late")]
pub struct CollaborationLate(pub CollaborationFacts);

/// A collaboration was called off. Why stands in its timeline.
#[event("collaboration.cancelled", of = collaboration)]
pub struct CollaborationCancelled {
    /// The collaboration.
    #[serde(flatten)]
    pub collaboration: CollaborationFacts,
    /// By whom.
    pub by: By,
}

/// The two sides disagree.
#[event("collaboration.disputed", of = collaboration)]
pub struct CollaborationDisputed {
    /// The collaboration.
    #[serde(flatten)]
    pub collaboration: CollaborationFacts,
    /// Who opened the dispute.
    pub by: By,
}

/// A dispute was decided.
#[event("collaboration.dispute_decided", of = collaboration)]
pub struct DisputeDecided {
    /// The collaboration.
    #[serde(flatten)]
    pub collaboration: CollaborationFacts,
    /// How.
    pub decision: Decision,
    /// By an administrator, or by the record when time was up.
    pub by: By,
}

/// A collaboration is over and was kept.
#[event("collaboration.completed")]
pub struct CollaborationCompleted(pub CollaborationFacts);

/// What an approval made due has not been paid for 14 days.
#[event("collaboration.unpaid")]
pub struct CollaborationUnpaid(pub CollaborationFacts);

/// One side rated the other one. The rating is not shown yet.
#[event("collaboration.rated", of = collaboration)]
pub struct CollaborationRated {
    /// The collaboration.
    #[serde(flatten)]
    pub collaboration: CollaborationFacts,
    /// Which side rated.
    pub by: Side,
}

/// The ratings of a collaboration are shown from now on: both are in, or time is up.
#[event("collaboration.ratings_shown")]
pub struct RatingsShown(pub CollaborationFacts);

/// Who was rated has replied to it.
#[event("collaboration.rating_replied", of = collaboration)]
pub struct RatingReplied {
    /// The collaboration.
    #[serde(flatten)]
    pub collaboration: CollaborationFacts,
    /// Which side replied.
    pub by: Side,
}

/// Somebody reported a feedback.
#[event("collaboration.rating_reported", of = collaboration)]
pub struct RatingReported {
    /// The collaboration.
    #[serde(flatten)]
    pub collaboration: CollaborationFacts,
    /// Which side reported it.
    pub by: Side,
}

/// A submission, after what happened.
#[event(of = collaboration)]
pub struct SubmissionFacts {
    /// The collaboration.
    #[serde(flatten)]
    pub collaboration: CollaborationFacts,
    /// The submission.
    pub submission_id: SubmissionId,
    /// Its number, from 1.
    pub version: i64,
}

/// A creator handed content in.
#[event("submission.submitted")]
pub struct SubmissionSubmitted(pub SubmissionFacts);

/// Content was approved.
#[event("submission.approved", of = submission)]
pub struct SubmissionApproved {
    /// The submission.
    #[serde(flatten)]
    pub submission: SubmissionFacts,
    /// By the business, by an administrator, or by itself when nobody reviewed it in time.
    pub by: By,
}

/// Content was rejected: another version is awaited.
#[event("submission.rejected")]
pub struct SubmissionRejected(pub SubmissionFacts);

/// Nobody reviewed content in time, and not every requirement is met for certain: both sides are asked to settle it.
#[event("submission.escalated")]
pub struct SubmissionEscalated(pub SubmissionFacts);

/// An account has another tier.
#[event("karma.tier_changed", subject = account_id)]
pub struct TierChanged {
    /// Nobody's workspace: karma belongs to the account.
    pub workspace_id: Option<WorkspaceId>,
    /// The account.
    pub account_id: AccountId,
    /// The tier before.
    pub was: u64,
    /// The tier now.
    pub tier: u64,
    /// What it is called.
    #[schema(example = "PRO")]
    pub name: String,
}
