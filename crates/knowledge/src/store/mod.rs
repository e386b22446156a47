//! All SQL of knowledge. Everything belongs to a hub, a creator's or a workspace's: what is another's is not there.

pub mod bases;
pub mod chunks;
pub mod contradictions;
pub mod corrections;
pub mod documents;
pub mod files;
pub mod gaps;

use db::Sql;
use kernel::{Scope, WorkspaceId};

/// The hub that a scope is held to: the workspace's, or the account's own.
fn hub_of(scope: Scope) -> Option<WorkspaceId> {
    scope.workspace().or_else(|| scope.person().map(|account| WorkspaceId::from_uuid(account.uuid())))
}

/// May this scope write what is this hub's?
pub(crate) fn is_of(scope: Scope, hub: WorkspaceId) -> bool {
    scope.sees_everything() || hub_of(scope) == Some(hub)
}

/// Adds whose rows they are: those of the hub that a scope is held to, or all where it sees everything.
pub(crate) fn owned(sql: &mut Sql, scope: Scope) {
    if !scope.sees_everything() {
        sql.and("owner_id = ", hub_of(scope));
    }
}
