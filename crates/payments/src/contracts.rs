//! What payments must know of contracts, which are somebody else's.

use async_trait::async_trait;
use db::Tx;
use kernel::{AccountId, CampaignId, ContractId, CreatorId, Currency, Result, Scope, WorkspaceId};

/// A contract, as far as a payment must know it.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// The brand that pays.
    pub workspace_id: WorkspaceId,
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// Who is paid.
    pub creator_id: CreatorId,
    /// In which currency it is paid.
    pub currency: Currency,
    /// Where it stands, in a word.
    pub status: &'static str,
    /// Have all sides signed, so that money may move for it?
    pub is_signed: bool,
    /// Is it over without having been kept?
    pub is_off: bool,
}

/// Who signed a contract for the creator, as far as that is known: nobody but them is paid for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payee {
    /// The account that signed.
    pub account: Option<AccountId>,
    /// The address that the link went to by which it was signed, as addresses are compared.
    pub address: Option<String>,
}

impl Payee {
    /// Is this who signed? Where nobody of the creator's side signed here (the brand stated that they agreed elsewhere), it is whoever has
    /// claimed the entry.
    pub fn is(&self, account: Option<AccountId>, address: Option<&str>) -> bool {
        match (self.account, &self.address) {
            (Some(signed), _) => account == Some(signed),
            (None, Some(signed)) => address == Some(signed),
            (None, None) => true,
        }
    }
}

/// Knows contracts. Who draws them up fills this in; payments name no table of theirs.
#[async_trait]
pub trait Contracts: Send + Sync {
    /// The contract, if it is there and this scope's.
    async fn find(&self, scope: Scope, tx: &mut Tx, id: ContractId) -> Result<Option<Contract>>;
    /// Who signed it for the creator.
    async fn payee(&self, tx: &mut Tx, id: ContractId) -> Result<Payee>;
}
