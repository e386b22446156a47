//! What a key is, and what it may do.

use kernel::{AccountId, ApiKeyId, Timestamp, UserType, WorkspaceId, WorkspaceRole, time};
use serde::Serialize;
use utoipa::ToSchema;

/// What a key may be made for.
pub const SCOPES: &[&str] = &["read", "write"];
/// How many keys an account may have that are neither revoked nor over.
pub(crate) const MOST_ALIVE: u64 = 50;
/// How often it is noted that a key was used.
pub(crate) const NOTED_EVERY: i64 = time::HOUR;

kernel::word_schema!(KeyScope, "What a key may do.", "read" | "write");

/// A key as its owner sees it: never the key itself.
#[derive(Clone, Debug, Serialize, ToSchema, db::Row)]
#[schema(as = ApiKey)]
pub struct KeyBody {
    /// Its id.
    pub id: ApiKeyId,
    /// What it is for.
    #[schema(example = "Nightly import")]
    pub name: String,
    /// The last four letters of it, to tell keys apart.
    #[schema(example = "x7Qk")]
    pub hint: String,
    /// `read` or `write`.
    #[schema(value_type = KeyScope, example = "read")]
    pub scope: String,
    /// The workspace that it is for; only a business has one.
    pub workspace_id: Option<WorkspaceId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself, if ever.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the hour.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A key and its account, as they stand now.
#[derive(Clone, Debug, db::Row)]
pub(crate) struct Found {
    pub(crate) id: ApiKeyId,
    pub(crate) account_id: AccountId,
    pub(crate) workspace_id: Option<WorkspaceId>,
    pub(crate) scope: String,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) is_verified: bool,
    pub(crate) has_email: bool,
    pub(crate) user_type: UserType,
    pub(crate) role: Option<WorkspaceRole>,
    pub(crate) suspended_at: Option<Timestamp>,
    pub(crate) suspended_why: Option<String>,
}

/// What a key lets its holder be: their kind, their workspace, their role there, and whether they may only read. Nothing of a key
/// that is dead: its account is not in the workspace any more, or has become of another kind than it was made for.
pub(crate) fn reach(
    user_type: UserType,
    workspace: Option<WorkspaceId>,
    role: Option<WorkspaceRole>,
    scope: &str,
) -> Option<(WorkspaceRole, bool)> {
    let role = match (user_type, workspace, role) {
        (UserType::Business, Some(_), Some(role)) => role,
        // Whoever has no workspace owns what is theirs.
        (UserType::Creator | UserType::Admin, None, _) => WorkspaceRole::Owner,
        _ => return None,
    };
    Some((role, scope != "write" || role == WorkspaceRole::Viewer))
}

#[cfg(test)]
mod tests {
    use kernel::Clock;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_reaches_no_further_than_its_account() {
        let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1);
        let ours: Option<WorkspaceId> = Some(clock.new_id());
        let (business, creator, admin) = (UserType::Business, UserType::Creator, UserType::Admin);
        let (owner, viewer) = (WorkspaceRole::Owner, WorkspaceRole::Viewer);
        assert_eq!(reach(business, ours, Some(owner), "write"), Some((owner, false)));
        assert_eq!(reach(business, ours, Some(owner), "read"), Some((owner, true)));
        assert_eq!(reach(business, ours, Some(viewer), "write"), Some((viewer, true)));
        assert_eq!(reach(business, ours, None, "write"), None, "taken out of the workspace");
        assert_eq!(reach(business, None, None, "write"), None);
        assert_eq!(reach(creator, None, None, "write"), Some((owner, false)));
        assert_eq!(reach(admin, None, None, "read"), Some((owner, true)));
        assert_eq!(reach(admin, ours, Some(owner), "write"), None, "made when it was a business's");
    }

    proptest! {
        #[test]
        fn only_the_word_write_writes(scope in "[a-zA-Z]{0,8}") {
            let reached = reach(UserType::Creator, None, None, &scope);
            prop_assert_eq!(reached, Some((WorkspaceRole::Owner, scope != "write")));
        }
    }
}
