//! What payments must know of contracts.

use async_trait::async_trait;
use db::Tx;
use kernel::{ContractId, Result, Scope};
use payments::{Contract, Payee};

use crate::model::{Method, Party, Status};
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

    async fn payee(&self, tx: &mut Tx, id: ContractId) -> Result<Payee> {
        let Some(contract) = store::find(Scope::system(), tx, id).await? else { return Ok(Payee::default()) };
        // Of the text in force; an amendment may be signed by another way than the first text was.
        let signed = store::signatures(tx, &contract).await?.into_iter();
        let signed = signed.filter(|one| one.party == Party::Creator && one.version <= contract.version);
        let Some(signature) = signed.max_by_key(|one| one.version) else { return Ok(Payee::default()) };
        Ok(match signature.method {
            Method::Account => Payee { account: signature.account_id, address: None },
            Method::Link => {
                Payee { account: None, address: signature.signer_email.map(|email| email.trim().to_lowercase()) }
            }
            Method::Demo | Method::Attested => Payee::default(),
        })
    }
}
