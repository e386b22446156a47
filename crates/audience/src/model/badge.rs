//! What members earn.

use kernel::{Id, Timestamp, WorkspaceId};

use super::MemberId;

#[doc(hidden)]
#[derive(Debug)]
pub enum BadgeMarker {}
/// A badge.
pub type BadgeId = Id<BadgeMarker>;

/// A badge, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, db::Row)]
#[row(table = "audience_badges", key(id), fixed(workspace_id, created_at))]
pub struct Badge {
    /// Its id.
    pub id: BadgeId,
    /// Whose.
    pub workspace_id: WorkspaceId,
    /// What it is called: a name has one badge, whatever its case.
    #[row(also = "name_key", by = mind::text::fold)]
    pub name: String,
    /// What it is given for.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// That a member has a badge.
#[derive(Clone, Debug, PartialEq, Eq, db::Row)]
#[row(table = "audience_badges_earned")]
pub(crate) struct BadgeEarned {
    /// Who.
    pub member_id: MemberId,
    /// Which.
    pub badge_id: BadgeId,
    /// Whose audience.
    pub workspace_id: WorkspaceId,
    /// Since when.
    pub earned_at: Timestamp,
}
