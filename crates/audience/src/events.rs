//! What happens in an audience. Events name members by their ids; what is known of them stays in their rows.

use events::{Kind, event};
use kernel::WorkspaceId;

use crate::model::{Channel, ImportId, MemberId};

/// Everything that happens here.
pub const EVENTS: &[Kind] = &[
    Kind::of::<UserCreated>(),
    Kind::of::<UserUpdated>(),
    Kind::of::<UserTagged>(),
    Kind::of::<UsersMerged>(),
    Kind::of::<UserErased>(),
    Kind::of::<UserOptedOut>(),
    Kind::of::<UserOptedIn>(),
    Kind::of::<UsersImported>(),
];

/// Somebody joined an audience.
#[event("user.created", subject = user_id)]
pub struct UserCreated {
    /// Whose audience.
    pub workspace_id: WorkspaceId,
    /// The member.
    pub user_id: MemberId,
    /// Where they came from.
    pub channel: Channel,
}

/// What is known of a member changed.
#[event("user.updated", subject = user_id)]
pub struct UserUpdated {
    /// Whose audience.
    pub workspace_id: WorkspaceId,
    /// The member.
    pub user_id: MemberId,
    /// Their channel.
    pub channel: Channel,
}

/// A member got a tag. Imports of tables do not write this event.
#[event("user.tagged", subject = user_id)]
pub struct UserTagged {
    /// Whose audience.
    pub workspace_id: WorkspaceId,
    /// The member.
    pub user_id: MemberId,
    /// The tag, as tags are compared.
    pub tag: String,
}

/// Two members turned out to be one person.
#[event("user.merged", subject = user_id)]
pub struct UsersMerged {
    /// Whose audience.
    pub workspace_id: WorkspaceId,
    /// The member who stays.
    pub user_id: MemberId,
    /// The member who is gone.
    pub merged_id: MemberId,
}

/// A member was erased, with everything that was known of them.
#[event("user.erased", subject = user_id)]
pub struct UserErased {
    /// Whose audience.
    pub workspace_id: WorkspaceId,
    /// Who they were.
    pub user_id: MemberId,
}

/// A member wants no more.
#[event("user.opted_out", subject = user_id)]
pub struct UserOptedOut {
    /// Whose audience.
    pub workspace_id: WorkspaceId,
    /// The member.
    pub user_id: MemberId,
    /// On which channel; on all, if none is named.
    pub channel: Option<Channel>,
}

/// A member agreed to be written to.
#[event("user.opted_in", subject = user_id)]
pub struct UserOptedIn {
    /// Whose audience.
    pub workspace_id: WorkspaceId,
    /// The member.
    pub user_id: MemberId,
    /// On which channel; on all, if none is named.
    pub channel: Option<Channel>,
}

/// A table of members was read.
#[event("user.imported", subject = import_id)]
pub struct UsersImported {
    /// Whose audience.
    pub workspace_id: WorkspaceId,
    /// The import.
    pub import_id: ImportId,
    /// How many members were added; each of them has no `user.created` of its own.
    pub added: u64,
    /// How many were changed; each of them has no `user.updated` of its own.
    pub updated: u64,
}
