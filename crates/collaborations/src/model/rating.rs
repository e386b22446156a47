//! Ratings, each given blind.

use kernel::{AccountId, CollaborationId, Timestamp};

use super::Side;

/// A rating of one side by the other one.
#[derive(Clone, Debug, db::Row)]
#[row(
    table = "collaboration_ratings",
    key(collaboration_id, side),
    fixed(rater_id, rated_id, rating, again, counts, created_at)
)]
pub struct Rating {
    /// Of which collaboration.
    pub collaboration_id: CollaborationId,
    /// Which side gave it.
    pub side: Side,
    /// The account that gave it.
    pub rater_id: AccountId,
    /// The account that it is of.
    pub rated_id: AccountId,
    /// From 1 to 5.
    pub rating: i64,
    /// What was said with it.
    pub feedback: Option<String>,
    /// Would they work together again? Told to nobody; rankings go by it.
    pub again: Option<bool>,
    /// Does it count? Not where both sides are the same people.
    pub counts: bool,
    /// Since when it is shown.
    pub shown_at: Option<Timestamp>,
    /// What the rated side replied.
    pub reply: Option<String>,
    /// When.
    pub replied_at: Option<Timestamp>,
    /// When it was reported.
    pub reported_at: Option<Timestamp>,
    /// Why.
    pub report_reason: Option<String>,
    /// Since when its feedback is hidden by an administrator; the number is not.
    pub feedback_hidden_at: Option<Timestamp>,
    /// When it was given.
    pub created_at: Timestamp,
}
