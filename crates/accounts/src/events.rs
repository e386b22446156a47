//! What happens to accounts.

use events::{Kind, event};
use kernel::{AccountId, WorkspaceId};

/// Everything that happens here.
pub const EVENTS: &[Kind] = &[Kind::of::<AccountErased>()];

/// Somebody had their account erased.
#[event("account.erased", subject = account_id)]
pub struct AccountErased {
    /// The workspace that they worked in.
    pub workspace_id: Option<WorkspaceId>,
    /// The account that was.
    pub account_id: AccountId,
}
