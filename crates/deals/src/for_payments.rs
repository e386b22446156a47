//! What payments must know of contracts.

use async_trait::async_trait;
use db::Tx;
use kernel::{ContractId, Result, Scope};
use payments::Contract;

use crate::model::Status;
use crate::store;

/// The contracts, as payments see them.
pub struct Contracts;

#[async_trait]
impl payments::Contracts for Contracts {
    async fn find(&self, scope: Scope, tx: &mut Tx, id: ContractId) -> Result<Option<Contract>> {
        let found = store::find(scope, tx, id).await?;
        Ok(found.map(|contract| Contract {
            id: contract.id,
            workspace_id: contract.workspace_id,
            campaign_id: contract.campaign_id,
            creator_id: contract.creator_id,
            currency: contract.currency,
            status: contract.status.word(),
            is_signed: matches!(contract.status, Status::Signed | Status::Completed),
            is_off: matches!(contract.status, Status::Cancelled | Status::Expired),
        }))
    }
}
