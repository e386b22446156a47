//! For tests: parts of what a process does by itself.

use std::sync::Arc;

use async_trait::async_trait;
use db::Tx;
use jobs::Service as _;
use kernel::{AccountId, Clock, Result, WorkspaceId};

use crate::Channels;
use crate::inbound::Intake;
use crate::ports::Colleagues;

/// Accounts that work only in their own hub.
pub struct OwnHub;

#[async_trait]
impl Colleagues for OwnHub {
    async fn works_in(&self, _: &mut Tx, hub: WorkspaceId, account: AccountId) -> Result<bool> {
        Ok(hub.uuid() == account.uuid())
    }
}

/// Works what providers have told, and nothing else.
pub async fn work_inbound(of: &Channels, clock: &Clock) -> Result<usize> {
    Arc::new(Intake(of.clone())).run_due(of.app().db().clone(), clock.clone()).await
}
