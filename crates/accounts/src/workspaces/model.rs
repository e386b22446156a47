//! What a workspace is, who is in it as what, and who is asked in.

use kernel::{AccountId, Error, Id, Kind, Result, Timestamp, WorkspaceId, WorkspaceRole, time};
use serde::Serialize;
use utoipa::ToSchema;

/// How long an invitation may be accepted.
pub(crate) const INVITED_FOR: i64 = 7 * time::DAY;
/// How soon the same mail is not sent again.
pub(crate) const MAILED_AGAIN_AFTER: i64 = time::MINUTE;
/// How many open invitations a workspace may have: mails go to strangers' addresses.
pub(crate) const MOST_OPEN: u64 = 100;

/// A workspace as one of its members sees it.
#[derive(Clone, Debug, Serialize, ToSchema, db::Row)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    #[schema(example = "TechFit")]
    pub name: String,
    /// What the one who asks may do in it.
    pub role: WorkspaceRole,
    /// How many are in it.
    pub members: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when the one who asks is in it.
    pub joined_at: Timestamp,
}

/// Someone in a workspace.
#[derive(Clone, Debug, Serialize, ToSchema, db::Row)]
#[schema(as = WorkspaceMember)]
pub struct Membership {
    /// The account.
    pub id: AccountId,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// Their name.
    pub username: String,
    /// What they may do.
    pub role: WorkspaceRole,
    /// Since when they are in it.
    pub joined_at: Timestamp,
}

#[doc(hidden)]
#[derive(Debug)]
pub enum InvitationMarker {}
/// An invitation into a workspace.
pub type InvitationId = Id<InvitationMarker>;

/// An invitation, as it is stored. Told anew, it keeps its id and gets another token.
#[derive(Clone, Debug, db::Row)]
#[row(table = "invitations", key(id), fixed(workspace_id, email, email_key, created_at, accepted_at, revoked_at))]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Into which workspace.
    pub workspace_id: WorkspaceId,
    /// Whom.
    pub email: String,
    /// The address as addresses are compared.
    pub email_key: String,
    /// As what.
    pub role: WorkspaceRole,
    /// The hash of the token that was mailed.
    pub hash: String,
    /// By whom.
    pub invited_by: AccountId,
    /// When they were first invited.
    pub created_at: Timestamp,
    /// When the mail was last sent.
    pub mailed_at: Timestamp,
    /// Until when it may be accepted.
    pub expires_at: Timestamp,
    /// When it was.
    pub accepted_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

impl Invitation {
    /// `accepted`, `revoked`, `expired` or `open`.
    pub(crate) fn status(&self, now: Timestamp) -> &'static str {
        match (self.accepted_at, self.revoked_at) {
            (Some(_), _) => "accepted",
            (None, Some(_)) => "revoked",
            (None, None) if self.expires_at <= now => "expired",
            (None, None) => "open",
        }
    }
}

/// May this role be taken from someone who has `held`, in a workspace with so many owners? There is always an owner.
pub(crate) fn may_lose(held: WorkspaceRole, owners: u64) -> Result<()> {
    if held == WorkspaceRole::Owner && owners <= 1 {
        return Err(Error::conflict("This is the only owner of the workspace; make someone else an owner first"));
    }
    Ok(())
}

/// The refusal of whoever is in the workspace, but may not say who else is.
pub(crate) fn owners_only() -> Error {
    Error::new(Kind::Forbidden, "Only an owner of the workspace may do this; ask one")
}

/// The refusal of accounts that are no business.
pub(crate) fn businesses_only() -> Error {
    Error::new(Kind::Forbidden, "Workspaces belong to businesses; this account is not one")
}

/// The refusal of a token that does not, or does not any more, let anyone in: it does not say which.
pub(crate) fn no_invitation() -> Error {
    Error::new(
        Kind::BadRequest,
        "This invitation is not valid, or not any more; ask an owner of the workspace to send it again",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is done to the roles of a workspace in whatever order, somebody owns it.
        #[test]
        fn there_is_always_an_owner(moves in proptest::collection::vec((0_usize..6, 0_usize..4), 0..60)) {
            let mut members: Vec<Option<WorkspaceRole>> = vec![Some(WorkspaceRole::Owner)];
            members.resize(6, Some(WorkspaceRole::Viewer));
            for (who, to) in moves {
                let owners = members.iter().filter(|held| **held == Some(WorkspaceRole::Owner)).count() as u64;
                let Some(held) = members[who] else { continue };
                let next = WorkspaceRole::ALL.get(to).copied();
                if next == Some(held) || may_lose(held, owners).is_ok() {
                    members[who] = next;
                }
                prop_assert!(members.contains(&Some(WorkspaceRole::Owner)));
            }
        }
    }
}
