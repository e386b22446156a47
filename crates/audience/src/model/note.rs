//! What a coach writes down about a member.

use kernel::{AccountId, Id, Timestamp, WorkspaceId};

use super::MemberId;

#[doc(hidden)]
#[derive(Debug)]
pub enum NoteMarker {}
/// A note.
pub type NoteId = Id<NoteMarker>;

/// A note, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, db::Row)]
#[row(table = "audience_notes", key(id), fixed(workspace_id, member_id, author_id, created_at))]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// Whose audience.
    pub workspace_id: WorkspaceId,
    /// About whom.
    pub member_id: MemberId,
    /// Who wrote it.
    pub author_id: Option<AccountId>,
    /// What it says.
    pub content: String,
    /// When it was written,
    pub created_at: Timestamp,
    /// and changed last.
    pub updated_at: Timestamp,
}
