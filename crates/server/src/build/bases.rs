//! What knowledge has to know of workspaces.

use async_trait::async_trait;
use db::Tx;
use kernel::{Result, Scope, WorkspaceId};

/// Who owns a workspace: its knowledge goes with the last of them.
pub(super) struct Owners;

#[async_trait]
impl knowledge::Owners for Owners {
    async fn is_owned(&self, tx: &mut Tx, workspace: WorkspaceId) -> Result<bool> {
        Ok(accounts::workspaces::store::owners(Scope::system(), tx, workspace).await? > 0)
    }
}
