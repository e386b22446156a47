//! The routes of workspaces.

mod invitations;
mod members;
mod workspace;

use db::Tx;
use http_base::Person;
use http_base::Routes;
use http_base::routes;
use kernel::{Account, Error, Result, Scope, Timestamp, UserType, WorkspaceId, WorkspaceRole};

use super::model::{businesses_only, owners_only};
use super::store;
use crate::Accounts;

pub(crate) use invitations::enter;

/// Every route of workspaces, their members and invitations.
pub(crate) fn router() -> Routes<Accounts> {
    Routes::new()
        .with(routes!(workspace::get, workspace::rename))
        .with(routes!(workspace::list))
        .with(routes!(workspace::switch))
        .with(routes!(members::list))
        .with(routes!(members::change, members::remove))
        .with(routes!(invitations::list, invitations::invite))
        .with(routes!(invitations::accept))
        .with(routes!(invitations::revoke))
}

/// The workspace that a business works in, and what it may do there.
fn own(account: &Account) -> Result<WorkspaceId> {
    match (account.user_type, account.workspace) {
        (UserType::Business, Some(workspace)) => Ok(workspace),
        _ => Err(businesses_only()),
    }
}

/// What this person may see.
fn scope_of(person: &Person) -> Scope {
    kernel::Caller::Account(person.account.clone()).scope()
}

/// The workspace that this person owns, as it stands now and for as long as the transaction lasts: what the token's account was
/// a moment ago does not count.
async fn held_by_owner(tx: &mut Tx, person: &Person, now: Timestamp) -> Result<WorkspaceId> {
    let (workspace, scope) = (own(&person.account)?, scope_of(person));
    if !store::hold(scope, tx, workspace, now).await? {
        return Err(Error::not_found("Workspace"));
    }
    match store::role_of(scope, tx, workspace, person.account.id).await? {
        Some(WorkspaceRole::Owner) => Ok(workspace),
        Some(_) => Err(owners_only()),
        None => Err(Error::not_found("Workspace")),
    }
}
